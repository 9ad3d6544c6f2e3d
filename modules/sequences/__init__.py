"""Sequences as they are published, each contact's way through one, and what happens next.

Tables: sequences, sequence_versions, sequence_enrollments
Verbs: publish_sequence, load_version, load_versions, find_sequence, list_sequences, show_sequence, enroll, decide,
    settle, skip, apply, hold, claim_due, peek_due, due_groups, next_due, lock_and_load_snapshots, write_enrollments,
    quarantine_enrollment,
    lock_runs_of, erase_runs, forget_last_touches, forget_runs, await_imported_runs, drop_imported_runs
Imports: ids, labels, content
"""

from modules.sequences.apply import apply, first_due, hold
from modules.sequences.decide import decide, settle, skip
from modules.sequences.enroll import enroll
from modules.sequences.forgetting_store import (
    erase_runs,
    forget_last_touches,
    forget_runs,
    lock_runs_of,
)
from modules.sequences.models import (
    Definition,
    DueGroup,
    EnrollmentChange,
    EnrollmentState,
    Finish,
    Hold,
    Move,
    Reach,
    Snapshot,
    Stay,
    Step,
    Stop,
    StopReason,
)
from modules.sequences.publish import FileRefused, Published, load_version, load_versions, publish_sequence
from modules.sequences.show import show_sequence
from modules.sequences.states import RUNNING, TRANSITIONS
from modules.sequences.store import (
    KnownSequence,
    ListedSequence,
    await_imported_runs,
    claim_due,
    drop_imported_runs,
    due_groups,
    find_sequence,
    list_sequences,
    load_source,
    lock_and_load_snapshots,
    next_due,
    peek_due,
    quarantine_enrollment,
    write_enrollments,
)

__all__ = [
    "RUNNING",
    "TRANSITIONS",
    "Definition",
    "DueGroup",
    "EnrollmentChange",
    "EnrollmentState",
    "FileRefused",
    "Finish",
    "Hold",
    "KnownSequence",
    "ListedSequence",
    "Move",
    "Published",
    "Reach",
    "Snapshot",
    "Stay",
    "Step",
    "Stop",
    "StopReason",
    "apply",
    "await_imported_runs",
    "claim_due",
    "decide",
    "drop_imported_runs",
    "due_groups",
    "enroll",
    "erase_runs",
    "find_sequence",
    "first_due",
    "forget_last_touches",
    "forget_runs",
    "hold",
    "list_sequences",
    "load_source",
    "load_version",
    "load_versions",
    "lock_and_load_snapshots",
    "lock_runs_of",
    "next_due",
    "peek_due",
    "publish_sequence",
    "quarantine_enrollment",
    "settle",
    "show_sequence",
    "skip",
    "write_enrollments",
]
