"""What a person of the client writes back to a contact: kept first, then armed, sent and proven like every touch.

It goes to the number that wrote last, by every guard that a step has to pass but two: the hours of a sequence (it
belongs to none), and the cap of a day, for who wrote to us within one asked for it (MOST_REPLIES bounds it instead).
What may not leave is closed and written down; what may not leave yet waits, until `send_by`.
"""

from collections import Counter, defaultdict
from datetime import datetime
from functools import partial

import httpx
import psycopg

from modules.accounts import Account
from modules.channels import Message, Permission
from modules.contacts import Address, Contact
from modules.content import RenderProblem
from modules.health import Level, LogEvent, write_log
from modules.ids import AccountId
from modules.inbox import WaitingReply, close_reply, lock_reply, replies_due
from modules.labels import AddressKind, NextChannel
from modules.policy import (
    Allow,
    Block,
    Decision,
    set_lock_timeout,
    try_sender,
)
from modules.sequences import MOST_ATTEMPTS, pause_after
from modules.touches import arm_touches
from utils.db import Connection
from workers.accounts_in_use import load_accounts_in_use
from workers.answer import BACK, SENDS_WITHIN
from workers.context import Deps
from workers.errand_touch import ErrandTouch, compose_errand, message_of, weigh_errand
from workers.errands import (
    BUSY,
    WAIT,
    ArmOne,
    Standstill,
    lock_person_whole,
    run_owed,
)

AT_MOST = 500
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
        elif account and not _rests(one, now):
            owed[account.id].append(one)

    def arm_by(account: Account) -> ArmOne[WaitingReply]:
        return partial(_arm, deps, account)

    await run_owed(deps, client, reader, accounts, owed, arm_by, deadline, counts, "replies_armed")
    return counts


def _over(one: WaitingReply, gap_until: datetime | None, now: datetime) -> str | None:
    """Why it cannot leave any more, without asking anybody."""
    if gap_until is not None and one.written_at <= gap_until:
        return IN_THE_GAP
    if now + SENDS_WITHIN > one.send_by:
        return TOO_LATE
    return NOT_SENT if one.attempts >= MOST_ATTEMPTS else None


def _rests(one: WaitingReply, now: datetime) -> bool:
    """What provably never left is tried again as a step is: a provider that is away for minutes costs no reply."""
    return one.tried_at is not None and now < one.tried_at + pause_after(one.attempts)


async def _give_up(deps: Deps, one: WaitingReply, reason: str) -> int:
    try:
        async with deps.database.transaction() as conn:
            await set_lock_timeout(conn)
            if await lock_reply(conn, one.id) is None:
                return 0
            return await _close(conn, one, reason, deps.clock.now())
    except psycopg.errors.LockNotAvailable:
        return 0


async def _close(conn: Connection, one: WaitingReply, reason: str, now: datetime) -> int:
    """Visibly: one line for a person, and nobody asks about it again. 0 when it is on its way after all."""
    if not await close_reply(conn, one.id, reason, now):
        return 0
    detail = {"reply": str(one.id), "contact": str(one.contact_id), "closed_reason": reason}
    await write_log(conn, one.client_id, Level.warning, LogEvent.reply_not_sent, now, detail=detail)
    return 1


async def _arm(
    deps: Deps, account: Account, conn: Connection, one: WaitingReply, permission: Permission | None
) -> Message | Standstill:
    """Locks as everywhere (sender, contact, addresses, then the reply itself), then what is known now, then the row."""
    now = deps.clock.now()
    if not await try_sender(conn, account.id, one.client_id):
        return BUSY
    person = await lock_person_whole(conn, one.contact_id)
    if person is None:
        return BUSY
    attempts = await lock_reply(conn, one.id)
    if attempts != one.attempts or now + SENDS_WITHIN > one.send_by:
        return WAIT
    contact, addresses = person
    address = addresses.get(AddressKind.phone)
    if address is None or address.value != one.from_address:
        await _close(conn, one, OTHER_NUMBER, now)
        return WAIT
    errand = _errand(one, one.attempts + 1)
    weighed = await weigh_errand(deps, conn, account, errand, contact, address, permission, now)
    verdict = weighed.decision.verdict
    if isinstance(verdict, Block):
        await _close(conn, one, verdict.reason, now)
    if not isinstance(verdict, Allow):
        return WAIT
    try:
        arming = compose_errand(deps, account, errand, contact, address, weighed, permission, now)
    except RenderProblem as problem:
        await _close(conn, one, type(problem).__name__, now)
        return WAIT
    await arm_touches(conn, [arming])
    return message_of(arming)


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
    errand = _errand(one, one.attempts + 1)
    return (await weigh_errand(deps, conn, account, errand, contact, address, None, now)).decision


def _errand(one: WaitingReply, attempt: int) -> ErrandTouch:
    """The person's words, from the number that was written to, once that is one of ours."""
    return ErrandTouch(
        origin=ORIGIN,
        origin_id=one.id,
        part=0,
        attempt=attempt,
        client_id=one.client_id,
        contact_id=one.contact_id,
        subject=None,
        body=one.body,
        due_at=one.written_at,
        send_by=one.send_by,
        since=one.answers_at,
        answers_at=one.answers_at,
        sender=one.to_address,
    )
