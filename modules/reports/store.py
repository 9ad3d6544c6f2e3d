"""One function a query."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from modules.ids import ClientId, ContactId, EnrollmentId, TouchId
from modules.labels import ChannelName, Provider, TouchState
from modules.reports.models import LedgerCount, LedgerFilters, LedgerLine, Mark
from utils.db import Connection, fetch_all, fetch_one
from utils.sql import queries

SQL = queries(__file__)


def _line(row: Mapping[str, Any]) -> LedgerLine:
    enrollment = row["enrollment"]
    return LedgerLine(
        id=TouchId(row["id"]),
        client=row["client"],
        contact=ContactId(row["contact"]),
        contact_name=row["contact_name"],
        enrollment=None if enrollment is None else EnrollmentId(enrollment),
        sequence=row["sequence"],
        step=row["step"],
        attempt=row["attempt"],
        channel=ChannelName(row["channel"]),
        provider=Provider(row["provider"]),
        to_address=row["to_address"],
        body_hash=row["body_hash"],
        state=TouchState(row["state"]),
        reason=row["reason"],
        armed_at=row["armed_at"],
        confirmed_at=row["confirmed_at"],
        changed_at=row["changed_at"],
        provider_id=row["provider_id"],
        evidence_id=row["evidence_id"],
        decision=row["decision"],
    )


async def ledger_page(
    conn: Connection, client_id: ClientId | None, before: Mark | None, limit: int, filters: LedgerFilters
) -> list[LedgerLine]:
    params = {
        "client_id": client_id,
        "state": filters.state and filters.state.value,
        "channel": filters.channel and filters.channel.value,
        "before_at": before and before.at,
        "before_id": before and before.id,
        "limit": limit,
    }
    return [_line(row) for row in await fetch_all(conn, SQL["ledger_page"], params)]


async def ledger_changes(conn: Connection, client_id: ClientId, after: Mark, limit: int) -> list[LedgerLine]:
    params = {"client_id": client_id, "after_at": after.at, "after_id": after.id, "limit": limit}
    return [_line(row) for row in await fetch_all(conn, SQL["ledger_changes"], params)]


async def change_before_last(conn: Connection, client_id: ClientId, after: Mark, newest: int) -> Mark | None:
    params = {"client_id": client_id, "after_at": after.at, "after_id": after.id, "newest": newest}
    row = await fetch_one(conn, SQL["change_before_last"], params)
    return None if row is None else Mark(row["at"], row["id"])


async def latest_change(conn: Connection, client_id: ClientId) -> datetime | None:
    row = await fetch_one(conn, SQL["latest_change"], {"client_id": client_id})
    at: datetime | None = row["at"] if row else None
    return at


async def ledger_summary(conn: Connection, client_id: ClientId) -> list[LedgerCount]:
    rows = await fetch_all(conn, SQL["ledger_summary"], {"client_id": client_id})
    return [LedgerCount(ChannelName(r["channel"]), TouchState(r["state"]), r["touches"]) for r in rows]
