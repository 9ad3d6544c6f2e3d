"""One function a query; see queries.sql."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from modules.ids import ClientId, ContactId, EnrollmentId
from modules.tasks.models import KnownTask, ListedTask, NewTask, TaskState
from utils.db import Connection, Row, attributes, execute, fetch_all, fetch_one
from utils.sql import queries

SQL = queries(__file__)
_NEW = tuple(NewTask.__dataclass_fields__)


async def create_tasks(conn: Connection, tasks: Sequence[NewTask], now: datetime) -> None:
    if tasks:
        await execute(conn, SQL["create_tasks"], attributes(tasks, _NEW) | {"now": now})


async def find_task(conn: Connection, task_id: UUID) -> KnownTask | None:
    return _known(await fetch_one(conn, SQL["find_task"], {"id": task_id}))


async def lock_task(conn: Connection, task_id: UUID) -> KnownTask | None:
    return _known(await fetch_one(conn, SQL["lock_task"], {"id": task_id}))


async def settle_task(
    conn: Connection, task_id: UUID, state: TaskState, settled_by: str, note: str | None, now: datetime
) -> bool:
    """True when this settled it."""
    values = {"id": task_id, "state": state, "settled_by": settled_by, "note": note, "now": now}
    return await execute(conn, SQL["settle_task"], values) == 1


async def withdraw_tasks(conn: Connection, enrollment_id: EnrollmentId, now: datetime, visit: int | None = None) -> int:
    """Of every visit, unless `visit` names one."""
    return await execute(conn, SQL["withdraw_tasks"], {"enrollment_id": enrollment_id, "now": now, "visit": visit})


async def postpone_task(conn: Connection, enrollment_id: EnrollmentId, visit: int, due_by: datetime | None) -> int:
    """The open task that this visit waits for; how many there were."""
    values = {"enrollment_id": enrollment_id, "visit": visit, "due_by": due_by}
    return await execute(conn, SQL["postpone_task"], values)


async def list_tasks(
    conn: Connection,
    client_id: ClientId,
    now: datetime,
    at_most: int,
    *,
    contact_id: ContactId | None = None,
    settled: bool = False,
) -> list[ListedTask]:
    values = {"client_id": client_id, "contact_id": contact_id, "settled": settled, "now": now, "at_most": at_most}
    rows = await fetch_all(conn, SQL["list_tasks"], values)
    return [ListedTask(**row | {"closed": tuple(row["closed"]), "state": TaskState(row["state"])}) for row in rows]


async def erase_tasks(conn: Connection, client_id: ClientId, contact_id: ContactId) -> int:
    return await execute(conn, SQL["erase_tasks"], {"client_id": client_id, "contact_id": contact_id})


async def forget_task_words(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_task_words"], {"before": before, "at_most": at_most})


def _known(row: Row | None) -> KnownTask | None:
    return None if row is None else KnownTask(**row | {"state": TaskState(row["state"])})
