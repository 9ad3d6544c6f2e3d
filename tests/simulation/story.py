"""One seed, played: the real engine, its web application and the twin in one loop, until nobody wants anything more.

The cron of the sweep fires on full minutes at which there is something to do (an idle sweep writes nothing, so leaving
it out changes nothing); a seed lets it fire twice at once, or not at all. The reconciliation runs when a quarter of an
hour has passed since its last run. Everything else happens by itself on the twin's agenda.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.types import ASGIApp

from modules.inbox import answers_due
from modules.sequences import next_due
from modules.touches import next_look
from tests.simulation.cast import KEYED, Company, Hands, gather
from tests.simulation.checking import Checks
from tests.simulation.database import SQL
from tests.simulation.desk import Desk
from tests.simulation.ground import Ground
from tests.simulation.happening import Happenings
from tests.simulation.history import History
from tests.simulation.home import settings_of, web_app
from tests.simulation.loop import SeededLoop
from tests.simulation.network import HookPostman, TwinTransport
from tests.simulation.people import Crowd, Person, draw_people, draw_tester, talkative
from tests.simulation.plan import Plan
from tests.simulation.port import PlayedDatabase
from tests.simulation.replying import Replies
from tests.simulation.scheduler import CALM, OBSERVER, PLATFORM_KILLS_AFTER, Dice, Process, Scheduler
from tests.simulation.truth import Ear
from tests.simulation.twin import ToldClock, TwinAtHand, open_twin
from utils.db import fetch_all
from utils.schedules import full_minute
from workers.answer import BACK as ANSWERS_BACK
from workers.context import Deps, make_deps
from workers.reconcile import reconcile
from workers.resolve import POLLS
from workers.sweep import sweep

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
LONGEST = timedelta(days=60)
MOST_MINUTES = 400
"""With a sweep or more: several times what a story takes. An engine that is broken on purpose may want one every minute
for ever."""
WEB_CONNECTIONS = 4
SAYS_WHERE_TO_LOOK = b'"type":"Contact'
"""GoHighLevel's events of contacts: the engine reads the contact again."""
LISTED, LAG_SECONDS = ("twilio", "ghl", "vapi"), 55.0
"""In a lagging seed these show what they have accepted only after nearly the minute that assumption A1 gives them."""
DOUBTED_SENDS = 6
INSTANT = timedelta(microseconds=1)


