"""One thin function a query."""

from collections.abc import Sequence
from datetime import datetime

from modules.ids import ClientId
from modules.labels import AddressKind
from modules.suppressions.models import Kept
from utils.db import Connection, Row, execute, fetch_all, fetch_one
from utils.sql import queries

SQL = queries(__file__)


async def load_house_key(conn: Connection, name: str) -> bytes | None:
    row = await fetch_one(conn, SQL["load_house_key"], {"name": name})
    return bytes(row["sealed"]) if row else None


async def add_house_key(conn: Connection, name: str, sealed: bytes, now: datetime) -> int:
    return await execute(conn, SQL["add_house_key"], {"name": name, "sealed": sealed, "now": now})


async def reseal_house_key(conn: Connection, name: str, sealed: bytes) -> int:
    return await execute(conn, SQL["reseal_house_key"], {"name": name, "sealed": sealed})


async def keep_suppressions(conn: Connection, client_id: ClientId, entries: Sequence[Kept], now: datetime) -> int:
    """How many are new."""
    parameters = {
        "client_id": client_id,
        "hash": [one.hash for one in entries],
        "kind": [str(one.kind) for one in entries],
        "reason": [one.reason for one in entries],
        "suppressed_at": [one.suppressed_at for one in entries],
        "now": now,
    }
    return await execute(conn, SQL["keep_suppressions"], parameters) if entries else 0


async def kept_own_word(conn: Connection, client_id: ClientId, hash_: bytes) -> bool:
    row = await fetch_one(conn, SQL["kept_own_word"], {"client_id": client_id, "hash": hash_})
    return bool(row and row["said"])


async def take_kept(conn: Connection, client_id: ClientId, hash_: bytes) -> Kept | None:
    row = await fetch_one(conn, SQL["take_kept"], {"client_id": client_id, "hash": hash_})
    return Kept(bytes(row["hash"]), AddressKind(row["kind"]), row["reason"], row["suppressed_at"]) if row else None


async def note_platform_opt_out(conn: Connection, client_id: ClientId, hash_: bytes, now: datetime) -> bool:
    parameters = {"hash": hash_, "client_id": client_id, "now": now}
    return await execute(conn, SQL["note_platform_opt_out"], parameters) > 0


async def lock_platform_hash(conn: Connection, hash_: bytes) -> None:
    await execute(conn, SQL["lock_platform_hash"], {"hash": hash_})


async def open_platform_hold(conn: Connection, hash_: bytes, at_least: int, now: datetime) -> bool:
    parameters = {"hash": hash_, "at_least": at_least, "now": now}
    return await execute(conn, SQL["open_platform_hold"], parameters) > 0


async def list_platform_holds(conn: Connection, decided: bool) -> list[Row]:
    return await fetch_all(conn, SQL["list_platform_holds"], {"decided": decided})


async def decide_platform_hold(conn: Connection, prefix: str, decision: str, by: str, now: datetime) -> int:
    parameters = {"prefix": prefix, "decision": decision, "by": by, "now": now}
    return await execute(conn, SQL["decide_platform_hold"], parameters)
