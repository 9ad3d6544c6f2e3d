"""What code answers by itself: the one confirmation of an opt-out, and help. Rows before requests, like every touch.

A confirmation may leave although its address is closed, and at any hour (rule R-4, 47 CFR 64.1200(a)(12)): within five
minutes, once, in words that no template and no model has touched. So consent, suppression, quiet hours and caps are
not asked here; that sending is stopped, or something is on its way to the number, is. What comes too late is not sent
but written down.
"""

import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from functools import partial

import httpx
import psycopg

from modules.accounts import Account, ClientStatus
from modules.channels import Gate, Message, Permission, channel_for
from modules.health import Level, LogEvent, write_log
from modules.ids import AccountId
from modules.inbox import AnswerKind, Unanswered, answers_due, give_up_answer, lock_answer
from modules.labels import OWN_WORD, NextChannel
from modules.policy import set_lock_timeout, try_sender
from modules.touches import AnswerFacts, answer_facts, arm_touches
from utils.db import Connection
from workers.accounts_in_use import AccountsInUse, load_accounts_in_use
from workers.answer_words import WITHIN, compose_answer
from workers.arm import SEND_WITHIN_SECONDS
from workers.context import Deps
from workers.errands import (
    BUSY,
    MOST_TRIES,
    WAIT,
    ArmOne,
    Standstill,
    lock_person_whole,
    run_owed,
)

BACK = timedelta(days=7)
"""So far back an unanswered message is looked for: the longest time in which nobody sweeps that is still told."""
AT_MOST = 200
BURST_SECONDS = 10
SENDS_WITHIN = timedelta(seconds=SEND_WITHIN_SECONDS)
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


async def answer_due(
    deps: Deps,
    client: httpx.AsyncClient,
    reader: httpx.AsyncClient,
    deadline: float,
    gap_until: datetime | None = None,
) -> Counter[str]:
    """One round over all that is owed an answer; idle, it writes nothing. `client` sends, `reader` asks. What came in
    before `gap_until` may have been answered in a gap of our records, so code answers it no more."""
    counts: Counter[str] = Counter()
    now = deps.clock.now()
    async with deps.database.transaction() as conn:
        waiting = await answers_due(conn, now - BACK, AT_MOST)
        accounts = await load_accounts_in_use(deps, conn) if waiting else AccountsInUse({}, {})
    owed: dict[AccountId, list[Unanswered]] = defaultdict(list)
    for one in waiting:
        account = accounts.of(one.client_id, NextChannel.sms)
        if is_too_late(one, now) or (gap_until is not None and one.at <= gap_until):
            counts += Counter(answers_too_late=await _give_up(deps, one, now))
        elif account and one.attempts < MOST_TRIES and _PHONE.fullmatch(one.from_address):
            owed[account.id].append(one)

    def arm_by(account: Account) -> ArmOne[Unanswered]:
        return partial(_arm, deps, accounts, account)

    await run_owed(deps, client, reader, accounts, owed, arm_by, deadline, counts, "answers_armed")
    return counts


def is_too_late(one: Unanswered, now: datetime) -> bool:
    """It could not reach the provider in time any more."""
    return now + SENDS_WITHIN > one.at + WITHIN[one.answer]


async def _arm(
    deps: Deps,
    accounts: AccountsInUse,
    account: Account,
    conn: Connection,
    one: Unanswered,
    permission: Permission | None,
) -> Message | Standstill:
    """Locks as everywhere (contact, addresses, then the message itself), then what is known now, then the row."""
    now = deps.clock.now()
    if not await try_sender(conn, account.id):
        return BUSY
    person = await lock_person_whole(conn, one.contact_id)
    if person is None:
        return BUSY
    state = await lock_answer(conn, one.id)
    if state is None or is_too_late(one, now):
        return WAIT
    attempts, closed_for = state
    if one.answer is AnswerKind.confirmation and closed_for not in OWN_WORD:
        await give_up_answer(conn, one.id)  # opened again since: the words would not be true
        return WAIT
    target = _target(deps, account, one)
    facts = await answer_facts(conn, one.client_id, account.id, target or "", now, BURST_SECONDS)
    in_test = deps.settings.test_redirect is not None
    if target is None or facts is None or not may_answer(facts, account, in_test=in_test):
        return WAIT
    if not _is_open_there(account, permission):
        return WAIT
    arming = compose_answer(deps, accounts, account, one, person[0], target, permission, attempts + 1, now)
    await arm_touches(conn, [arming])
    return Message(arming.id, arming.to_address, None, arming.body, arming.envelope)


def may_answer(facts: AnswerFacts, account: Account, *, in_test: bool) -> bool:
    """The guards that hold for an answer too: no client that is stopped (one in test answers the tester only), no
    second text beside one on its way, no more than the account's rate."""
    writing = (ClientStatus.live, ClientStatus.test) if in_test else (ClientStatus.live,)
    if facts.sending_stopped or facts.client_status not in writing:
        return False
    return not facts.in_flight and facts.sent_just_now < max(1.0, account.sends_per_second * BURST_SECONDS)


def _is_gated(account: Account) -> bool:
    return isinstance(channel_for(account.provider, account.channel), Gate)


def _is_open_there(account: Account, permission: Permission | None) -> bool:
    """A provider with a Do-Not-Disturb of its own lets nothing through, whatever it answers to the request."""
    return not _is_gated(account) or (permission is not None and permission.may_send is True)


def _target(deps: Deps, account: Account, one: Unanswered) -> str | None:
    """Whoever wrote; in a test its own number, or nobody where it has none or the provider sends to its own ids."""
    redirect = deps.settings.test_redirect
    if redirect is None:
        return one.from_address
    return None if _is_gated(account) else redirect.phone


async def _give_up(deps: Deps, one: Unanswered, now: datetime) -> int:
    """Too late, visibly: one line for a person, and the message is asked about no more."""
    try:
        async with deps.database.transaction() as conn:
            await set_lock_timeout(conn)
            if await lock_answer(conn, one.id) is None or not await give_up_answer(conn, one.id):
                return 0
            detail = {"answer": str(one.answer), "inbound": str(one.id), "attempts": str(one.attempts)}
            await write_log(conn, one.client_id, Level.warning, LogEvent.answer_too_late, now, detail=detail)
    except psycopg.errors.LockNotAvailable:
        return 0
    return 1
