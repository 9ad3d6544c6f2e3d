"""Writes down what a person agreed to, and what was taken back, with the hash of the exact words."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from modules.consents import store
from modules.consents.wording import covers_ai_voice
from modules.ids import ClientId, ContactId
from modules.labels import ChannelName, ConsentGiven
from utils.db import Connection
from utils.digest import hash_text
from utils.uuid7 import uuid7


async def insert_consent(
    conn: Connection, consent_id: UUID, client_id: ClientId, contact_id: ContactId, given: ConsentGiven, now: datetime
) -> None:
    """Whether an AI may call is decided by the words. The seller is the client's legal name as it is on this day."""
    by_voice = given.channel is ChannelName.voice and covers_ai_voice(given.wording)
    await store.insert_consent(conn, consent_id, client_id, contact_id, given, hash_text(given.wording), by_voice, now)


async def withdraw_consents(
    conn: Connection,
    client_id: ClientId,
    contact_id: ContactId,
    channels: Sequence[ChannelName],
    wording: str,
    source: str,
    now: datetime,
) -> int:
    """How many were withdrawn; what holds no more already writes nothing."""
    if not channels:
        return 0
    ids = [uuid7(now) for _ in channels]
    return await store.withdraw_consents(
        conn, ids, client_id, contact_id, channels, wording, hash_text(wording), source, now
    )
