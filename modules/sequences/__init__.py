"""Sequences as they are published, each contact's way through one, and what happens next.

Tables: sequences, sequence_versions, sequence_enrollments, enrollment_actions
Verbs: publish_sequence, lint_sequence, load_version, load_versions, find_sequence, list_sequences, show_sequence,
    enroll, enroll_admitted, decide, settle, skip, apply, hold, claim_due, peek_due, due_groups, next_due,
    lock_and_load_snapshots, write_enrollments, quarantine_enrollment,
    control, lock_enrollment, let_go_of_touch, record_action, find_enrollment, list_runs_of,
    lock_runs_of, erase_runs, forget_reasons, forget_last_touches, forget_runs, await_imported_runs, drop_imported_runs
Imports: ids, labels, content
"""

from modules.sequences.admit import EntryRefusal
from modules.sequences.apply import apply, first_due, hold
from modules.sequences.control import Control, ControlVerb, Obstacle, Order, Refused, control
from modules.sequences.control_store import (
    Action,
    LockedRun,
    NamedRun,
    find_enrollment,
    let_go_of_touch,
    list_runs_of,
    lock_enrollment,
    record_action,
)
from modules.sequences.decide import decide, settle, skip
from modules.sequences.enroll import Enrolled, enroll, enroll_admitted
from modules.sequences.entry_store import await_imported_runs, drop_imported_runs
from modules.sequences.forgetting_store import (
    erase_runs,
    forget_last_touches,
    forget_reasons,
    forget_runs,
    lock_runs_of,
)
from modules.sequences.lint import lint_sequence
from modules.sequences.models import Definition, Step
from modules.sequences.models_of_rules import AfterWindow
from modules.sequences.models_of_runs import (
    DueGroup,
    EnrollmentChange,
    EnrollmentState,
    Finish,
    FinishReason,
    Hold,
    Move,
    Plan,
    Reach,
    Snapshot,
    Stay,
    Stop,
    StopReason,
)
from modules.sequences.publish import FileRefused, Published, load_version, load_versions, publish_sequence
from modules.sequences.show import show_sequence
from modules.sequences.states import RUNNING, TRANSITIONS
from modules.sequences.store import (
    claim_due,
    due_groups,
    lock_and_load_snapshots,
    next_due,
    peek_due,
    quarantine_enrollment,
    write_enrollments,
)
from modules.sequences.versions_store import KnownSequence, ListedSequence, find_sequence, list_sequences, load_source

__all__ = [
    "RUNNING",
    "TRANSITIONS",
    "Action",
    "AfterWindow",
    "Control",
    "ControlVerb",
    "Definition",
    "DueGroup",
    "Enrolled",
    "EnrollmentChange",
    "EnrollmentState",
    "EntryRefusal",
    "FileRefused",
    "Finish",
    "FinishReason",
    "Hold",
    "KnownSequence",
    "ListedSequence",
    "LockedRun",
    "Move",
    "NamedRun",
    "Obstacle",
    "Order",
    "Plan",
    "Published",
    "Reach",
    "Refused",
    "Snapshot",
    "Stay",
    "Step",
    "Stop",
    "StopReason",
    "apply",
    "await_imported_runs",
    "claim_due",
    "control",
    "decide",
    "drop_imported_runs",
    "due_groups",
    "enroll",
    "enroll_admitted",
    "erase_runs",
    "find_enrollment",
    "find_sequence",
    "first_due",
    "forget_last_touches",
    "forget_reasons",
    "forget_runs",
    "hold",
    "let_go_of_touch",
    "lint_sequence",
    "list_runs_of",
    "list_sequences",
    "load_source",
    "load_version",
    "load_versions",
    "lock_and_load_snapshots",
    "lock_enrollment",
    "lock_runs_of",
    "next_due",
    "peek_due",
    "publish_sequence",
    "quarantine_enrollment",
    "record_action",
    "settle",
    "show_sequence",
    "skip",
    "write_enrollments",
]
