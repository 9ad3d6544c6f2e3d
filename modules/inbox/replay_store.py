"""One thin function a query of replay_queries.sql: what was kept, to be read again by today's code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from modules.ids import AccountId, ClientId, ContactId
from modules.inbox.models import EventKind
from modules.labels import Provider
from utils.db import Connection, fetch_all
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("replay_queries.sql"))


@dataclass(frozen=True)
class Kept:
    """One kept event: a row of `inbound` (`row_id`), or of `inbox_events`. `opted_out` and `unsure`: as it was taken
    when it came; None and False where nobody judged it."""

    row_id: UUID | None
    account_id: AccountId
    event_key: str
    client_id: ClientId | None
    kind: EventKind
    provider: Provider
    payload: Mapping[str, object]
    at: datetime
    contact_id: ContactId | None
    opted_out: bool | None
    unsure: bool


async def kept_events(conn: Connection, name: str, row_id: UUID | None) -> list[Kept]:
    rows = await fetch_all(conn, SQL["kept_events"], {"name": name, "id": row_id})
    return [Kept(**row | {"kind": EventKind(row["kind"]), "provider": Provider(row["provider"])}) for row in rows]
