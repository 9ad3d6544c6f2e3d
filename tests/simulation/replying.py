"""People of the client who write back to what came in: soon or late, in the minute of a sweep, two at once, in the same
words or in others; and now and then they take it back. Each deed is a process of its own, and may die."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from scripts.sandbox.world import World
from tests.simulation.deeds import NAMES, Deeds, Job, Row
from tests.simulation.history import History
from tests.simulation.people import PATIENCE
from tests.simulation.scheduler import Dice
from workers.context import Deps
from workers.write_reply import take_back_reply, write_reply

WORDS = ("Yes, that works.", "I will call you tomorrow.", "Thank you! See you then.")
WITHIN = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4), timedelta(hours=24))
PATIENT = timedelta(minutes=30)
"""One that may not leave yet is tried again so often: a sweep each minute of a night would show nothing more."""


class Replies:
    """`look` reads a block of queries.sql as it is committed now, `start` begins a deed as a process."""

    def __init__(
        self,
        dice: Dice,
        world: World,
        history: History,
        look: Callable[[str], list[Row]],
        start: Callable[[str, Job], None],
    ) -> None:
        self._dice, self._deeds, self._look, self._start = dice, Deeds(world, history), look, start
        self._seen: set[UUID] = set()

    def look(self, now: datetime) -> None:
        """What came in since: most of it is answered, sooner rather than later."""
        for text in self._look("texts_of_people"):
            if text["id"] in self._seen:
                continue
            self._seen.add(text["id"])
            if self._dice.number() < 0.9:
                self._deeds.plan(self._instant(now), self._writing(text))
            if self._dice.number() < 0.3:
                self._deeds.plan(self._instant(now), self._writing(text))

    def next_try(self, now: datetime) -> datetime | None:
        """When a sweep has something to do for what waits; None when nothing does."""
        waiting = [row["written_at"] for row in self._look("waiting_replies")]
        if not waiting:
            return None
        return now if now - max(waiting) < timedelta(minutes=2) else now + PATIENT

    def _instant(self, now: datetime) -> datetime:
        at = now + PATIENCE / 6 * self._dice.number() ** 6
        return _next_minute(at) if self._dice.number() < 0.5 else at

    def _writing(self, text: Row) -> Callable[[datetime], None]:
        words, within = WORDS[self._dice.below(len(WORDS))], WITHIN[self._dice.below(len(WITHIN))]
        hands, regret = 1 + (self._dice.number() < 0.3), self._dice.number()

        async def work(name: str, deps: Deps) -> None:
            async with deps.database.transaction() as conn:
                who = text["client_id"], text["contact_id"]
                done = await write_reply(deps, conn, *who, words, name, within)
            self._deeds.told("wrote_back", reply=str(done.id), fresh=done.fresh, by=name)
            if regret < 0.4:
                self._deeds.plan(_next_minute(deps.clock.now()), self._taking_back(text, done.id))

        def deed(_now: datetime) -> None:
            for name in NAMES[:hands]:
                self._start("desk", self._deeds.refusable(partial(work, name)))

        return deed

    def _taking_back(self, text: Row, reply: UUID) -> Callable[[datetime], None]:
        async def work(deps: Deps) -> None:
            async with deps.database.transaction() as conn:
                await take_back_reply(conn, text["client_id"], reply, deps.clock.now())
            self._deeds.told("took_back", reply=str(reply))

        return lambda _now: self._start("desk", self._deeds.refusable(work))


def _next_minute(at: datetime) -> datetime:
    """When the next sweep may begin."""
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)
