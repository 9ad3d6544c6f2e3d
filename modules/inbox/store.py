"""One thin function a query."""

from collections.abc import Mapping
from datetime import datetime

from psycopg.types.json import Jsonb

from modules.ids import AccountId, ClientId
from modules.inbox.models import EventKind
from modules.labels import Provider
from utils.db import Connection, execute
from utils.sql import queries

SQL = queries(__file__)


async def keep_event(
    conn: Connection,
    account_id: AccountId,
    event_key: str,
    client_id: ClientId | None,
    kind: EventKind,
    provider: Provider,
    payload: Mapping[str, object],
    now: datetime,
) -> bool:
    """True when it is new, False when it was kept before."""
    parameters = {
        "account_id": account_id,
        "event_key": event_key[:500],
        "client_id": client_id,
        "kind": kind,
        "provider": provider,
        "payload": Jsonb(dict(payload)),
        "now": now,
    }
    return await execute(conn, SQL["keep_event"], parameters) > 0
