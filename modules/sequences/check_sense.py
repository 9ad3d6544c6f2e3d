"""What can be read and published and still makes no sense: faults of the whole file, and what is only better said.

A fault here is something of which it is certain that it does nothing, or never what it says. What may have a reason is
told as better, and hinders nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from modules.labels import ChannelName
from modules.sequences.check_asked import check_asked
from modules.sequences.check_attempts import too_many_attempts
from modules.sequences.check_covered import check_covered
from modules.sequences.check_lateness import find_late
from modules.sequences.check_names import find_slips
from modules.sequences.check_reminders import find_belated
from modules.sequences.check_replies import find_mute
from modules.sequences.models import Definition, Next, Step
from modules.sequences.open_hours import open_hours
from modules.sequences.read_content import DRESSED, parts_of
from modules.sequences.read_yaml import Fields, Problem
from modules.sequences.ways import follows_of

USUAL_PARTS = 3
"""A text of more parts than this is told about: each is paid for, and few people read so long a text."""
_SPEAKS_OF_HOURS = {ChannelName.sms: "text", ChannelName.voice: "call"}


@dataclass(frozen=True)
class Better(Problem):
    """What may be published as it is, and would be better otherwise."""

    def __str__(self) -> str:
        place = f"{self.field}: " if self.field else ""
        return f"line {self.line}: better: {place}{self.message}"


def check_sense(top: Fields, definition: Definition) -> Iterator[Problem]:
    """What refuses a file that could otherwise be published; `top` is the file that the definition was read from."""
    steps = list(zip(top.groups("steps", "- key: hello"), definition.steps, strict=True))
    for fields, step in steps:
        yield from _to_itself(fields, step, definition.slug)
        yield from check_covered(fields, step, definition)
    yield from check_asked(steps)
    yield from _shut(top, definition)
    for told in _told_late(top, definition, always=True):
        yield Problem(*told)


def better(top: Fields, definition: Definition | None) -> Iterator[Better]:
    """What is only better said. `definition` None: the file has faults, so only its top is looked at."""
    if not top.has("purpose"):
        words = "say what it is for, which decides the consent it needs: purpose: marketing, or purpose: informational"
        yield Better(top.line, "purpose", words)
    if definition is None:
        return
    if definition.slug in definition.entry.exclusive_with:
        words = "nobody runs in a sequence twice at a time anyway; name others here, or write re_entry: never"
        yield Better(top.line_of("exclusive_with"), "exclusive_with", words)
    for fields, step in zip(top.groups("steps", "- key: hello"), definition.steps, strict=True):
        yield from _long(fields, step, definition)
    yield from (Better(*told) for told in _told_late(top, definition, always=False))
    yield from (Better(*told) for told in _told_by_others(top, definition))
    yield from (Better(*told) for told in find_slips(top))


def _told_by_others(top: Fields, definition: Definition) -> Iterator[tuple[int, str, str]]:
    """Line, field and words of ways that a reply ends, belated reminders and attempts without room."""
    by_key = _by_key(top, definition)
    for key, number, words in find_mute(definition.steps):
        yield by_key[key].lines("when")[number - 1], f"{by_key[key].path}.when.{number}", words
    for key, words in find_belated(definition):
        yield by_key[key].line_of("max_lateness"), f"{by_key[key].path}.max_lateness", words
    for step in definition.steps:
        if said := too_many_attempts(step):
            yield by_key[step.key].line_of("on_failure"), f"{by_key[step.key].path}.on_failure", said


def _by_key(top: Fields, definition: Definition) -> dict[str, Fields]:
    steps = zip(top.groups("steps", "- key: hello"), definition.steps, strict=True)
    return {step.key: fields for fields, step in steps}


def _told_late(top: Fields, definition: Definition, *, always: bool) -> Iterator[tuple[int, str, str]]:
    """Line, field and words of each step that its hours make too late."""
    by_key = _by_key(top, definition)
    for late in find_late(definition):
        if late.always is always:
            fields = by_key[late.step]
            name = "wait" if always else "max_lateness"
            yield fields.line_of(name), f"{fields.path}.{name}", late.words


def _to_itself(fields: Fields, step: Step, slug: str) -> Iterator[Problem]:
    for name, follow in follows_of(step):
        if follow.kind is Next.hand_over and follow.to == slug:
            words = "this hands over to the sequence itself; name another one, or go_to a step of this one"
            yield Problem(fields.line_of(name.split(".")[0]), f"{fields.path}.{name}", words)


def _shut(top: Fields, definition: Definition) -> Iterator[Problem]:
    """Windows that lie outside the hours of the law wherever anybody may live: a step there would wait for ever."""
    for channel, word in _SPEAKS_OF_HOURS.items():
        first = next((step for step in definition.steps if step.channel is channel), None)
        if first is None or open_hours(definition.windows, channel) is not None:
            continue
        words = (
            f"no {word} may leave in these hours by law, so '{first.key}' would wait for ever; open them between 8:00 "
            "and 21:00 of the contact's day"
        )
        yield Problem(top.line_of("windows"), "windows", words)


def _long(fields: Fields, step: Step, definition: Definition) -> Iterator[Better]:
    if step.channel is not ChannelName.sms:
        return
    first = step is next(one for one in definition.steps if one.channel is ChannelName.sms)
    parts = parts_of(step.content, definition.fallbacks, first=first)
    if parts.count > USUAL_PARTS:
        why = f"; '{parts.forced_by}' is not in the GSM alphabet and doubles them" if parts.forced_by else ""
        text = DRESSED if first else "this text"
        words = f"{text} is billed as {parts.count} parts, each paid for; {USUAL_PARTS} or fewer are read to the end"
        content = fields.group("content", "{body: …}")
        line = content.line_of("body") if content else fields.line
        yield Better(line, f"{fields.path}.content.body", f"{words}{why}")
