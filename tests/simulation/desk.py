"""What people of the client do: tasks, orders about one contact, new versions and the taking over to them.

Each deed is a process of its own, as a verb of the command line is one: it takes turns with the sweeps, it may be slow,
and it may die. When: at any time, in the very minute in which something is due for the person, in which a task's time
is over, or by two people at once. What somebody was told afterwards is written down: it must be true at the end.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from modules.ids import EnrollmentId
from modules.sequences import ControlVerb, Order, publish_sequence
from scripts.sandbox.world import World
from tests.simulation.cast import Company
from tests.simulation.deeds import NAMES, Deeds, Job, Row
from tests.simulation.history import History
from tests.simulation.people import PATIENCE
from tests.simulation.scenes import Scenes
from tests.simulation.scheduler import Dice
from workers.adopt import AdoptOrder, adopt_runs
from workers.context import Deps
from workers.control import Target, Whose, control_enrollment
from workers.settle_task import Word, settle

V = ControlVerb
MIXED = (V.pause, V.pause, V.stop, V.skip, V.skip, V.jump, V.jump, V.reschedule, V.reschedule, V.move, V.resume)
AGAIN = timedelta(minutes=10)
SOON = timedelta(minutes=30)


class Desk:
    """`look` reads a block of queries.sql as it is committed now, `start` begins a deed as a process."""

    def __init__(
        self,
        dice: Dice,
        scenes: Scenes,
        companies: Sequence[Company],
        world: World,
        history: History,
        look: Callable[[str], list[Row]],
        start: Callable[[str, Job], None],
    ) -> None:
        self._dice, self._scenes, self._companies = dice, scenes, companies
        self._deeds, self._look, self._start = Deeds(world, history), look, start
        self._seen: set[UUID] = set()
        self._resting: set[EnrollmentId] = set()
        self._met: set[tuple[EnrollmentId, int]] = set()
        self._left = 2 * sum(len(one.cast.phones) for one in companies)

    def begin(self, now: datetime) -> None:
        if not self._scenes.ordered:
            return
        for _ in range(self._left // 2):
            self._deeds.plan(now + PATIENCE * self._dice.number() ** 2, self._order_somebody)
        for company in self._companies:
            for slug in company.files:
                if self._dice.number() < 0.7:
                    self._deeds.plan(now + PATIENCE * self._dice.number() ** 2, self._publishing(company, slug))

    def look(self, now: datetime) -> None:
        """What has been asked of people since; and whoever is paused is resumed one day."""
        for run in self._look("standing_runs") if self._scenes.ordered else ():
            if run["status"] == "paused" and run["id"] not in self._resting:
                self._resting.add(run["id"])
                self._deeds.plan(now + PATIENCE * self._dice.number() ** 2, self._resuming(run["id"]))
            if self._scenes.forked and run["waiting"] and (run["id"], run["visit"]) not in self._met:
                self._met.add((run["id"], run["visit"]))
                if self._dice.number() < 0.4:
                    self._deeds.plan(now + SOON * self._dice.number(), self._pausing(run["id"]))
        for task in self._look("open_tasks") if self._scenes.tasked else ():
            if task["id"] not in self._seen:
                self._seen.add(task["id"])
                self._take_on(task, now)

    def something_is_due(self, now: datetime) -> None:
        """In this very minute a sweep begins; sometimes somebody else does, too."""
        for run in self._look("standing_runs") if self._scenes.ordered else ():
            due = run["status"] == "active" and run["due_at"] <= now
            if due and self._left > 0 and self._dice.number() < 0.25:
                self._order(now, run)

    def _take_on(self, task: Row, now: datetime) -> None:
        """Nobody, in time, in the minute in which the time is over, or late; now and then two people at once."""
        fate, share = self._dice.number(), self._dice.number()
        if fate < 0.2:
            return
        over = task["due_by"] or now + PATIENCE * share
        at = now + (over - now) * share if fate < 0.65 else over + (timedelta(0) if fate < 0.85 else PATIENCE * share)
        if fate >= 0.65:
            at = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
        for name in NAMES[: 2 if self._dice.number() < 0.4 else 1]:
            self._deeds.plan(at, self._settling(task["id"], name, done=self._dice.number() < 0.65))

    def _settling(self, task: UUID, name: str, *, done: bool) -> Callable[[datetime], None]:
        async def work(deps: Deps) -> None:
            async with deps.database.transaction() as conn:
                end = await settle(deps, conn, task, Word(name), done=done)
            self._deeds.told("settled", task=str(task), state=str(end.state), moved=end.moved, by=name)

        return lambda _now: self._start("desk", self._deeds.refusable(work))

    def _order_somebody(self, now: datetime) -> None:
        runs = self._look("standing_runs")
        if runs and self._left > 0:
            self._order(now, runs[self._dice.below(len(runs))])

    def _order(self, now: datetime, run: Row) -> None:
        """Now and then two people give one at once."""
        for name in NAMES[: 2 if self._dice.number() < 0.15 else 1]:
            self._left -= 1
            verb = MIXED[self._dice.below(len(MIXED))]
            order, target = self._wording(now, run, verb)
            if verb is V.move and target is None:
                continue
            self._start("desk", self._ordering(run["id"], order, target, name))

    def _wording(self, now: datetime, run: Row, verb: ControlVerb) -> tuple[Order, Target | None]:
        company = next(one for one in self._companies if one.cast.client_id == run["client_id"])
        steps = re.findall(r"key: (\S+)", company.files[run["slug"]])
        step, soon, share = steps[self._dice.below(len(steps))], self._dice.number() < 0.5, self._dice.number()
        others = [slug for slug in company.files if slug != run["slug"]]
        at = now + timedelta(minutes=1) + timedelta(days=2) * share**2
        target = Target(others[0]) if verb is V.move and others else None
        return Order(verb, step if verb is V.jump else None, soon, at if verb is V.reschedule else None), target

    def _ordering(self, run: EnrollmentId, order: Order, target: Target | None, name: str) -> Job:
        async def work(deps: Deps) -> None:
            async with deps.database.transaction() as conn:
                done = await control_enrollment(deps, conn, run, order, Whose(name), target)
            self._deeds.told("ordered", action=str(done.action.id), verb=str(order.verb), enrollment=str(run))

        return self._deeds.refusable(work)

    def _pausing(self, run: EnrollmentId) -> Callable[[datetime], None]:
        """While what was sent is under way, and perhaps about to be repeated."""
        return lambda _now: self._start("desk", self._ordering(run, Order(V.pause), None, NAMES[1]))

    def _resuming(self, run: EnrollmentId) -> Callable[[datetime], None]:
        """Looks again until it goes on: a deed may die."""

        def deed(now: datetime) -> None:
            if any(one["id"] == run and one["status"] == "paused" for one in self._look("standing_runs")):
                self._start("desk", self._ordering(run, Order(V.resume), None, NAMES[0]))
                self._deeds.plan(now + AGAIN, deed)
            else:
                self._resting.discard(run)

        return deed

    def _publishing(self, company: Company, slug: str) -> Callable[[datetime], None]:
        """Other words, one step more, and sometimes a step under another name; then everybody is taken over."""
        renamed, twice = self._dice.number() < 0.5, self._dice.number() < 0.3
        text = company.files[slug].replace(" from {{", " news from {{").replace("<p>Hello", "<p>Hello again")
        (first, *_), new = re.findall(r"key: (\S+)", text), "another"
        if renamed:
            text = text.replace(f"key: {first}\n", f"key: {new}\n")

        async def work(deps: Deps) -> None:
            async with deps.database.transaction() as conn:
                await publish_sequence(conn, company.cast.client_id, text, deps.clock.now(), by=NAMES[0])
            mapping = {first: new} if renamed else {}
            await adopt_runs(deps, AdoptOrder(company.cast.client_id, slug, NAMES[0], mapping=mapping))

        def deed(_now: datetime) -> None:
            for _ in range(1 + twice):
                self._start("desk", self._deeds.refusable(work))

        return deed
