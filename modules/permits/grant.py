"""What a person registers: senders, states a client may write to, states where nobody is reached for a while."""

import re
from datetime import datetime

from modules.ids import AccountId, ClientId
from modules.permits import store
from modules.permits.models import Clearance, RegistrationStatus, StateBlock
from utils.db import Connection
from utils.errors import BadInput

LONGEST = 500


async def register_sender(
    conn: Connection,
    client_id: ClientId,
    account_id: AccountId,
    campaign: str,
    status: RegistrationStatus,
    by: str,
    now: datetime,
) -> bool:
    """What the carriers say of an account's campaign; the last word counts. True when it is news (rule S-3: live SMS
    leaves only from a sender that belongs to an approved campaign)."""
    name = _words(campaign, "campaign", "The campaign", "the id that the carriers gave it, such as C0ABCDE")
    return await store.put_registration(conn, client_id, account_id, name, status, by, now)


async def clear_state(conn: Connection, clearance: Clearance, now: datetime) -> bool:
    """The client may write to people of this state; a second time replaces the reference. True when it is news."""
    _check_state(clearance.state)
    _words(clearance.reference, "reference", "The reference", "the number of the registration or who confirmed it")
    if clearance.ends_at is not None and clearance.ends_at <= now:
        raise BadInput("The clearance would be over already; give an end that is still to come", field="ends_at")
    return await store.put_clearance(conn, clearance, now)


async def add_state_block(conn: Connection, block: StateBlock, now: datetime) -> None:
    """Nobody in the state is called or texted in this time (rule H-4: declared emergencies, proclaimed holidays)."""
    _check_state(block.state)
    _words(block.reason, "reason", "The reason", "what was declared")
    _words(block.source, "source", "The source", "where it can be read, such as the page of the proclamation")
    if block.until_at <= max(block.from_at, now):
        raise BadInput("The end must be still to come, and after the beginning", field="until")
    await store.insert_state_block(conn, block, now)


def _check_state(state: str) -> None:
    if not re.fullmatch(r"[A-Z]{2}", state):
        raise BadInput("A state is written with its two letters, such as TX", field="state")


def _words(text: str, field: str, name: str, example: str) -> str:
    found = text.strip()
    if not found:
        raise BadInput(f"{name} is missing: give {example}", field=field)
    if len(found) > LONGEST or not found.isprintable():
        raise BadInput(f"{name} takes one line of at most {LONGEST} plain characters", field=field)
    return found
