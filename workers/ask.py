"""A step's task is given to a person: its texts final, its row written with the enrollment's. Sends nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from modules.contacts import Contact, lock_contacts
from modules.content import MissingVariable, RenderProblem, render_text
from modules.ids import ContactId
from modules.labels import OnReply
from modules.policy import GuardReason, PersonFacts, load_people_facts, set_lock_timeout
from modules.sequences import (
    Definition,
    EnrollmentChange,
    Plan,
    Snapshot,
    Step,
    Stop,
    StopReason,
    Task,
    after_asking,
    apply,
    hold,
    wait_for_task,
)
from modules.tasks import NewTask
from utils.db import Connection
from utils.uuid7 import uuid7
from workers.compose import held, variables_of
from workers.quarantine import POISON, quarantine

TITLE_MOST = 500
INSTRUCTIONS_MOST = 8_000


@dataclass(frozen=True)
class Asking:
    """A task step that is due."""

    snapshot: Snapshot
    definition: Definition
    step: Step


async def ask_people(
    conn: Connection, asked: Sequence[Asking], now: datetime
) -> tuple[list[NewTask], list[EnrollmentChange]]:
    """The tasks to write, and every enrollment's row. A contact who is locked elsewhere has the next turn."""
    await set_lock_timeout(conn)
    contacts = await lock_contacts(conn, [one.snapshot.contact_id for one in asked])
    here = [one for one in asked if one.snapshot.contact_id in contacts]
    facts = await load_people_facts(conn, [one.snapshot.contact_id for one in here])
    tasks: list[NewTask] = []
    changes: list[EnrollmentChange] = []
    for one in here:
        try:
            task, change = ask_person(one, contacts[one.snapshot.contact_id], facts, now)
        except POISON as error:
            await quarantine(conn, one.snapshot, type(error).__name__, now)
            continue
        if task is not None:
            tasks.append(task)
        if change is not None:
            changes.append(change)
    return tasks, changes


def ask_person(
    one: Asking, contact: Contact, facts: Mapping[ContactId, PersonFacts], now: datetime
) -> tuple[NewTask | None, EnrollmentChange | None]:
    """The task and the enrollment's row; no task where the person is not to be reached any more, has replied, or the
    text lacks a word. Whose facts could not be read is asked about again in the next round: no row."""
    snapshot, asked = one.snapshot, one.step.task
    known = facts.get(snapshot.contact_id)
    if known is None or asked is None:
        return None, None
    instead = not_any_more(snapshot, one.step.key, one.step.on_reply, known, now)
    if instead is not None:
        return None, instead
    try:
        title, instructions = _texts(asked, contact, one.definition.fallbacks)
    except MissingVariable as problem:
        return None, held(snapshot, GuardReason.missing_variable, problem.name)
    except RenderProblem as problem:
        return None, held(snapshot, GuardReason.not_renderable, type(problem).__name__)
    waiting = wait_for_task(snapshot, asked, now)
    task = NewTask(
        id=uuid7(now),
        client_id=snapshot.client_id,
        contact_id=snapshot.contact_id,
        enrollment_id=snapshot.enrollment_id,
        step=one.step.key,
        visit=snapshot.visit,
        title=title,
        instructions=instructions,
        blocks=asked.blocks,
        records=asked.records,
        due_by=waiting.due_at if asked.blocks else None,
    )
    onward = after_asking(snapshot, one.definition, one.step, now)
    return task, apply(snapshot, onward, now) if onward else waiting


def not_any_more(
    snapshot: Snapshot, step: str | None, on_reply: OnReply, known: PersonFacts, now: datetime
) -> EnrollmentChange | None:
    """The row of somebody who is not to be reached any more, or has said what a person has to read first. `step` is the
    one that is left out because of it, None where each has left."""
    replied = known.replied_at is not None and known.replied_at >= (snapshot.enrolled_at or now)
    if known.closed:
        return _left_out(snapshot, step, Stop(StopReason.suppressed), GuardReason.suppressed, now)
    if known.unsure or (replied and on_reply is OnReply.hold):
        return next(iter(hold(snapshot, GuardReason.reply_waiting)), None)
    if replied and on_reply is OnReply.stop:
        return _left_out(snapshot, step, Stop(StopReason.replied), GuardReason.replied_already, now)
    return None


def _left_out(
    snapshot: Snapshot, step: str | None, plan: Plan, reason: GuardReason, now: datetime
) -> EnrollmentChange | None:
    row = apply(snapshot, plan, now)
    note = {**({"skipped": step} if step else {}), "reason": str(reason), "at": now.isoformat()}
    return replace(row, decision=note) if row else None


def _texts(task: Task, contact: Contact, fallbacks: Mapping[str, str]) -> tuple[str, str]:
    values = variables_of(contact)
    title = " ".join(render_text("title", task.title, values, TITLE_MOST, fallbacks).split())
    return title, render_text("instructions", task.instructions, values, INSTRUCTIONS_MOST, fallbacks)
