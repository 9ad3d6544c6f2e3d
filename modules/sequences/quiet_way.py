"""What a sequence is for somebody who never answers: how long it takes, and what comes after it."""

import math
from datetime import timedelta

from modules.labels import ChannelName
from modules.sequences.models import Definition, Follow, Next, Step, Wait
from modules.sequences.models_of_rules import Stalled
from modules.sequences.ways import follows_of

_WEEK, _BUSINESS_WEEK = 7, 5
_GO_ON = Follow(Next.next)


def quiet_days(definition: Definition) -> int:
    """Whole days from the enrollment of somebody who never answers to the end, rounded up.

    Messages arrive, calls ring out (with their retries), nothing else happens: no milestone, no click. Hours, caps and
    holidays may add to it. A way that comes back to a step it has seen is counted to there.
    """
    keys = [step.key for step in definition.steps]
    place, passed, seen = 0, timedelta(0), set[str]()
    while place < len(keys) and keys[place] not in seen:
        step = definition.steps[place]
        seen.add(step.key)
        passed += _length(step.wait)
        follow, more = _unanswered(step, passed)
        passed += more
        if follow.kind in (Next.end, Next.hand_over):
            break
        place = keys.index(follow.step) if follow.kind is Next.go_to and follow.step else place + 1
    return math.ceil(passed / timedelta(days=1))


def successors(definition: Definition) -> list[str]:
    """The slugs of the sequences that it hands people over to, each once, in the order of the steps."""
    ways = (follow for step in definition.steps for _, follow in follows_of(step))
    return list(dict.fromkeys(one.to for one in ways if one.to is not None))


def _unanswered(step: Step, passed: timedelta) -> tuple[Follow, timedelta]:
    """The way on, and how long its retries take."""
    if step.branch is not None:
        cases = [(one.condition, one.go_to) for one in step.branch.cases]
        quiet = [(asked.quiet_for, to) for asked, to in cases if isinstance(asked, Stalled)]
        more = _looked_again(step, [after for after, _ in quiet], passed)
        to = next((to for after, to in quiet if after <= passed + more), None)
        return (Follow(Next.go_to, to) if to else step.branch.otherwise), more
    if step.channel is not None and step.channel is not ChannelName.voice:
        return step.on_success, timedelta(0)
    follow = step.on_failure
    if follow.kind is not Next.retry:
        return follow, timedelta(0)
    pauses = [follow.pause(attempt) for attempt in range(1, follow.times + 1)]
    return follow.then or _GO_ON, sum(pauses, timedelta(0))


def _looked_again(step: Step, quiet: list[timedelta], passed: timedelta) -> timedelta:
    """How long a branch that comes back to itself goes on until one of its `stalled` holds, in whole waits."""
    again = step.branch is not None and step.branch.otherwise.step == step.key
    if not again or not quiet or not _length(step.wait):
        return timedelta(0)
    rounds = math.ceil((min(quiet) - passed) / _length(step.wait))
    return max(rounds, 0) * _length(step.wait)


def _length(wait: Wait) -> timedelta:
    days = wait.days + wait.business_days * _WEEK / _BUSINESS_WEEK
    return timedelta(days=days, hours=wait.hours, minutes=wait.minutes)
