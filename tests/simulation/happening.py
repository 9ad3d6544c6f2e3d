"""What happens with people beside the messages: somebody of the client writes milestones down, for now or for a day to
come, and takes some of them back. In the minute in which the person comes to a branch, or is about to leave it; two at
once now and then. Each deed is a process of its own, and may die."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from modules.milestones import list_milestones, mark_taken_back
from scripts.sandbox.world import World
from tests.simulation.cast import Company
from tests.simulation.deeds import NAMES, Deeds, Job, Row
from tests.simulation.forks import MILESTONES, Fork
from tests.simulation.history import History
from tests.simulation.people import PATIENCE
from tests.simulation.scheduler import Dice
from utils.schedules import full_minute
from workers.context import Deps
from workers.milestone_by_hand import write_milestone
from workers.note import lock_whom_it_moves

AHEAD = timedelta(days=2)
SOON = timedelta(seconds=5)
"""After a sweep began: its texts are being confirmed."""
MOST = 100


class Happenings:
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
        self._dice, self._deeds, self._look, self._start = dice, Deeds(world, history), look, start
        self._forks: Mapping[str, Fork] = {key: fork for one in companies for key, fork in one.forks.items()}
        self._seen: set[tuple[UUID, int]] = set()
        for company in companies:
            for contact in company.cast.contacts:
                if dice.number() < 0.3:
                    who = {"client_id": company.cast.client_id, "contact_id": contact}
                    name = MILESTONES[dice.below(len(MILESTONES))]
                    self._deeds.plan(now + PATIENCE * dice.number() ** 2, self._writing(who, name))

    def look(self, now: datetime) -> None:
        """Who has come to a step since: at the branch itself, or before it, where the next sweep meets them."""
        for run in self._look("runs_and_steps"):
            if (run["id"], run["visit"]) in self._seen:
                continue
            self._seen.add((run["id"], run["visit"]))
            fork, due = self._forks.get(run["step"]), max(run["due_at"], now)
            if self._dice.number() > (0.7 if fork else 0.3):
                continue
            fate, share, far = (self._dice.number() for _ in range(3))
            at = full_minute(due) if fate < 0.5 else now + (due - now) * share
            name = fork.waits_for if fork else None
            deed = self._writing(run, name or MILESTONES[self._dice.below(len(MILESTONES))], far < 0.3 and bool(fork))
            self._deeds.plan(at + SOON * share * (fate < 0.5), deed)

    def next_try(self, now: datetime) -> datetime | None:
        """A sweep has nothing to do for them."""
        return None

    def _writing(self, who: Row, name: str, ahead: bool = False) -> Callable[[datetime], None]:
        hands, share, regret = 1 + (self._dice.number() < 0.2), self._dice.number(), self._dice.number()

        async def work(by: str, deps: Deps) -> None:
            at = deps.clock.now() + AHEAD * share if ahead else None
            async with deps.database.transaction() as conn:
                when, noted = await write_milestone(deps, conn, who["client_id"], who["contact_id"], name, at, by)
            self._deeds.told("noted", contact=str(who["contact_id"]), milestone=name, at=when, moved=noted.moved)
            if regret < (0.5 if ahead else 0.15):
                later = deps.clock.now() + (when - deps.clock.now()) * share
                self._deeds.plan(full_minute(later), self._taking_back(who, name, by))

        def deed(_now: datetime) -> None:
            for by in NAMES[:hands]:
                self._start("desk", self._deeds.refusable(partial(work, by)))

        return deed

    def _taking_back(self, who: Row, name: str, by: str) -> Callable[[datetime], None]:
        async def work(deps: Deps) -> None:
            async with deps.database.transaction() as conn:
                await lock_whom_it_moves(conn, who["client_id"], who["contact_id"])
                known = await list_milestones(conn, who["client_id"], who["contact_id"], MOST)
                for one in [one for one in known if one.name == name and one.taken_back_at is None][:1]:
                    await mark_taken_back(conn, who["client_id"], one.id, by, "a mistake", deps.clock.now())
            self._deeds.told("unnoted", contact=str(who["contact_id"]), milestone=name)

        return lambda _now: self._start("desk", self._deeds.refusable(work))
