"""What comes in beside plain statuses: what people write and their calls, orphans and unknown events, each kept once.

Tables: inbound, inbox_events
Verbs: keep_event, forget_events, environment_account, list_places, match_inbound, keep_inbound, queued_inbound,
    queued_events, attach_inbound, drop_event, found_orphans, release_inbound, held_by_reply, list_inbound, pack_fact,
    unpack_fact, pack_inbound, unpack_inbound, own_words, kept_events,
    is_automatic, return_date, kept_under, answer_history, answers_due, lock_answer, give_up_answer,
    erase_inbound, erase_events, forget_sounds, forget_words, forget_inbound
Imports: ids, labels, channels
"""

from modules.inbox.automatic import is_automatic
from modules.inbox.away import return_date
from modules.inbox.forgetting_store import (
    erase_events,
    erase_inbound,
    forget_events,
    forget_inbound,
    forget_sounds,
    forget_words,
)
from modules.inbox.models import (
    AnswerHistory,
    AnswerKind,
    EventKind,
    Match,
    Place,
    Queued,
    Unanswered,
    environment_account,
)
from modules.inbox.pack import clues_of, pack_fact, pack_inbound, unpack_fact, unpack_inbound
from modules.inbox.replay_store import Kept, kept_events
from modules.inbox.store import (
    answer_history,
    answers_due,
    attach_inbound,
    drop_event,
    found_orphans,
    give_up_answer,
    held_by_reply,
    keep_event,
    keep_inbound,
    kept_under,
    leave_to_provider,
    list_inbound,
    list_places,
    lock_answer,
    match_inbound,
    queued_events,
    queued_inbound,
    release_inbound,
)
from modules.inbox.words import own_words

__all__ = [
    "AnswerHistory",
    "AnswerKind",
    "EventKind",
    "Kept",
    "Match",
    "Place",
    "Queued",
    "Unanswered",
    "answer_history",
    "answers_due",
    "attach_inbound",
    "clues_of",
    "drop_event",
    "environment_account",
    "erase_events",
    "erase_inbound",
    "forget_events",
    "forget_inbound",
    "forget_sounds",
    "forget_words",
    "found_orphans",
    "give_up_answer",
    "held_by_reply",
    "is_automatic",
    "keep_event",
    "keep_inbound",
    "kept_events",
    "kept_under",
    "leave_to_provider",
    "list_inbound",
    "list_places",
    "lock_answer",
    "match_inbound",
    "own_words",
    "pack_fact",
    "pack_inbound",
    "queued_events",
    "queued_inbound",
    "release_inbound",
    "return_date",
    "unpack_fact",
    "unpack_inbound",
]
