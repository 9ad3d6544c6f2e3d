"""T0's other half: what is learned becomes a state and moves its enrollment; what is not settled is asked about.

workers/confirm.py, resolve.py and repeat.py in their order, on plain values.
"""

from datetime import datetime, timedelta

from modules.channels import Accepted, Answer, Fact, Message, Sought, channel_for
from modules.labels import OWN_WORD, OnReply, TouchState
from modules.sequences import RUNNING, EnrollmentState, Snapshot, apply, settle
from modules.touches import News, Touch, judge
from tests.simulation import t0_shell as shell
from tests.simulation.t0_clock import Process, Steps
from tests.simulation.t0_facts import load
from tests.simulation.t0_rows import Event, Person, Refused
from tests.simulation.t0_shell import House
from utils.frozen import changed
from utils.schedules import MINUTE
from workers.arm import SEND_WITHIN_SECONDS
from workers.conclude import conclude, end_at_deadline
from workers.confirm import LONGEST_PAUSE, news_of_fact
from workers.repeat import besides_itself
from workers.resolve import POLLS, WINDOW


def confirm(house: House, news: News) -> Steps:
    """One transaction in the order of locks: enrollment, the closed address, touch."""
    ledger, owner = house.ledger, object()
    known = ledger.touches.get(news.touch_id)
    if known is None or known.enrollment_id is None:
        return
    try:
        yield from ledger.wait_for((known.enrollment_id,), owner)
        person = ledger.people[known.contact_id]
        if news.suppress:
            yield from ledger.wait_for((person.id, person.address_of(known.to_address).id), owner)
        touch, run = ledger.touches[news.touch_id], ledger.snapshot(known.enrollment_id)
        verdict = judge(touch, news, channel_for(touch.provider, touch.channel).policy.polls)
        yield house.agenda.dice.between(0.001, 0.05)
        now = house.agenda.now
        if news.suppress and verdict.change:
            _close(house, person, touch, news, now)
        if verdict.broken_promise:
            ledger.history.append(Event(now, "broken_promise", touch))
        if verdict.change is None:
            return
        try:
            ledger.write_change(verdict.change, now)
        except Refused:
            return
        if run.status in RUNNING and shell.is_latest(run, touch):
            _move(house, run, touch, news, now)
    finally:
        ledger.release(owner)


def _close(house: House, person: Person, touch: Touch, news: News, now: datetime) -> None:
    address = person.address_of(touch.to_address)
    house.ledger.history.append(Event(now, "closed", address.value, news.suppress in OWN_WORD))
    if shell.closes(news):
        address.closed_at = address.closed_at or now
        if news.suppress in OWN_WORD:
            address.stopped_at = address.stopped_at or now


def _move(house: House, run: Snapshot, touch: Touch, news: News, now: datetime) -> None:
    told = changed(house.ledger.last_touch(touch.id), reason=news.reason)
    plan = settle(changed(run, last_touch=told), house.definitions[run.sequence_id], now)
    row = apply(run, plan, now)
    if row and news.retry_after is not None and row.due_at is not None:
        row = changed(row, due_at=max(row.due_at, now + min(news.retry_after, LONGEST_PAUSE)))
    if row:
        house.ledger.write_run(row, now)


def hear(house: House, fact: Fact, at: datetime) -> None:
    """A webhook: the web application's own process, which may die over it."""
    house.agenda.later(at, _take_in(house, fact), Process("web"))


def _take_in(house: House, fact: Fact) -> Steps:
    yield house.agenda.dice.between(0.001, 0.2)
    touch_id = fact.reference or house.ledger.by_provider_id.get(fact.provider_id)
    if touch_id:
        yield from confirm(house, news_of_fact(touch_id, fact))
    house.taken.append(fact)


def due_looks(house: House, now: datetime) -> list[Touch]:
    """What the query of the same name answers: past the quarantine, at a poll's instant, or past the deadline."""
    found = []
    for touch_id in house.ledger.moving:
        touch = house.ledger.touches[touch_id]
        if touch.look_at is None or touch.look_at > now:
            continue
        instants = (touch.armed_at + poll for poll in POLLS[touch.provider])
        polls = any(now - WINDOW < at <= now for at in instants)
        settles = touch.confirm_by <= now or touch.state is TouchState.sending
        if (settles or polls) and shell.is_due_for_a_look(touch, polls and not settles):
            found.append(touch)
    return found


