"""One confirmation of an opt-out, by us or by the provider and never by both; and the answer to HELP."""

from datetime import timedelta

import pytest

from modules.content import Language, help_answer, opt_out_confirmation
from modules.labels import Provider
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, rows, story
from tests.flow.answering import (
    CONFIRMED,
    HELPED,
    NIGHT,
    answers,
    change,
    closed,
    is_lawful,
    reached,
    write,
)
from tests.flow.outside import play_on, standing, sweep_after, sweep_at
from tests.flow.speaking import told


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    """One person whose first text was delivered; another one is planned for tomorrow."""
    acme = await gather_cast(stage.deps, stage.twin, story("sms", "sms"))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    return acme


@pytest.mark.parametrize(
    "text", ["STOP 🛑", "s t o p", "pls quit textin me", "take me off your list", "sto\u200bp", "Stop please", "no mas"]
)
async def test_an_opt_out_that_the_provider_does_not_see_is_confirmed_once_within_the_minute(
    stage: Stage, cast: Cast, text: str
) -> None:
    await write(stage, cast, text)
    await sweep_after(stage, minutes=1)
    assert [one["state"] for one in await answers(stage)] == ["accepted"]
    touches = await play_on(stage)

    (answer,) = await answers(stage)
    words = opt_out_confirmation("Acme", Language.es) if text == "no mas" else CONFIRMED
    assert (answer["body"], answer["state"], answer["origin"]) == (words, "delivered", "confirmation")
    assert (reached(stage, words), stage.twin.auto_replies()) == (1, [])
    assert [touch["origin"] for touch in touches] == ["step", "confirmation"]
    assert await closed(stage) == {cast.phones[0]: "opted_out", cast.mails[0]: None}
    assert await standing(stage) == {"stopped:suppressed": 1}
    assert await is_lawful(stage)


@pytest.mark.parametrize(("known", "language"), [("fr-CA", Language.fr), ("", Language.en), ("de", Language.en)])
async def test_it_is_confirmed_in_the_persons_own_language_where_that_is_known(
    stage: Stage, cast: Cast, known: str, language: Language
) -> None:
    await change(stage, "speaks", client_id=cast.client_id, language=known)
    await write(stage, cast, "please stop texting me")
    await play_on(stage)

    assert [answer["body"] for answer in await answers(stage)] == [opt_out_confirmation("Acme", language)]
    assert await is_lawful(stage)


@pytest.mark.parametrize("text", ["STOP", "Unsubscribe", " cancel ", "END"])
async def test_what_twilio_answers_by_itself_is_not_answered_twice(stage: Stage, cast: Cast, text: str) -> None:
    await write(stage, cast, text)
    await play_on(stage)

    assert await answers(stage) == []
    assert [(reply["to"], reply["kind"]) for reply in stage.twin.auto_replies()] == [(cast.phones[0], "STOP")]
    assert await standing(stage) == {"stopped:suppressed": 1}


async def test_what_an_advanced_opt_out_answers_by_itself_is_not_answered_twice(stage: Stage) -> None:
    """Its keywords are the account's own; only the webhook's flag tells."""
    service = "MG" + "a" * 32
    acme = await gather_cast(stage.deps, stage.twin, story("sms"))
    inbound = f"{stage.url}/hooks/twilio/inbound/{acme.keys[Provider.twilio]}"
    stage.twin.add_twilio(acme.sid, acme.token, [acme.number], service, inbound, advanced_opt_out=True)
    await write(stage, acme, "STOP")
    await play_on(stage)

    assert ([row["answer"] for row in await told(stage)], await answers(stage)) == ([None], [])
    assert await closed(stage) == {acme.phones[0]: "opted_out", acme.mails[0]: None}


@pytest.mark.parametrize("text", ["stop by tomorrow?", "don't stop", "can we cancel Tuesday's appointment"])
async def test_what_is_no_opt_out_closes_nothing_and_is_not_confirmed(stage: Stage, cast: Cast, text: str) -> None:
    await write(stage, cast, text)
    await play_on(stage)

    assert (await answers(stage), [row["answer"] for row in await told(stage)]) == ([], [None])
    assert set((await closed(stage)).values()) == {None}


async def test_a_second_stop_on_what_is_closed_is_not_confirmed_again(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "pls quit textin me")
    await sweep_after(stage, minutes=1)
    await write(stage, cast, "I said stop texting me!!")
    await play_on(stage)

    assert [row["answer"] for row in await told(stage)] == ["confirmation", None]
    assert reached(stage, CONFIRMED) == 1
    assert await is_lawful(stage)


