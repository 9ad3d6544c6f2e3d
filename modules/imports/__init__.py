"""People as files: read in row by row with a reason for each that is left out, and written out again without formulas.

A file is read into rows of its own, judged there against itself and the client's people, and taken over by the owners
of contacts and consents in the same transaction: all of it or nothing, and never more of it in memory than a piece.

Tables: imports, import_rows
Verbs: take_facts, open_table, read_columns, find_column, stage_rows, tell, insert_import, try_lock_client,
    page_left_out, finish_import, drop_rows, lock_import, count_reached, mark_undone, list_imports, list_field_names,
    page_people, safe_cell, plain_cell
Imports: ids, labels, consents
"""

from modules.imports.cells import plain_cell, safe_cell
from modules.imports.columns import OURS, find_column, read_columns
from modules.imports.models import (
    AgreementPlan,
    Column,
    Counts,
    DateOrder,
    Fault,
    FileFacts,
    Outcome,
    Record,
    Target,
)
from modules.imports.read import DELIMITERS, Table, open_table, take_facts
from modules.imports.stage import Staging
from modules.imports.store import (
    count_reached,
    drop_rows,
    finish_import,
    insert_import,
    list_field_names,
    list_imports,
    lock_import,
    mark_undone,
    page_left_out,
    page_people,
    try_lock_client,
)
from modules.imports.take import stage_rows
from modules.imports.words import tell

__all__ = [
    "DELIMITERS",
    "OURS",
    "AgreementPlan",
    "Column",
    "Counts",
    "DateOrder",
    "Fault",
    "FileFacts",
    "Outcome",
    "Record",
    "Staging",
    "Table",
    "Target",
    "count_reached",
    "drop_rows",
    "find_column",
    "finish_import",
    "insert_import",
    "list_field_names",
    "list_imports",
    "lock_import",
    "mark_undone",
    "open_table",
    "page_left_out",
    "page_people",
    "plain_cell",
    "read_columns",
    "safe_cell",
    "stage_rows",
    "take_facts",
    "tell",
    "try_lock_client",
]
