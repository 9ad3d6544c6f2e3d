"""What stays closed without an address: keyed hashes after an erasure, and numbers that several clients heard from.

Tables: kept_suppressions, platform_opt_outs, platform_holds, house_keys
Verbs: load_pepper, pepper_of, reseal_pepper, keep_suppressions, kept_own_word, take_kept, note_own_word,
    list_platform_holds, decide_platform_hold
Imports: ids, labels
"""

from modules.suppressions.hold import CLIENTS_FOR_A_HOLD, note_own_word
from modules.suppressions.models import Kept
from modules.suppressions.pepper import load_pepper, pepper_of, reseal_pepper
from modules.suppressions.store import (
    decide_platform_hold,
    keep_suppressions,
    kept_own_word,
    list_platform_holds,
    take_kept,
)

__all__ = [
    "CLIENTS_FOR_A_HOLD",
    "Kept",
    "decide_platform_hold",
    "keep_suppressions",
    "kept_own_word",
    "list_platform_holds",
    "load_pepper",
    "note_own_word",
    "pepper_of",
    "reseal_pepper",
    "take_kept",
]
