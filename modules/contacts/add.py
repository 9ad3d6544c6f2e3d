"""Takes a person in: every field is checked before the first row is written."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg

from modules.consents import insert_consent
from modules.contacts.models import ContactDraft
from modules.contacts.store import ensure_address, insert_contact, link_address
from modules.ids import AddressId, ClientId, ContactId
from modules.labels import ADDRESS_KIND, AddressKind, ChannelName
from utils.address import normalise_email, normalise_phone
from utils.db import Connection
from utils.errors import BadInput, Conflict
from utils.uuid7 import uuid7


async def add_contact(conn: Connection, client_id: ClientId, draft: ContactDraft, now: datetime) -> ContactId:
    """The new contact's id. BadInput names the field; Conflict when the external reference is taken.

    What is agreed to is agreed to for the number or the address that it was asked for: texts and calls, which rest on
    it, never for a number that comes later.
    """
    addresses = _addresses(draft)
    reached = dict(addresses)
    agreed = [replace(one, address=one.address or reached.get(ADDRESS_KIND[one.channel])) for one in draft.consents]
    if lacking := [one.channel for one in agreed if one.address is None and one.channel is not ChannelName.email]:
        raise BadInput(
            f"Consent to {lacking[0]} is for a phone number, and none is given; give it, or leave {lacking[0]} out",
            field="consent",
        )
    if draft.time_zone is not None:
        _check_zone(draft.time_zone)
    contact_id = ContactId(uuid7(now))
    try:
        await insert_contact(conn, contact_id, client_id, draft, now)
    except psycopg.errors.UniqueViolation as error:
        raise Conflict(
            f"There is a contact with the reference '{draft.external_ref}' already", field="external_ref"
        ) from error
    for kind, value in addresses:
        await ensure_address(conn, AddressId(uuid7(now)), client_id, kind, value, now)
        await link_address(conn, client_id, contact_id, kind, value)
    for given in agreed:
        await insert_consent(conn, uuid7(now), client_id, contact_id, given, now)
    return contact_id


def _addresses(draft: ContactDraft) -> list[tuple[AddressKind, str]]:
    found: list[tuple[AddressKind, str]] = []
    for field, text, kind, normalise in (
        ("phone", draft.phone, AddressKind.phone, normalise_phone),
        ("email", draft.email, AddressKind.email, normalise_email),
    ):
        if text:
            try:
                found.append((kind, normalise(text)))
            except ValueError as error:
                raise BadInput(str(error), field=field) from error
    if not found:
        raise BadInput("A contact needs a phone number or an e-mail address", field="phone")
    return found


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(f"'{name}' is not a time zone; write it like America/New_York", field="time_zone") from error
