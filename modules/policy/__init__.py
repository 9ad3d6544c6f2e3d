"""May it leave now? Pure guards on facts that were read under the locks; what is not known does not allow.

Tables: none
Verbs: guard, load_facts, try_sender, set_lock_timeout, is_open, next_opening
Imports: ids, labels
"""

from modules.policy.guards import GUARDS, guard
from modules.policy.models import (
    EFFECTS,
    Allow,
    Block,
    Candidate,
    Decision,
    Defer,
    Effect,
    Facts,
    GuardReason,
    OpenWindow,
)
from modules.policy.quiet_hours import is_open, next_opening
from modules.policy.store import load_facts, set_lock_timeout, try_sender

__all__ = [
    "EFFECTS",
    "GUARDS",
    "Allow",
    "Block",
    "Candidate",
    "Decision",
    "Defer",
    "Effect",
    "Facts",
    "GuardReason",
    "OpenWindow",
    "guard",
    "is_open",
    "load_facts",
    "next_opening",
    "set_lock_timeout",
    "try_sender",
]
