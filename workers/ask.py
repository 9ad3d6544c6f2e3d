"""A step's task is given to a person: its texts final, its row written with the enrollment's. Sends nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from modules.contacts import Contact, lock_contacts
from modules.content import MissingVariable, RenderProblem, render_text
from modules.ids import ContactId
from modules.labels import OnReply
from modules.policy import GuardReason, PersonFacts, load_people_facts
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
    contacts = await lock_contacts(conn, [one.snapshot.contact_id for one in asked])
    here = [one for one in asked if one.snapshot.contact_id in contacts]
    since = {one.snapshot.contact_id: one.snapshot.enrolled_at or now for one in here}
    facts = await load_people_facts(conn, since)
    tasks: list[NewTask] = []
    changes: list[EnrollmentChange] = []
    for one in here:
        task, change = ask_person(one, contacts[one.snapshot.contact_id], facts, now)
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
    instead = _instead(one, known, now)
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


def _instead(one: Asking, known: PersonFacts, now: datetime) -> EnrollmentChange | None:
    if known.closed:
        return _left_out(one, Stop(StopReason.suppressed), GuardReason.suppressed, now)
    if known.unsure or (known.replied and one.step.on_reply is OnReply.hold):
        return next(iter(hold(one.snapshot, GuardReason.reply_waiting)), None)
    if known.replied and one.step.on_reply is OnReply.stop:
        return _left_out(one, Stop(StopReason.replied), GuardReason.replied_already, now)
    return None


def _left_out(one: Asking, plan: Plan, reason: GuardReason, now: datetime) -> EnrollmentChange | None:
    row = apply(one.snapshot, plan, now)
    note = {"skipped": one.step.key, "reason": str(reason), "at": now.isoformat()}
    return replace(row, decision=note) if row else None


def _texts(task: Task, contact: Contact, fallbacks: Mapping[str, str]) -> tuple[str, str]:
    values = variables_of(contact)
    title = " ".join(render_text("title", task.title, values, TITLE_MOST, fallbacks).split())
    return title, render_text("instructions", task.instructions, values, INSTRUCTIONS_MOST, fallbacks)
