"""Why a person got what they got, and why they wait: the stored decisions told in words, and what comes next.

Here because an answer gathers what six modules own and asks the guards the same question that an arming asks; it only
ever reads.

Tables: none
Verbs: explain
Imports: channels, ids, labels, policy, sequences
"""

from modules.preview.explain import explain
from modules.preview.models import Answer, Entry, Kind
from modules.preview.words import CALL_ENDS, CLOSED, ENDS, GUARDS, OUTCOMES, when

__all__ = ["CALL_ENDS", "CLOSED", "ENDS", "GUARDS", "OUTCOMES", "Answer", "Entry", "Kind", "explain", "when"]
