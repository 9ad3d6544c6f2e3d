"""What people agreed to, as proof: exact words with their hash, for whom, for which number, until when. Only added to.

Tables: consents
Verbs: insert_consent, withdraw_consents, covers_ai_voice, take_consents, erase_consents,
    add_imported_consents, measure_consents, drop_imported_consents
Imports: ids, labels
"""

from modules.consents.give import insert_consent, withdraw_consents
from modules.consents.store import (
    add_imported_consents,
    drop_imported_consents,
    erase_consents,
    measure_consents,
    take_consents,
)
from modules.consents.wording import covers_ai_voice
from modules.labels import ConsentGiven

__all__ = [
    "ConsentGiven",
    "add_imported_consents",
    "covers_ai_voice",
    "drop_imported_consents",
    "erase_consents",
    "insert_consent",
    "measure_consents",
    "take_consents",
    "withdraw_consents",
]
