"""Checks of ours: every so often a message leaves to somebody of the house, by the real way, through every guard.

Its turn is counted from when the canary was started, so nothing is written but the touch itself, and a turn leaves once
at most whoever sweeps. What a guard holds back for longer than PUNCTUAL is left out; the guardian tells of a canary of
which nothing is proven or nothing leaves. Who has the number now is asked as for anybody, after the round that was held
back by nothing else.
"""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import httpx

from modules.accounts import Account
from modules.canaries import DueCheck, checks_due, lock_check
from modules.channels import Message, Permission
from modules.content import RenderProblem
from modules.ids import AccountId, ClientId, ContactId
from modules.labels import ADDRESS_KIND, ChannelName, NextChannel
from modules.policy import Allow, Decision, Defer, GuardReason, try_sender
from modules.touches import arm_touches
from utils.clock import monotonic
from utils.db import Connection
from utils.log import logger
from workers.accounts_in_use import load_accounts_in_use
from workers.answer import SENDS_WITHIN
from workers.context import Deps
from workers.errand_touch import ErrandTouch, compose_errand, message_of, weigh_errand
from workers.errands import (
    BUSY,
    MOST_TRIES,
    WAIT,
    ArmOne,
    Standstill,
    lock_person_whole,
    run_owed,
)
from workers.senders import free_lines, usable_senders
from workers.vet import vet_people

LOG = logger("canary")
AT_MOST = 200
Doubts = defaultdict[tuple[ClientId, ChannelName], set[ContactId]]
ORIGIN = "canary"
SUBJECT = "A check of ours"
WORDS = {
    ChannelName.sms: "This is a check of ours that texts arrive ({turn}). Nothing to do.",
    ChannelName.email: "This is a check of ours that e-mails arrive ({turn}). There is nothing to do.",
    ChannelName.voice: "This call is a check of ours that calls arrive. Say so, thank whoever answers, and hang up.",
}
"""Code owns them: no template, no model, and nothing about a person. A turn has words of its own, for some providers'
lists tell whose a message is by its words alone; calls are known by our reference."""


async def check_due(
    deps: Deps,
    client: httpx.AsyncClient,
    reader: httpx.AsyncClient,
    deadline: float,
    gap_until: datetime | None = None,
) -> Counter[str]:
    """One round over all canaries whose turn it is. A turn that began before `gap_until` may have left in a gap of our
    records, so it is left out."""
    counts: Counter[str] = Counter()
    now = deps.clock.now()
    async with deps.database.transaction() as conn:
        due = await checks_due(conn, now, AT_MOST)
        accounts = await load_accounts_in_use(deps, conn)
    owed: dict[AccountId, list[DueCheck]] = defaultdict(list)
    for one in due:
        account = accounts.of(one.client_id, NextChannel(one.channel))
        in_the_gap = gap_until is not None and one.begins_at <= gap_until
        if account and not in_the_gap and not _is_over(one, now):
            owed[account.id].append(one)

    in_doubt: Doubts = defaultdict(set)

    def arm_by(account: Account) -> ArmOne[DueCheck]:
        return partial(_arm, deps, account, in_doubt)

    await run_owed(deps, client, reader, accounts, owed, arm_by, deadline, counts, "canaries_armed")
    for (client_id, channel), people in in_doubt.items():
        if monotonic() < deadline:
            answers = await vet_people(deps, reader, accounts, client_id, channel, sorted(people))
            counts.update({"vetted": answers} if answers else {})
    return counts


def _is_over(one: DueCheck, now: datetime) -> bool:
    return now + SENDS_WITHIN > one.send_by or one.attempts >= MOST_TRIES


async def _arm(
    deps: Deps, account: Account, in_doubt: Doubts, conn: Connection, one: DueCheck, permission: Permission | None
) -> Message | Standstill:
    """Locks as everywhere (sender, contact, addresses, then the canary itself), then what is known now, then the row.

    A call leaves from a number that does not rest, while a line is free, like any other. Whose number may be somebody
    else's by now, and nothing else holds back, goes to `in_doubt`: it is asked about, and the next sweep knows.
    """
    now = deps.clock.now()
    if not await try_sender(conn, account.id, one.client_id):
        return BUSY
    person = await lock_person_whole(conn, one.contact_id)
    if person is None:
        return BUSY
    attempts = await lock_check(conn, one.id, one.number)
    if attempts is None or _is_over(one, now):
        return WAIT
    contact, addresses = person
    address = addresses.get(ADDRESS_KIND[account.channel])
    if address is None:
        return WAIT
    senders = await usable_senders(conn, account, now)
    if senders.none_until is not None or await free_lines(conn, account) == 0:
        return WAIT
    errand = replace(errand_of(one, attempts + 1), sender=senders.first)
    weighed = await weigh_errand(deps, conn, account, errand, contact, address, permission, now)
    if not isinstance(weighed.decision.verdict, Allow):
        if _is_only_in_doubt(weighed.decision):
            in_doubt[one.client_id, one.channel].add(one.contact_id)
        return WAIT
    try:
        arming = compose_errand(deps, account, errand, contact, address, weighed, permission, now)
    except RenderProblem as problem:
        LOG.error("canary_not_renderable", canary_id=str(one.id), error=type(problem).__name__)
        return WAIT
    await arm_touches(conn, [arming])
    return message_of(arming)


def _is_only_in_doubt(decision: Decision) -> bool:
    reasons = {reason for reason, _ in decision.said}
    return isinstance(decision.verdict, Defer) and reasons == {GuardReason.reassigned_number}


def errand_of(one: DueCheck, attempt: int) -> ErrandTouch:
    """One turn. An opt-out since the canary was started ends it, as it ends everything."""
    return ErrandTouch(
        origin=ORIGIN,
        origin_id=one.id,
        part=one.number,
        attempt=attempt,
        client_id=one.client_id,
        contact_id=one.contact_id,
        subject=SUBJECT if one.channel is ChannelName.email else None,
        body=WORDS[one.channel].format(turn=_turn(one.begins_at)),
        due_at=one.begins_at,
        send_by=one.send_by,
        since=one.started_at,
        asked_for=True,
    )


def _turn(begins_at: datetime) -> str:
    utc = begins_at.astimezone(UTC)
    return f"{utc.day} {utc:%b %H:%M} UTC"
