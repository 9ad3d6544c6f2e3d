"""The promises of the delivery protocol against what the providers of a T0 seed truly took (design, section 6).

Written apart from the rules it judges: its caps, hours and orders are its own, and of the engine it uses only the names
of states. What is forbidden by what turned in the story is t0_forbidden.py's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from modules.labels import CallEnd, ChannelName, OnReply, TouchState
from modules.sequences import EnrollmentState
from tests.simulation.outcome import Violation
from tests.simulation.t0_books import Books, broken
from tests.simulation.t0_forbidden import READING, nothing_forbidden_leaves
from tests.simulation.t0_provider import Accept
from tests.simulation.t0_rows import Thing

S, E = TouchState, EnrollmentState
OPEN = (S.claimed, S.sending, S.unknown)
NOT_KNOWN = (*OPEN, S.review)
ENDS = (S.delivered, S.completed, S.failed, S.bounced, S.complained, S.expired, S.not_sent, S.suppressed, S.cancelled)
ON_A_CALL = (*OPEN, S.accepted)
SUCCESS = (S.delivered, S.completed)
FAILED = (S.failed, S.bounced, S.cancelled)
LOST = (S.expired, S.failed, S.not_sent)
NEVER_LEFT = (S.not_sent, S.suppressed, S.cancelled)
DAY, HALF_HOUR = timedelta(hours=24), timedelta(minutes=30)
SLACK = timedelta(minutes=20)
REVIEW = timedelta(days=7)
HERE = ZoneInfo("America/New_York")
MOST_A_DAY = {ChannelName.email: 4, ChannelName.sms: 3, ChannelName.voice: 3}


def check(books: Books) -> tuple[Violation, ...]:
    return tuple(found for look in CHECKS for found in look(books))


def never_twice(books: Books) -> Iterator[Violation]:
    """I1: a second acceptance of one visit only after the provider's own failure of the one before, of which
    nobody heard a part; nothing that has ended is repeated."""
    visits: dict[object, list[Accept]] = defaultdict(list)
    for one in books.accepted():
        touch = books.ledger.touches.get(one.touch_id)
        visits[(touch.enrollment_id, touch.part) if touch else one.touch_id].append(one)
    for where, taken in visits.items():
        for before, after in pairwise(sorted(taken, key=lambda one: one.at)):
            known = [fact for fact in before.facts if fact.at and fact.at <= after.at]
            if not any(fact.state in FAILED and fact.reason != CallEnd.broken_off for fact in known):
                yield broken("I1", after.at, f"{where}: {after.provider_id} after {before.provider_id}")
    ended: set[object] = set()
    for event in books.ledger.history:
        if event.op == "touch" and event.about.state in ENDS:
            ended.add(event.about.id)
        elif event.op == "repeat" and event.more and event.about.id in ended:
            yield broken("I1", event.at, f"touch {event.about.id} was repeated after its end")
    for provider in books.providers.values():
        for at, touch_id in provider.forgotten_keys:
            yield broken("I1", at, f"touch {touch_id} was repeated when its key was forgotten")


def never_after_a_stop(books: Books) -> Iterator[Violation]:
    """I2: no arm and no repetition after the commit of a stop, a withdrawal, or a reply that ends the sequence. A
    person's own word about one of their addresses ends all that had begun before it, on each of them."""
    closed: set[object] = set()
    replied: set[object] = set()
    said: dict[str, datetime] = {}
    numbers = {one.id: (*one.former, one.phone)[0].value for one in books.ledger.people.values()}
    for event in books.ledger.history:
        if event.op in ("stopped", "withdrawn", "closed"):
            closed.add(event.about)
            if event.op == "closed" and event.more:
                said.setdefault(event.about, event.at)
        elif event.op == "turn" and event.about[0] is Thing.number:
            numbers[event.about[1]] = event.more
        elif event.op == "reply":
            replied.add(event.about)
        elif event.op == "armed" or (event.op == "repeat" and event.more):
            touch, run = event.about, books.ledger.runs[event.about.enrollment_id]
            if closed & {touch.to_address, touch.contact_id, (touch.contact_id, touch.channel)}:
                yield broken("I2", event.at, f"touch {touch.id} {event.op} after a stop")
            theirs = (numbers[touch.contact_id], books.ledger.people[touch.contact_id].mail.value)
            if any(one in said and (run.enrolled_at is None or said[one] >= run.enrolled_at) for one in theirs):
                yield broken("I2", event.at, f"touch {touch.id} {event.op} after their own word about {theirs}")
            step = books.definitions[run.sequence_id].step(touch.step)
            if touch.contact_id in replied and step.on_reply is OnReply.stop:
                yield broken("I2", event.at, f"touch {touch.id} {event.op} after a reply")


