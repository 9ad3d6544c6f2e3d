"""One thin function a query of findings_queries.sql: what lists and ledger disagree about, and what a person said."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from modules.health.models import Finding, FindingKind, Settled
from modules.ids import AccountId, ClientId
from modules.labels import Provider
from utils.db import Connection, Row, attributes, execute, fetch_all
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("findings_queries.sql"))
_FINDING = tuple(Finding.__dataclass_fields__)


async def keep_findings(conn: Connection, findings: Sequence[Finding], at_most: int, now: datetime) -> list[Row]:
    """The new ones, the first `at_most` of each account and kind: account_id, kind, provider_id."""
    parameters = {"at_most": at_most, "now": now}
    return await fetch_all(conn, SQL["keep_findings"], _columns(findings) | parameters) if findings else []


async def keep_lost(conn: Connection, findings: Sequence[Finding], now: datetime) -> list[Row]:
    """The new ones: client_id, account_id, kind, provider_id."""
    return await fetch_all(conn, SQL["keep_lost"], _columns(findings) | {"now": now}) if findings else []


async def name_lost(conn: Connection, findings: Sequence[Finding]) -> int:
    """How many open questions name somebody now that named nobody before."""
    return await execute(conn, SQL["name_lost"], _columns(findings)) if findings else 0


async def known_lost(
    conn: Connection, account_ids: Sequence[AccountId], provider_ids: Sequence[str]
) -> set[tuple[AccountId, str]]:
    """Account and item of those that need no name any more."""
    parameters = {"account_ids": list(account_ids), "provider_ids": list(provider_ids)}
    rows = await fetch_all(conn, SQL["known_lost"], parameters)
    return {(AccountId(row["account_id"]), row["provider_id"]) for row in rows}


def _columns(findings: Sequence[Finding]) -> dict[str, Any]:
    return attributes(findings, _FINDING) | {"detail": [Jsonb(dict(one.detail)) for one in findings]}


async def keep_orphans(conn: Connection, since: datetime, until: datetime, at_most: int, now: datetime) -> list[Row]:
    """The new ones, of events received in (since, until]: client_id, account_id, kind, provider_id, names_a_row."""
    parameters = {"since": since, "until": until, "at_most": at_most, "now": now}
    return await fetch_all(conn, SQL["keep_orphans"], parameters)


async def close_explained(conn: Connection, now: datetime, since: datetime) -> tuple[int, set[ClientId]]:
    """How many were closed, and the clients one of whose losses is closed now or was after `since`."""
    rows = await fetch_all(conn, SQL["close_explained"], {"now": now, "since": since})
    lost = {ClientId(row["client_id"]) for row in rows if row["kind"] == FindingKind.lost}
    return sum(row["now_closed"] for row in rows), lost


async def close_heard(conn: Connection, account_ids: Sequence[AccountId], listed: Sequence[str], now: datetime) -> int:
    parameters = {"account_ids": list(account_ids), "listed": list(listed), "now": now}
    return await execute(conn, SQL["close_heard"], parameters)


async def list_findings(conn: Connection, client_id: ClientId | None, *, settled: bool) -> list[Row]:
    """`client_id` None: of every client; `settled`: also those that have their answer."""
    return await fetch_all(conn, SQL["list_findings"], {"client_id": client_id, "settled": settled})


async def lock_findings(conn: Connection, client_id: ClientId | None, prefix: str) -> list[Row]:
    return await fetch_all(conn, SQL["lock_findings"], {"client_id": client_id, "prefix": prefix})


async def settle_finding(
    conn: Connection,
    account_id: AccountId,
    kind: FindingKind,
    provider_id: str,
    word: Settled,
    by: str,
    because: str | None,
    now: datetime,
) -> int:
    parameters = {"account_id": account_id, "kind": kind, "provider_id": provider_id, "word": word, "by": by}
    return await execute(conn, SQL["settle_finding"], {**parameters, "because": because, "now": now})


async def open_questions(conn: Connection, client_id: ClientId) -> list[Row]:
    return await fetch_all(conn, SQL["open_questions"], {"client_id": client_id})


async def waiting_runs(conn: Connection, client_id: ClientId) -> list[Row]:
    """One row for each address: enrollment_id, channel, kind, value."""
    return await fetch_all(conn, SQL["waiting_runs"], {"client_id": client_id})


async def addresses_of_refs(
    conn: Connection, client_id: ClientId, provider: Provider, refs: Sequence[str]
) -> list[Row]:
    """One row for each address: ref, kind, value."""
    parameters = {"client_id": client_id, "provider": provider, "refs": list(refs)}
    return await fetch_all(conn, SQL["addresses_of_refs"], parameters)
