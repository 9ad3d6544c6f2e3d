"""What an arming asks of people, without its locks: for looking ahead, which must disturb nobody."""

from collections.abc import Sequence

from modules.contacts.models import Address, Contact
from modules.contacts.store import SQL
from modules.ids import ContactId
from modules.labels import AddressKind
from utils.db import Connection, fetch_all


async def read_contacts(conn: Connection, ids: Sequence[ContactId]) -> dict[ContactId, Contact]:
    """The same as `lock_contacts`."""
    rows = await fetch_all(conn, SQL.without_lock("lock_contacts"), {"ids": list(ids)})
    return {row["id"]: Contact(**row) for row in rows}


async def read_addresses(conn: Connection, ids: Sequence[ContactId]) -> dict[ContactId, dict[AddressKind, Address]]:
    """The same as `lock_addresses`."""
    found: dict[ContactId, dict[AddressKind, Address]] = {one: {} for one in ids}
    for row in await fetch_all(conn, SQL.without_lock("lock_addresses"), {"contact_ids": list(ids)}):
        kind = AddressKind(row["kind"])
        found[row["contact_id"]][kind] = Address(**row | {"kind": kind})
    return found
