"""Closes an address for good: who opted out is not written to again, whatever else is planned."""

from datetime import datetime

from modules.contacts.store import suppress_address as write_suppression
from modules.ids import AddressId, ClientId
from modules.labels import OWN_WORD, AddressKind, SuppressionReason
from modules.suppressions import note_own_word
from utils.address import normalise_email, normalise_phone
from utils.db import Connection
from utils.errors import BadInput
from utils.signing import Pepper
from utils.uuid7 import uuid7


async def close_address(
    conn: Connection,
    pepper: Pepper,
    client_id: ClientId,
    kind: AddressKind,
    value: str,
    reason: SuppressionReason,
    now: datetime,
) -> bool:
    """True when this closed it, False when it was closed before. An address we do not know yet is kept closed too.

    A person's own word is counted over all clients: the third one makes every client wait (`platform_holds`).
    """
    fresh = await write_suppression(conn, AddressId(uuid7(now)), client_id, kind, value, reason, now)
    if reason in OWN_WORD:
        await note_own_word(conn, pepper, client_id, kind, value, now)
    return fresh


def read_address(text: str) -> tuple[AddressKind, str]:
    """A typed address as kind and normal form; BadInput when it is neither a phone number nor an e-mail address."""
    try:
        if "@" in text:
            return AddressKind.email, normalise_email(text)
        return AddressKind.phone, normalise_phone(text)
    except ValueError as error:
        raise BadInput(str(error), field="address") from error
