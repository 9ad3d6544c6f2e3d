"""A person's order about one contact in one sequence: locks in order, decided purely, written with its record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from modules.contacts import lock_person
from modules.ids import EnrollmentId
from modules.labels import OnReply
from modules.policy import load_people_facts
from modules.sequences import (
    RUNNING,
    Action,
    ControlVerb,
    Definition,
    EnrollmentChange,
    EnrollmentState,
    Obstacle,
    Order,
    Refused,
    Snapshot,
    control,
    enroll,
    find_sequence,
    let_go_of_touch,
    load_version,
    lock_and_load_snapshots,
    lock_enrollment,
    record_action,
    write_enrollments,
)
from modules.tasks import postpone_task, withdraw_tasks
from modules.touches import lock_touches
from utils.db import Connection
from utils.errors import BadInput, Conflict, NotFound
from utils.log import logger
from utils.uuid7 import uuid7
from workers.confirm import definitions_of
from workers.context import Deps

LOG = logger("control")

WHY_NOT: Mapping[Obstacle, str] = MappingProxyType(
    {
        Obstacle.ended: "It has ended; `scripts/omnify enroll` puts the person into the sequence again.",
        Obstacle.set_aside: "It is set aside because of an error of ours; resume it to try again, or stop it.",
        Obstacle.runs_already: "It is not paused: it runs.",
        Obstacle.paused_already: "It is paused already.",
        Obstacle.held: "It is held already, so nothing leaves; `scripts/omnify resume` tries the step again.",
        Obstacle.held_for_reply: "It is held for what the person wrote or said. Read that first; then "
        "`scripts/omnify release CONTACT` lets it go on.",
        Obstacle.held_for_proof: "It is held because the same message might arrive twice; `skip` goes past this step.",
        Obstacle.under_way: "What was sent in this step is not settled yet, and its proof must not be lost; "
        "`pause` keeps everything after it back.",
        Obstacle.no_such_step: "This version of the sequence has no such step.",
        Obstacle.handing_over: "No step of it is left: the next sweep leads on to another sequence. `jump` leads back "
        "to a step, `stop` ends it here.",
        Obstacle.not_later: "The time has passed already; give one in the future.",
        Obstacle.too_far: "The time is too far away; 365 days are the most.",
    }
)

UNREAD = (
    "Nothing was changed. What the person wrote or said since is not read yet (`scripts/omnify inbox` shows it). "
    "`scripts/omnify release CONTACT` says that somebody has; then move them."
)

_LEAVES_A_TASK = frozenset({ControlVerb.skip, ControlVerb.jump, ControlVerb.move, ControlVerb.stop})
_ENDS = frozenset({ControlVerb.move, ControlVerb.stop})


@dataclass(frozen=True)
class Target:
    """Where a move leads to: the client's sequence of this slug, at its first step unless `step` names one."""

    slug: str
    step: str | None = None


@dataclass(frozen=True)
class Whose:
    """Who gave the order, and why."""

    name: str
    reason: str | None = None


@dataclass(frozen=True)
class Controlled:
    """What was done: the record's line, and the place of the new enrollment where there is one."""

    action: Action
    moved_to: Snapshot | None = field(default=None)


async def control_enrollment(
    deps: Deps, conn: Connection, enrollment_id: EnrollmentId, order: Order, whose: Whose, target: Target | None = None
) -> Controlled:
    """Follows the order in this transaction, or refuses and writes nothing.

    NotFound for no such enrollment or sequence; Conflict, with the way out, where the order does not fit what is there.
    Waits for locks in the order in which everybody takes them, so that it comes before an arming or sees its touch.
    """
    run = await lock_enrollment(conn, enrollment_id)
    if run is None:
        raise NotFound("There is no such enrollment; nothing was changed", field="enrollment")
    await lock_person(conn, [run.contact_id])
    await lock_touches(conn, [run.last_touch_id] if run.last_touch_id else [])
    [snapshot] = await lock_and_load_snapshots(conn, [enrollment_id])
    now = deps.clock.now()
    definition = (await definitions_of(deps, conn, [snapshot]))[snapshot.sequence_id, snapshot.version]
    if order.verb is ControlVerb.move:
        await _refuse_unread(conn, snapshot, definition)
    done = control(snapshot, definition, order, now)
    if isinstance(done, Refused):
        raise Conflict(_refusal(done, order, definition, now), field="enrollment")
    await write_enrollments(conn, [done.change], now)
    if done.lets_go:
        await let_go_of_touch(conn, enrollment_id)
    if order.verb in _LEAVES_A_TASK:
        await withdraw_tasks(conn, enrollment_id, now, None if order.verb in _ENDS else snapshot.visit)
    elif order.verb is ControlVerb.reschedule and snapshot.waiting:
        await postpone_task(conn, enrollment_id, snapshot.visit, done.change.due_at)
    there = await _enter(deps, conn, snapshot, target, now) if target else None
    action = _action(snapshot, done.change, order.verb, whose, there, now)
    await record_action(conn, action)
    LOG.info("controlled", enrollment_id=str(enrollment_id), verb=order.verb, action_id=str(action.id))
    return Controlled(action, there)


