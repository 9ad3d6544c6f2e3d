"""One thin function a query."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from modules.contacts.models import Address, Contact, ContactDraft, Mailbox
from modules.ids import AddressId, ClientId, ContactId, SequenceId
from modules.labels import AddressKind, ChannelName, Provider
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


async def has_agreed_since(conn: Connection, client_id: ClientId, kind: AddressKind, value: str, at: datetime) -> bool:
    """Whether what was said at this instant is spent: the person has agreed anew since, and the address was opened."""
    parameters = {"client_id": client_id, "kind": kind, "value": value, "at": at}
    row = await fetch_one(conn, SQL["has_agreed_since"], parameters)
    return bool(row and row["yes"])


async def clients_of_address(
    conn: Connection, client_ids: Sequence[ClientId], kind: AddressKind, value: str
) -> list[ClientId]:
    parameters = {"client_ids": list(client_ids), "kind": kind, "value": value}
    return [ClientId(row["client_id"]) for row in await fetch_all(conn, SQL["clients_of_address"], parameters)]


async def count_addresses(conn: Connection, contact_id: ContactId) -> int:
    row = await fetch_one(conn, SQL["count_addresses"], {"contact_id": contact_id})
    return int(row["addresses"]) if row else 0


async def load_people(conn: Connection, provider: Provider, ids: Sequence[ContactId]) -> list[Row]:
    return await fetch_all(conn, SQL["load_people"], {"provider": provider, "ids": list(ids)})


async def note_ref(
    conn: Connection, client_id: ClientId, contact_id: ContactId, provider: Provider, ref: str, now: datetime
) -> bool:
    """True when it is new."""
    parameters = {"client_id": client_id, "contact_id": contact_id, "provider": provider, "ref": ref, "now": now}
    return await execute(conn, SQL["note_ref"], parameters) > 0


async def await_contacts(conn: Connection, ids: Sequence[ContactId]) -> None:
    await fetch_all(conn, SQL["await_contacts"], {"ids": list(ids)})


async def await_addresses(
    conn: Connection, contact_ids: Sequence[ContactId], others: Sequence[tuple[ClientId, AddressKind, str]]
) -> None:
    parameters = {
        "contact_ids": list(contact_ids),
        "client_ids": [client_id for client_id, _, _ in others],
        "kinds": [str(kind) for _, kind, _ in others],
        "values": [value for _, _, value in others],
    }
    await fetch_all(conn, SQL["await_addresses"], parameters)


async def lock_ref(conn: Connection, client_id: ClientId, provider: Provider, ref: str) -> None:
    await fetch_all(conn, SQL["lock_ref"], {"key": f"{client_id}/{provider}/{ref}"})


async def find_ref(conn: Connection, client_id: ClientId, provider: Provider, ref: str) -> ContactId | None:
    row = await fetch_one(conn, SQL["find_ref"], {"client_id": client_id, "provider": provider, "ref": ref})
    return ContactId(row["contact_id"]) if row else None


async def find_lookalike(
    conn: Connection,
    client_id: ClientId,
    provider: Provider,
    phone: str | None,
    email: str | None,
    first_name: str | None,
) -> ContactId | None:
    parameters = {"client_id": client_id, "provider": provider, "phone": phone, "email": email}
    row = await fetch_one(conn, SQL["find_lookalike"], parameters | {"first_name": first_name})
    return ContactId(row["contact_id"]) if row else None


async def move_ref(conn: Connection, contact_id: ContactId, provider: Provider, ref: str, now: datetime) -> int:
    parameters = {"contact_id": contact_id, "provider": provider, "ref": ref, "now": now}
    return await execute(conn, SQL["move_ref"], parameters)


async def update_contact(conn: Connection, client_id: ClientId, contact_id: ContactId, draft: ContactDraft) -> int:
    parameters = {
        "client_id": client_id,
        "id": contact_id,
        "first_name": draft.first_name,
        "last_name": draft.last_name,
        "time_zone": draft.time_zone,
        "fields": Jsonb(dict(draft.fields)),
    }
    return await execute(conn, SQL["update_contact"], parameters)


async def relink_address(
    conn: Connection, client_id: ClientId, contact_id: ContactId, kind: AddressKind, value: str
) -> int:
    parameters = {"client_id": client_id, "contact_id": contact_id, "kind": kind, "value": value}
    return await execute(conn, SQL["relink_address"], parameters)


async def sequences_run_by(conn: Connection, contact_id: ContactId) -> set[SequenceId]:
    rows = await fetch_all(conn, SQL["sequences_run_by"], {"contact_id": contact_id})
    return {SequenceId(row["sequence_id"]) for row in rows}


async def suppress_contact(
    conn: Connection, client_id: ClientId, contact_id: ContactId, reason: str, now: datetime
) -> bool:
    parameters = {"client_id": client_id, "contact_id": contact_id, "reason": reason, "now": now}
    return await execute(conn, SQL["suppress_contact"], parameters) > 0


async def said_stop_at(conn: Connection, client_id: ClientId, kind: AddressKind, value: str) -> datetime | None:
    row = await fetch_one(conn, SQL["said_stop_at"], {"client_id": client_id, "kind": kind, "value": value})
    return row["suppressed_at"] if row else None


async def load_mailbox(conn: Connection, client_id: ClientId, address_id: AddressId) -> Mailbox | None:
    row = await fetch_one(conn, SQL["load_mailbox"], {"client_id": client_id, "address_id": address_id})
    return Mailbox(**row) if row else None


async def closed_address(conn: Connection, client_id: ClientId, kind: AddressKind, value: str) -> Row | None:
    return await fetch_one(conn, SQL["closed_address"], {"client_id": client_id, "kind": kind, "value": value})


async def consent_since_closing(
    conn: Connection,
    client_id: ClientId,
    contact_id: ContactId,
    kind: AddressKind,
    value: str,
    channels: Sequence[ChannelName],
    now: datetime,
) -> UUID | None:
    parameters = {
        "client_id": client_id,
        "contact_id": contact_id,
        "kind": kind,
        "value": value,
        "channels": [str(one) for one in channels],
        "now": now,
    }
    row = await fetch_one(conn, SQL["consent_since_closing"], parameters)
    return row["id"] if row else None


async def note_reopening(conn: Connection, address_id: AddressId, consent_id: UUID, by: str, now: datetime) -> int:
    parameters = {"address_id": address_id, "consent_id": consent_id, "by": by, "now": now}
    return await execute(conn, SQL["note_reopening"], parameters)


async def open_address(conn: Connection, address_id: AddressId) -> int:
    return await execute(conn, SQL["open_address"], {"address_id": address_id})


async def open_contacts(conn: Connection, client_id: ClientId, address_id: AddressId, closed_at: datetime) -> int:
    parameters = {"client_id": client_id, "address_id": address_id, "closed_at": closed_at}
    return await execute(conn, SQL["open_contacts"], parameters)


async def is_erased(conn: Connection, client_id: ClientId, contact_id: ContactId) -> bool:
    return await fetch_one(conn, SQL["is_erased"], {"client_id": client_id, "contact_id": contact_id}) is not None
