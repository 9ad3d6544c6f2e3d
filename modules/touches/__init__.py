"""The outbox and proof ledger: what leaves is a row before it is a request, and success needs the provider's evidence.

Tables: touches
Verbs: arm_touches, find_touches, peek_touches, lock_touches, load_touches, record_changes, keep_conflicting_evidence,
    suppress_claimed, taken_provider_ids, due_looks, next_look, judge, add_call_details, note_absent, calls_under_way,
    accounts_with_open_touches
Imports: ids, labels, channels
"""

from modules.touches.judge import Verdict, judge
from modules.touches.models import Arming, Change, News, Touch
from modules.touches.states import FACTS, FAILURE, OPEN, SUCCESS, TERMINAL, TRANSITIONS, advance
from modules.touches.store import (
    Polls,
    accounts_with_open_touches,
    add_call_details,
    arm_touches,
    calls_under_way,
    due_looks,
    find_touches,
    keep_conflicting_evidence,
    load_touches,
    lock_touches,
    next_look,
    note_absent,
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
    "accounts_with_open_touches",
    "add_call_details",
    "advance",
    "arm_touches",
    "calls_under_way",
    "due_looks",
    "find_touches",
    "judge",
    "keep_conflicting_evidence",
    "load_touches",
    "lock_touches",
    "next_look",
    "note_absent",
    "peek_touches",
    "record_changes",
    "suppress_claimed",
    "taken_provider_ids",
]
