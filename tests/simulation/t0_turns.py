"""What turns in the middle of a T0 story besides what people say: a client is stopped, a list is loaded, a number
changes hands, a person takes over, money runs out, facts cannot be read.

About half of the stories have some of it. It is drawn from a stream of its own, so the others are the plain ones.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from modules.ids import AddressId, ContactId
from modules.labels import ChannelName, ConsentKind, NextChannel
from modules.policy import GuardReason
from modules.sequences import Definition, EnrollmentState, go_on
from tests.simulation.t0_clock import Agenda, Dice, Steps
from tests.simulation.t0_facts import BLIND, HELD, HOME, KEPT, PRICES
from tests.simulation.t0_rows import Address, Ledger, Person, Thing, numbered

T = Thing
NOW = timedelta(0)
LONGEST_SPAN, SOON = timedelta(days=2), timedelta(days=4)
SHORT = (timedelta(minutes=5), timedelta(minutes=90), timedelta(hours=5))
"""How late a step may be at the most, where steps do not bear much."""
ABROAD = "abroad"
MANY = 500
THANKSGIVING = datetime(2026, 11, 26, 2, tzinfo=UTC)
OFFICE_SHUTS, NIGHT_FALLS = datetime(2026, 11, 23, 23, tzinfo=UTC), datetime(2026, 11, 24, 2, tzinfo=UTC)
"""On a story's first day, in New York."""


@dataclass(frozen=True)
class Turn:
    """`after` the one before it. `lasts`: the value is the instant so much later."""

    thing: Thing
    about: object
    value: Any
    after: timedelta = NOW
    lasts: timedelta | None = None


@dataclass(frozen=True)
class Trouble:
    """One thing after the other. `at` None: it begins in the very moment in which something leaves for them, for
    `person` None for anybody; where it waits for a `doubt`, when nobody knows what became of something, and before that
    may be repeated."""

    at: datetime | None
    person: Person | None
    turns: tuple[Turn, ...] = ()
    doubt: bool = False

    def begins(self, due: Collection[ContactId], doubted: Collection[ContactId]) -> bool:
        waited = doubted if self.doubt else due
        return self.person.id in waited if self.person else bool(waited)


class Story:
    """What one seed draws its troubles from."""

    def __init__(self, dice: Dice, ledger: Ledger, people: Sequence[Person], at: datetime) -> None:
        self.dice, self.ledger, self.people, self.at = dice, ledger, people, at
        self.troubles: list[Trouble] = []

    def when(self) -> datetime | None:
        return None if self.dice.happens(0.6) else self.at + SOON * self.dice.number() ** 2

    def begin(self, person: Person | None, *turns: Turn) -> None:
        self.troubles.append(Trouble(self.when(), person, turns, self.dice.happens(0.5)))

    def span(self) -> timedelta:
        return timedelta(minutes=10) + LONGEST_SPAN * self.dice.number() ** 2

    def some(self) -> list[Person]:
        """About every second one, and at least one."""
        return [one for one in self.people if self.dice.happens(0.5)] or [self.people[0]]

    def addresses(self, person: Person) -> list[str]:
        """One of them, or both."""
        place = self.dice.below(3)
        return [one.value for number, one in enumerate(person.addresses()) if number != place]

    def from_the_start(self, thing: Thing, about: object, value: Any) -> None:
        self.ledger.turn(self.at, thing, about, value)


def stopped(story: Story) -> None:
    """Somebody pulls the client's switch, and lets it go; and once more."""
    for _ in range(3):
        story.begin(None, Turn(T.halted, None, True), Turn(T.halted, None, False, story.span()))


def not_live(story: Story) -> None:
    status = ("test", "paused")[story.dice.below(2)]
    story.begin(None, Turn(T.status, None, status), Turn(T.status, None, "live", story.span()))


def unregistered(story: Story) -> None:
    story.begin(None, Turn(T.registered, None, False), Turn(T.registered, None, True, story.span()))


