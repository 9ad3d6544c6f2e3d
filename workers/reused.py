"""A provider's id that comes again with other words: a stop among them is a message of its own, never a repetition."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from modules.emotion import OptOut
from modules.ids import AccountId
from modules.inbox import kept_under
from utils.db import Connection
from workers.hear import Heard

LONGEST_ID = 480
MARK = 16


async def stop_apart(conn: Connection, accounts: Sequence[AccountId], heard: Heard, sender: str) -> Heard | None:
    """The same under a key of its own, made of the id, the sender and the words, so that it too is kept once.

    None for what is no stop, and for the stop that was kept under its id before: told again it must not close what the
    person has opened since. `sender` as the row keeps it.
    """
    if heard.verdict.opt_out is not OptOut.yes:
        return None
    event = heard.event
    kept = await kept_under(conn, accounts, event.event_key)
    if all(row["opted_out"] and row["from_address"] == sender for row in kept):
        return None
    mark = hashlib.sha256(f"{sender}\n{event.text}".encode(errors="replace")).hexdigest()[:MARK]
    return replace(heard, event=replace(event, event_key=f"{event.event_key[:LONGEST_ID]}#{mark}"))
