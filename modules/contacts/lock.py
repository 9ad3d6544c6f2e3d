"""Locks for what a person's own act changes (a reply, an opt-out, a new number); an arming never waits, these do."""

from collections.abc import Sequence

from modules.contacts.store import await_addresses, await_contacts
from modules.ids import ClientId, ContactId
from modules.labels import AddressKind
from utils.db import Connection


async def lock_person(
    conn: Connection,
    contact_ids: Sequence[ContactId],
    others: Sequence[tuple[ClientId, AddressKind, str]] = (),
) -> None:
    """Contacts, then all their addresses and `others`, each by id. Until the transaction ends no arming passes: it
    locks every address of a contact, or leaves the contact for later; so it either came before, or it sees."""
    await await_contacts(conn, sorted(contact_ids))
    await await_addresses(conn, sorted(contact_ids), others)