async def _refuse_unread(conn: Connection, snapshot: Snapshot, definition: Definition) -> None:
    """A new enrollment begins after what they wrote and would not know of it: what would hold or end this one is read
    first. Asked under the person's lock, as an arming asks."""
    known = (await load_people_facts(conn, [snapshot.contact_id])).get(snapshot.contact_id)
    if known is None or snapshot.status not in RUNNING:
        return
    heeds = not any(step.key == snapshot.step and step.on_reply is OnReply.go_on for step in definition.steps)
    since = snapshot.enrolled_at
    replied = known.replied_at is not None and since is not None and known.replied_at >= since
    if known.unsure or (replied and heeds):
        raise Conflict(UNREAD, field="enrollment")


async def _enter(deps: Deps, conn: Connection, left: Snapshot, target: Target, now: datetime) -> Snapshot:
    """The place in the other sequence; who was paused stays paused there."""
    sequence = await find_sequence(conn, left.client_id, target.slug)
    if sequence is None:
        raise NotFound(f"There is no sequence '{target.slug}' at this client; nothing was changed", field="to")
    if sequence.id == left.sequence_id:
        raise BadInput("That is the sequence they are in; `scripts/omnify jump` goes to another step", field="to")
    definition = await load_version(conn, sequence.id, sequence.current_version)
    if target.step is not None and target.step not in [step.key for step in definition.steps]:
        raise Conflict(f"'{target.slug}' has no step '{target.step}'; it has {_keys(definition)}", field="step")
    people = [left.contact_id]
    made = await enroll(
        conn, left.client_id, sequence.id, sequence.current_version, definition, people, now, target.step, by_hand=True
    )
    if not made:
        raise Conflict(f"They run in '{target.slug}' already; nothing was changed", field="to")
    [there] = await lock_and_load_snapshots(conn, made)
    if left.status is not EnrollmentState.paused:
        return there
    paused = control(there, definition, Order(ControlVerb.pause), now)
    if isinstance(paused, Refused):
        raise Conflict(WHY_NOT[paused.why], field="to")
    await write_enrollments(conn, [paused.change], now)
    [there] = await lock_and_load_snapshots(conn, made)
    return there


def _refusal(refused: Refused, order: Order, definition: Definition, now: datetime) -> str:
    words = f"Nothing was changed. {WHY_NOT[refused.why]}"
    if refused.why is Obstacle.no_such_step and order.step is not None:
        words += f" It has {_keys(definition)}."
    if refused.until is None:
        return words
    until = f"{refused.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if refused.until <= now:
        return f"{words} It was to be settled by {until}: the next sweep looks, so please try again after it."
    return f"{words} Please try again when it is; it is settled by {until} at the latest."


def _keys(definition: Definition) -> str:
    return ", ".join(step.key for step in definition.steps)


def _action(
    before: Snapshot, after: EnrollmentChange, verb: ControlVerb, whose: Whose, there: Snapshot | None, now: datetime
) -> Action:
    return Action(
        id=uuid7(now),
        client_id=before.client_id,
        enrollment_id=before.enrollment_id,
        verb=verb,
        acted_by=whose.name,
        reason=whose.reason,
        at=now,
        from_status=before.status,
        from_step=before.step,
        from_visit=before.visit,
        from_due_at=before.due_at,
        to_status=after.status,
        to_step=after.step,
        to_visit=after.visit,
        to_due_at=after.due_at,
        moved_to=there.enrollment_id if there else None,
    )
