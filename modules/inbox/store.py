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
    """True when it is new, False when it was kept before. What PostgreSQL cannot store of it (NUL, a lone half of a
    surrogate pair) is left out or replaced: refused, the provider would send the same event again until it gives up."""
    parameters = {
        "account_id": account_id,
        "event_key": _storable(event_key)[:500],
        "client_id": client_id,
        "kind": kind,
        "provider": provider,
        "payload": Jsonb(_storable_json(payload)),
        "now": now,
    }
    return await execute(conn, SQL["keep_event"], parameters) > 0


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _storable_json(value: object) -> object:
    match value:
        case str():
            return _storable(value)
        case Mapping():
            return {_storable(str(name)): _storable_json(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_storable_json(inner) for inner in value]
    return value
