"""The books of a T0 story with one lie in them, for each thing that may forbid a message: the checker has to see it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from modules.labels import ChannelName, ConsentKind
from modules.touches import Touch
from tests.simulation import t0_forbidden as forbidden
from tests.simulation.t0_books import Books
from tests.simulation.t0_rows import Event, Person, Thing

T, C = Thing, ChannelName
BEFORE = timedelta(hours=1)
LATER = datetime(2027, 6, 1, tzinfo=UTC)
NIGHT = datetime(2026, 11, 25, 13, 30, tzinfo=UTC)
"""Half past eight in New York, half past seven in Chicago."""
HOLIDAY = datetime(2026, 11, 26, 17, tzinfo=UTC)
Lie = Callable[[Books], None]


def place_of(books: Books, op: str, channel: ChannelName) -> int:
    """Where the first touch of this channel leaves."""
    for place, event in enumerate(books.ledger.history):
        if event.op == op and event.about.channel is channel and (op == "armed" or event.more):
            return place
    raise LookupError(f"nothing of {channel} is {op}")


def leaving(books: Books, op: str, channel: ChannelName) -> tuple[int, Touch, Person]:
    place = place_of(books, op, channel)
    touch: Touch = books.ledger.history[place].about
    return place, touch, books.ledger.people[touch.contact_id]


def turned(books: Books, thing: Thing, value: Any, *, about: str = "", channel: ChannelName = C.sms) -> None:
    """It had turned an hour before a touch was armed. `about`: a field of the touch, or a name of its own."""
    place, touch, _ = leaving(books, "armed", channel)
    whom = getattr(touch, about, about) or None
    books.ledger.history.insert(place, Event(touch.armed_at - BEFORE, "turn", (thing, whom), value))


def turned_before_the_repetition(
    books: Books, thing: Thing, value: Any, *, about: str = "", channel: ChannelName = C.email
) -> None:
    """It turned between the arming and the repetition of a touch."""
    place, touch, _ = leaving(books, "repeat", channel)
    whom, at = getattr(touch, about, about) or None, books.ledger.history[place].at - timedelta(seconds=1)
    books.ledger.history.insert(place, Event(at, "turn", (thing, whom), value))


def had_not_signed(books: Books) -> None:
    leaving(books, "armed", C.sms)[2].kind = ConsentKind.express


def stranger(books: Books, thing: Thing, value: Any, about: str) -> None:
    had_not_signed(books)
    turned(books, thing, value, about=about)


def stranger_in_texas(books: Books) -> None:
    stranger(books, T.place, frozenset({"NY", "TX"}), "contact_id")


def agreed_long_ago(books: Books) -> None:
    _, touch, person = leaving(books, "armed", C.sms)
    person.agreed_at = touch.armed_at - timedelta(days=46)


def at(books: Books, instant: datetime, state: str) -> None:
    """To somebody who may be in that state, at that instant."""
    place, touch, _ = leaving(books, "armed", C.sms)
    event = books.ledger.history[place]
    books.ledger.history[place] = replace(event, about=replace(touch, armed_at=instant))
    turn = Event(instant - BEFORE, "turn", (T.place, touch.contact_id), frozenset({"NY", state}))
    books.ledger.history.insert(place, turn)


def sent_abroad(books: Books) -> None:
    place, touch, _ = leaving(books, "armed", C.sms)
    event = books.ledger.history[place]
    books.ledger.history[place] = replace(event, about=replace(touch, to_address="abroad-phone-0"))


def overdue(books: Books) -> None:
    place, touch, _ = leaving(books, "armed", C.sms)
    event = books.ledger.history[place]
    late = touch.armed_at + timedelta(days=5)
    books.ledger.history[place] = replace(event, about=replace(touch, armed_at=late))


LIES: Mapping[str, tuple[Lie, Callable[..., bool]]] = {
    "stopped": (partial(turned, thing=T.halted, value=True), forbidden.client_stopped),
    "in test": (partial(turned, thing=T.status, value="test"), forbidden.client_not_live),
    "not registered": (partial(turned, thing=T.registered, value=False), forbidden.sender_not_registered),
    "no address": (partial(turned, thing=T.postal, value=False, channel=C.email), forbidden.no_postal_address),
    "broken": (partial(turned, thing=T.broken, value=LATER, about="channel"), forbidden.sender_broken),
    "no money": (partial(turned, thing=T.budget, value=0), forbidden.purse_empty),
    "unreadable": (partial(turned, thing=T.blind, value="consent"), forbidden.unreadable),
    "handled": (partial(turned, thing=T.handled, value=LATER, about="contact_id"), forbidden.being_handled),
    "held": (partial(turned, thing=T.platform, value="held", about="to_address"), forbidden.stopped_elsewhere),
    "kept": (partial(turned, thing=T.platform, value="kept", about="to_address"), forbidden.stopped_elsewhere),
    "gap": (partial(turned, thing=T.gap, value=True, about="to_address"), forbidden.unexplained),
    "dnd": (partial(turned, thing=T.dnd, value=True, about="contact_id"), forbidden.not_disturbed),
    "emergency": (partial(turned, thing=T.emergency, value=LATER, about="NY"), forbidden.emergency),
    "Nebraska": (
        partial(turned, thing=T.place, value=frozenset({"NY", "NE"}), about="contact_id", channel=C.voice),
        forbidden.by_machine,
    ),
    "new owner": (
        partial(turned, thing=T.checked, value=("yes", LATER), about="to_address"),
        forbidden.somebody_elses,
    ),
    "old consent": (agreed_long_ago, forbidden.somebody_elses),
    "not signed": (had_not_signed, forbidden.not_signed),
    "listed": (partial(stranger, thing=T.listed, value=True, about="to_address"), forbidden.listed),
    "no list": (had_not_signed, forbidden.listed),
    "not cleared": (stranger_in_texas, forbidden.state_not_cleared),
    "abroad": (sent_abroad, forbidden.abroad),
    "night": (partial(at, instant=NIGHT, state="AL"), forbidden.at_night_there),
    "holiday": (partial(at, instant=HOLIDAY, state="AL"), forbidden.on_a_holiday),
    "overdue": (overdue, forbidden.too_late),
}
"""Each lie, and who has to see it."""

LIES_OF_REPETITIONS: Mapping[str, tuple[Lie, Callable[..., bool]]] = {
    "stopped": (partial(turned_before_the_repetition, thing=T.halted, value=True), forbidden.client_stopped),
    "paused": (partial(turned_before_the_repetition, thing=T.status, value="paused"), forbidden.client_not_live),
    "no address": (partial(turned_before_the_repetition, thing=T.postal, value=False), forbidden.no_postal_address),
    "unreadable": (partial(turned_before_the_repetition, thing=T.blind, value="counts"), forbidden.unreadable),
    "handled": (
        partial(turned_before_the_repetition, thing=T.handled, value=LATER, about="contact_id"),
        forbidden.being_handled,
    ),
    "held": (
        partial(turned_before_the_repetition, thing=T.platform, value="held", about="to_address"),
        forbidden.stopped_elsewhere,
    ),
    "gap": (
        partial(turned_before_the_repetition, thing=T.gap, value=True, about="to_address"),
        forbidden.unexplained,
    ),
    "emergency": (
        partial(turned_before_the_repetition, thing=T.emergency, value=LATER, about="NY", channel=C.voice),
        forbidden.emergency,
    ),
}
"""The same of what turned after a touch was armed, and before it was repeated."""
