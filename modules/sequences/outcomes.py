"""What the state of the latest touch means for the step it belongs to."""

from modules.labels import CALL_AGAIN, CallEnd, ChannelName, TouchState, WaitsFor
from modules.sequences.models import Step
from modules.sequences.models_of_runs import LastTouch

T = TouchState

SUCCEEDED = frozenset({T.delivered, T.completed})
FAILED = frozenset({T.failed, T.bounced, T.complained, T.expired, T.cancelled})
SETTLED = SUCCEEDED | FAILED | {T.not_sent, T.suppressed}
MAY_REPEAT = FAILED - {T.expired, T.complained} | {T.not_sent, T.suppressed}
"""Only after one of these may the same visit be tried again: proof that the person did not get it."""


def never_left(last: LastTouch) -> bool:
    """Provably not sent; a call that found all lines taken is no different."""
    return last.state is T.not_sent or (last.state is T.failed and last.reason == CallEnd.capacity)


def may_repeat(step: Step, last: LastTouch) -> bool:
    """Proof that the person did not get it. Of a call that failed, only some ends prove that nobody heard a part."""
    heard = step.channel is ChannelName.voice and last.state is T.failed and last.reason not in CALL_AGAIN
    return last.state in MAY_REPEAT and not heard


def is_enough(step: Step, last: LastTouch) -> bool:
    accepted = last.state is T.accepted and step.waits_for is WaitsFor.accepted
    return last.state in SUCCEEDED or accepted
