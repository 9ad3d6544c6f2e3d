"""What comes in beside plain statuses: what people write and their calls, orphans and unknown events, each kept once.

Tables: inbound, inbox_events
Verbs: keep_event, forget_events, environment_account, list_places, match_inbound, keep_inbound, queued_inbound,
    queued_events, attach_inbound, drop_event, found_orphans, release_inbound, held_by_reply, list_inbound, pack_fact,
    unpack_fact, pack_inbound, unpack_inbound, own_words,
    is_automatic
Imports: ids, labels, channels
"""

from modules.inbox.automatic import is_automatic
from modules.inbox.models import EventKind, Match, Place, Queued, environment_account
from modules.inbox.pack import clues_of, pack_fact, pack_inbound, unpack_fact, unpack_inbound
from modules.inbox.store import (
    attach_inbound,
    drop_event,
    forget_events,
    found_orphans,
    held_by_reply,
    keep_event,
    keep_inbound,
    list_inbound,
    list_places,
    match_inbound,
    queued_events,
    queued_inbound,
    release_inbound,
)
from modules.inbox.words import own_words

__all__ = [
    "EventKind",
    "Match",
    "Place",
    "Queued",
    "attach_inbound",
    "clues_of",
    "drop_event",
    "environment_account",
    "forget_events",
    "found_orphans",
    "held_by_reply",
    "is_automatic",
    "keep_event",
    "keep_inbound",
    "list_inbound",
    "list_places",
    "match_inbound",
    "own_words",
    "pack_fact",
    "pack_inbound",
    "queued_events",
    "queued_inbound",
    "release_inbound",
    "unpack_fact",
    "unpack_inbound",
]
