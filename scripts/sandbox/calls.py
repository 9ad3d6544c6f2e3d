"""What happens on a telephone line, before any provider puts it into its own words.

One call is one story of the person, the words and how often: it rings or not, somebody or something takes it, and
turns are spoken. The truth (did a person speak?) is kept apart from what a provider will say about it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from scripts.sandbox.ledger import Acceptance, OptOut, hash_body, iso
from scripts.sandbox.lines import Line, Turn
from scripts.sandbox.personas import voice_persona
from scripts.sandbox.world import World

NEUTRAL = ("Yes, this is me. Thanks, that helps.", "Okay. I will think about it and get back to you.", "Sure, go on.")
GREETING = "You have reached my voicemail. Please leave a message after the tone."
SCREENING = "The person you are calling uses a screening service. Please say your name and why you are calling."
STOP_WISH = "Please stop calling me and take me off your list."
BOOKING = "Yes, tomorrow at ten works for me. Please book it."
OPENING, CLOSING = "Hello, this is the assistant of the office. Is this a good moment?", "Thank you. Have a good day."


def story_of_call(number: str, words: str) -> str:
    """What draws hang on: the person and the words, never our ids."""
    return f"{number}|{hash_body(words)}"


def tell_line(world: World, call_id: str, number: str) -> Line:
    """The line that this person makes of this call."""
    persona = voice_persona(world, number)
    opens = persona not in ("busy", "no_answer")
    patience = {"busy": (1, 3), "no_answer": (30, 60)}.get(persona, (4, 12))
    return Line(
        persona=persona,
        rings=True,
        opens=opens,
        person_spoke=persona in ("answers", "opts_out", "books"),
        dialling=world.seconds(2, 5, call_id, "dialling"),
        ringing=world.seconds(*patience, call_id, "ringing"),
        talking=world.seconds(25, 90, call_id, "talking") if opens else timedelta(),
        closing=world.seconds(3, 9, call_id, "closing"),
        turns=speak(world, call_id, persona) if opens else (),
    )


def speak(world: World, call_id: str, persona: str) -> tuple[Turn, ...]:
    """What is said when the line opens, by whom; each provider hears it in its own way."""
    answer = {
        "answers": NEUTRAL[int(world.draw.number("words", call_id) * len(NEUTRAL))],
        "opts_out": STOP_WISH,
        "books": BOOKING,
        "voicemail": GREETING,
        "screener": SCREENING,
    }.get(persona)
    opening = Turn("agent", OPENING, timedelta(seconds=1))
    if answer is None:
        return (opening, Turn("agent", "Hello? Are you there?", timedelta(seconds=12)))
    if persona in ("voicemail", "screener"):
        return (Turn("callee", answer, timedelta(seconds=1)), Turn("agent", OPENING, timedelta(seconds=9)))
    return (
        opening,
        Turn("callee", answer, timedelta(seconds=6)),
        Turn("agent", CLOSING, timedelta(seconds=14)),
    )


def tell_inbound(world: World, call_id: str, number: str, spoke: bool) -> Line:
    """A person calls us: the agent takes it after a ring, and whoever does not speak hangs up."""
    line = make_answered(world, call_id, tell_line(world, call_id, number))
    persona = (line.persona if line.person_spoke else "answers") if spoke else "silent"
    second = timedelta(seconds=1)
    turns = speak(world, call_id, persona)
    return replace(line, persona=persona, person_spoke=spoke, dialling=second, ringing=second, turns=turns)


def make_answered(world: World, call_id: str, line: Line) -> Line:
    """The same line, had the person taken the call: for a scripted end that only an open line can have."""
    if line.opens:
        return line
    return replace(
        line,
        persona="answers",
        opens=True,
        person_spoke=True,
        ringing=timedelta(seconds=6),
        talking=world.seconds(25, 90, call_id, "talking"),
        turns=speak(world, call_id, "answers"),
    )


def record_ending(
    world: World, acceptance: Acceptance | None, line: Line, person: str, evidence: str, answered: bool, at: datetime
) -> None:
    """Write down how it truly ended: completed only if a person spoke and the reason is one of an answered call.

    `evidence` is the call's id and the provider's reason. A wish to hear no more counts whoever called whom.
    """
    if line.persona == "opts_out" and line.person_spoke:
        world.ledger.opt_outs.append(OptOut(person, iso(at), "said on a call"))
    if acceptance is not None:
        reason = evidence.partition(":")[2]
        status = "completed" if answered and line.person_spoke else f"not_completed:{reason}"
        acceptance.record_fact(status, at, evidence, f"poll:{evidence}")