def without_postal_address(story: Story) -> None:
    story.begin(None, Turn(T.postal, None, False), Turn(T.postal, None, True, story.span()))


def broken_sender(story: Story) -> None:
    for channel in ChannelName:
        if story.dice.happens(0.7):
            story.begin(None, Turn(T.broken, channel, None, lasts=story.span()))


def emergency(story: Story) -> None:
    story.begin(None, Turn(T.emergency, HOME, None, lasts=story.span()))


def little_money(story: Story) -> None:
    """For a few messages a day."""
    channel = tuple(ChannelName)[story.dice.below(3)]
    story.begin(None, Turn(T.budget, None, PRICES[channel] * (1 + story.dice.below(3))))


def unreadable(story: Story) -> None:
    """Some facts cannot be loaded for a while."""
    groups = tuple(BLIND)
    for _ in range(2):
        group = groups[story.dice.below(len(groups))]
        story.begin(None, Turn(T.blind, None, group), Turn(T.blind, None, None, story.span()))


def asked_to_stop_elsewhere(story: Story) -> None:
    """Several clients were told to stop by this address; then a person decides."""
    for one in story.some():
        decided = KEPT if story.dice.happens(0.5) else None
        for value in story.addresses(one):
            story.begin(one, Turn(T.platform, value, HELD), Turn(T.platform, value, decided, story.span()))


def found_in_a_gap(story: Story) -> None:
    """After a restore: something left for this address that no row explains; a person says what it was."""
    for one in story.some():
        for value in story.addresses(one):
            story.begin(one, Turn(T.gap, value, True), Turn(T.gap, value, False, story.span()))


def dnd(story: Story) -> None:
    for one in story.some():
        gone = (Turn(T.dnd, one.id, False, story.span()),) if story.dice.happens(0.3) else ()
        story.begin(one, Turn(T.dnd, one.id, True), *gone)


def handled(story: Story) -> None:
    """Somebody talks to them; now and then that is over before its time."""
    for one in story.people:
        over = (Turn(T.handled, one.id, None, story.span()),) if story.dice.happens(0.3) else ()
        story.begin(one, Turn(T.handled, one.id, None, lasts=story.span()), *over)


def cold(story: Story) -> None:
    """People who did not sign for it, in a state that has to clear a seller; a list is loaded, a clearance ends."""
    states = frozenset({HOME, "TX"}) if story.dice.happens(0.7) else frozenset({HOME})
    for one in story.people:
        one.kind = ConsentKind.express
        story.from_the_start(T.place, one.id, states)
        if story.dice.happens(0.7):
            story.from_the_start(T.listed, one.phone.value, False)
        story.begin(one, Turn(T.listed, one.phone.value, story.dice.happens(0.4)))
    story.from_the_start(T.cleared, "TX", story.dice.happens(0.7))
    story.begin(None, Turn(T.cleared, "TX", story.dice.happens(0.3)))


def new_owner(story: Story) -> None:
    """An old consent, checks of the number, and one day somebody else has it."""
    for one in story.people:
        value = one.phone.value
        if story.dice.happens(0.6):
            one.agreed_at = story.at - timedelta(days=60)
            if story.dice.happens(0.5):
                asked_at = story.at - timedelta(days=30 * story.dice.number())
                story.from_the_start(T.checked, value, ("no", asked_at))
        last = ("yes", "yes", "no", "no_data")[story.dice.below(4)]
        story.begin(one, Turn(T.checked, value, last), Turn(T.checked, value, "yes", story.span()))


def moved(story: Story) -> None:
    """They live in another state, too, one that lets no machine call."""
    for one in story.people:
        story.begin(one, Turn(T.place, one.id, frozenset({HOME, "NE"})))


def moved_abroad(story: Story) -> None:
    for one in story.some():
        story.begin(one, Turn(T.number, one.id, f"{ABROAD}-{one.phone.value}"))


