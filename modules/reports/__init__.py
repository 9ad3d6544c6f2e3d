"""The read-only questions of the dashboard and the command line: what was sent to whom, with which proof.

Here because a ledger line gathers what four modules own, and because nobody who only asks should be able to write.

Tables: none
Verbs: ledger_page, ledger_changes, ledger_summary, ledger_lines, Hub.listen
Imports: accounts, ids, labels
"""

from modules.reports.ledger import ledger_changes, ledger_lines, ledger_page, ledger_summary
from modules.reports.models import LedgerCount, LedgerFilters, LedgerLine, Mark
from modules.reports.stream import Hub, Listener

__all__ = [
    "Hub",
    "LedgerCount",
    "LedgerFilters",
    "LedgerLine",
    "Listener",
    "Mark",
    "ledger_changes",
    "ledger_lines",
    "ledger_page",
    "ledger_summary",
]
