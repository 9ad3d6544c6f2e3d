"""One message that belongs to no sequence: what the guards say of it, and its touch with its final bytes.

The hours of a sequence do not hold for it, for it has none; every other guard does, but for the cap of a day where the
person asked for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from modules.accounts import CURRENCY, Account, unit_price_micros
from modules.channels import QUARANTINE, EnvelopeFacts, Message, Permission, channel_for
from modules.contacts import Address, Contact
from modules.content import Rendered
from modules.ids import ClientId, ContactId, TouchId
from modules.labels import ADDRESS_KIND, AddressKind, ChannelName, OnReply, Purpose
from modules.policy import Candidate, Decision, Facts, guard, load_facts
from modules.touches import Arming
from utils.address import is_abroad
from utils.db import Connection
from utils.digest import hash_text
from utils.uuid7 import uuid7
from workers.candidate import NOBODY, is_gated, place_of
from workers.compose import flat_variables, way_out_of
from workers.context import Deps
from workers.decision_note import note_of
from workers.dress import dress


@dataclass(frozen=True)
class ErrandTouch:
    """What wants to leave, by `send_by` or not at all.

    (`origin`, `origin_id`, `part`) leaves once; `attempt` counts tries of it from 1. `since`: an opt-out after it ends
    it. `answers_at`: when they wrote what it answers. `asked_for`: the person wants it as often as it comes.
    """

    origin: str
    origin_id: UUID
    part: int
    attempt: int
    client_id: ClientId
    contact_id: ContactId
    subject: str | None
    body: str
    due_at: datetime
    send_by: datetime
    since: datetime
    answers_at: datetime | None = None
    asked_for: bool = False
    sender: str | None = None


@dataclass(frozen=True)
class Weighed:
    """What was asked of the guards, what they were told, and what they said."""

    candidate: Candidate
    facts: Facts
    decision: Decision


async def weigh_errand(
    deps: Deps,
    conn: Connection,
    account: Account,
    errand: ErrandTouch,
    contact: Contact,
    address: Address,
    permission: Permission | None,
    now: datetime,
) -> Weighed:
    """What every guard says of it now. Whoever wrote "never again" meanwhile, or may have meant to, gets nothing."""
    pepper, redirect = await deps.pepper(conn), deps.settings.test_redirect
    candidate = Candidate(
        client_id=errand.client_id,
        contact_id=errand.contact_id,
        account_id=account.id,
        address_id=address.id,
        channel=account.channel,
        due_at=errand.due_at,
        max_lateness=errand.send_by - errand.due_at,
        windows=(),
        since=errand.since,
        on_reply=OnReply.go_on,
        gated=is_gated(account.provider, account.channel),
        purpose=Purpose.informational,
        own_hash=pepper.hash(errand.client_id, address.kind, address.value),
        platform_hash=pepper.platform_hash(address.kind, address.value),
        abroad=address.kind is AddressKind.phone and is_abroad(address.value),
        target=(redirect.of(ADDRESS_KIND[account.channel]) or NOBODY) if redirect else None,
        answers_at=errand.answers_at,
        asked_for=errand.asked_for,
    )
    place = place_of(account.channel, contact, address, contact.time_zone or "UTC")
    rates, allowed = {account.id: account.sends_per_second}, [permission.may_send if permission else None]
    [facts] = await load_facts(conn, [candidate], [place], rates, now, allowed)
    return Weighed(candidate, facts, guard(facts, candidate, now))


def compose_errand(
    deps: Deps,
    account: Account,
    errand: ErrandTouch,
    contact: Contact,
    address: Address,
    weighed: Weighed,
    permission: Permission | None,
    now: datetime,
) -> Arming:
    """The touch as it is written and sent: the words, and around them what code owes. RenderProblem when that is too
    long together."""
    candidate, decision = weighed.candidate, weighed.decision
    mail = account.channel is ChannelName.email
    way_out = way_out_of(deps, account, address, candidate) if mail else ""
    words = Rendered(errand.subject, errand.body)
    dressed = dress(words, account.channel, contact, weighed.facts, way_out, now)
    touch_id, channel = TouchId(uuid7(now)), channel_for(account.provider, account.channel)
    senders = channel.senders(account.settings)
    sender = errand.sender if errand.sender in senders else next(iter(senders), None)
    left = int((errand.send_by - now) / timedelta(seconds=1))
    outside = EnvelopeFacts(
        touch_id,
        deps.settings.public_url,
        left if decision.window_seconds is None else min(left, decision.window_seconds),
        unsubscribe_url=way_out or None,
        armed_at=now,
        sender=sender,
        contact_ref=permission.ref if permission else None,
        variables=flat_variables(contact, dressed.opening) if dressed.opening else {},
        opening=dressed.opening,
    )
    price, body = unit_price_micros(account.settings), dressed.rendered.body
    redirected = {} if candidate.target is None else {"redirected": True}
    due = {"due_at": errand.due_at.isoformat()}
    return Arming(
        id=touch_id,
        client_id=errand.client_id,
        account_id=account.id,
        origin=errand.origin,
        origin_id=errand.origin_id,
        part=errand.part,
        attempt=errand.attempt,
        enrollment_id=None,
        step=None,
        contact_id=errand.contact_id,
        channel=account.channel,
        provider=account.provider,
        to_address=address.value if candidate.target is None else candidate.target,
        subject=dressed.rendered.subject,
        body=body,
        body_hash=hash_text(body),
        envelope=channel.compose(account, outside),
        sender=sender,
        armed_at=now,
        look_at=now + QUARANTINE,
        confirm_by=now + channel.policy.expire,
        decision=note_of(weighed.facts, decision) | due | redirected | dict(dressed.added),
        cost_micros=price,
        cost_currency=None if price is None else CURRENCY,
        cost_source=None if price is None else "price_list",
    )


def message_of(arming: Arming) -> Message:
    """What leaves of it, once its row is committed."""
    return Message(arming.id, arming.to_address, arming.subject, arming.body, arming.envelope)
