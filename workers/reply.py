"""What a person of the client writes back to a contact: kept first, then armed, sent and proven like every touch.

It goes to the number that wrote last, by every guard that a step has to pass but two: the hours of a sequence (it
belongs to none), and the cap of a day, for who wrote to us within one asked for it (MOST_REPLIES bounds it instead).
What may not leave is closed and written down; what may not leave yet waits, until `send_by`.
"""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from functools import partial

import httpx
import psycopg

from modules.accounts import CURRENCY, Account, unit_price_micros
from modules.channels import QUARANTINE, EnvelopeFacts, Message, Permission, channel_for
from modules.contacts import Address, Contact
from modules.content import Rendered, RenderProblem
from modules.health import Level, LogEvent, write_log
from modules.ids import AccountId, TouchId
from modules.inbox import WaitingReply, close_reply, lock_reply, replies_due, wording_of
from modules.labels import AddressKind, NextChannel, OnReply, Purpose
from modules.policy import (
    Allow,
    Block,
    Candidate,
    Decision,
    Facts,
    guard,
    load_facts,
    set_lock_timeout,
    try_sender,
)
from modules.touches import Arming, arm_touches
from utils.address import is_abroad
from utils.clock import monotonic
from utils.db import Connection
from utils.uuid7 import uuid7
from workers.accounts_in_use import load_accounts_in_use
from workers.answer import BACK, SENDS_WITHIN
from workers.candidate import NOBODY, is_gated, place_of
from workers.context import Deps
from workers.decision_note import note_of
from workers.dress import dress
from workers.errands import (
    ACCOUNT_SECONDS,
    BUSY,
    MOST_TRIES,
    WAIT,
    Standstill,
    gather_all,
    lock_person_whole,
    run_errands,
)

AT_MOST = 200
ORIGIN = "reply"
TOO_LATE, NOT_SENT, OTHER_NUMBER, IN_THE_GAP = "too_late", "not_sent", "other_number", "possibly_sent"


async def reply_due(
    deps: Deps,
    client: httpx.AsyncClient,
    reader: httpx.AsyncClient,
    deadline: float,
    gap_until: datetime | None = None,
) -> Counter[str]:
    """One round over all that people wrote back and that has not left. What was written before `gap_until` may have
    left in a gap of our records, so it does not leave again by itself."""
    counts: Counter[str] = Counter()
    now = deps.clock.now()
    async with deps.database.transaction() as conn:
        waiting = await replies_due(conn, now - BACK, AT_MOST)
        accounts = await load_accounts_in_use(deps, conn)
    owed: dict[AccountId, list[WaitingReply]] = defaultdict(list)
    for one in waiting:
        account = accounts.of(one.client_id, NextChannel.sms)
        if reason := _over(one, gap_until, now):
            counts += Counter(replies_closed=await _give_up(deps, one, reason))
        elif account:
            owed[account.id].append(one)
    until = min(deadline, monotonic() + ACCOUNT_SECONDS)
    work = []
    for account_id, own in owed.items():
        account = accounts.by_id[account_id]
        arm = partial(_arm, deps, account)
        work.append(run_errands(deps, client, reader, account, own, arm, until, counts, "replies_armed"))
    await gather_all(work)
    return counts


def _over(one: WaitingReply, gap_until: datetime | None, now: datetime) -> str | None:
    """Why it cannot leave any more, without asking anybody."""
    if gap_until is not None and one.written_at <= gap_until:
        return IN_THE_GAP
    if now + SENDS_WITHIN > one.send_by:
        return TOO_LATE
    return NOT_SENT if one.attempts >= MOST_TRIES else None


async def _give_up(deps: Deps, one: WaitingReply, reason: str) -> int:
    try:
        async with deps.database.transaction() as conn:
            await set_lock_timeout(conn)
            if await lock_reply(conn, one.id) is None:
                return 0
            await _close(conn, one, reason, deps.clock.now())
    except psycopg.errors.LockNotAvailable:
        return 0
    return 1


async def _close(conn: Connection, one: WaitingReply, reason: str, now: datetime) -> None:
    """Visibly: one line for a person, and nobody asks about it again."""
    await close_reply(conn, one.id, reason, now)
    detail = {"reply": str(one.id), "contact": str(one.contact_id), "closed_reason": reason}
    await write_log(conn, one.client_id, Level.warning, LogEvent.reply_not_sent, now, detail=detail)


