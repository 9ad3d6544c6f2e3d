"""What news does to a touch, decided on plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from modules.channels import CONCURRENCY_BLOCKED, QUARANTINE
from modules.labels import TouchState
from modules.touches.models import Change, News, Touch
from modules.touches.states import FACTS, OPEN, TERMINAL, advance
from utils.frozen import quickly_made

REVIEW = timedelta(days=7)
"""How long a person may look at what nobody could prove, where the client asks for that."""


@quickly_made
@dataclass(frozen=True)
class Verdict:
    """`change` is None when the news is old. `conflict`: a second terminal fact that lost. `broken_promise`: the
    provider accepted what we had called not sent (assumption A1 does not hold there)."""

    change: Change | None
    conflict: bool = False
    broken_promise: bool = False


def judge(touch: Touch, news: News, polls: Sequence[timedelta]) -> Verdict:
    """The verdict on one piece of news; ValueError when a fact comes without evidence (Rule 1).

    The provider's own refusal of the request is an answer, not a later fact: `failed` needs no event id, and moves only
    a touch of which nothing was proven yet.
    """
    target = news.state or TouchState.accepted
    if target is TouchState.failed and not news.evidence_id and touch.state not in OPEN:
        return Verdict(None)
    if target in FACTS and not news.evidence_id and target is not TouchState.failed:
        raise ValueError(f"news of {target} for touch {touch.id} carries no evidence")
    proves_acceptance = target is TouchState.accepted or target in FACTS
    broken = touch.state is TouchState.not_sent and proves_acceptance and bool(news.evidence_id)
    after = advance(touch.state, target, touch.channel)
    if after is None:
        return Verdict(None, conflict=_is_conflict(touch, target) and bool(news.evidence_id), broken_promise=broken)
    change = Change(touch, news, touch.state, after, _look_at(touch, news, after, polls))
    return Verdict(change, broken_promise=broken)


def _is_conflict(touch: Touch, target: TouchState) -> bool:
    """Two ends that exclude each other. An older rung of the e-mail ladder (delivered after bounced) is no conflict."""
    if target not in FACTS or touch.state not in FACTS or target is touch.state:
        return False
    return advance(target, touch.state, touch.channel) is None


def _look_at(touch: Touch, news: News, after: TouchState, polls: Sequence[timedelta]) -> datetime | None:
    if after in TERMINAL:
        return None
    if after is TouchState.review:
        return touch.confirm_by + REVIEW
    if news.provider_status == CONCURRENCY_BLOCKED:
        return touch.armed_at + QUARANTINE
    if after is TouchState.accepted and polls:
        return touch.armed_at + polls[0]
    return touch.look_at or touch.confirm_by
