"""The moves of a touch, and how news is ranked; equal to the table in the database (a test proves it)."""

from modules.labels import ChannelName, TouchState

S = TouchState

OPEN = frozenset({S.claimed, S.sending, S.unknown})
SUCCESS = frozenset({S.delivered, S.completed})
FAILURE = frozenset({S.failed, S.bounced, S.complained})
TERMINAL = SUCCESS | FAILURE | {S.expired, S.not_sent, S.suppressed, S.cancelled}
FACTS = SUCCESS | FAILURE | {S.cancelled}
"""Terminal states that only a provider's own word can bring."""

_PENDING = FACTS | {S.accepted, S.not_sent, S.expired}

TRANSITIONS: dict[TouchState, frozenset[TouchState]] = {
    S.claimed: frozenset({S.sending, S.suppressed, S.not_sent, S.cancelled}),
    S.sending: _PENDING | {S.unknown, S.review},
    S.unknown: _PENDING | {S.review},
    S.review: _PENDING,
    S.accepted: FACTS | {S.expired},
    S.delivered: frozenset({S.bounced, S.complained}),
    S.bounced: frozenset({S.complained}),
    S.expired: FACTS,
    S.not_sent: FACTS,
    S.completed: frozenset(),
    S.failed: frozenset(),
    S.complained: frozenset(),
    S.suppressed: frozenset(),
    S.cancelled: frozenset(),
}

EMAIL_ONLY = frozenset({(S.delivered, S.bounced), (S.delivered, S.complained), (S.bounced, S.complained)})
"""For e-mail a later truth may outrank a delivery; for SMS and voice the first terminal fact wins."""


def advance(state: TouchState, news: TouchState, channel: ChannelName) -> TouchState | None:
    """The state after this news, or None when it changes nothing (older, equal or lower in rank).

    Any order and repetition of the same facts ends in the same state; tests/pure/test_touch_states.py tries them all.
    """
    if news not in TRANSITIONS[state]:
        return None
    if (state, news) in EMAIL_ONLY and channel is not ChannelName.email:
        return None
    return news
