"""Taking people over to a newer version: one function a query; see adopt_queries.sql."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from psycopg.types.json import Jsonb

from modules.ids import ClientId, ContactId, EnrollmentId, SequenceId, TouchId
from modules.labels import NextChannel, TouchState
from modules.sequences.adopt import Standing
from modules.sequences.apply import BY_HAND, INSTANT_OF
from modules.sequences.models_of_rules import RANK, Priority
from utils.db import Connection, Row, attributes, execute, fetch_all
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("adopt_queries.sql"))


@dataclass(frozen=True)
class OlderRun:
    """An enrollment on an older version, locked until the transaction ends."""

    id: EnrollmentId
    contact_id: ContactId
    last_touch_id: TouchId | None


@dataclass(frozen=True)
class Taken:
    """One enrollment as it is written: `step` of the new version, what it is due for, whether it forgets its touch, and
    whether its instant stands whatever day that step waits for."""

    id: EnrollmentId
    action_id: UUID
    step: str
    next_channel: NextChannel
    lets_go: bool
    keeps: bool


async def lock_older_runs(
    conn: Connection,
    client_id: ClientId,
    sequence_id: SequenceId,
    version: int,
    only: int | None,
    after: EnrollmentId | None,
    limit: int,
) -> list[OlderRun]:
    values = {"client_id": client_id, "sequence_id": sequence_id, "version": version, "only": only, "after": after}
    return [OlderRun(**row) for row in await fetch_all(conn, SQL["lock_older_runs"], {**values, "limit": limit})]


async def load_standings(conn: Connection, ids: Sequence[EnrollmentId]) -> dict[EnrollmentId, Standing]:
    rows = await fetch_all(conn, SQL["load_standings"], {"ids": list(ids)})
    return {EnrollmentId(row["id"]): _standing(row) for row in rows}


async def count_standings(conn: Connection, client_id: ClientId, sequence_id: SequenceId) -> list[tuple[Standing, int]]:
    values = {"client_id": client_id, "sequence_id": sequence_id}
    return [(_standing(row), int(row["people"])) for row in await fetch_all(conn, SQL["count_standings"], values)]


async def record_adoptions(
    conn: Connection, taken: Sequence[Taken], version: int, by: str, reason: str | None, now: datetime
) -> int:
    rows = attributes(taken, _RECORDED)
    told = {"version": version, "by": by, "reason": reason, "now": now}
    return await execute(conn, SQL["record_adoptions"], {**rows, **told})


async def write_adoptions(
    conn: Connection, taken: Sequence[Taken], version: int, priority: Priority, now: datetime
) -> int:
    rows = attributes(taken, _WRITTEN)
    told = {"version": version, "priority": RANK[priority], "kept": Jsonb({INSTANT_OF: BY_HAND}), "now": now}
    return await execute(conn, SQL["write_adoptions"], {**rows, **told})


_RECORDED = ("id", "action_id", "step")
_WRITTEN = ("id", "step", "next_channel", "lets_go", "keeps")


def _standing(row: Row) -> Standing:
    return Standing(
        version=row["version"],
        status=row["status"],
        step=row["step"],
        waiting=row["waiting"],
        tried=row["tried"],
        touch_step=row["touch_step"],
        touch_state=TouchState(row["touch_state"]) if row["touch_state"] else None,
        had=tuple(row["had"]),
    )
