"""What an erasure does to each table, the certificate of it, and the sealed proof of what the person agreed to.

Here because the law wants both: the person gone, and the proof of consent kept for five years (16 CFR 310.5).

Tables: erasures, erased_proofs
Verbs: record_erasure, find_erasure, newest_erasure, keep_proof, open_proof, reseal_proofs, forget_proofs, mark_of,
    hash_in
Imports: ids, labels
"""

from modules.erasure.marks import hash_in, is_mark, mark_of
from modules.erasure.models import Certificate, Fate, Policy
from modules.erasure.policies import DECISION_CODES, POLICIES
from modules.erasure.proof import KEEP_PROOF, keep_proof, open_proof, reseal_proofs
from modules.erasure.store import find_erasure, forget_proofs, newest_erasure, record_erasure

__all__ = [
    "DECISION_CODES",
    "KEEP_PROOF",
    "POLICIES",
    "Certificate",
    "Fate",
    "Policy",
    "find_erasure",
    "forget_proofs",
    "hash_in",
    "is_mark",
    "keep_proof",
    "mark_of",
    "newest_erasure",
    "open_proof",
    "record_erasure",
    "reseal_proofs",
]
