"""A person of the client writes back: checked, kept, and told when it will leave. Nothing is sent here."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from modules.contacts import is_erased, read_addresses, read_contacts
from modules.content import SMS_LIMIT
from modules.ids import ClientId, ContactId
from modules.inbox import (
    NewReply,
    TextedLast,
    WaitingReply,
    close_reply,
    keep_reply,
    newest_text,
    replies_due,
    replies_to,
    waiting_reply,
)
from modules.labels import AddressKind, NextChannel
from modules.policy import Block, Decision, Defer
from modules.preview import GUARDS
from utils.db import Connection
from utils.digest import hash_text
from utils.errors import BadInput, Conflict, NotFound
from utils.uuid7 import uuid7
from workers.accounts_in_use import load_accounts_in_use
from workers.candidate import is_gated
from workers.context import Deps
from workers.errands import lock_person_whole
from workers.reply import IN_THE_GAP, weigh_phone_reply

MOST_REPLIES = 3
"""To one message, of those that may leave or may have left; more of them in a row is what the caps of a day are there
to prevent."""
ANSWERABLE = timedelta(days=30)
NO_ACCOUNT = "The client has no account that sends texts."
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=7)


@dataclass(frozen=True)
class Written:
    """`fresh` False: the same words to the same message were kept before, and `closed_reason` says why they will not
    leave (None: they may, or have). `decision` None: it could not be foretold."""

    id: UUID
    fresh: bool
    send_by: datetime
    decision: Decision | None
    closed_reason: str | None = None


async def write_reply(
    deps: Deps, conn: Connection, client_id: ClientId, contact_id: ContactId, text: str, by: str, within: timedelta
) -> Written:
    """Keeps what answers the contact's last text; BadInput and Conflict say what stands in the way.

    Locks the person as an arming does, so that a STOP is seen that is being taken in.
    """
    body, now = _checked(text), deps.clock.now()
    if not SHORTEST <= within <= LONGEST:
        raise BadInput("A reply may wait from 5 minutes to 7 days", field="within")
    account = (await load_accounts_in_use(deps, conn)).of(client_id, NextChannel.sms)
    if account is None:
        raise Conflict(
            "The client has no account that sends texts; add one with "
            "`scripts/omnify client account add --client SLUG --provider …`",
            field="client",
        )
    person = await lock_person_whole(conn, contact_id)
    if await is_erased(conn, client_id, contact_id):
        raise Conflict("This person was erased; nothing is written to them any more", field="contact")
    if person is None:
        raise Conflict("Somebody is working on this person right now; please try again", field="contact")
    last = _answerable(await newest_text(conn, client_id, contact_id), now)
    reply = NewReply(uuid7(now), client_id, contact_id, last.id, body, hash_text(body), by, now, now + within)
    before = await replies_to(conn, last.id, now)
    same = next((one for one in before if one.body_hash == reply.body_hash), None)
    if same is not None:
        return Written(same.id, False, same.send_by, None, same.closed_reason)
    if sum(one.closed_reason in (None, IN_THE_GAP) for one in before) >= MOST_REPLIES:
        raise Conflict(
            f"{MOST_REPLIES} replies to their last text were written already; write again when they have",
            field="contact",
        )
    if not await keep_reply(conn, reply):
        raise Conflict("Somebody wrote the same words at the same moment; nothing was written twice", field="text")
    decision = None
    if not is_gated(account.provider, account.channel):
        decision = await weigh_phone_reply(deps, conn, account, _waiting(reply, last), person, now)
        if isinstance(decision.verdict, Block):
            raise Conflict(f"Nothing was written. {GUARDS[decision.verdict.reason]}", field="contact")
    return Written(reply.id, True, reply.send_by, decision)


async def held_back_replies(deps: Deps, conn: Connection, client_id: ClientId, at_most: int) -> dict[UUID, str]:
    """What keeps those that wait from leaving this minute, in words; one that would leave, or about which the provider
    has to be asked first, is left out. Read without locks."""
    now, words = deps.clock.now(), dict[UUID, str]()
    waiting = [one for one in await replies_due(conn, now, at_most) if one.client_id == client_id]
    account = (await load_accounts_in_use(deps, conn)).of(client_id, NextChannel.sms) if waiting else None
    if not waiting or account is None or is_gated(account.provider, account.channel):
        return dict.fromkeys((one.id for one in waiting), NO_ACCOUNT) if account is None else {}
    people = [one.contact_id for one in waiting]
    contacts, addresses = await read_contacts(conn, people), await read_addresses(conn, people)
    for one in waiting:
        contact, own = contacts.get(one.contact_id), addresses[one.contact_id]
        if contact is None or AddressKind.phone not in own:
            continue
        decision = await weigh_phone_reply(deps, conn, account, one, (contact, own), now)
        if isinstance(decision.verdict, Block | Defer):
            words[one.id] = GUARDS[decision.verdict.reason]
    return words


async def take_back_reply(conn: Connection, client_id: ClientId, reply_id: UUID, now: datetime) -> ContactId:
    """It will not leave; NotFound when it has left, was closed or is not this client's."""
    contact_id = await waiting_reply(conn, client_id, reply_id)
    if contact_id is None or not await close_reply(conn, reply_id, "taken_back", now):
        raise NotFound("No reply with this id waits; `scripts/omnify reply list` shows all", field="reply")
    return contact_id


def _checked(text: str) -> str:
    body = text.strip()
    if not body:
        raise BadInput("Give the words of the reply", field="text")
    if any(unicodedata.category(one) in ("Cc", "Cs") and one != "\n" for one in body):
        raise BadInput("The text holds a control character; take it out", field="text")
    if len(body) > SMS_LIMIT:
        raise BadInput(f"The text has {len(body)} characters; at most {SMS_LIMIT} fit", field="text")
    return body


def _answerable(last: TextedLast | None, now: datetime) -> TextedLast:
    if last is None:
        raise Conflict(
            "No text came from the number they have now, so there is nothing to reply to; `scripts/omnify inbox` "
            "shows what came in",
            field="contact",
        )
    if last.opted_out or last.closed_for is not None:
        raise Conflict(
            "They asked to hear no more by text, or the number is closed; nothing goes there", field="contact"
        )
    if now - last.at > ANSWERABLE:
        raise Conflict("Their last text is more than 30 days old; enroll them in a sequence instead", field="contact")
    return last


def _waiting(reply: NewReply, last: TextedLast) -> WaitingReply:
    return WaitingReply(
        reply.id,
        reply.client_id,
        reply.contact_id,
        reply.body,
        reply.written_at,
        reply.send_by,
        last.from_address,
        last.to_address,
        last.at,
        0,
    )
