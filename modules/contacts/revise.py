"""A person as another system keeps them: found again, changed, or added."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from modules.contacts.lock import lock_person
from modules.contacts.models import ContactDraft
from modules.contacts.store import (
    ensure_address,
    is_erased,
    lock_ref,
    move_ref,
    note_ref,
    relink_address,
    update_contact,
)
from modules.ids import AddressId, ClientId, ContactId
from modules.labels import AddressKind, Provider
from utils.address import normalise_email, normalise_phone
from utils.db import Connection
from utils.uuid7 import uuid7


def usable_draft(draft: ContactDraft) -> ContactDraft:
    """The same without what cannot be used: blank names, addresses that are none, an unknown time zone. Another system
    keeps what people typed; one bad field of it must not lose the rest."""
    return ContactDraft(
        first_name=_words(draft.first_name),
        last_name=_words(draft.last_name),
        phone=_phone(draft.phone),
        email=_email(draft.email),
        time_zone=_zone(draft.time_zone),
        external_ref=draft.external_ref,
        fields={_plain(name): _plain(value) for name, value in draft.fields.items()},
        consents=draft.consents,
    )


async def revise_contact(
    conn: Connection,
    client_id: ClientId,
    contact_id: ContactId,
    provider: Provider,
    ref: str,
    draft: ContactDraft,
    now: datetime,
) -> bool:
    """True when anything changed. `draft` went through usable_draft; what it lacks stays as it is. Who
    was erased meanwhile stays erased."""
    await lock_person(conn, [contact_id])
    if await is_erased(conn, client_id, contact_id):
        return False
    changed = await update_contact(conn, client_id, contact_id, draft)
    for kind, value in ((AddressKind.phone, draft.phone), (AddressKind.email, draft.email)):
        if value:
            await ensure_address(conn, AddressId(uuid7(now)), client_id, kind, value, now)
            changed += await relink_address(conn, client_id, contact_id, kind, value)
    changed += await remember_ref(conn, client_id, contact_id, provider, ref, now)
    return changed > 0


async def remember_ref(
    conn: Connection, client_id: ClientId, contact_id: ContactId, provider: Provider, ref: str, now: datetime
) -> bool:
    """The person's id at a provider, new or in place of the one before; True when anything changed."""
    await lock_ref(conn, client_id, provider, ref)
    if await note_ref(conn, client_id, contact_id, provider, ref, now):
        return True
    return await move_ref(conn, contact_id, provider, ref, now) > 0


def _words(text: str | None) -> str | None:
    return _plain(text or "").strip() or None


def _plain(text: str) -> str:
    """What PostgreSQL can store of it."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _phone(text: str | None) -> str | None:
    try:
        return normalise_phone(text) if text else None
    except ValueError:
        return None


def _email(text: str | None) -> str | None:
    try:
        return normalise_email(text) if text else None
    except ValueError:
        return None


def _zone(name: str | None) -> str | None:
    try:
        return ZoneInfo(name).key if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
