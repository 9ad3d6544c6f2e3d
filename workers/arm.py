"""Claims what is due, decides under locks, and writes each touch as a row before it is a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

import psycopg

from modules.accounts import Account, unit_price_micros
from modules.channels import Message, Permission
from modules.contacts import Address, Contact, lock_addresses, lock_contacts
from modules.health import Level, LogEvent, write_log
from modules.ids import ContactId
from modules.labels import ADDRESS_KIND
from modules.policy import (
    Candidate,
    Decision,
    Facts,
    Place,
    guard,
    load_facts,
    try_sender,
)
from modules.sequences import (
    DueGroup,
    EnrollmentChange,
    Snapshot,
    claim_due,
    write_enrollments,
)
from modules.tasks import NewTask, create_tasks
from modules.touches import Arming, arm_touches
from utils.clock import monotonic
from utils.crashpoint import crashpoint
from utils.db import Connection
from utils.log import logger
from workers.ask import ask_people
from workers.candidate import Wish, candidate_of, place_of
from workers.compose import Ready, Way, compose
from workers.context import Deps
from workers.enter import enter_next
from workers.plan import plan_batch
from workers.quarantine import POISON, quarantine
from workers.senders import free_lines, usable_senders
from workers.withhold import withhold, without_account

LOG = logger("arm")

Permissions = Mapping[ContactId, Permission]
NOTHING_ASKED: Permissions = MappingProxyType({})

SEND_WITHIN_SECONDS = 10.0
MOST = 50
RATE_SECONDS = 7


@dataclass
class Armed:
    """What one batch did. `messages` are committed rows: each may leave until `send_by` (real, monotonic seconds)."""

    messages: list[Message] = field(default_factory=list)
    send_by: float = 0.0
    last: tuple[datetime, UUID] | None = None
    decided: int = 0
    busy: bool = False


def batch_size(account: Account | None) -> int:
    """Never arm more than can reach the socket in time: min(50, provider rate × 7 s)."""
    return MOST if account is None else max(1, min(MOST, int(account.sends_per_second * RATE_SECONDS)))


async def arm_batch(
    deps: Deps,
    group: DueGroup,
    account: Account | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
    permissions: Permissions = NOTHING_ASKED,
) -> Armed:
    """One batch of one group, one transaction. `after` is the last (due_at, id) seen; `Armed.last` None ends the group.

    A batch that the database refuses is tried again one by one, and the one that is refused alone is quarantined.
    """
    try:
        async with deps.database.transaction() as conn:
            armed = await _arm(deps, conn, group, account, after, limit, permissions)
            crashpoint("before_arm_commit")
    except psycopg.errors.LockNotAvailable:
        return Armed(busy=True)
    except (psycopg.IntegrityError, psycopg.DataError):
        if limit == 1:
            raise
        return await arm_batch(deps, group, account, after, 1, permissions)
    crashpoint("after_arm")
    armed.send_by = monotonic() + SEND_WITHIN_SECONDS
    return armed


async def _arm(
    deps: Deps,
    conn: Connection,
    group: DueGroup,
    account: Account | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
    permissions: Permissions,
) -> Armed:
    now = deps.clock.now()
    snapshots = await claim_due(conn, group, now, after, limit)
    if not snapshots:
        return Armed()
    final = snapshots[-1]
    armed = Armed(last=(final.due_at or now, final.enrollment_id))
    planned = await plan_batch(deps, conn, snapshots, now)
    wishes, changes = planned.wishes, planned.changes
    armings: list[Arming] = []
    tasks: list[NewTask] = []
    if planned.asked:
        tasks, told = await ask_people(conn, planned.asked, now)
        changes += told
    if planned.entering:
        armed.decided = await enter_next(conn, planned.entering, now)
    if wishes and account is None:
        changes += await _without_account(conn, group, wishes, now)
    elif wishes and account is not None:
        if not await try_sender(conn, account.id, group.client_id):
            return Armed(busy=True)
        lines = await free_lines(conn, account)
        if lines == 0:
            armed.last = None  # every line is taken: the rest stays due, the next minute looks again
        ready, withheld = await _choose(deps, conn, account, wishes[:lines], permissions, now)
        changes += withheld + [one.change for one in ready]
        armed.messages = [one.message for one in ready]
        armings = [one.arming for one in ready]
    armed.decided += len(changes)
    if limit > 1:
        await _write(conn, armings, tasks, changes, now)
    elif not await _write_or_set_aside(conn, final, armings, tasks, changes, now):
        armed.messages = []
    return armed


async def _write(
    conn: Connection,
    armings: Sequence[Arming],
    tasks: Sequence[NewTask],
    changes: Sequence[EnrollmentChange],
    now: datetime,
) -> None:
    if armings:
        await arm_touches(conn, armings)
    await create_tasks(conn, tasks, now)
    await write_enrollments(conn, changes, now)


async def _write_or_set_aside(
    conn: Connection,
    snapshot: Snapshot,
    armings: Sequence[Arming],
    tasks: Sequence[NewTask],
    changes: Sequence[EnrollmentChange],
    now: datetime,
) -> bool:
    """A batch of one: what the database refuses is quarantined in the same transaction. True when it was written."""
    try:
        async with conn.transaction():
            await _write(conn, armings, tasks, changes, now)
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        await quarantine(conn, snapshot, type(error).__name__, now)
        return False
    return True


async def _choose(
    deps: Deps,
    conn: Connection,
    account: Account,
    wishes: Sequence[Wish],
    permissions: Permissions,
    now: datetime,
) -> tuple[list[Ready], list[EnrollmentChange]]:
    contacts = await lock_contacts(conn, [wish.snapshot.contact_id for wish in wishes])
    locked = await lock_addresses(conn, list(contacts))
    # a contact or address that is locked elsewhere: stays due as it is, the next round looks again
    free = [
        wish
        for wish in wishes
        if wish.snapshot.contact_id in contacts and len(locked[wish.snapshot.contact_id]) == wish.snapshot.addresses
    ]
    kind = ADDRESS_KIND[account.channel]
    addresses = {contact_id: own[kind] for contact_id, own in locked.items() if kind in own}
    free, candidates, places = await _placed(deps, conn, free, account, contacts, addresses, now)
    asked = [permissions.get(wish.snapshot.contact_id) for wish in free]
    crashpoint("before_facts")
    rates, allowed = {account.id: account.sends_per_second}, [one.may_send if one else None for one in asked]
    facts = await load_facts(conn, candidates, places, rates, now, allowed)
    senders = await usable_senders(conn, account, now)
    ready: list[Ready] = []
    withheld: list[EnrollmentChange] = []
    seen: dict[str, datetime] = {}
    spent, price = 0, unit_price_micros(account.settings) or 0
    for wish, candidate, known, permission in zip(free, candidates, facts, asked, strict=True):
        address = addresses.get(wish.snapshot.contact_id)
        target = candidate.target if candidate.target is not None else address.value if address else None
        if target in seen:
            known = replace(known, in_flight_until=seen[target])
        if spent or senders.none_until:
            known = replace(known, sender_broken_until=senders.none_until, permits=known.permits.after(spent, now))
        way = Way(senders.first, senders.spare, permission.ref if permission else None)
        try:
            decision = guard(known, candidate, now)
            outcome = _outcome(deps, account, wish, candidate, decision, known, contacts, address, way, now)
        except POISON as error:
            await quarantine(conn, wish.snapshot, type(error).__name__, now)
            continue
        if isinstance(outcome, Ready):
            ready.append(outcome)
            seen[outcome.message.to_address] = outcome.arming.look_at
            spent += price
        elif outcome:
            withheld.append(outcome)
    return ready, withheld


async def _placed(
    deps: Deps,
    conn: Connection,
    wishes: Sequence[Wish],
    account: Account,
    contacts: Mapping[ContactId, Contact],
    addresses: Mapping[ContactId, Address],
    now: datetime,
) -> tuple[list[Wish], list[Candidate], list[Place]]:
    """What the guards are asked about, and where each person is; who cannot be placed is set aside alone."""
    pepper, redirect = await deps.pepper(conn), deps.settings.test_redirect
    kept: list[Wish] = []
    candidates: list[Candidate] = []
    places: list[Place] = []
    for wish in wishes:
        person = wish.snapshot.contact_id
        address = addresses.get(person)
        try:
            candidate = candidate_of(wish, account, address, pepper, redirect, now)
            place = place_of(account.channel, contacts[person], address, wish.snapshot.zone)
        except POISON as error:
            await quarantine(conn, wish.snapshot, type(error).__name__, now)
            continue
        kept.append(wish)
        candidates.append(candidate)
        places.append(place)
    return kept, candidates, places


def _outcome(
    deps: Deps,
    account: Account,
    wish: Wish,
    candidate: Candidate,
    decision: Decision,
    facts: Facts,
    contacts: Mapping[ContactId, Contact],
    address: Address | None,
    way: Way,
    now: datetime,
) -> Ready | EnrollmentChange | None:
    held = withhold(wish, decision, now)
    if held or address is None:
        return held
    return compose(
        deps, account, wish, candidate, decision, facts, contacts[wish.snapshot.contact_id], address, way, now
    )


async def _without_account(
    conn: Connection, group: DueGroup, wishes: Sequence[Wish], now: datetime
) -> list[EnrollmentChange]:
    """A client without an account for a channel: its touches wait, visibly, until they are too late."""
    detail = {"channel": group.channel}
    await write_log(conn, group.client_id, Level.warning, LogEvent.no_account, now, detail=detail)
    rows = [without_account(wish, now) for wish in wishes]
    return [row for row in rows if row]
