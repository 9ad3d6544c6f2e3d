"""What goes wrong is written down once, in words a person can search for.

Tables: system_logs, sender_breakers, reconcile_findings
Verbs: write_log, is_alive, open_breaker, open_breakers, close_breaker, load_health, find_troubles, note_troubles,
    listed_touches, unplaced_addresses, silent_touches, keep_findings, forget_logs, forget_breakers,
    erase_details, erase_findings, untie_imported_logs, forget_proof_logs, forget_findings
Imports: ids, labels
"""

from modules.health.detect import find_troubles
from modules.health.forgetting_store import (
    erase_details,
    erase_findings,
    forget_breakers,
    forget_findings,
    forget_logs,
    forget_proof_logs,
    untie_imported_logs,
)
from modules.health.models import Backlog, Finding, FindingKind, Health, Lately, Level, LogEvent, Trouble
from modules.health.store import (
    close_breaker,
    is_alive,
    keep_findings,
    listed_touches,
    load_health,
    note_troubles,
    open_breaker,
    open_breakers,
    silent_touches,
    unplaced_addresses,
    write_log,
)

__all__ = [
    "Backlog",
    "Finding",
    "FindingKind",
    "Health",
    "Lately",
    "Level",
    "LogEvent",
    "Trouble",
    "close_breaker",
    "erase_details",
    "erase_findings",
    "find_troubles",
    "forget_breakers",
    "forget_findings",
    "forget_logs",
    "forget_proof_logs",
    "is_alive",
    "keep_findings",
    "listed_touches",
    "load_health",
    "note_troubles",
    "open_breaker",
    "open_breakers",
    "silent_touches",
    "unplaced_addresses",
    "untie_imported_logs",
    "write_log",
]
