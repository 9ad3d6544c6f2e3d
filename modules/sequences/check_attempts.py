"""Attempts of one step within a day, against how many texts and calls one person may get in that time."""

from datetime import timedelta
from itertools import accumulate

from modules.labels import ChannelName
from modules.policy import TOUCHES_A_DAY
from modules.sequences.models import Next, Step

_DAY = timedelta(days=1)
_COUNTED = (ChannelName.sms, ChannelName.voice)


def too_many_attempts(step: Step) -> str | None:
    """What to say of a text or a call that is tried more often within 24 hours than the law's cap has room for (see
    policy/law_guards.contact_cap); None for any other."""
    most = _most_in_a_day(step)
    if step.channel not in _COUNTED or most <= TOUCHES_A_DAY:
        return None
    return (
        f"tried {most} times within 24 hours, when one person gets {TOUCHES_A_DAY} texts and calls at most: what is "
        "over waits until there is room, or is skipped as too late, and nothing else reaches them meanwhile; retry "
        "twice at most within a day, or after longer pauses: after: [{minutes: 30}, {days: 1}]"
    )


def _most_in_a_day(step: Step) -> int:
    """The first attempt and its retries, as soon after one another as their pauses say."""
    follow = step.on_failure
    if follow.kind is not Next.retry:
        return 1
    pauses = [follow.pause(attempt) for attempt in range(1, follow.times + 1)]
    at = list(accumulate(pauses, initial=timedelta(0)))
    return max(sum(begin <= one < begin + _DAY for one in at) for begin in at)