async def test_two_stops_before_the_sweep_are_confirmed_once(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "pls quit textin me", "take me off your list")
    await play_on(stage)

    assert reached(stage, CONFIRMED) == 1
    assert await is_lawful(stage)


async def test_what_the_provider_confirms_before_we_could_is_not_confirmed_by_us_too(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "pls quit textin me", "STOP")
    await play_on(stage)

    assert ([row["answer"] for row in await told(stage)], await answers(stage)) == ([None, None], [])
    assert [reply["kind"] for reply in stage.twin.auto_replies()] == ["STOP"]


async def test_an_opt_out_at_night_is_confirmed_at_once(stage: Stage, cast: Cast) -> None:
    stage.clock.set(NIGHT)
    await write(stage, cast, "stop texting me")
    await sweep_at(stage, NIGHT + timedelta(minutes=1))

    assert reached(stage, CONFIRMED) == 1


async def test_a_stop_by_mail_closes_without_a_text(stage: Stage, cast: Cast) -> None:
    stage.twin.mail_us("re_" + cast.token, cast.mails[0], "hello@acme.example", "Stop", "unsubscribe me")
    await play_on(stage)

    assert (await answers(stage), [row["opted_out"] for row in await told(stage)]) == ([], [True])


async def test_who_wants_nothing_at_all_gets_one_text_that_says_so(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "Do not contact me again")
    await play_on(stage)

    assert set((await closed(stage)).values()) == {"opted_out"}
    assert reached(stage, CONFIRMED) == 1
    assert await is_lawful(stage)


async def test_help_is_answered_at_night_once_by_twilio_or_by_us(stage: Stage, cast: Cast) -> None:
    stage.clock.set(NIGHT)
    await write(stage, cast, "HELP")
    await sweep_at(stage, NIGHT + timedelta(minutes=1))
    assert (await answers(stage), [one["kind"] for one in stage.twin.auto_replies()]) == ([], ["HELP"])
    await write(stage, cast, "Help!")
    await sweep_at(stage, NIGHT + timedelta(minutes=2))

    assert [one["body"] for one in await answers(stage)] == [HELPED]
    assert (reached(stage, HELPED), len(stage.twin.auto_replies())) == (1, 1)


async def test_two_machines_do_not_help_each_other_for_ever(stage: Stage, cast: Cast) -> None:
    for _ in range(6):
        await write(stage, cast, "help?")
        await sweep_after(stage, minutes=9)
    assert len(await answers(stage)) == 1
    await sweep_after(stage, minutes=10)
    await write(stage, cast, "help?")
    await sweep_after(stage, minutes=1)

    assert len(await answers(stage)) == 2
    assert await is_lawful(stage)


async def test_who_has_opted_out_may_still_ask_for_help(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "pls quit textin me")
    await sweep_after(stage, minutes=1)
    await write(stage, cast, "ayuda")
    await play_on(stage)

    helped = help_answer("Acme", "help@acme.example", Language.es)
    assert {one["origin"]: one["body"] for one in await answers(stage)} == {"confirmation": CONFIRMED, "help": helped}
    assert await is_lawful(stage)


async def test_help_behind_the_carriers_own_block_is_tried_once_and_never_again(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "STOP", "ayuda")
    await sweep_after(stage, minutes=1)
    assert [(one["origin"], one["state"]) for one in await answers(stage)] == [("help", "failed")]
    assert (await closed(stage))[cast.phones[0]] == "provider_opt_out"
    await sweep_after(stage, minutes=61)
    await write(stage, cast, "ayuda")
    await play_on(stage)

    assert len(await answers(stage)) == 1
    assert await is_lawful(stage)


async def test_help_names_what_a_client_has_where_it_has_not_said_where_help_is(stage: Stage, cast: Cast) -> None:
    await change(stage, "forget_help", client_id=cast.client_id)
    await write(stage, cast, "help me please")
    await write(stage, cast, "Help.")
    await play_on(stage)

    assert [one["body"] for one in await answers(stage)] == [help_answer("Acme", "hello@acme.example", Language.en)]
    assert [row["event"] for row in await rows(stage.deps, "logs")] == []


async def test_who_asks_for_help_goes_on_in_the_sequence(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms", "sms"))
    await run_sweep(stage.deps)
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "help")

    touches = await play_on(stage)

    steps = [touch["step"] for touch in touches if touch["origin"] == "step"]
    assert steps == ["sms-0", "sms-1"]
    assert await standing(stage) == {"finished": 1}
