"""Why a person got what they got, and why they wait: the stored decisions told in words, and what comes next.

Here because an answer gathers what six modules own and asks the guards the same question that an arming asks; it only
ever reads.

The evidence pack is the same for a court: every row about one contact with the table it stands in, as JSON and as PDF.

Tables: none
Verbs: explain, gather_evidence, draw_pdf
Imports: channels, content, ids, labels, policy, sequences
"""

from modules.preview.evidence import gather_evidence
from modules.preview.evidence_models import SCHEMA, Pack, Section, content_hash
from modules.preview.evidence_pdf import draw_pdf
from modules.preview.explain import explain
from modules.preview.models import Answer, Entry, Kind
from modules.preview.words import CALL_ENDS, CLOSED, ENDS, GUARDS, OUTCOMES, when

__all__ = [
    "CALL_ENDS",
    "CLOSED",
    "ENDS",
    "GUARDS",
    "OUTCOMES",
    "SCHEMA",
    "Answer",
    "Entry",
    "Kind",
    "Pack",
    "Section",
    "content_hash",
    "draw_pdf",
    "explain",
    "gather_evidence",
    "when",
]
