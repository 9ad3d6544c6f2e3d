"""Whether every step can be reached, every way leads on, and no way runs in a circle without waiting."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from modules.labels import ChannelName, OnReply
from modules.sequences.models import Next, Step, Wait
from modules.sequences.models_of_rules import Clicked, Outcome, OutcomeIs, Replied
from modules.sequences.read_yaml import Problem
from modules.sequences.ways import ENDS, follows_of, reached_from, ways_of, ways_with_skips

_LINK = re.compile(r"<(a|area)\b.*?\bhref\s*=", re.IGNORECASE | re.DOTALL)
"""Values of contacts are escaped, so a link stands in the file or nowhere."""
_TOLD_BY = (Outcome.delivered, Outcome.completed)


WayLines = Mapping[str, Mapping[str, int]]
"""Where the ways out of each step stand: `on_success`, `on_failure`, `otherwise`, `when.1`."""


def check_flow(
    steps: Sequence[Step], lines: Mapping[str, int], ways_at: WayLines = MappingProxyType({})
) -> Iterator[Problem]:
    """Faults of the whole, each at its step's line or that of the way out; `steps` have distinct keys, `lines` tells
    where each stands."""
    keys = [step.key for step in steps]
    unknown = list(_unknown(steps, keys, lines, ways_at))
    if unknown:
        yield from unknown
        return
    ways = ways_of(steps)
    reached = reached_from(ways_with_skips(steps), keys[:1])
    for key in keys:
        if key not in reached:
            yield Problem(
                lines[key], f"steps.{key}", f"no way leads to '{key}'; let another step go_to it, or remove it"
            )
    yield from _endless(steps, ways, lines)
    yield from _circles(steps, ways, lines)
    yield from _mute(steps, lines, ways_at)
    yield from _never(steps, lines, ways_at)


def _unknown(
    steps: Sequence[Step], keys: Sequence[str], lines: Mapping[str, int], ways_at: WayLines
) -> Iterator[Problem]:
    """Steps that are named and not there, and outcomes of steps that have none."""
    sending = [step.key for step in steps if step.channel is not None]
    for step in steps:
        for name, follow in follows_of(step):
            if follow.kind is Next.go_to and follow.step not in keys:
                words = f"there is no step '{follow.step}' to go to; these are: {', '.join(keys)}"
                yield Problem(_line(step, name, lines, ways_at), f"steps.{step.key}.{name}", words)
        for number, case in enumerate(step.branch.cases if step.branch else (), 1):
            if isinstance(case.condition, OutcomeIs | Clicked) and case.condition.step not in sending:
                field = f"when.{number}.{'clicked' if isinstance(case.condition, Clicked) else 'outcome'}"
                words = f"no step '{case.condition.step}' sends anything; these do: {', '.join(sending)}"
                yield Problem(_line(step, field, lines, ways_at), f"steps.{step.key}.{field}", words)


def _line(step: Step, name: str, lines: Mapping[str, int], ways_at: WayLines) -> int:
    parts = name.split(".")
    place = ".".join(parts[:2]) if parts[0] == "when" else parts[0]
    return ways_at.get(step.key, {}).get(place, lines[step.key])


def _mute(steps: Sequence[Step], lines: Mapping[str, int], ways_at: WayLines) -> Iterator[Problem]:
    """A step that is gone to because the person has replied, and that a reply ends, could never leave."""
    by_key = {step.key: step for step in steps}
    for step in steps:
        for number, case in enumerate(step.branch.cases if step.branch else (), 1):
            there = by_key[case.go_to]
            said = isinstance(case.condition, Replied) and case.condition.yes
            if said and there.branch is None and there.on_reply is OnReply.stop:
                name = f"when.{number}"
                words = (
                    f"'{there.key}' ends when the contact replies, so this never sends it; give it on_reply: continue"
                )
                yield Problem(_line(step, name, lines, ways_at), f"steps.{step.key}.{name}", words)


def _never(steps: Sequence[Step], lines: Mapping[str, int], ways_at: WayLines) -> Iterator[Problem]:
    """What is asked of a step whose channel never tells it: links stand in mail, calls are completed, messages not."""
    channels = {step.key: step.channel for step in steps}
    linked = {step.key for step in steps if _LINK.search(step.content.html or "")}
    for step in steps:
        for number, case in enumerate(step.branch.cases if step.branch else (), 1):
            asked, words = case.condition, ""
            if isinstance(asked, Clicked) and channels[asked.step] is not ChannelName.email:
                words = f"'{asked.step}' is no e-mail, so nobody follows a link in it; name an e-mail step"
            elif isinstance(asked, Clicked) and asked.step not in linked:
                words = (
                    f"'{asked.step}' has no link that anybody could follow (the one to unsubscribe does not count); "
                    'write one into its html: <a href="https://…">'
                )
            elif isinstance(asked, OutcomeIs) and asked.outcome in _TOLD_BY:
                call = channels[asked.step] is ChannelName.voice
                if call is not (asked.outcome is Outcome.completed):
                    other = Outcome.completed if call else Outcome.delivered
                    kind = "a call" if call else "a message"
                    words = f"'{asked.step}' is {kind} and never {asked.outcome}; write is: {other}"
            if words:
                name = f"when.{number}"
                yield Problem(_line(step, name, lines, ways_at), f"steps.{step.key}.{name}", words)


def _endless(steps: Sequence[Step], ways: Mapping[str, Sequence[str]], lines: Mapping[str, int]) -> Iterator[Problem]:
    """Steps from which no way comes to an end; told once, at the first."""
    ends = {step.key for place, step in enumerate(steps) if _may_end(step, last=place + 1 == len(steps))}
    stuck = [step.key for step in steps if not reached_from(ways, [step.key]) & ends]
    if stuck:
        words = f"from '{stuck[0]}' no way leads to an end; let a step end: on_success: end, or otherwise: end"
        yield Problem(lines[stuck[0]], f"steps.{stuck[0]}", words)


def _may_end(step: Step, *, last: bool) -> bool:
    return any(follow.kind in ENDS or (last and follow.kind is not Next.go_to) for _, follow in follows_of(step))


def _circles(steps: Sequence[Step], ways: Mapping[str, Sequence[str]], lines: Mapping[str, int]) -> Iterator[Problem]:
    """A circle of steps none of which waits would send without end. One sentence a circle, at its first step."""
    hasty = {step.key for step in steps if step.wait == Wait() or not _waits(step.wait)}
    quick = {key: [target for target in targets if target in hasty] for key, targets in ways.items()}
    told: set[str] = set()
    for step in steps:
        if step.key not in hasty or step.key in told:
            continue
        circle = {key for key in reached_from(quick, quick[step.key]) if step.key in reached_from(quick, quick[key])}
        if step.key in circle:
            told |= circle
            names = " → ".join(one.key for one in steps if one.key in circle)
            yield Problem(
                lines[step.key],
                f"steps.{step.key}",
                f"{names} → {step.key} runs in a circle without a wait; give one of these steps a wait, or end it",
            )


def _waits(wait: Wait) -> bool:
    return bool(wait.minutes or wait.hours or wait.days or wait.business_days or wait.at)