async def _arm(
    deps: Deps, account: Account, conn: Connection, one: WaitingReply, permission: Permission | None
) -> Message | Standstill:
    """Locks as everywhere (sender, contact, addresses, then the reply itself), then what is known now, then the row."""
    now = deps.clock.now()
    await set_lock_timeout(conn)
    if not await try_sender(conn, account.id, one.client_id):
        return BUSY
    person = await lock_person_whole(conn, one.contact_id)
    if person is None:
        return BUSY
    attempts = await lock_reply(conn, one.id)
    if attempts is None or now + SENDS_WITHIN > one.send_by:
        return WAIT
    contact, addresses = person
    address = addresses.get(AddressKind.phone)
    if address is None or address.value != one.from_address:
        await _close(conn, one, OTHER_NUMBER, now)
        return WAIT
    candidate, facts, decision = await _weigh(deps, conn, account, one, contact, address, permission, now)
    if isinstance(decision.verdict, Block):
        await _close(conn, one, decision.verdict.reason, now)
    if not isinstance(decision.verdict, Allow):
        return WAIT
    try:
        arming = _compose(deps, account, one, contact, candidate, facts, decision, permission, attempts + 1, now)
    except RenderProblem as problem:
        await _close(conn, one, type(problem).__name__, now)
        return WAIT
    await arm_touches(conn, [arming])
    return Message(arming.id, arming.to_address, None, arming.body, arming.envelope)


async def weigh_phone_reply(
    deps: Deps,
    conn: Connection,
    account: Account,
    one: WaitingReply,
    person: tuple[Contact, dict[AddressKind, Address]],
    now: datetime,
) -> Decision:
    """What the guards say of it now, asked under the person's locks by whoever writes it."""
    contact, addresses = person
    address = addresses[AddressKind.phone]
    return (await _weigh(deps, conn, account, one, contact, address, None, now))[2]


async def _weigh(
    deps: Deps,
    conn: Connection,
    account: Account,
    one: WaitingReply,
    contact: Contact,
    address: Address,
    permission: Permission | None,
    now: datetime,
) -> tuple[Candidate, Facts, Decision]:
    """What every guard says of it now. Whoever wrote "never again" meanwhile, or may have meant to, gets nothing."""
    pepper, redirect = await deps.pepper(conn), deps.settings.test_redirect
    candidate = Candidate(
        client_id=one.client_id,
        contact_id=one.contact_id,
        account_id=account.id,
        address_id=address.id,
        channel=account.channel,
        due_at=one.written_at,
        max_lateness=one.send_by - one.written_at,
        windows=(),
        since=one.answers_at,
        on_reply=OnReply.go_on,
        gated=is_gated(account.provider, account.channel),
        purpose=Purpose.informational,
        own_hash=pepper.hash(one.client_id, address.kind, address.value),
        platform_hash=pepper.platform_hash(address.kind, address.value),
        abroad=is_abroad(address.value),
        target=(redirect.phone or NOBODY) if redirect else None,
        answers_at=one.answers_at,
    )
    place = place_of(account.channel, contact, address, contact.time_zone or "UTC")
    rates, allowed = {account.id: account.sends_per_second}, [permission.may_send if permission else None]
    [facts] = await load_facts(conn, [candidate], [place], rates, now, allowed)
    return candidate, facts, guard(facts, candidate, now)


def _compose(
    deps: Deps,
    account: Account,
    one: WaitingReply,
    contact: Contact,
    candidate: Candidate,
    facts: Facts,
    decision: Decision,
    permission: Permission | None,
    attempt: int,
    now: datetime,
) -> Arming:
    """The touch as it is written and sent: the person's words, from the number that was written to, and around them
    what code owes a first text. RenderProblem when that is too long together."""
    dressed = dress(Rendered(None, one.body), account.channel, contact, facts, "", now)
    body, touch_id, channel = dressed.rendered.body, TouchId(uuid7(now)), channel_for(account.provider, account.channel)
    senders = channel.senders(account.settings)
    sender = one.to_address if one.to_address in senders else next(iter(senders), None)
    left = int((one.send_by - now) / timedelta(seconds=1))
    window = left if decision.window_seconds is None else min(left, decision.window_seconds)
    ref = permission.ref if permission else None
    outside = EnvelopeFacts(touch_id, deps.settings.public_url, window, armed_at=now, sender=sender, contact_ref=ref)
    price = unit_price_micros(account.settings)
    redirected = {} if candidate.target is None else {"redirected": True}
    return Arming(
        id=touch_id,
        client_id=one.client_id,
        account_id=account.id,
        origin=ORIGIN,
        origin_id=one.id,
        part=0,
        attempt=attempt,
        enrollment_id=None,
        step=None,
        contact_id=one.contact_id,
        channel=account.channel,
        provider=account.provider,
        to_address=one.from_address if candidate.target is None else candidate.target,
        subject=None,
        body=body,
        body_hash=wording_of(body),
        envelope=channel.compose(account, outside),
        sender=sender,
        armed_at=now,
        look_at=now + QUARANTINE,
        confirm_by=now + channel.policy.expire,
        decision=note_of(facts, decision) | {"due_at": one.written_at.isoformat()} | redirected | dict(dressed.added),
        cost_micros=price,
        cost_currency=None if price is None else CURRENCY,
        cost_source=None if price is None else "price_list",
    )
