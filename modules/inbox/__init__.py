"""What providers tell us beside plain statuses: replies, orphans and unknown events, each kept once.

Tables: inbox_events
Verbs: keep_event, environment_account
Imports: ids, labels
"""

from modules.inbox.models import EventKind, environment_account
from modules.inbox.store import keep_event

__all__ = ["EventKind", "environment_account", "keep_event"]