class Story:
    """Everything of one seed. `play` it inside its loop; afterwards the books are open."""

    def __init__(self, ground: Ground, loop: SeededLoop, plan: Plan) -> None:
        self.plan, self._ground = plan, ground
        self.clock = ToldClock(loop, START)
        self.history = History(self.clock.now)
        self.scheduler = Scheduler(loop, str(plan.seed), self.history)
        ground.stage.enter(self.scheduler, self.history)
        self.postman = HookPostman(self._web, self.scheduler, self.history)
        self.twin: TwinAtHand
        self.companies: Sequence[Company] = ()
        self.ended_at = START
        self.changed: list[str] = []
        self.test_begins: datetime | None = None
        self._errands: list[Replies | Checks | Happenings] = []
        self._counts: dict[str, int] = {}
        self._minutes = 0
        self._reconciled = START
        self._loop = loop

    async def play(self) -> None:
        seed = str(self.plan.seed)
        self.twin, app = open_twin(self.clock, self.scheduler, self.history, self.postman, seed, self.plan.faults)
        self._transport = TwinTransport(app, self.scheduler, self.history)
        self._base = make_deps(settings_of(self._ground.stage.dsn), self._ground.stage.dsn)
        self._in_test = settings_of(self._ground.stage.dsn, in_test=True)
        self._observing = self._deps(OBSERVER)
        self._web_process, self._web_app = self._start_web()
        scenes, hands = self.plan.scenes, Dice(f"hands {seed}")
        if self.plan.doubted or scenes.tested or (scenes.forked and scenes.ordered):
            for keyed in KEYED:
                self.twin.script(keyed, "reset_before_accept", times=DOUBTED_SENDS)
        dice = Dice(f"people {seed}")
        households, lagging = self.plan.households, self.plan.lagging
        hasty = households or self.plan.doubted
        if lagging:
            for provider in LISTED:
                self.twin.script(provider, "list_lag", times=1_000_000, delay=LAG_SECONDS)
        self.companies = await gather(
            *(self._observing, self.twin, dice, self.plan.people),
            households=households,
            trusting=lagging,
            rush=self.plan.rush,
            at_once=self.plan.stalled,
            hands=Hands(hands if scenes.tasked else None, Dice(f"forks {seed}") if scenes.forked else None),
            in_test=scenes.tested is not None,
        )
        people = [one for company in self.companies for one in draw_people(dice, company, stubborn=not hasty)]
        if scenes.tested is not None:
            people += self._begin_test(hands, scenes.tested)
        written = Dice(f"replies {seed}")
        if scenes.replied:
            people = [talkative(written, one) for one in people]
        self._crowd = Crowd(self.twin, self.history, people, dice)
        ear = Ear(self.companies)
        self.postman.on_taken = lambda carried: self._note_stops("stop_taken", ear.stops_in(carried))
        if scenes.tested is not None:
            self.postman.on_posted = lambda carried: self._note_stops("stop_said", ear.stops_in(carried))
        self._crowd.begin(self.clock.now())
        self._desk = Desk(hands, scenes, self.companies, self.twin.world, self.history, self._look, self._start)
        self._desk.begin(self.clock.now())
        self._errands = self._send_for(written)
        self.scheduler.weather = self.plan.weather
        await self._conduct()
        self.ended_at = self.clock.now()
        self.scheduler.stop_all()
        self.changed = await self._tell_again()

    def _send_for(self, written: Dice) -> list[Replies | Checks | Happenings]:
        """Whoever else has something to do in this story."""
        scenes, seed, now = self.plan.scenes, self.plan.seed, self.clock.now()
        at_hand = self.twin.world, self.history, self._look, self._start
        came: list[Replies | Checks | Happenings] = []
        if scenes.replied:
            came.append(Replies(written, *at_hand))
        if scenes.checked:
            came.append(Checks(Dice(f"checks {seed}"), self.companies, now, *at_hand))
        if scenes.forked:
            came.append(Happenings(Dice(f"happens {seed}"), self.companies, now, *at_hand))
        return came

    def _begin_test(self, hands: Dice, after: timedelta) -> list[Person]:
        """The tester is somebody, too. Where it is a test from the beginning, the client may be one in test."""
        self.test_begins = START + after
        if not after and hands.number() < 0.5:
            self._ground.stage.looker.execute(SQL["put_in_test"])
        return [draw_tester(hands, company) for company in self.companies]

    def _look(self, block: str) -> list[dict[str, Any]]:
        """Rows as they are committed now, without a turn."""
        return self._ground.stage.looker.execute(SQL[block]).fetchall()

    def _note_stops(self, what: str, addresses: Sequence[str]) -> None:
        for address in addresses:
            self.history.add("world", what, address=address)

    async def _tell_again(self) -> list[str]:
        """Every webhook that we have taken (2xx) once more, in order; the tables that this changes.

        Before that those that only say where to look: what the provider keeps of a person now may be news.
        """
        self.scheduler.weather = CALM
        for carried in [one for one in self.postman.taken if SAYS_WHERE_TO_LOOK in one.content]:
            await self.postman.carry(carried, None)
        before = self._ground.fingerprint()
        for carried in list(self.postman.taken):
            await self.postman.carry(carried, None)
        after = self._ground.fingerprint()
        return [name for name, what in after.items() if what != before[name]]

    async def _conduct(self) -> None:
        planned: datetime | None = START
        while self.clock.now() - START < LONGEST and self._minutes < MOST_MINUTES:
            now = self.clock.now()
            self._desk.look(now)
            for one in self._errands:
                one.look(now)
            if planned is not None and now >= planned:
                planned = None
                await self._cron(now)
            wanted = await self._next_wish(now)
            if wanted is not None:
                # past its deadline a touch is looked at every minute: a wish that moves with the clock keeps its place
                minute = full_minute(max(wanted, now + INSTANT))
                planned = minute if planned is None else min(planned, minute)
            if planned is None and not self.scheduler.running and self.twin.world.schedule.next_due() is None:
                return
            await self._wait(now, planned)

    async def _wait(self, now: datetime, later: datetime | None) -> None:
        """Until the next sweep; but what happens on the twin's agenda before may want one earlier."""
        next_there = self.twin.world.schedule.next_due()
        busy = bool(self.scheduler.running)
        ends = [one for one in (later, next_there) if one is not None]
        if busy:
            ends.append(full_minute(now + INSTANT))
        end = self.clock.seconds(min(ends))
        try:
            async with asyncio.timeout_at(max(end, self._loop.time())):
                if busy:
                    await self.scheduler.quiet.wait()
                else:
                    await asyncio.Event().wait()
        except TimeoutError:
            return

    async def _next_wish(self, now: datetime) -> datetime | None:
        async with self._observing.database.transaction() as conn:
            due = await next_due(conn)
            look = await next_look(conn, now, POLLS)
            owed = now if await answers_due(conn, now - ANSWERS_BACK, 1) else None
        tries = [one.next_try(now) for one in self._errands]
        wanted = [one for one in (due, look, owed, *tries) if one is not None]
        return min(wanted) if wanted else None

    async def _cron(self, now: datetime) -> None:
        scheduler = self.scheduler
        async with self._observing.database.transaction() as conn:
            for row in await fetch_all(conn, SQL["due_people"], {"now": now}):
                self._crowd.something_is_due_for(row["value"], now)
        self._desk.something_is_due(now)
        if scheduler.chance(scheduler.weather.missed):
            self.history.add("world", "cron_missed")
            return
        self._minutes += 1
        many = 1 + sum(scheduler.chance(scheduler.weather.overlap / often) for often in (1, 2, 2))
        for _ in range(many):
            self._start("sweep", sweep)
        if now - self._reconciled >= QUARTER:
            self._reconciled = now
            self._start("reconcile", reconcile)

    def _start(self, name: str, job: Any) -> None:
        self._counts[name] = self._counts.get(name, 0) + 1
        process = Process(f"{name}-{self._counts[name]}")
        self.scheduler.start(process, job(self._deps(process)), within=PLATFORM_KILLS_AFTER)

    def _deps(self, process: Process) -> Deps:
        """A fresh process's: what another one has learned is not in its memory."""
        connections = WEB_CONNECTIONS if process.name.startswith("web") else 2
        database = PlayedDatabase(self._ground.stage, process, connections=connections)
        base = self._base
        in_test = self.test_begins is not None and self.clock.now() >= self.test_begins
        settings = self._in_test if in_test else base.settings
        return Deps(settings, self.clock, database, base.sealer, base.opener, transport=self._transport)

    def _web(self) -> tuple[Process, ASGIApp]:
        if not self._web_process.alive:
            self._web_process, self._web_app = self._start_web()
        return self._web_process, self._web_app

    def _start_web(self) -> tuple[Process, ASGIApp]:
        self._counts["web"] = self._counts.get("web", 0) + 1
        process = Process(f"web-{self._counts['web']}")
        app = web_app()
        app.state.deps = self._deps(process)
        return process, app