def proven(books: Books) -> Iterator[Violation]:
    """I3: no success without a fact that the provider's truth holds for this very touch, and held by then."""
    held = {
        (one.touch_id, name): fact.at
        for one in books.accepted()
        for fact in one.facts
        if fact.state in SUCCESS and fact.at
        for name in (fact.evidence_id, f"poll:{fact.evidence_id}")
    }
    for event in books.events("touch"):
        touch = event.about
        since = held.get((touch.id, touch.evidence_id))
        if touch.state in SUCCESS and (since is None or since > event.at):
            yield broken("I3", event.at, f"touch {touch.id} became {touch.state} by {touch.evidence_id}")


def ended_in_time(books: Books) -> Iterator[Violation]:
    """I4: what left is terminal by its deadline, a person's question a week later where the client asks for one, or
    soon after the provider has told at last that it took it."""
    ended: set[object] = set()
    told_at: dict[object, datetime] = {}
    for event in books.events("touch"):
        touch = event.about
        asked = event.more is S.review and books.ledger.accounts[touch.channel].review_unknown
        if asked and touch.state not in ENDS:
            told_at[touch.id] = event.at
        if touch.state in ENDS and touch.id not in ended:
            ended.add(touch.id)
            by = touch.confirm_by + REVIEW if asked else told_at.get(touch.id, touch.confirm_by)
            if event.at > by + SLACK:
                yield broken("I4", event.at, f"touch {touch.id} ended after its deadline")
    for touch in books.ledger.touches.values():
        if touch.state not in ENDS:
            yield broken("I4", touch.confirm_by, f"touch {touch.id} is {touch.state} at the end")


def armed_before(books: Books) -> Iterator[Violation]:
    """I5 and I10: every acceptance has a row that was committed before it, in the same words and to the same
    address."""
    for one in books.accepted():
        touch, armed = books.ledger.touches.get(one.touch_id), books.ledger.armed.get(one.touch_id)
        if touch is None or armed is None or armed > one.at:
            yield broken("I5", one.at, f"{one.provider_id} was accepted before its row was committed")
        elif touch.body != one.body:
            yield broken("I10", one.at, f"{one.provider_id} has other words than its row")
        elif touch.to_address != one.to:
            yield broken("I10", one.at, f"{one.provider_id} went to {one.to}, which is not its row's address")


def nobody_stuck(books: Books) -> Iterator[Violation]:
    """I6: who is due is looked at, and at the end nobody runs or lies aside."""
    for event in books.events("run"):
        before = event.more
        if before.status is E.active and event.at - before.due_at > HALF_HOUR:
            yield broken("I6", event.at, f"enrollment {before.enrollment_id} was overdue since {before.due_at}")
    for run in books.ledger.runs.values():
        if run.status in (E.active, E.quarantined):
            yield broken("I6", books.ended_at, f"enrollment {run.enrollment_id} is {run.status} at the end")


def one_step_at_a_time(books: Books) -> Iterator[Violation]:
    """I7: each attempt at a visit advances once, by one; back only to the visit whose touch was the last and failed
    (over steps that were passed by without a touch)."""
    left: dict[object, set[tuple[int, object]]] = defaultdict(set)
    states: dict[object, Any] = {}
    for event in books.ledger.history:
        if event.op in ("armed", "touch"):
            states[event.about.id] = event.about
        if event.op != "run":
            continue
        before, after = event.more, event.about
        own, moved = left[after.enrollment_id], after.visit - before.visit
        last = before.last_touch.id if before.last_touch else None
        again = moved == 1 and (before.visit, last) in own
        if moved == 1:
            own.add((before.visit, last))
        if moved < 0:
            touch = states.get(last)
            again = (
                touch is None or touch.part != after.visit or touch.state not in (*FAILED, *NEVER_LEFT, S.complained)
            )
            left[after.enrollment_id] = {mark for mark in own if mark[0] < after.visit}
        jumped = moved == 0 and after.step != before.step and after.status is E.active
        ended = before.status in (E.finished, E.stopped)
        if again or jumped or ended or moved > 1:
            yield broken("I7", event.at, f"enrollment {after.enrollment_id} went from {before.visit} to {after.visit}")


def not_lost_although_delivered(books: Books) -> Iterator[Violation]:
    """I8: nothing is called lost that the provider held as delivered half an hour before the deadline, and had not
    called failed by then."""
    taken: dict[object, list[Accept]] = defaultdict(list)
    for one in books.accepted():
        taken[one.touch_id].append(one)
    for event in books.events("touch"):
        touch = event.about
        if touch.state not in LOST:
            continue
        by = touch.confirm_by - HALF_HOUR
        for one in taken[touch.id]:
            held = any(fact.state in SUCCESS and fact.at and fact.at <= by for fact in one.facts)
            failed = any(fact.state in FAILED and fact.at and fact.at <= event.at for fact in one.facts)
            if held and not failed:
                yield broken("I8", event.at, f"touch {touch.id} is {touch.state}, and {one.provider_id} was delivered")


