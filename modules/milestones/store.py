"""One function a query; see queries.sql."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from modules.ids import ClientId, ContactId, TouchId
from modules.milestones.models import ListedMilestone, Milestone, Source
from utils.db import Connection, execute, fetch_all
from utils.sql import queries

SQL = queries(__file__)


async def note_milestone(conn: Connection, milestone: Milestone, now: datetime) -> bool:
    """True when it is new, or its time is."""
    return await execute(conn, SQL["note_milestone"], asdict(milestone) | {"now": now}) == 1


async def take_back_milestone(conn: Connection, client_id: ClientId, source: Source, ref: str) -> bool:
    values = {"client_id": client_id, "source": source, "ref": ref}
    return await execute(conn, SQL["take_back_milestone"], values) > 0


async def mark_taken_back(
    conn: Connection, client_id: ClientId, milestone_id: UUID, by: str, reason: str, now: datetime
) -> bool:
    """False when it was taken back before."""
    values = {"client_id": client_id, "id": milestone_id, "by": by, "reason": reason, "now": now}
    return await execute(conn, SQL["mark_taken_back"], values) == 1


async def list_milestones(
    conn: Connection, client_id: ClientId, contact_id: ContactId, at_most: int
) -> list[ListedMilestone]:
    values = {"client_id": client_id, "contact_id": contact_id, "at_most": at_most}
    return [ListedMilestone(**row) for row in await fetch_all(conn, SQL["list_milestones"], values)]


async def note_click(
    conn: Connection,
    click_id: UUID,
    client_id: ClientId,
    touch_id: TouchId,
    event: str,
    at: datetime,
    *,
    by_machine: bool,
) -> bool:
    """True when it is new."""
    values = {"id": click_id, "client_id": client_id, "touch_id": touch_id, "event": event, "at": at}
    return await execute(conn, SQL["note_click"], values | {"by_machine": by_machine}) == 1


async def mark_scanned(conn: Connection, touch_id: TouchId, until: datetime) -> int:
    """How many clicks are now known to be a machine's."""
    return await execute(conn, SQL["mark_scanned"], {"touch_id": touch_id, "until": until})


async def erase_milestones(conn: Connection, client_id: ClientId, contact_id: ContactId) -> int:
    return await execute(conn, SQL["erase_milestones"], {"client_id": client_id, "contact_id": contact_id})


async def forget_milestones(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_milestones"], {"before": before, "at_most": at_most})
