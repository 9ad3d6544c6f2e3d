"""What a look at a provider means for a touch: values in, news out. No database, no network."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from modules.channels import Absent, CannotTell, Found, Looked
from modules.labels import TouchState, UnknownPolicy
from modules.touches import News, Touch
from workers.confirm import news_of_fact

ABSENT_TWICE = timedelta(seconds=60)
"""Two looks at a whole list, at least this far apart, without the touch (delivery protocol, section 1)."""
GRACE = timedelta(minutes=4)
"""Past the deadline a provider that does not answer is asked again this long, just before the safety net rings."""


@dataclass(frozen=True)
class Conclusion:
    """`told`: the provider answered the question. `absent`: a first look at a whole list without the touch, to note."""

    news: News | None
    told: bool
    absent: bool = False


def may_repeat(touch: Touch, allowed: UnknownPolicy, same_key_until: timedelta | None, now: datetime) -> bool:
    """Whether the same bytes under the same key still are the same message to the provider."""
    if same_key_until is None or allowed is not UnknownPolicy.same_key_retry:
        return False
    return now < touch.armed_at + same_key_until


def conclude(touch: Touch, looked: Looked, allowed: UnknownPolicy, now: datetime) -> Conclusion:
    """News of a touch, or none. Past the deadline only an end counts."""
    told = not isinstance(looked, CannotTell)
    news = _unless_stale(_news(touch, looked), touch, now)
    if touch.provider_id:
        return Conclusion(news, told)
    if isinstance(looked, Absent) and allowed is UnknownPolicy.rearm_after_absent:
        # where a person allowed it after measuring the list's lag: absent twice, a minute apart, was never sent
        if touch.absent_at is not None and now - touch.absent_at >= ABSENT_TWICE:
            return Conclusion(News(touch.id, TouchState.not_sent, reason="absent_twice"), True)
        return Conclusion(None, True, absent=True)
    if news is None and touch.state is TouchState.sending and now < touch.confirm_by:
        news = News(touch.id, TouchState.unknown, reason="no_answer_recorded")
    return Conclusion(news, told)


def end_at_deadline(touch: Touch, review_unknown: bool, told: bool, now: datetime) -> News | None:
    """The deadline: visibly lost, or first a person's question where the client asks for that; None before it."""
    if now < touch.confirm_by + (timedelta(0) if told else GRACE):
        return None
    if touch.state is TouchState.accepted:
        return News(touch.id, TouchState.expired, reason="unconfirmed")
    if review_unknown and touch.state is not TouchState.review:
        return News(touch.id, TouchState.review, reason="unresolved", alarm="needs_review")
    return News(touch.id, TouchState.expired, reason="unresolved")


def _unless_stale(news: News | None, touch: Touch, now: datetime) -> News | None:
    """An item that is still merely accepted at the deadline is not waited for any longer."""
    return None if news and news.state is None and now >= touch.confirm_by else news


def _news(touch: Touch, looked: Looked) -> News | None:
    """None when the provider told nothing, or only what is known already."""
    if not isinstance(looked, Found) or (looked.fact.state is None and touch.state is TouchState.accepted):
        return None
    return news_of_fact(touch.id, looked.fact)
