"""The twin of the providers at hand: the same objects as behind its sockets, asked in process, on the told clock."""

import heapq
import json
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from starlette.types import ASGIApp

from scripts.sandbox.app import build_app
from scripts.sandbox.ledger import Acceptance
from scripts.sandbox.postman import Postman
from scripts.sandbox.remote import Twin
from scripts.sandbox.schedule import Action, Schedule
from scripts.sandbox.world import World, open_world
from tests.simulation.history import History
from tests.simulation.loop import SeededLoop
from tests.simulation.network import REQUEST, TWIN, Exchange, scope_of
from tests.simulation.scheduler import WORLD, Scheduler

T = TypeVar("T")


class ToldClock:
    """Business time is the loop's time, counted from `start`."""

    def __init__(self, loop: SeededLoop, start: datetime) -> None:
        self._loop, self.start = loop, start

    def now(self) -> datetime:
        return self.start + timedelta(microseconds=round(self._loop.time() * 1e6))

    def seconds(self, instant: datetime) -> float:
        """The loop's time at this instant."""
        return (instant - self.start) / timedelta(seconds=1)


class LiveSchedule(Schedule):
    """The twin's agenda fires by itself, and what is due at one instant happens side by side: webhooks overtake one
    another as they do on a network."""

    def __init__(self, clock: ToldClock, scheduler: Scheduler) -> None:
        super().__init__()
        self._clock, self._scheduler = clock, scheduler

    def add(self, due: datetime, about: str, action: Action) -> None:
        super().add(due, about, action)
        loop = self._scheduler.loop
        loop.call_at(max(loop.time(), self._clock.seconds(due)), self._fire)

    def _fire(self) -> None:
        now = self._clock.now()
        while self._entries and self._entries[0].due <= now:
            entry = heapq.heappop(self._entries)
            self._scheduler.start(WORLD, _happen(entry.action, entry.due))


async def _happen(action: Action, due: datetime) -> None:
    await action(due)


class Noted(list[Acceptance]):
    """The truth ledger tells the history of each acceptance, in the moment it happens."""

    def __init__(self, history: History) -> None:
        super().__init__()
        self._history = history

    def append(self, one: Acceptance) -> None:
        super().append(one)
        told = {"provider": one.provider, "provider_id": one.provider_id, "channel": one.channel, "to": one.to}
        self._history.add("world", "accepted", request=REQUEST.get(), touch=one.touch, body_hash=one.body_hash, **told)


class TwinAtHand(Twin):
    """The control API and the books without a socket."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app, self.world = app, world
        for name in ("twilio", "resend", "ghl", "vapi", "retell", "openai"):
            setattr(self, f"{name}_url", f"{TWIN}/{name}")
        self.url, self.lookups_url = TWIN, f"{TWIN}/twilio_lookups"

    def close(self) -> None:
        return

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        exchange = Exchange(json.dumps(body).encode() if body is not None else b"")
        scope = scope_of(method, f"{TWIN}/_twin/{path}", [(b"content-type", b"application/json")])
        at_once(self._app(scope, exchange.receive, exchange.send))
        if exchange.status >= 400:
            raise ValueError(f"the twin refused {method} {path}: {exchange.content.decode()}")
        answer: dict[str, Any] = json.loads(exchange.content)
        return answer

    def ledger(self, provider: str | None = None, to: str | None = None) -> list[dict[str, Any]]:
        return [one.line() for one in self.world.ledger.select(provider, to)]


def at_once(work: Coroutine[Any, Any, T] | Any) -> T:
    """Runs what never really waits."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise RuntimeError("it waits for something")


def open_twin(
    clock: ToldClock, scheduler: Scheduler, history: History, postman: Postman, seed: str, faults: str
) -> tuple[TwinAtHand, ASGIApp]:
    """A twin in which nothing has happened yet."""
    world = open_world(clock, seed, faults)
    world.postman, world.schedule = postman, LiveSchedule(clock, scheduler)
    world.ledger.acceptances = Noted(history)
    app = build_app(world)
    return TwinAtHand(app, world), app
