"""The guards of tests, tasks and orders by hand, each taken away for as long as a seed of T1 is played."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from psycopg import sql

from modules.sequences import Onward, Snapshot, control_store
from modules.sequences import store as sequences_store
from modules.tasks import store as tasks_store
from modules.touches import Touch
from tests.simulation.database import SQL as DATABASE
from tests.simulation.mutations_t0 import Inside, patched
from tests.simulation.mutations_t1 import module, reworded
from tests.simulation.runner import ground_here
from utils.db import Connection
from workers.context import Deps


async def _nobody(*_: object) -> None:
    return


def the_test_is_forgotten_at_arming() -> Inside:
    """Who is to get it instead is asked, and not heeded."""
    arm = module("workers.arm")
    real = arm.candidate_of

    def candidate_of(*given: Any) -> Any:
        *known, _redirect, now = given
        return real(*known, None, now)

    return patched((arm, "candidate_of", candidate_of))


def the_test_is_forgotten_at_the_bytes() -> Inside:
    """The guards ask about the tester; the message has the person's address."""
    arm = module("workers.arm")
    real = arm.compose

    def compose(*given: Any) -> Any:
        *known, candidate, decision, facts, contact, address, way, now = given
        return real(*known, replace(candidate, target=None), decision, facts, contact, address, way, now)

    return patched((arm, "compose", compose))


def a_repetition_forgets_the_test() -> Inside:
    repeat = module("workers.repeat")
    real = repeat._still_allowed

    async def allowed(deps: Deps, *more: Any) -> bool:
        return bool(await real(replace(deps, settings=replace(deps.settings, test_redirect=None)), *more))

    return patched((repeat, "_still_allowed", allowed))


def answers_forget_the_test() -> Inside:
    answer = module("workers.answer")
    real = answer._target

    def target(deps: Deps, *more: Any) -> Any:
        return real(replace(deps, settings=replace(deps.settings, test_redirect=None)), *more)

    return patched((answer, "_target", target))


def what_the_tester_said_is_not_asked() -> Inside:
    store = module("modules.policy.store")
    real = store._with_tester
    return patched((store, "_with_tester", lambda row, tester: real(row, {**tester, "closed": False})))


def what_the_person_said_is_not_asked_in_a_test() -> Inside:
    store = module("modules.policy.store")
    real = store._with_tester

    def told(row: Any, tester: Any) -> Any:
        return real({**row, "contact_suppressed": False, "address_suppressed": False}, tester)

    return patched((store, "_with_tester", told))


def the_testers_click_is_the_persons_own() -> Inside:
    """The link in a tester's mail ends it for whom the mail is."""
    compose = module("workers.compose")
    real = compose.way_out_of

    def way_out_of(deps: Deps, account: Any, address: Any, candidate: Any) -> str:
        return str(real(deps, account, address, replace(candidate, target=None)))

    return patched((compose, "way_out_of", way_out_of))


def a_jump_begins_no_visit() -> Inside:
    control = module("modules.sequences.control")
    real = control.arrive

    def arrive(step: Any, snapshot: Snapshot, visit: int, *more: Any) -> Any:
        return real(step, snapshot, visit - 1, *more)

    return patched((control, "arrive", arrive))


def orders_leave_a_step_under_way() -> Inside:
    return patched((module("modules.sequences.control"), "_under_way", lambda _snapshot: None))


@contextmanager
def orders_do_not_wait_for_an_arming() -> Iterator[None]:
    """They read where the enrollment stands before they have its lock."""
    control = module("workers.control")
    reading = reworded((control_store.SQL, "lock_enrollment", "for no key update", ""))
    with reading, patched((control, "lock_person", _nobody), (control, "lock_touches", _nobody)):
        yield


def orders_write_no_record() -> Inside:
    return patched((module("workers.control"), "record_action", _nobody))


def nobody_takes_whom_they_are_handed() -> Inside:
    return patched((module("workers.enter"), "_enter", _nobody))


def what_is_paused_is_armed() -> Inside:
    return reworded((sequences_store.SQL, "claim_due", "e.status = 'active'", "e.status in ('active', 'paused')"))


def a_paused_one_is_repeated() -> Inside:
    repeat = module("workers.repeat")

    async def running(conn: Connection, touch: Touch) -> Snapshot | None:
        assert touch.enrollment_id
        snapshots = await sequences_store.lock_and_load_snapshots(conn, [touch.enrollment_id])
        return next((one for one in snapshots if repeat.waits_for(one, touch)), None)

    return patched((repeat, "_running", running))


def people_are_taken_over_in_the_middle_of_a_step() -> Inside:
    adopt = module("modules.sequences.adopt")
    worker = module("workers.adopt")
    real = adopt.judge_adoption

    def judged(standing: Any, *more: Any) -> Any:
        return real(replace(standing, waiting=False, tried=False), *more)

    return patched((worker, "judge_adoption", judged))


def nobody_waits_for_a_task() -> Inside:
    ask = module("workers.ask")
    real = ask.after_asking

    def after(snapshot: Snapshot, definition: Any, step: Any, now: datetime) -> Onward | None:
        onward: Onward | None = real(snapshot, definition, replace(step, task=replace(step.task, blocks=False)), now)
        return onward

    return patched((ask, "after_asking", after))


def a_task_is_settled_as_often_as_somebody_says() -> Inside:
    said = " and (state = 'open' or (state = 'withdrawn' and %(state)s = 'done'))"
    return reworded((tasks_store.SQL, "settle_task", said, ""))


def more_time_is_not_told_of_the_task() -> Inside:
    return patched((module("workers.control"), "postpone_task", _nobody))


def any_task_moves_its_enrollment() -> Inside:
    """Whatever visit it was asked for, and whether or not anybody still waits for it."""
    settling = module("workers.settle_task")
    real = settling._move

    async def move(deps: Deps, conn: Connection, snapshot: Snapshot, task: Any, *, done: bool) -> bool:
        if snapshot.step is None:
            return False
        taken = replace(snapshot, waiting=True, step=task.step if task.step else snapshot.step)
        return bool(await real(deps, conn, taken, replace(task, visit=snapshot.visit), done=done))

    return patched((settling, "_move", move))


def a_settled_task_moves_nobody() -> Inside:
    async def move(*_: object, **__: object) -> bool:
        return False

    return patched((module("workers.settle_task"), "_move", move))


@contextmanager
def a_visit_may_be_asked_for_twice() -> Iterator[None]:
    """The lock on what is due and, behind it, the unique key of the schema: each of them alone is enough."""
    ground = ground_here()
    look = ground.stage.looker
    keys: Sequence[Any] = look.execute(DATABASE["task_keys"]).fetchall()
    for key in keys:
        look.execute(sql.SQL(DATABASE["drop_key"]).format(name=sql.Identifier(key["name"])))
    try:
        with reworded((sequences_store.SQL, "claim_due", "for no key update of e skip locked", "")):
            yield
    finally:
        ground.clear()  # what is there twice by now would keep the key away
        for key in keys:
            said = sql.SQL(key["definition"])
            look.execute(sql.SQL(DATABASE["add_key"]).format(name=sql.Identifier(key["name"]), definition=said))
