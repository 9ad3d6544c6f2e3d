"""The guards of branches and of what they wait for, each taken away for as long as a seed of T1 is played."""

from typing import Any

from modules.sequences import store as sequences_store
from modules.sequences.models import Branch, Follow, Next
from tests.simulation.mutations_t0 import Inside, patched
from tests.simulation.mutations_t1 import module, reworded


def a_milestone_wakes_nobody() -> Inside:
    return patched((module("workers.note"), "woken", lambda *_: None))


def what_happened_on_the_way_is_forgotten() -> Inside:
    """Who comes to a branch looks ahead only."""
    return patched((module("modules.sequences.wake"), "_begun", lambda _: None))


def what_was_taken_back_still_counts() -> Inside:
    asked = "where m.contact_id = e.contact_id and m.taken_back_at is null"
    blocks = ("claim_due", "lock_and_load_snapshots", "load_heard")
    return reworded(
        *((sequences_store.SQL, block, asked, "where m.contact_id = e.contact_id") for block in blocks),
    )


def a_day_that_was_called_off_comes_all_the_same() -> Inside:
    return patched((module("modules.sequences.before_step"), "still_awaited", lambda *_: None))


def every_first_case_is_so() -> Inside:
    def way(branch: Branch, *_: Any) -> Follow:
        return Follow(Next.go_to, branch.cases[0].go_to)

    return patched((module("modules.sequences.before_step"), "_way", way))


def no_case_is_so() -> Inside:
    return patched((module("modules.sequences.before_step"), "_way", lambda branch, *_: branch.otherwise))