def next_look(house: House, now: datetime) -> datetime | None:
    """The next instant at which a touch wants to be looked at."""
    wanted: list[datetime] = []
    for touch_id in house.ledger.moving:
        touch = house.ledger.touches[touch_id]
        look_at = touch.look_at or touch.confirm_by
        instants = [touch.armed_at + poll for poll in POLLS[touch.provider]]
        instants.append(max(touch.confirm_by, now + MINUTE))
        if touch.state is TouchState.sending:
            instants.append(look_at)
        if look_at > now:
            wanted.append(max(look_at, min(instants)))
        else:
            wanted += [at for at in instants if at > now]
    return min(wanted, default=None)


def resolve(house: House) -> Steps:
    now = house.agenda.now
    for touch in due_looks(house, now):
        yield house.agenda.dice.between(0.05, 1.0)
        learned: list[News] = []
        yield from _look(house, touch, now, learned)
        for news in learned:
            yield from confirm(house, news)


def _look(house: House, touch: Touch, now: datetime, learned: list[News]) -> Steps:
    account, provider = house.ledger.accounts[touch.channel], house.providers[touch.channel]
    if not shell.may_ask(touch):
        learned += [news] if (news := end_at_deadline(touch, account.review_unknown, True, now)) else []
        return
    if touch.provider_id:
        looked = provider.fetch(touch)
    else:
        until = channel_for(touch.provider, touch.channel).policy.same_key_until
        if shell.key_still_lives(touch, account.unknown_policy, until, now):
            yield from repeat(house, touch, learned)
        if learned:
            return
        message = Message(touch.id, touch.to_address, None, touch.body, touch.envelope)
        sought = Sought(message, touch.armed_at, now, shell.taken_ids(house.ledger, touch))
        looked = provider.lookup(touch, sought)
    concluded = conclude(touch, looked, account.unknown_policy, now)
    current = house.ledger.touches[touch.id]
    if concluded.absent and current.absent_at is None:
        house.ledger.touches[touch.id] = changed(current, absent_at=now)
    news = concluded.news or end_at_deadline(touch, account.review_unknown, concluded.told, now)
    if news:
        learned.append(news)


def repeat(house: House, touch: Touch, learned: list[News]) -> Steps:
    """The same bytes under the same key, if every guard still allows it; only an acceptance counts."""
    ledger, owner = house.ledger, object()
    if touch.enrollment_id is None:
        return
    try:
        run, person = ledger.snapshot(touch.enrollment_id), ledger.people[touch.contact_id]
        free = shell.locks_run(ledger, touch.enrollment_id, owner) and shell.locks_contact(ledger, person, owner)
        if not free or not shell.locks_addresses(ledger, person, owner) or run.status is not EnrollmentState.active:
            return
        if not shell.still_waits(run, touch):
            return
        if person.address(touch.channel).value != touch.to_address:
            return
        now = house.agenda.now
        candidate = house.candidate(run, touch.channel, now)
        late = touch.confirm_by - touch.armed_at
        since = touch.armed_at
        candidate = changed(candidate, due_at=since, since=since, max_lateness=late, on_reply=OnReply.stop)
        known = besides_itself(load(ledger, candidate, person, now))
        allowed = shell.repeat_allowed(known, candidate, now)
        yield house.agenda.dice.between(0.01, 0.2)
        ledger.history.append(Event(house.agenda.now, "repeat", touch, allowed))
    finally:
        ledger.release(owner)
    if not allowed:
        return
    send_by = house.agenda.now + timedelta(seconds=SEND_WITHIN_SECONDS)
    yield house.pause()
    if not shell.is_in_time(house.agenda.now, send_by):
        return
    answer: list[Answer] = []
    yield house.pause()
    heard, seconds = house.providers[touch.channel].request(touch)
    house.ledger.history.append(Event(house.agenda.now, "request", touch))
    yield seconds
    answer.append(heard)
    if isinstance(heard, Accepted):
        learned.append(News(touch.id, None, provider_id=heard.provider_id, provider_status=heard.provider_status))
