"""What a sweep would do with all that is due at an instant, without doing it: reads, decides, writes nothing.

The same pure functions as an arming (decide, guard, withhold, compose), batch after batch in the same order, on facts
read without a lock. What an earlier batch would have sent counts for the later ones: throttle, caps, budget, free
lines, who is on a call. Only the real sweep learns what providers answer of Do-Not-Disturb, what whoever checks numbers
answers, and whether the sequence that somebody is handed over to lets them in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from modules.accounts import Account
from modules.contacts import read_contacts
from modules.ids import EnrollmentId
from modules.policy import guard, load_people_facts
from modules.preview import Fate, fate_of, make_read_only
from modules.sequences import (
    Ask,
    Definition,
    DueGroup,
    EnrollmentChange,
    EnrollmentState,
    Enter,
    Finish,
    FinishReason,
    Hold,
    Plan,
    Reach,
    Snapshot,
    apply,
    claim_due,
    decide,
    due_groups,
    find_sequence,
)
from modules.suppressions import load_pepper
from utils.db import Connection
from utils.signing import Pepper
from workers.accounts_in_use import load_accounts_in_use
from workers.arm import batch_size
from workers.ask import Asking, ask_person
from workers.candidate import Wish
from workers.colleagues import with_colleagues
from workers.compose import Ready, Way, compose
from workers.confirm import definitions_of
from workers.context import Deps
from workers.enter import Entering, stays
from workers.foretell_facts import Asked, Sent, ask_facts, facts_after
from workers.quarantine import POISON
from workers.senders import Senders, free_lines, usable_senders
from workers.withhold import withhold, without_account

PAGE = 500
LINES_TAKEN = "lines_taken"
NEXT_SWEEP = timedelta(minutes=1)
_UNPLACED = "unplaced"


@dataclass
class _Outlet:
    """The account of one group as it stands while the run goes on. `lines` None: lines are no matter; `wishes` of the
    present batch have taken one each, leaving or not."""

    account: Account
    senders: Senders
    lines: int | None
    leaving: list[Asked] = field(default_factory=list)
    wishes: int = 0


async def foretell(deps: Deps, conn: Connection, now: datetime) -> list[Fate]:
    """What becomes of each enrollment that is due at `now`, in the order of a sweep. From here on the transaction is
    read-only: PostgreSQL itself refuses whatever would write a row or lock one."""
    await make_read_only(conn)
    pepper = await load_pepper(conn, deps.sealer) or Pepper.fresh()
    accounts, sent, fates = await load_accounts_in_use(deps, conn), Sent(), list[Fate]()
    # the urgent of a client and channel go first, however long the others have waited
    for group in sorted(await due_groups(conn, now), key=lambda group: group.priority):
        account = accounts.of(group.client_id, group.channel)
        outlet = await _outlet(conn, account, sent, now) if account else None
        fates += await _group(deps, conn, pepper, group, outlet, sent, now)
    return fates


async def _outlet(conn: Connection, account: Account, sent: Sent, now: datetime) -> _Outlet:
    """The groups before have taken lines that the database does not know of."""
    senders, lines = await usable_senders(conn, account, now), await free_lines(conn, account)
    return _Outlet(account, senders, None if lines is None else max(0, lines - sent.by_account[account.id]))


async def _group(
    deps: Deps, conn: Connection, pepper: Pepper, group: DueGroup, outlet: _Outlet | None, sent: Sent, now: datetime
) -> list[Fate]:
    fates: list[Fate] = []
    size = batch_size(outlet.account if outlet else None)
    after: tuple[datetime, UUID] | None = None
    while page := await claim_due(conn, group, now, after, max(1, PAGE // size) * size, only_look=True):
        after = (page[-1].due_at or now, page[-1].enrollment_id)
        versions = await definitions_of(deps, conn, page)
        page = await with_colleagues(conn, page, versions)
        known = [(one, versions[one.sequence_id, one.version]) for one in page]
        plans = [_plan(one, definition, now) for one, definition in known]
        wishes = [
            Wish(one, definition, plan.step, plan.attempt)
            for (one, definition), plan in zip(known, plans, strict=True)
            if isinstance(plan, Reach)
        ]
        redirect = deps.settings.test_redirect
        tasks = await _ask(conn, known, plans, now)
        asked = await ask_facts(conn, pepper, redirect, outlet.account, wishes, now) if outlet else {}
        for place, ((snapshot, definition), plan) in enumerate(zip(known, plans, strict=True)):
            if outlet and place % size == 0:
                _begin_batch(outlet, sent)
            asks = False
            if isinstance(plan, Ask | Enter):
                change, asks = tasks.get(snapshot.enrollment_id, (None, False))
            else:
                change = _change(deps, outlet, asked.get(snapshot.enrollment_id), snapshot, definition, plan, sent, now)
            fates.append(fate_of(snapshot, definition.slug, change, asks=asks))
    if outlet:
        _begin_batch(outlet, sent)
    return fates


async def _ask(
    conn: Connection, known: Sequence[tuple[Snapshot, Definition]], plans: Sequence[Plan | str], now: datetime
) -> dict[EnrollmentId, tuple[EnrollmentChange, bool]]:
    """The rows of steps that give a person a task, with whether it is given, and of those that lead into another
    sequence."""
    people = [one.contact_id for (one, _), plan in zip(known, plans, strict=True) if isinstance(plan, Ask | Enter)]
    if not people:
        return {}
    contacts, facts = await read_contacts(conn, people), await load_people_facts(conn, people)
    rows: list[tuple[EnrollmentChange | None, bool]] = []
    for (one, definition), plan in zip(known, plans, strict=True):
        try:
            if isinstance(plan, Ask):
                asking = Asking(one, definition, plan.step)
                task, row = ask_person(asking, contacts[one.contact_id], facts, now)
                rows.append((row, task is not None))
            elif isinstance(plan, Enter):
                entering = Entering(one, plan.to, plan.step)
                row = stays(entering, facts[one.contact_id], now) or await _go_over(conn, entering, now)
                rows.append((row, False))
        except POISON as error:
            rows.append((_set_aside(one, type(error).__name__), False))
    return {row.id: (row, asks) for row, asks in rows if row is not None}


async def _go_over(conn: Connection, one: Entering, now: datetime) -> EnrollmentChange | None:
    """Whether the other sequence's own rules take them, the sweep alone learns."""
    there = await find_sequence(conn, one.snapshot.client_id, one.slug)
    reason = FinishReason.handed_over if there else FinishReason.hand_over_refused
    return apply(one.snapshot, Finish(reason), now)


