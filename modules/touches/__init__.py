"""The outbox and proof ledger: what leaves is a row before it is a request, and success needs the provider's evidence.

Tables: touches
Verbs: arm_touches, find_touches, peek_touches, lock_touches, load_touches, record_changes, keep_conflicting_evidence,
    suppress_claimed, taken_provider_ids, due_looks, next_look, judge
Imports: ids, labels
"""

from modules.touches.judge import Verdict, judge
from modules.touches.models import Arming, Change, News, Touch
from modules.touches.states import FACTS, FAILURE, OPEN, SUCCESS, TERMINAL, TRANSITIONS, advance
from modules.touches.store import (
    Polls,
    arm_touches,
    due_looks,
    find_touches,
    keep_conflicting_evidence,
    load_touches,
    lock_touches,
    next_look,
    peek_touches,
    record_changes,
    suppress_claimed,
    taken_provider_ids,
)

__all__ = [
    "FACTS",
    "FAILURE",
    "OPEN",
    "SUCCESS",
    "TERMINAL",
    "TRANSITIONS",
    "Arming",
    "Change",
    "News",
    "Polls",
    "Touch",
    "Verdict",
    "advance",
    "arm_touches",
    "due_looks",
    "find_touches",
    "judge",
    "keep_conflicting_evidence",
    "load_touches",
    "lock_touches",
    "next_look",
    "peek_touches",
    "record_changes",
    "suppress_claimed",
    "taken_provider_ids",
]
