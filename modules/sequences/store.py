"""One function a query; see queries.sql."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from modules.ids import ClientId, ContactId, EnrollmentId, SequenceId, TouchId
from modules.labels import NextChannel, TouchState
from modules.sequences.models_of_rules import milestones_of
from modules.sequences.models_of_runs import (
    DueGroup,
    EnrollmentChange,
    EnrollmentState,
    Heard,
    LastTouch,
    Snapshot,
    StepTask,
    StepTouch,
)
from utils.address import zone_of
from utils.db import Connection, Row, attributes, execute, fetch_all, fetch_one
from utils.sql import queries

SQL = queries(__file__)

_CHANGE = tuple(EnrollmentChange.__dataclass_fields__)
_OF_TASKS = (NextChannel.settle, NextChannel.task)
# to call an enumeration takes ten times as long as to look into it
_STATES: Mapping[str, EnrollmentState] = {one: one for one in EnrollmentState}
_CHANNELS: Mapping[str, NextChannel] = {one: one for one in NextChannel}
_TOUCH_STATES: Mapping[str, TouchState] = {one: one for one in TouchState}


async def due_groups(conn: Connection, now: datetime) -> list[DueGroup]:
    rows = await fetch_all(conn, SQL["due_groups"], {"now": now})
    return [DueGroup(ClientId(row["client_id"]), NextChannel(row["next_channel"]), row["priority"]) for row in rows]


async def next_due(conn: Connection) -> datetime | None:
    row = await fetch_one(conn, SQL["next_due"])
    return row["at"] if row else None


async def peek_due(
    conn: Connection, group: DueGroup, now: datetime, after: tuple[datetime, UUID] | None, limit: int
) -> list[ContactId]:
    rows = await fetch_all(conn, SQL["peek_due"], _page(group, now, after, limit))
    return list(dict.fromkeys(ContactId(row["contact_id"]) for row in rows))


async def claim_due(
    conn: Connection,
    group: DueGroup,
    now: datetime,
    after: tuple[datetime, UUID] | None,
    limit: int,
    *,
    only_look: bool = False,
) -> list[Snapshot]:
    """`only_look` reads the same rows and locks none, for looking ahead."""
    question = SQL.without_lock("claim_due") if only_look else SQL["claim_due"]
    claimed = [_snapshot(row) for row in await fetch_all(conn, question, _page(group, now, after, limit))]
    # what only a branch or a task asks for; most that is due is neither
    asking = [one.enrollment_id for one in claimed if one.next_channel is NextChannel.settle and not one.waiting]
    with_task = [one.enrollment_id for one in claimed if one.waiting or one.next_channel in _OF_TASKS]
    outcomes = await load_outcomes(conn, asking) if asking else {}
    tasks = await load_tasks(conn, with_task) if with_task else {}
    if not outcomes and not tasks:
        return claimed
    return [
        replace(one, outcomes=outcomes.get(one.enrollment_id, {}), task=tasks.get(one.enrollment_id)) for one in claimed
    ]


async def load_outcomes(conn: Connection, ids: Sequence[EnrollmentId]) -> dict[EnrollmentId, dict[str, StepTouch]]:
    found: dict[EnrollmentId, dict[str, StepTouch]] = {}
    for row in await fetch_all(conn, SQL["load_outcomes"], {"ids": list(ids)}):
        touch = StepTouch(TouchState(row["state"]), row["armed_at"], row["clicked_at"])
        found.setdefault(EnrollmentId(row["enrollment_id"]), {})[row["step"]] = touch
    return found


async def load_tasks(conn: Connection, ids: Sequence[EnrollmentId]) -> dict[EnrollmentId, StepTask]:
    rows = await fetch_all(conn, SQL["load_tasks"], {"ids": list(ids)})
    return {
        EnrollmentId(row["enrollment_id"]): StepTask(row["visit"], row["is_done"], row["created_at"]) for row in rows
    }


def _page(group: DueGroup, now: datetime, after: tuple[datetime, UUID] | None, limit: int) -> dict[str, object]:
    return {
        "client_id": group.client_id,
        "next_channel": group.channel,
        "priority": group.priority,
        "now": now,
        "after_due": after[0] if after else None,
        "after_id": after[1] if after else None,
        "limit": limit,
    }


async def lock_and_load_snapshots(
    conn: Connection, ids: Sequence[EnrollmentId], *, of_touches: Sequence[TouchId] = (), only_look: bool = False
) -> list[Snapshot]:
    """These, and those of the touches; `only_look` reads the same rows and locks none."""
    block, parameters = "lock_and_load_snapshots", {"ids": list(ids), "touch_ids": list(of_touches)}
    rows = await fetch_all(conn, SQL.without_lock(block) if only_look else SQL[block], parameters)
    return [_snapshot(row) for row in rows]


async def load_heard(conn: Connection, ids: Sequence[EnrollmentId]) -> dict[EnrollmentId, Heard]:
    rows = await fetch_all(conn, SQL["load_heard"], {"ids": list(ids)})
    return {
        EnrollmentId(row["enrollment_id"]): Heard(row["fields"], milestones_of(row["milestones"]), row["begun_at"])
        for row in rows
    }


async def write_enrollments(conn: Connection, changes: Sequence[EnrollmentChange], now: datetime) -> int:
    if not changes:
        return 0
    parameters = attributes(changes, _CHANGE)
    parameters["decision"] = [Jsonb(dict(note)) if note else None for note in parameters["decision"]]
    return await execute(conn, SQL["write_enrollments"], parameters | {"now": now})


async def quarantine_enrollment(conn: Connection, enrollment_id: EnrollmentId, error: str, now: datetime) -> int:
    return await execute(conn, SQL["quarantine_enrollment"], {"id": enrollment_id, "error": error, "now": now})


def _task(visit: int, is_done: bool, given_at: str) -> StepTask:
    return StepTask(visit, is_done, datetime.fromisoformat(given_at))


def _snapshot(row: Row) -> Snapshot:
    last = (
        LastTouch(
            id=TouchId(row["touch_id"]),
            step=row["touch_step"],
            part=row["part"],
            attempt=row["attempt"],
            state=_TOUCH_STATES[row["state"]],
            was_accepted=row["was_accepted"],
            confirm_by=row["confirm_by"],
            reason=row["touch_reason"],
            spare_senders=row["spare_senders"] or 0,
            armed_at=row["armed_at"],
            unsent=row["unsent"] or 0,
        )
        if row["touch_id"]
        else None
    )
    return Snapshot(
        enrollment_id=EnrollmentId(row["enrollment_id"]),
        client_id=ClientId(row["client_id"]),
        contact_id=ContactId(row["contact_id"]),
        sequence_id=SequenceId(row["sequence_id"]),
        version=row["version"],
        status=_STATES[row["status"]],
        step=row["step"],
        visit=row["visit"],
        next_channel=_CHANNELS[row["next_channel"]],
        due_at=row["due_at"],
        waiting=row["waiting"],
        last_touch=last,
        zone=zone_of(row["time_zone"], row["phone"]),
        decision=row["decision"],
        addresses=row.get("addresses", 0),
        enrolled_at=row["enrolled_at"],
        status_reason=row["status_reason"],
        fields=row["fields"],
        replied_at=row.get("replied_at"),
        back_on=row.get("back_on"),
        mail_bounced=bool(row.get("mail_bounced")),
        said_stop=bool(row.get("said_stop")),
        milestones=milestones_of(row["milestones"]),
        task=_task(*row["task"]) if row.get("task") else None,
    )


async def list_open_runs(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[EnrollmentId]:
    rows = await fetch_all(conn, SQL["list_open_runs"], {"client_id": client_id, "contact_id": contact_id})
    return [EnrollmentId(row["id"]) for row in rows]


async def list_dated_runs(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[EnrollmentId]:
    rows = await fetch_all(conn, SQL["list_dated_runs"], {"client_id": client_id, "contact_id": contact_id})
    return [EnrollmentId(row["id"]) for row in rows]
