"""The outbox and proof ledger: what leaves is a row before it is a request, and success needs the provider's evidence.

Tables: touches
Verbs: arm_touches, find_touches, match_facts, is_old, peek_touches, lock_touches, load_touches, record_changes,
    keep_conflicting_evidence, suppress_claimed, taken_provider_ids, has_look_alike, due_looks, next_look, judge,
    add_call_details, note_absent, lock_delivery, calls_under_way, accounts_with_open_touches, erase_claimed,
    lock_touches_of, erase_touches, forget_recordings, forget_transcripts, forget_bodies, forget_touches,
    answer_facts, load_proofs
Imports: ids, labels, channels
"""

from modules.touches.forgetting_store import (
    erase_claimed,
    erase_touches,
    forget_bodies,
    forget_recordings,
    forget_touches,
    forget_transcripts,
    lock_touches_of,
)
from modules.touches.judge import Verdict, judge
from modules.touches.match import is_old, match_facts
from modules.touches.models import AnswerFacts, Arming, Change, Delivery, News, Seen, Touch
from modules.touches.replay_store import Proof, load_proofs
from modules.touches.states import FACTS, FAILURE, OPEN, SUCCESS, TERMINAL, TRANSITIONS, advance
from modules.touches.store import (
    Polls,
    accounts_with_open_touches,
    add_call_details,
    answer_facts,
    arm_touches,
    calls_under_way,
    due_looks,
    find_touches,
    has_look_alike,
    keep_conflicting_evidence,
    load_touches,
    lock_delivery,
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
    "AnswerFacts",
    "Arming",
    "Change",
    "Delivery",
    "News",
    "Polls",
    "Proof",
    "Seen",
    "Touch",
    "Verdict",
    "accounts_with_open_touches",
    "add_call_details",
    "advance",
    "answer_facts",
    "arm_touches",
    "calls_under_way",
    "due_looks",
    "erase_claimed",
    "erase_touches",
    "find_touches",
    "forget_bodies",
    "forget_recordings",
    "forget_touches",
    "forget_transcripts",
    "has_look_alike",
    "is_old",
    "judge",
    "keep_conflicting_evidence",
    "load_proofs",
    "load_touches",
    "lock_delivery",
    "lock_touches",
    "lock_touches_of",
    "match_facts",
    "next_look",
    "note_absent",
    "peek_touches",
    "record_changes",
    "suppress_claimed",
    "taken_provider_ids",
]
