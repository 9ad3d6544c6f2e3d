"""Sequences as they are published, each contact's way through one, and what happens next.

Tables: sequences, sequence_versions, sequence_enrollments, enrollment_actions,
    sequence_drafts
Verbs: publish_sequence, lint_sequence, is_only_better, load_version, load_versions, find_sequence, list_sequences,
    show_sequence, keep_draft, find_draft, list_drafts, drop_draft, publish_draft, list_versions, rollback_sequence,
    diff_sequences, diff_said, impact_of, judge_adoption, keys_of,
    count_standings, lock_older_runs, load_standings, record_adoptions, write_adoptions,
    enroll, enroll_admitted, decide, settle, skip, after_asking, task_settled, woken, apply, hold, go_on,
    wait_for_task, claim_due, peek_due, due_groups, next_due, lock_and_load_snapshots, list_open_runs,
    write_enrollments, quarantine_enrollment,
    control, count_as_sent, lock_enrollment, let_go_of_touch, record_action, find_enrollment, list_runs_of,
    lock_runs_of, erase_runs, forget_reasons, forget_last_touches, forget_runs, await_imported_runs, drop_imported_runs
Imports: ids, labels, content, policy
"""

from modules.sequences.admit import EntryRefusal, went_in_a_circle
from modules.sequences.adopt import Adoption, Fate, Likeness, Standing, judge_adoption, keys_of
from modules.sequences.adopt_store import (
    OlderRun,
    Taken,
    count_standings,
    load_standings,
    lock_older_runs,
    record_adoptions,
    write_adoptions,
)
from modules.sequences.apply import apply, first_due, go_on, hold, wait_for_task
from modules.sequences.asking import after_asking, task_settled
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
from modules.sequences.count_as_sent import count_as_sent
from modules.sequences.decide import decide, settle, skip
from modules.sequences.diff import Changed, Difference, StepDiff, diff_sequences
from modules.sequences.drafts import keep_draft, publish_draft, slug_in
from modules.sequences.drafts_store import Draft, ListedDraft, drop_draft, find_draft, list_drafts
from modules.sequences.enroll import Enrolled, enroll, enroll_admitted
from modules.sequences.entry_store import await_imported_runs, drop_imported_runs, load_past_runs
from modules.sequences.forgetting_store import (
    erase_runs,
    forget_last_touches,
    forget_reasons,
    forget_runs,
    lock_runs_of,
)
from modules.sequences.impact import ImpactLine, impact_of
from modules.sequences.lint import is_only_better, lint_sequence
from modules.sequences.models import Definition, Step, Task
from modules.sequences.models_of_rules import AfterWindow, StopOn
from modules.sequences.models_of_runs import (
    Ask,
    DueGroup,
    EnrollmentChange,
    EnrollmentState,
    Enter,
    Finish,
    FinishReason,
    HandOver,
    Hold,
    Move,
    Onward,
    Plan,
    Reach,
    Snapshot,
    Stay,
    StepTask,
    Stop,
    StopReason,
)
from modules.sequences.publish import FileRefused, Published, load_version, load_versions, publish_sequence
from modules.sequences.rollback import RolledBack, rollback_sequence
from modules.sequences.show import show_sequence
from modules.sequences.show_diff import diff_said
from modules.sequences.states import RUNNING, TRANSITIONS
from modules.sequences.store import (
    claim_due,
    due_groups,
    list_open_runs,
    lock_and_load_snapshots,
    next_due,
    peek_due,
    quarantine_enrollment,
    write_enrollments,
)
from modules.sequences.versions_store import (
    KnownSequence,
    ListedSequence,
    ListedVersion,
    find_sequence,
    list_sequences,
    list_versions,
    load_source,
)
from modules.sequences.wake import woken

__all__ = [
    "RUNNING",
    "TRANSITIONS",
    "Action",
    "Adoption",
    "AfterWindow",
    "Ask",
    "Changed",
    "Control",
    "ControlVerb",
    "Definition",
    "Difference",
    "Draft",
    "DueGroup",
    "Enrolled",
    "EnrollmentChange",
    "EnrollmentState",
    "Enter",
    "EntryRefusal",
    "Fate",
    "FileRefused",
    "Finish",
    "FinishReason",
    "HandOver",
    "Hold",
    "ImpactLine",
    "KnownSequence",
    "Likeness",
    "ListedDraft",
    "ListedSequence",
    "ListedVersion",
    "LockedRun",
    "Move",
    "NamedRun",
    "Obstacle",
    "OlderRun",
    "Onward",
    "Order",
    "Plan",
    "Published",
    "Reach",
    "Refused",
    "RolledBack",
    "Snapshot",
    "Standing",
    "Stay",
    "Step",
    "StepDiff",
    "StepTask",
    "Stop",
    "StopOn",
    "StopReason",
    "Taken",
    "Task",
    "after_asking",
    "apply",
    "await_imported_runs",
    "claim_due",
    "control",
    "count_as_sent",
    "count_standings",
    "decide",
    "diff_said",
    "diff_sequences",
    "drop_draft",
    "drop_imported_runs",
    "due_groups",
    "enroll",
    "enroll_admitted",
    "erase_runs",
    "find_draft",
    "find_enrollment",
    "find_sequence",
    "first_due",
    "forget_last_touches",
    "forget_reasons",
    "forget_runs",
    "go_on",
    "hold",
    "impact_of",
    "is_only_better",
    "judge_adoption",
    "keep_draft",
    "keys_of",
    "let_go_of_touch",
    "lint_sequence",
    "list_drafts",
    "list_open_runs",
    "list_runs_of",
    "list_sequences",
    "list_versions",
    "load_past_runs",
    "load_source",
    "load_standings",
    "load_version",
    "load_versions",
    "lock_and_load_snapshots",
    "lock_enrollment",
    "lock_older_runs",
    "lock_runs_of",
    "next_due",
    "peek_due",
    "publish_draft",
    "publish_sequence",
    "quarantine_enrollment",
    "record_action",
    "record_adoptions",
    "rollback_sequence",
    "settle",
    "show_sequence",
    "skip",
    "slug_in",
    "task_settled",
    "wait_for_task",
    "went_in_a_circle",
    "woken",
    "write_adoptions",
    "write_enrollments",
]
