"""What people do by themselves: they write, say stop by every way there is, ask for help, take calls or not.

When: at any time, or (the nastier half) in the very minute in which something is about to leave for them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from modules.labels import Provider
from scripts.sandbox import ghl_inbound
from scripts.sandbox.personas import VOICE_PERSONAS
from scripts.sandbox.postman import Answer
from scripts.sandbox.resend_unsubscribing import click
from scripts.sandbox.twilio_callbacks import receive_text
from scripts.sandbox.world import World
from tests.simulation.cast import Company
from tests.simulation.history import History
from tests.simulation.home import TESTER_MAIL, TESTER_PHONE
from tests.simulation.scheduler import Dice
from tests.simulation.twin import TwinAtHand

STOPS = ("STOP", "Stop please", "unsubscribe", "Please do not text me again", "stop calling me and stop texting me")
ANSWERS = ("HELP", "Yes, tell me more", "Who is this?", "START", "Out of office until Monday", "ok")
QUESTIONS = ("Could I come on Tuesday?", "What does it cost?", "Who should I ask for?")
PATIENCE = timedelta(days=6)
Act = Callable[[datetime], Awaitable[int]]


@dataclass(frozen=True)
class Person:
    """One of a company's people, by their place there; `acts` are words they will text, and when: None is the minute
    in which something is due for them."""

    company: Company
    place: int
    texts: tuple[tuple[str, timedelta | None], ...]
    clicks: timedelta | None
    tester: bool = False

    @property
    def phone(self) -> str:
        return TESTER_PHONE if self.tester else self.company.cast.phones[self.place]

    @property
    def mail(self) -> str:
        return TESTER_MAIL if self.tester else self.company.cast.mails[self.place]


def draw_tester(dice: Dice, company: Company) -> Person:
    """Who gets everything in a test. They answer what they like, and follow the links they got."""
    texts = [(ANSWERS[dice.below(len(ANSWERS))], PATIENCE * dice.number() ** 2) for _ in range(dice.below(3))]
    if dice.number() < 0.35:
        texts.append((STOPS[dice.below(len(STOPS))], PATIENCE * dice.number() ** 2))
    clicks = PATIENCE * dice.number() ** 2 if dice.number() < 0.6 else None
    return Person(company, 0, tuple(texts), clicks, tester=True)


def draw_people(dice: Dice, company: Company, *, stubborn: bool) -> list[Person]:
    """Unless they are `stubborn`, all of them say stop in the minute in which something leaves for them."""
    places = range(len(company.cast.phones))
    if stubborn:
        return [_person(dice, company, place) for place in places]
    return [Person(company, place, ((STOPS[dice.below(len(STOPS))], None),), None) for place in places]


def _person(dice: Dice, company: Company, place: int) -> Person:
    texts: list[tuple[str, timedelta | None]] = []
    if dice.number() < 0.35:
        texts.append((STOPS[dice.below(len(STOPS))], _when(dice)))
        if dice.number() < 0.3:
            texts.append((STOPS[dice.below(len(STOPS))], _when(dice)))
    if dice.number() < 0.35:
        texts.append((ANSWERS[dice.below(len(ANSWERS))], _when(dice)))
    clicks = PATIENCE * dice.number() if dice.number() < 0.15 else None
    return Person(company, place, tuple(texts), clicks)


def talkative(dice: Dice, one: Person) -> Person:
    """The same person who also asks something, once or a few times, and now and then says stop a moment later: when the
    answer is being written, or is about to leave."""
    more: list[tuple[str, timedelta | None]] = []
    for _ in range(1 + dice.below(3)):
        at = PATIENCE / 3 * dice.number() ** 2
        more.append((QUESTIONS[dice.below(len(QUESTIONS))], at))
        if dice.number() < 0.3:
            more.append((STOPS[dice.below(len(STOPS))], at + timedelta(minutes=4) * dice.number()))
    return replace(one, texts=(*one.texts, *more))


def _when(dice: Dice) -> timedelta | None:
    soon, share = dice.number() < 0.5, dice.number()
    return None if soon else PATIENCE * share**2


class Crowd:
    """Plans what people do on the twin's agenda."""

    def __init__(self, twin: TwinAtHand, history: History, people: list[Person], dice: Dice) -> None:
        self._twin, self._history, self._dice = twin, history, dice
        self._world: World = twin.world
        self._waiting = {one.phone: [words for words, at in one.texts if at is None] for one in people}
        self._people = {one.phone: one for one in people}

    def begin(self, now: datetime) -> None:
        for one in self._people.values():
            self._world.personas[one.phone] = VOICE_PERSONAS[self._dice.below(len(VOICE_PERSONAS))]
            self._history.add("world", "person", person=one.phone, on_calls=self._world.personas[one.phone])
            for words, after in one.texts:
                if after is not None:
                    self._plan(now + after, one, words)
            if one.clicks is not None:
                self._world.schedule.add(now + one.clicks, f"clicks:{one.mail}", self._click(one))

    def something_is_due_for(self, phone: str, now: datetime) -> None:
        """The person writes in this very moment, if they are of that kind; about every second time."""
        waiting = self._waiting.get(phone)
        if waiting and self._dice.number() < 0.5:
            self._plan(now, self._people[phone], waiting.pop(0))

    def _plan(self, at: datetime, one: Person, words: str) -> None:
        self._world.schedule.add(at, f"inbound:{one.phone}", self._text(one, words))

    def _text(self, one: Person, words: str) -> Act:
        cast, world = one.company.cast, self._world

        async def act(at: datetime) -> int:
            self._history.add("world", "text", person=one.phone, words=words)
            if Provider.ghl in cast.keys:
                account, contact = world.ghl_accounts[cast.who.location], world.ghl_contacts[cast.who.ref_of(one.phone)]
                return await ghl_inbound.receive(world, account, contact, "SMS", words, None, at)
            account_there = world.twilio_accounts[cast.sid]
            return await receive_text(world, account_there, one.phone, cast.number, words, at)

        return act

    def _click(self, one: Person) -> Act:
        cast, world = one.company.cast, self._world

        async def act(at: datetime) -> int:
            """In the last mail that reached them; nothing where there was none."""
            mails = [found for found in world.ledger.acceptances if found.to == one.mail]
            if not mails:
                return 0
            self._history.add("world", "click", person=one.mail)
            if Provider.ghl in cast.keys:
                account, contact = world.ghl_accounts[cast.who.location], world.ghl_contacts[cast.who.ref_of(one.phone)]
                return await ghl_inbound.unsubscribe(world, account, contact, at)
            answer = await click(world, mails[-1], at)
            if isinstance(answer, Answer) and answer.succeeded and not one.tester:  # a tester's click ends nothing
                self._history.add("world", "stop_taken", address=one.mail)
            return 1

        return act
