"""What nobody may have sent, by what was so at that moment: the client's switches, lists, clearances, money, lateness.

Written apart from the guards, as t0_checker.py is: it knows what has turned in the story and when, has numbers and
places of its own, and asks of each arming and each repetition whether it was forbidden then.

What is about one person turns under the lock that an arming holds, so the order of the commits decides. All else is
read without one: it counts if it was so when the transaction began and was still so at its commit.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from modules.labels import ChannelName, ConsentKind
from modules.sequences import EnrollmentState
from modules.touches import Touch
from tests.simulation.outcome import Violation
from tests.simulation.t0_books import Books, broken
from tests.simulation.t0_rows import Event, Person, Thing

T, E = Thing, EnrollmentState
DAY = timedelta(hours=24)
READING = timedelta(seconds=0.3)
"""At the most so long before its commit a repetition has read what it decides by."""
STALE = timedelta(minutes=13)
"""A provider's own Do-Not-Disturb was asked at the most so long before."""
OWNER_KNOWN, CHECK_YOUNG = timedelta(days=45), timedelta(days=30)
NOT_BY_MACHINE, SHUT_ON_HOLIDAYS, CLEARS_SELLERS = frozenset({"NE"}), frozenset({"AL"}), frozenset({"TX"})
CLOCKS = {"NY": "America/New_York", "AL": "America/Chicago", "NE": "America/Chicago", "TX": "America/Chicago"}
HOME = frozenset({"NY"})
HOLIDAYS = (date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1))
COSTS = {ChannelName.sms: 8_000, ChannelName.email: 1_000, ChannelName.voice: 90_000}


@dataclass
class Standing:
    """What is so by now, and since when."""

    taken: frozenset[object]
    """Touches that a provider has truly accepted at any time."""
    now: dict[tuple[Thing, object], Any] = field(default_factory=dict)
    since: dict[tuple[Thing, object], datetime] = field(default_factory=dict)
    wanted: dict[object, datetime] = field(default_factory=dict)
    """When the step at which an enrollment stands came due."""
    sent: list[tuple[datetime, Touch]] = field(default_factory=list)

    def turn(self, event: Event) -> None:
        self.now[event.about], self.since[event.about] = event.more, event.at

    def move(self, event: Event) -> None:
        """Being put off does not make a step younger."""
        before, after = event.more, event.about
        same = (before.step, before.visit, before.status) == (after.step, after.visit, after.status)
        if after.due_at and not (same and not before.waiting and not after.waiting):
            self.wanted[after.enrollment_id] = after.due_at


@dataclass(frozen=True)
class Leaving:
    """A touch that was armed, or repeated. `asked_at`: when its transaction began, or had not read yet."""

    touch: Touch
    person: Person
    at: datetime
    asked_at: datetime
    again: bool
    standing: Standing
    latest: timedelta
    due_at: datetime

    @property
    def mail(self) -> bool:
        return self.touch.channel is ChannelName.email

    def so(self, thing: Thing, about: object = None) -> Any:
        return self.standing.now.get((thing, about))

    def since(self, thing: Thing, about: object = None) -> datetime | None:
        return self.standing.since.get((thing, about))

    def stays(self, thing: Thing, about: object, forbids: Callable[[Any], bool]) -> bool:
        """It was so that it forbids, from before the reading until the commit."""
        since = self.since(thing, about)
        return (since is None or since <= self.asked_at) and forbids(self.so(thing, about))

    def until(self, thing: Thing, about: object) -> bool:
        return self.stays(thing, about, lambda value: value is not None and value > self.at)

    @property
    def states(self) -> frozenset[str]:
        places: frozenset[str] = self.so(T.place, self.person.id) or HOME
        return places

    @property
    def cold(self) -> bool:
        """By text or call, to somebody who has not signed for it."""
        return not self.mail and self.person.kind is not ConsentKind.written


def client_stopped(one: Leaving) -> bool:
    return one.stays(T.halted, None, lambda value: value is True)


def client_not_live(one: Leaving) -> bool:
    return one.stays(T.status, None, lambda value: value not in (None, "live"))


def sender_not_registered(one: Leaving) -> bool:
    return one.touch.channel is ChannelName.sms and one.stays(T.registered, None, lambda value: value is False)


def no_postal_address(one: Leaving) -> bool:
    return one.mail and one.stays(T.postal, None, lambda value: value is False)


def sender_broken(one: Leaving) -> bool:
    """The same bytes under the same key are the provider's one way to say what became of them: they may leave."""
    return not one.again and one.until(T.broken, one.touch.channel)


def being_handled(one: Leaving) -> bool:
    until = one.so(T.handled, one.person.id)
    return until is not None and until > one.at


def stopped_elsewhere(one: Leaving) -> bool:
    return one.stays(T.platform, one.touch.to_address, lambda value: value is not None)


def not_disturbed(one: Leaving) -> bool:
    since = one.since(T.dnd, one.person.id) if one.so(T.dnd, one.person.id) else None
    return one.touch.channel is ChannelName.sms and since is not None and since < one.asked_at - STALE


def listed(one: Leaving) -> bool:
    return one.cold and one.stays(T.listed, one.touch.to_address, lambda value: value is not False)


def state_not_cleared(one: Leaving) -> bool:
    return one.cold and any(one.stays(T.cleared, state, lambda yes: not yes) for state in one.states & CLEARS_SELLERS)


