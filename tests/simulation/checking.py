"""People of the client who let checks of ours leave for some hours: they begin at once or a little later, two of them
with the same words or with others; they stop in the minute of a sweep, now and then to begin again, for somebody else.
Each deed is a process of its own, and may die; whoever has to stop tries until it is done."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from modules.canaries import list_canaries
from modules.ids import ClientId
from modules.labels import ChannelName
from scripts.sandbox.world import World
from tests.simulation.cast import Company
from tests.simulation.deeds import NAMES, Deeds, Job, Row
from tests.simulation.history import History
from tests.simulation.scheduler import Dice
from utils.schedules import MINUTE, full_minute
from workers.context import Deps
from workers.start_canary import end_canary, start_canary

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_SHOWN = 100
EAGER = 3 * MINUTE
"""What has not left is tried each minute for so long; after that twice: shortly before its time is over, and after."""
LAST_TRIES = (9 * MINUTE, 14 * MINUTE)
AGAIN = 10 * MINUTE
PATIENT = 3 * HOUR
"""An engine that stops nothing would keep the story from ending."""


class Checks:
    """`look` reads a block of queries.sql as it is committed now, `start` begins a deed as a process."""

    def __init__(
        self,
        dice: Dice,
        companies: Sequence[Company],
        now: datetime,
        world: World,
        history: History,
        look: Callable[[str], list[Row]],
        start: Callable[[str, Job], None],
    ) -> None:
        self._dice, self._companies = dice, companies
        self._deeds, self._look, self._start = Deeds(world, history), look, start
        self._seen: set[UUID] = set()
        self._until = now + (8 + 8 * self._dice.number()) * HOUR
        self._begin(now)

    def _begin(self, now: datetime) -> None:
        """One or two channels of each client."""
        for company in self._companies:
            channels = sorted(company.cast.accounts)
            for _ in range(1 + (self._dice.number() < 0.6)):
                channel = channels.pop(self._dice.below(len(channels)))
                self._deeds.plan(now + 2 * HOUR * self._dice.number() ** 3, self._starting(company, channel))
                self._deeds.plan(self._until, self._ending(company.cast.client_id, channel))

    def look(self, now: datetime) -> None:
        """What runs since: some of it is stopped as one of its turns begins."""
        for one in self._look("running_checks"):
            if one["id"] in self._seen:
                continue
            self._seen.add(one["id"])
            fate, turns = self._dice.number(), 1 + self._dice.below(4)
            company = next(each for each in self._companies if each.cast.client_id == one["client_id"])
            at = full_minute(one["started_at"] + turns * one["every_hours"] * HOUR)
            if fate < 0.7 and at < self._until:
                channel = ChannelName(one["channel"])
                self._deeds.plan(at, self._stopping(one["client_id"], channel))
                if fate < 0.5:
                    self._deeds.plan(at + (MINUTE if fate < 0.25 else AGAIN), self._starting(company, channel))

    def next_try(self, now: datetime) -> datetime | None:
        """When a sweep has something to do for them; None when nothing runs, or everything should have ended."""
        if now > self._until + PATIENT:
            return None
        return min((_next_try(one, now) for one in self._look("running_checks")), default=None)

    def _starting(self, company: Company, channel: ChannelName) -> Callable[[datetime], None]:
        contact = company.cast.contacts[self._dice.below(len(company.cast.contacts))]
        hands, alike, every = 1 + (self._dice.number() < 0.3), self._dice.number() < 0.5, 1 + self._dice.below(4)
        client_id = company.cast.client_id

        def starting(name: str, hours: int) -> Job:
            async def work(deps: Deps) -> None:
                async with deps.database.transaction() as conn:
                    done = await start_canary(deps, conn, client_id, contact, channel, hours * HOUR, name)
                self._deeds.told("checks_started", canary=str(done.id), fresh=done.fresh, by=name)

            return self._deeds.refusable(work)

        def deed(now: datetime) -> None:
            if now >= self._until:
                return
            for place, name in enumerate(NAMES[:hands]):
                self._start("desk", starting(name, every if alike else every + place))

        return deed

    def _stopping(self, client_id: ClientId, channel: ChannelName) -> Callable[[datetime], None]:
        """After some looks at what runs, so that now and then it meets the sweep in the middle of its work."""
        looks = self._dice.below(7)

        async def work(deps: Deps) -> None:
            for _ in range(looks):
                async with deps.database.transaction() as conn:
                    await list_canaries(conn, client_id, deps.clock.now() - DAY, MOST_SHOWN)
            async with deps.database.transaction() as conn:
                ended = await end_canary(conn, client_id, channel, NAMES[0], deps.clock.now())
            self._deeds.told("checks_stopped", canary=str(ended))

        return lambda _now: self._start("desk", self._deeds.refusable(work))

    def _ending(self, client_id: ClientId, channel: ChannelName) -> Callable[[datetime], None]:
        """Looks again until nothing runs: a deed may die, and another may begin meanwhile."""

        def deed(now: datetime) -> None:
            running = [(one["client_id"], one["channel"]) for one in self._look("running_checks")]
            if (client_id, channel) in running:
                self._stopping(client_id, channel)(now)
            if now < self._until + PATIENT:
                self._deeds.plan(now + AGAIN, deed)

        return deed


def _next_try(one: Row, now: datetime) -> datetime:
    started_at: datetime = one["started_at"]
    every: timedelta = one["every_hours"] * HOUR
    number = (now - started_at) // every
    begins = started_at + number * every
    if number in one["left"]:
        return begins + every
    if now < begins + EAGER:
        return now
    return next((begins + after for after in LAST_TRIES if now < begins + after), begins + every)