def _begin_batch(outlet: _Outlet, sent: Sent) -> None:
    """What the batch before would have sent is sent now."""
    sent.add(outlet.account, outlet.leaving)
    if outlet.lines is not None:
        outlet.lines = max(0, outlet.lines - len(outlet.leaving))
    outlet.leaving.clear()
    outlet.wishes = 0


def _plan(snapshot: Snapshot, definition: Definition, now: datetime) -> Plan | str:
    """The plan, or the name of the error for which the enrollment would be set aside."""
    try:
        return decide(snapshot, definition, now)
    except POISON as error:
        return type(error).__name__


def _change(
    deps: Deps,
    outlet: _Outlet | None,
    one: Asked | None,
    snapshot: Snapshot,
    definition: Definition,
    plan: Plan | str,
    sent: Sent,
    now: datetime,
) -> EnrollmentChange | None:
    """The row that would be written; None when the touch would leave."""
    if isinstance(plan, str):
        return _set_aside(snapshot, plan)
    if not isinstance(plan, Reach):
        return apply(snapshot, plan, now) or _set_aside(snapshot, "Stay")
    if outlet is None:
        return without_account(Wish(snapshot, definition, plan.step, plan.attempt), now)
    outlet.wishes += 1
    if outlet.lines is not None and outlet.wishes > outlet.lines:
        return apply(snapshot, Hold(now + NEXT_SWEEP, LINES_TAKEN), now)
    if one is None:
        return _set_aside(snapshot, _UNPLACED)
    try:
        change = _judge(deps, outlet, one, sent, now)
    except POISON as error:
        return _set_aside(snapshot, type(error).__name__)
    if change is None:
        outlet.leaving.append(one)
    return change


def _judge(deps: Deps, outlet: _Outlet, one: Asked, sent: Sent, now: datetime) -> EnrollmentChange | None:
    """What the guards say, and whether the message can be written out whole."""
    facts = facts_after(one, outlet.account, outlet.senders, sent, outlet.leaving, now)
    decision = guard(facts, one.candidate, now)
    change = withhold(one.wish, decision, now)
    if change or one.address is None:
        return change
    way = Way(outlet.senders.first, outlet.senders.spare, None)
    account, contact = outlet.account, one.contact
    made = compose(deps, account, one.wish, one.candidate, decision, facts, contact, one.address, way, now)
    return None if isinstance(made, Ready) else made


def _set_aside(snapshot: Snapshot, error: str) -> EnrollmentChange:
    return EnrollmentChange(
        id=snapshot.enrollment_id,
        status=EnrollmentState.quarantined,
        status_reason=error,
        step=snapshot.step,
        visit=snapshot.visit,
        next_channel=snapshot.next_channel,
        due_at=snapshot.due_at,
        waiting=snapshot.waiting,
        last_touch_id=None,
        decision=None,
    )
