"""T0's sweep up to the socket: claim, decide, guard, write the row, send; workers/sweep.py, arm.py, send.py.

Everything that decides is the engine's own code. What stands here is only the order in which locks are taken, facts are
read, rows are committed and requests leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from modules.channels import QUARANTINE, Answer, Message, NotSent, channel_for
from modules.ids import ContactId, EnrollmentId, TouchId
from modules.labels import ChannelName, NextChannel, TouchState
from modules.policy import Facts, guard
from modules.sequences import EnrollmentChange, Reach, Snapshot, apply, decide
from modules.touches import Touch
from tests.simulation import t0_shell as shell
from tests.simulation.t0_clock import Process, Steps
from tests.simulation.t0_facts import PRICES, load
from tests.simulation.t0_rows import Event, Refused, Thing, numbered
from tests.simulation.t0_settle import confirm, resolve
from tests.simulation.t0_shell import House
from utils.frozen import changed
from workers.arm import SEND_WITHIN_SECONDS, batch_size
from workers.candidate import Wish
from workers.compose import SAFETY_NET
from workers.send import news_of
from workers.withhold import withhold

BUSY_ROUNDS = 3
COMMIT_SECONDS = 0.4
AGAIN_SECONDS = 0.05
PLATFORM_KILLS_AFTER = timedelta(seconds=120)
Place = tuple[datetime, UUID]
FIRST: Place = (datetime.min.replace(tzinfo=UTC), numbered(0))


@dataclass
class Armed:
    """What one batch did; `last` None ends the group."""

    touches: list[Touch] = field(default_factory=list)
    last: Place | None = None
    busy: bool = False


@dataclass
class Batch:
    """What one transaction is about to write."""

    ready: list[tuple[Wish, Touch]] = field(default_factory=list)
    rows: list[EnrollmentChange] = field(default_factory=list)


def start_sweep(house: House, name: str) -> None:
    """A process of its own, which the platform ends at its timeout."""
    process = Process(name, ends_at=house.agenda.now + PLATFORM_KILLS_AFTER)
    house.agenda.start(process, _sweep(house, process), 2.0 * house.agenda.dice.number() ** 5)


def _sweep(house: House, process: Process) -> Steps:
    yield house.pause()
    due = house.ledger.groups_due(house.agenda.now)
    for channel in NextChannel:
        if channel in due:
            house.agenda.start(process, _work_group(house, process, channel), house.agenda.dice.between(0, 0.2))
    yield house.pause()
    yield from resolve(house)


def _work_group(house: House, process: Process, channel: NextChannel) -> Steps:
    busy, after = 0, FIRST
    while busy < BUSY_ROUNDS:
        armed = Armed()
        yield from arm_batch(house, channel, after, armed)
        yield house.pause()
        if armed.busy:
            busy += 1
            yield AGAIN_SECONDS
            continue
        if armed.last is None:
            return
        after = armed.last
        send_by = house.agenda.now + timedelta(seconds=SEND_WITHIN_SECONDS)
        for place, touch in enumerate(armed.touches):
            pace = place / house.ledger.accounts[touch.channel].sends_per_second
            house.agenda.start(process, _send_and_record(house, touch, send_by), pace)
        yield house.agenda.dice.between(0.1, 2.0) if armed.touches else 0.0


def arm_batch(house: House, group: NextChannel, after: Place, armed: Armed) -> Steps:
    """One transaction: its locks are held from the claim to the commit, and let go whatever happens."""
    ledger, owner, now = house.ledger, object(), house.agenda.now
    account = None if group is NextChannel.settle else ledger.accounts[ChannelName(group)]
    told: dict[ContactId, bool] = {}
    yield from shell.asks_gate(house, account, now, told)
    early = shell.facts_before(house, group, now)
    if early:
        yield house.pause() + 1.0
    try:
        now = house.agenda.now
        due = [one for one in ledger.due(group, now) if one.due_at and (one.due_at, one.enrollment_id) > after]
        most = batch_size(account)
        claimed = list(islice((one for one in due if shell.locks_run(ledger, one.enrollment_id, owner)), most))
        if not claimed:
            return
        yield house.agenda.dice.between(0.0, 0.05)
        batch = Batch()
        wishes = _plan(house, [ledger.snapshot(one.enrollment_id) for one in claimed], batch, now)
        if wishes and account:
            if not (shell.locks_sender(ledger, account.id, owner) and shell.locks_purse(ledger, owner)):
                armed.busy = True
                return
            people = [(wish, ledger.people[wish.snapshot.contact_id]) for wish in wishes]
            free = [
                wish
                for wish, person in people
                if shell.locks_contact(ledger, person, owner) and shell.locks_addresses(ledger, person, owner)
            ]
            yield house.agenda.dice.between(0.0, 0.05)
            _choose(house, ChannelName(group), free, early, told, batch, now)
        yield house.pause() + COMMIT_SECONDS * house.agenda.dice.number()
        armed.touches = _commit(house, batch)
        armed.last = (claimed[-1].due_at or now, claimed[-1].enrollment_id)
    finally:
        ledger.release(owner)


def _plan(house: House, runs: Sequence[Snapshot], batch: Batch, now: datetime) -> list[Wish]:
    wishes = []
    for run in runs:
        definition = house.definitions[run.sequence_id]
        plan = decide(run, definition, now)
        row = apply(run, plan, now)
        if isinstance(plan, Reach):
            wishes.append(Wish(run, definition, plan.step, plan.attempt))
        elif row:
            batch.rows.append(row)
    return wishes


def _choose(
    house: House,
    channel: ChannelName,
    wishes: Sequence[Wish],
    early: Mapping[EnrollmentId, Facts],
    told: Mapping[ContactId, bool],
    batch: Batch,
    now: datetime,
) -> None:
    seen: dict[str, datetime | None] = {}
    spent, broken_until = 0, house.ledger.so.get((Thing.broken, channel))
    for wish in wishes:
        run, person = wish.snapshot, house.ledger.people[wish.snapshot.contact_id]
        candidate, value = house.candidate(run, channel, now), person.address(channel).value
        facts = shell.with_early(load(house.ledger, candidate, person, now), early.get(run.enrollment_id))
        if value in seen:
            facts = changed(facts, in_flight_until=seen[value])
        if candidate.gated:
            facts = changed(facts, provider_allows=told.get(run.contact_id))
        if spent or broken_until:
            facts = changed(facts, sender_broken_until=broken_until, permits=facts.permits.after(spent, now))
        held = withhold(wish, guard(facts, candidate, now), now)
        if held:
            batch.rows.append(held)
            continue
        touch = _compose(house, wish, channel, value, now)
        seen[value] = touch.look_at
        spent += PRICES[channel]
        batch.ready.append((wish, touch))


def _compose(house: House, wish: Wish, channel: ChannelName, value: str, now: datetime) -> Touch:
    house.touches_made += 1
    run, account = wish.snapshot, house.ledger.accounts[channel]
    return Touch(
        id=TouchId(numbered(house.touches_made)),
        client_id=run.client_id,
        account_id=account.id,
        enrollment_id=run.enrollment_id,
        contact_id=run.contact_id,
        step=wish.step.key,
        part=run.visit,
        attempt=wish.attempt,
        channel=channel,
        provider=account.provider,
        to_address=value,
        subject=None,
        body=f"Hello, this is {wish.step.key}",
        envelope={},
        state=TouchState.sending,
        armed_at=now,
        look_at=now + QUARANTINE,
        confirm_by=now + channel_for(account.provider, channel).policy.expire,
        provider_id=None,
        evidence_id=None,
    )


def _commit(house: House, batch: Batch) -> list[Touch]:
    """All of it; what the database refuses is set aside alone (workers/arm.py finds it by trying one by one)."""
    now, ledger, armed = house.agenda.now, house.ledger, []
    for wish, touch in batch.ready:
        try:
            shell.writes_row(ledger, touch, now)
        except Refused:
            ledger.set_aside(wish.snapshot.enrollment_id, now)
            continue
        if touch.id in ledger.touches:
            ledger.write_run(timer_of(wish.snapshot, touch), now)
        armed.append(touch)
    for row in batch.rows:
        ledger.write_run(row, now)
    return armed


def timer_of(run: Snapshot, touch: Touch) -> EnrollmentChange:
    """The enrollment waits for its touch, with a safety net behind the deadline (workers/compose.py)."""
    place = (run.step, run.visit, NextChannel.settle, touch.confirm_by + SAFETY_NET, True)
    return EnrollmentChange(run.enrollment_id, run.status, None, *place, touch.id, None)


def _send_and_record(house: House, touch: Touch, send_by: datetime) -> Steps:
    yield house.pause()
    message = Message(touch.id, touch.to_address, touch.subject, touch.body, touch.envelope)
    if not shell.is_in_time(house.agenda.now, send_by):
        yield from confirm(house, news_of(message, NotSent("send_by_passed")))
        return
    answer: list[Answer] = []
    yield from ask(house, touch, answer)
    shell.writes_row_late(house.ledger, touch, house.agenda.now)
    yield from confirm(house, news_of(message, answer[0]))


def ask(house: House, touch: Touch, answer: list[Answer]) -> Steps:
    """One request. The process may stand still between its last check and the socket."""
    yield house.pause()
    heard, seconds = house.providers[touch.channel].request(shell.words_of(touch))
    house.ledger.history.append(Event(house.agenda.now, "request", touch))
    yield seconds
    answer.append(heard)