def not_signed(one: Leaving) -> bool:
    return one.cold


def somebody_elses(one: Leaving) -> bool:
    """A check says that the number was given away after they agreed, or nothing young says that it is theirs."""
    agreed_at = one.person.agreed_at

    def gone(told: tuple[str, datetime] | None) -> bool:
        answer, asked_at = told or ("", agreed_at)
        known = answer == "no" and one.at - asked_at <= CHECK_YOUNG
        return answer == "yes" or (one.at - agreed_at >= OWNER_KNOWN and not known)

    return not one.mail and one.stays(T.checked, one.touch.to_address, gone)


def abroad(one: Leaving) -> bool:
    return not one.mail and one.touch.to_address.startswith("abroad-")


def by_machine(one: Leaving) -> bool:
    return one.touch.channel is ChannelName.voice and bool(one.states & NOT_BY_MACHINE)


def emergency(one: Leaving) -> bool:
    return not one.mail and any(one.until(T.emergency, state) for state in one.states)


def at_night_there(one: Leaving) -> bool:
    return not one.mail and any(
        not 8 <= one.at.astimezone(ZoneInfo(CLOCKS[state])).hour < 21 for state in one.states - HOME
    )


def on_a_holiday(one: Leaving) -> bool:
    shut = one.states & SHUT_ON_HOLIDAYS
    return not one.mail and any(one.at.astimezone(ZoneInfo(CLOCKS[state])).date() in HOLIDAYS for state in shut)


def purse_empty(one: Leaving) -> bool:
    """What providers took within 24 hours has eaten up the day's money; the one that empties it may leave. What was
    being armed when the budget was set is not counted before it is there."""
    since = one.since(T.budget)
    if one.again or since is None:
        return False
    young = [(at, before) for at, before in one.standing.sent if one.at - before.armed_at < DAY]
    seen = [before for at, before in young if at <= one.asked_at or before.armed_at >= since]
    spent = sum(COSTS[before.channel] for before in seen if before.id in one.standing.taken)
    return one.stays(T.budget, None, lambda most: most is not None and spent >= most)


def too_late(one: Leaving) -> bool:
    return one.at - one.due_at > one.latest


def unexplained(one: Leaving) -> bool:
    return one.stays(T.gap, one.touch.to_address, lambda value: value is True)


def unreadable(one: Leaving) -> bool:
    return one.stays(T.blind, None, lambda value: value is not None)


FORBIDDEN: tuple[tuple[str, Callable[[Leaving], bool], str], ...] = (
    ("I1", unexplained, "while nobody could say whether it had left already"),
    ("I2", not_signed, "for somebody who did not sign for it"),
    ("I9", at_night_there, "in the night of a state where they may be"),
    ("I9", on_a_holiday, "on a holiday of their state"),
    ("I9", purse_empty, "without money left for the day"),
    ("I9", too_late, "later than its step bears"),
    ("I18", client_stopped, "while the client was stopped"),
    ("I18", client_not_live, "while the client was not live"),
    ("I18", sender_not_registered, "by a sender that was not registered"),
    ("I18", no_postal_address, "without a postal address"),
    ("I18", sender_broken, "by a sender that was broken"),
    ("I19", listed, "to a number that no list of strangers lets through"),
    ("I19", somebody_elses, "to a number that may be somebody else's"),
    ("I19", state_not_cleared, "into a state that had not cleared the seller"),
    ("I19", abroad, "to a number abroad"),
    ("I19", by_machine, "as a machine's call into a state that forbids it"),
    ("I19", emergency, "into an emergency"),
    ("I20", being_handled, "while somebody was talking to them"),
    ("I20", stopped_elsewhere, "to an address that had asked others to stop"),
    ("I20", not_disturbed, "although the provider knew that they are not to be disturbed"),
    ("I21", unreadable, "although not all could be read"),
)
"""What each promise is, who looks for a case of it, and the words for one."""


def nothing_forbidden_leaves(books: Books) -> Iterator[Violation]:
    """I1, I2, I9, I18 to I21."""
    standing = Standing(frozenset(one.touch_id for one in books.accepted()))
    for event in books.events("run"):
        standing.wanted.setdefault(event.more.enrollment_id, event.more.due_at)
    for event in books.ledger.history:
        if event.op == "turn":
            standing.turn(event)
        elif event.op == "run":
            standing.move(event)
        elif event.op == "armed" or (event.op == "repeat" and event.more):
            one = _leaving(books, standing, event)
            for invariant, forbids, words in FORBIDDEN:
                if forbids(one):
                    yield broken(invariant, event.at, f"touch {one.touch.id} {event.op} {words}")
            if not one.again:
                standing.sent.append((event.at, one.touch))


def _leaving(books: Books, standing: Standing, event: Event) -> Leaving:
    touch: Touch = event.about
    person = books.ledger.people[touch.contact_id]
    if event.op == "repeat":
        latest = touch.confirm_by - touch.armed_at
        return Leaving(touch, person, event.at, event.at - READING, True, standing, latest, touch.armed_at)
    run = next(run for run in books.ledger.runs.values() if run.enrollment_id == touch.enrollment_id)
    step = books.definitions[run.sequence_id].step(touch.step or "")
    latest, due_at = step.max_lateness, standing.wanted.get(run.enrollment_id, touch.armed_at)
    return Leaving(touch, person, touch.armed_at, touch.armed_at, False, standing, latest, due_at)
