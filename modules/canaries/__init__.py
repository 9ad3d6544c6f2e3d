"""Checks of ours: a message that leaves every so often by the real way to somebody of the house, and must be proven.

A provider that takes everything and delivers nothing is noticed by them while nobody else is written to, and the time
from armed to proven is what users wait for.

Tables: canaries
Verbs: running_canary, keep_canary, stop_canary, checks_due, lock_check, list_canaries, erase_canaries
Imports: ids, labels
"""

from modules.canaries.models import (
    LONGEST,
    PUNCTUAL,
    SHORTEST,
    Canary,
    CanaryLook,
    DueCheck,
)
from modules.canaries.store import (
    Running,
    checks_due,
    erase_canaries,
    keep_canary,
    list_canaries,
    lock_check,
    running_canary,
    stop_canary,
)

__all__ = [
    "LONGEST",
    "PUNCTUAL",
    "SHORTEST",
    "Canary",
    "CanaryLook",
    "DueCheck",
    "Running",
    "checks_due",
    "erase_canaries",
    "keep_canary",
    "list_canaries",
    "lock_check",
    "running_canary",
    "stop_canary",
]