def holidays(story: Story) -> None:
    """They live in a state that lets nobody be reached on Thanksgiving, and many begin around it."""
    for run_id, run in story.ledger.runs.items():
        story.from_the_start(T.place, run.contact_id, frozenset({HOME, "AL"}))
        if story.dice.happens(0.6):
            begins = THANKSGIVING + timedelta(hours=24 * story.dice.number())
            story.ledger.runs[run_id] = replace(run, due_at=begins)


def impatient(_story: Story) -> None:
    """Steps that do not bear much delay (`impatiently`)."""


KINDS: tuple[Callable[[Story], None], ...] = (
    *(stopped, not_live, unregistered, without_postal_address, broken_sender, emergency, little_money, unreadable),
    *(asked_to_stop_elsewhere, found_in_a_gap, dnd, handled, cold, new_owner, moved, moved_abroad, holidays),
    impatient,
)
Kinds = tuple[Callable[[Story], None], ...]


def drawn_kinds(dice: Dice) -> Kinds:
    """None in every second story, else two to four."""
    if dice.happens(0.5):
        return ()
    places = {dice.below(len(KINDS)) for _ in range(2 + dice.below(3))}
    return tuple(one for place, one in enumerate(KINDS) if place in places)


def draw(dice: Dice, kinds: Kinds, ledger: Ledger, people: Sequence[Person], at: datetime) -> list[Trouble]:
    story = Story(dice, ledger, people, at)
    for kind in kinds:
        kind(story)
    return story.troubles


def impatiently(dice: Dice, flows: Mapping[UUID, Definition]) -> dict[UUID, Definition]:
    """The same sequences; most of their steps may not be long overdue."""
    return {
        name: replace(
            flow,
            steps=tuple(
                replace(one, max_lateness=SHORT[dice.below(len(SHORT))]) if dice.happens(0.7) else one
                for one in flow.steps
            ),
        )
        for name, flow in flows.items()
    }


def begin_late(dice: Dice, flows: Mapping[UUID, Definition], ledger: Ledger) -> None:
    """Many begin so shortly before their sequence's day is over that a repetition comes after it."""
    for run_id, run in ledger.runs.items():
        if dice.happens(0.7):
            shuts = OFFICE_SHUTS if flows[run.sequence_id].windows else NIGHT_FALLS
            begins = shuts + timedelta(days=dice.below(3), minutes=-12 * dice.number())
            ledger.runs[run_id] = replace(run, due_at=begins)


def unfold(agenda: Agenda, ledger: Ledger, trouble: Trouble) -> Steps:
    """Each turn is a transaction; what is about a person waits for the lock on them."""
    for turn in trouble.turns:
        if turn.after:
            yield turn.after.total_seconds()
        owner = object()
        try:
            if trouble.person:
                yield from ledger.wait_for([trouble.person.id], owner)
            _turn(ledger, turn, agenda.now)
        finally:
            ledger.release(owner)


def _turn(ledger: Ledger, turn: Turn, now: datetime) -> None:
    value: Any = now + turn.lasts if turn.lasts is not None else turn.value
    if turn.thing is T.checked and isinstance(value, str):
        value = (value, now)
    ledger.turn(now, turn.thing, turn.about, value)
    if turn.thing is T.gap and not value:
        _release(ledger, now)
    if turn.thing is T.number:
        person = next(one for one in ledger.people.values() if one.id == turn.about)
        person.former.append(person.phone)
        # who shared a number may share the next one, too
        shared = next((one.phone for one in ledger.people.values() if one.phone.value == value), None)
        person.phone = shared or Address(AddressId(numbered(person.phone.id.int + MANY)), value, abroad=True)


def _release(ledger: Ledger, now: datetime) -> None:
    """Who was held because of it is let go, if nothing else is unexplained."""
    for run in list(ledger.runs.values()):
        person = ledger.people[run.contact_id]
        doubts = any(ledger.so.get((T.gap, one.value)) for one in person.addresses())
        waits = run.status is EnrollmentState.held and run.status_reason == GuardReason.possibly_sent
        if waits and not doubts and run.next_channel is not NextChannel.settle:
            ledger.write_run(go_on(run, EnrollmentState.active, None, now), now)