def within_hours(books: Books) -> Iterator[Violation]:
    """I9: texts and calls from 8 to 21, all in the sequence's hours where it has some; a repetition may have looked at
    the clock a moment before its commit."""
    for event in books.ledger.history:
        again = event.op == "repeat" and event.more
        if not again and event.op != "armed":
            continue
        touch = event.about
        looked = (event.at - READING, event.at) if again else (touch.armed_at,)
        clocks = [at.astimezone(HERE) for at in looked]
        if touch.channel is not ChannelName.email and not any(8 <= one.hour < 21 for one in clocks):
            yield broken("I9", event.at, f"touch {touch.id} {event.op} at {clocks[-1]:%H:%M} of the person's clock")
        run = books.ledger.runs[touch.enrollment_id]
        at_work = any(one.isoweekday() <= 5 and 9 <= one.hour < 18 for one in clocks)
        if books.definitions[run.sequence_id].windows and not at_work:
            yield broken("I9", event.at, f"touch {touch.id} {event.op} outside its sequence's hours")


def within_caps(books: Books) -> Iterator[Violation]:
    """I9: so many a day to one person and one address, and nothing to who is on a call."""
    states: dict[object, Any] = {}
    sent: list[Any] = []
    for event in books.ledger.history:
        if event.op == "touch":
            states[event.about.id] = event.about.state
        if event.op != "armed":
            continue
        touch, mail = event.about, event.about.channel is ChannelName.email
        alike = Counter[str]()
        for one in sent:
            if one.contact_id == touch.contact_id and one.channel is ChannelName.voice and states[one.id] in ON_A_CALL:
                yield broken("I9", event.at, f"touch {touch.id} was armed while the person was on a call")
            young = touch.armed_at - one.armed_at < DAY and states[one.id] not in NEVER_LEFT
            if young and (one.channel is ChannelName.email) == mail:
                alike["person"] += one.contact_id == touch.contact_id
                alike["address"] += one.to_address == touch.to_address
        if max(alike.values(), default=0) >= MOST_A_DAY[touch.channel]:
            yield broken("I9", event.at, f"touch {touch.id} is one too many within 24 hours")
        sent.append(touch)
        states[touch.id] = touch.state


def within_rates(books: Books) -> Iterator[Violation]:
    """I11: in ten seconds no more rows are armed than the account may send, and what one batch may be more."""
    armed: dict[ChannelName, list[datetime]] = defaultdict(list)
    for event in books.events("armed"):
        armed[event.about.channel].append(event.about.armed_at)
    for channel, times in armed.items():
        rate = books.ledger.accounts[channel].sends_per_second
        most = max(1, round(rate * 10)) + max(1, int(rate * 7)) - 1
        for place, at in enumerate(sorted(times)):
            many = sum(1 for one in times[: place + 1] if at - one < timedelta(seconds=10))
            if many > most:
                yield broken("I11", at, f"{many} {channel} were armed in 10 s, {most} are allowed")


def replayed_for_nothing(books: Books) -> Iterator[Violation]:
    """I12: every webhook told once more changes no row."""
    if books.replayed:
        yield broken("I12", books.ended_at, f"{books.replayed} rows were written when every webhook came again")


def no_switch_from_unknown(books: Books) -> Iterator[Violation]:
    """I13: while the fate of a touch is unknown, or a person asks for it, its enrollment arms nothing else and does not
    move on."""
    open_now: dict[object, object] = {}
    for event in books.ledger.history:
        if event.op in ("armed", "touch"):
            touch = event.about
            before = open_now.get(touch.enrollment_id)
            if event.op == "armed" and before is not None:
                yield broken("I13", event.at, f"touch {touch.id} was armed while {before} was unknown")
            if touch.state in NOT_KNOWN:
                open_now[touch.enrollment_id] = touch.id
            elif before == touch.id:
                del open_now[touch.enrollment_id]
        if event.op == "run" and event.about.visit != event.more.visit and event.about.enrollment_id in open_now:
            yield broken("I13", event.at, f"enrollment {event.about.enrollment_id} went on while its touch was unknown")


CHECKS = (
    *(never_twice, never_after_a_stop, proven, ended_in_time, armed_before, nobody_stuck, one_step_at_a_time),
    *(not_lost_although_delivered, within_hours, within_caps, within_rates, replayed_for_nothing),
    *(no_switch_from_unknown, nothing_forbidden_leaves),
)
