"""Why a person got what they got, and why they wait: the stored decisions told in words, and what comes next.

Here because an answer gathers what six modules own and asks the guards the same question that an arming asks; it only
ever reads.

The evidence pack is the same for a court: every row about one contact with the table it stands in, as JSON and as PDF.

What is due is told before it happens: `fate_of` and `count_fates` say what a sweep would do with it.

Tables: none
Verbs: explain, gather_evidence, draw_pdf, fate_of, count_fates, make_read_only, what_holds, why_reply
Imports: channels, content, ids, labels, policy, sequences
"""

from modules.preview.backlog import EXAMPLES, Fate, Outcome, Share, StepBacklog, count_fates, fate_of
from modules.preview.evidence import gather_evidence
from modules.preview.evidence_models import SCHEMA, Pack, Section, content_hash
from modules.preview.evidence_pdf import draw_pdf
from modules.preview.explain import explain
from modules.preview.models import Answer, Entry, Kind
from modules.preview.reply_words import why_reply
from modules.preview.store import make_read_only
from modules.preview.waiting import Hold, what_holds
from modules.preview.words import CALL_ENDS, CLOSED, ENDS, FINISHES, GUARDS, OUTCOMES, WAYS_OUT, when

__all__ = [
    "CALL_ENDS",
    "CLOSED",
    "ENDS",
    "EXAMPLES",
    "FINISHES",
    "GUARDS",
    "OUTCOMES",
    "SCHEMA",
    "WAYS_OUT",
    "Answer",
    "Entry",
    "Fate",
    "Hold",
    "Kind",
    "Outcome",
    "Pack",
    "Section",
    "Share",
    "StepBacklog",
    "content_hash",
    "count_fates",
    "draw_pdf",
    "explain",
    "fate_of",
    "gather_evidence",
    "make_read_only",
    "what_holds",
    "when",
    "why_reply",
]
