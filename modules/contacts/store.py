"""One thin function a query."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from modules.contacts.models import Address, ConsentGiven, Contact, ContactDraft
from modules.ids import AddressId, ClientId, ContactId
from modules.labels import AddressKind
from utils.db import Connection, Row, execute, fetch_all, fetch_one
from utils.sql import queries

SQL = queries(__file__)


async def insert_contact(
    conn: Connection, contact_id: ContactId, client_id: ClientId, draft: ContactDraft, now: datetime
) -> None:
    parameters = {
        "id": contact_id,
        "client_id": client_id,
        "external_ref": draft.external_ref,
        "first_name": draft.first_name,
        "last_name": draft.last_name,
        "time_zone": draft.time_zone,
        "fields": Jsonb(dict(draft.fields)),
        "now": now,
    }
    await execute(conn, SQL["insert_contact"], parameters)


async def ensure_address(
    conn: Connection, address_id: AddressId, client_id: ClientId, kind: AddressKind, value: str, now: datetime
) -> None:
    parameters = {"id": address_id, "client_id": client_id, "kind": kind, "value": value, "now": now}
    await execute(conn, SQL["ensure_address"], parameters)


async def link_address(
    conn: Connection, client_id: ClientId, contact_id: ContactId, kind: AddressKind, value: str
) -> None:
    parameters = {"client_id": client_id, "contact_id": contact_id, "kind": kind, "value": value}
    await execute(conn, SQL["link_address"], parameters)


async def insert_consent(
    conn: Connection, consent_id: UUID, client_id: ClientId, contact_id: ContactId, given: ConsentGiven, now: datetime
) -> None:
    parameters = {
        "id": consent_id,
        "client_id": client_id,
        "contact_id": contact_id,
        "channel": given.channel,
        "wording": given.wording,
        "source": given.source,
        "now": now,
    }
    await execute(conn, SQL["insert_consent"], parameters)


async def lock_contacts(conn: Connection, ids: Sequence[ContactId]) -> dict[ContactId, Contact]:
    rows = await fetch_all(conn, SQL["lock_contacts"], {"ids": list(ids)})
    return {row["id"]: Contact(**row) for row in rows}


async def lock_addresses(
    conn: Connection, contact_ids: Sequence[ContactId]
) -> dict[ContactId, dict[AddressKind, Address]]:
    rows = await fetch_all(conn, SQL["lock_addresses"], {"contact_ids": list(contact_ids)})
    locked: dict[ContactId, dict[AddressKind, Address]] = {contact_id: {} for contact_id in contact_ids}
    for row in rows:
        kind = AddressKind(row["kind"])
        locked[row["contact_id"]][kind] = Address(**row | {"kind": kind})
    return locked


async def suppress_address(
    conn: Connection,
    address_id: AddressId,
    client_id: ClientId,
    kind: AddressKind,
    value: str,
    reason: str,
    now: datetime,
) -> bool:
    parameters = {"id": address_id, "client_id": client_id, "kind": kind, "value": value, "reason": reason, "now": now}
    return await execute(conn, SQL["suppress_address"], parameters) > 0


async def list_contacts(conn: Connection, client_id: ClientId) -> list[Row]:
    return await fetch_all(conn, SQL["list_contacts"], {"client_id": client_id})


async def find_contact(conn: Connection, client_id: ClientId, who: str) -> list[ContactId]:
    rows = await fetch_all(conn, SQL["find_contact"], {"client_id": client_id, "who": who})
    return [ContactId(row["id"]) for row in rows]


async def clients_of_address(
    conn: Connection, client_ids: Sequence[ClientId], kind: AddressKind, value: str
) -> list[ClientId]:
    parameters = {"client_ids": list(client_ids), "kind": kind, "value": value}
    return [ClientId(row["client_id"]) for row in await fetch_all(conn, SQL["clients_of_address"], parameters)]


async def count_addresses(conn: Connection, contact_id: ContactId) -> int:
    row = await fetch_one(conn, SQL["count_addresses"], {"contact_id": contact_id})
    return int(row["addresses"]) if row else 0
