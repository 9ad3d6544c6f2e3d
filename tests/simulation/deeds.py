"""How people of the client do something: at an instant on the world's agenda, each deed a process of its own that may
die; and what they read on their screen afterwards is written down."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from scripts.sandbox.world import World
from tests.simulation.history import History
from tests.simulation.scheduler import CURRENT
from utils.errors import BadInput, Conflict, NotFound
from workers.context import Deps

Job = Callable[[Deps], Awaitable[None]]
Row = dict[str, Any]
NAMES = ("ada", "jo")


class Deeds:
    """The agenda and the book of everybody at a desk."""

    def __init__(self, world: World, history: History) -> None:
        self._world, self._history = world, history

    def plan(self, at: datetime, deed: Callable[[datetime], None]) -> None:
        async def act(due: datetime) -> int:
            deed(due)
            return 1

        self._world.schedule.add(at, "desk", act)

    def refusable(self, work: Job) -> Job:
        """What is refused is told, and is no fault."""

        async def job(deps: Deps) -> None:
            try:
                await work(deps)
            except (BadInput, Conflict, NotFound) as refusal:
                self.told("refused", why=type(refusal).__name__, field=refusal.field)

        return job

    def told(self, what: str, **more: Any) -> None:
        """What the person reads on their screen."""
        self._history.add(CURRENT.get().name, what, **more)
