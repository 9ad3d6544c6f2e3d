"""The live stream: one poll a second for each client that somebody watches, shared by all who watch it.

A touch's `changed_at` is the business time its transaction began with, so rows may become visible out of order, and on
the demo's stepped clock thousands share one instant. Each poll therefore looks back `OVERLAP` behind the latest change
and tells only what it has not told yet. A listener who comes back gets the same stretch again: at least once, and each
event is the touch's whole line, so a repeat changes nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from modules.accounts import member_ids_of
from modules.ids import ClientId, TouchId, UserId
from modules.reports.ledger import latest_change, ledger_changes, newest_changes_from
from modules.reports.models import LedgerLine, Mark
from utils.db import Connection
from utils.errors import Unavailable

LONGEST_REPLAY = timedelta(hours=1)  # who was away longer reads the pages anew
OVERLAP = timedelta(seconds=15)  # longer than a batch: the sweep gives one group 15 s
_FIRST = UUID(int=0)
_PAGE = 500
_PATIENCE = 2000  # lines a slow listener may be behind; then it is let go and resumes by its last event id


def resume_from(mark: Mark, now: datetime) -> Mark:
    """Where a listener who comes back with this mark goes on; from `now` (business time) when it was away too long."""
    return mark if mark.at >= now - LONGEST_REPLAY else Mark(now, _FIRST)


class Watcher(Protocol):
    """Who listens; the API's caller."""

    @property
    def user_id(self) -> UUID: ...


W = TypeVar("W", bound=Watcher)
Enter = Callable[[W], AbstractAsyncContextManager[Connection]]
_Told = dict[TouchId, tuple[datetime, str]]


class _End:
    """Closes a listener's queue."""


@dataclass(eq=False, frozen=True)
class Listener(Generic[W]):
    """One open stream: `lines()` ends when the person may no longer see the client, or is too slow."""

    watcher: W
    queue: "asyncio.Queue[LedgerLine | _End]" = field(default_factory=asyncio.Queue)

    async def lines(self) -> AsyncIterator[LedgerLine]:
        while not isinstance(line := await self.queue.get(), _End):
            yield line


class _Room(Generic[W]):
    """All listeners of one client and the one task that polls for them."""

    def __init__(self, client_id: ClientId, enter: Enter[W], interval: float) -> None:
        self.client_id = client_id
        self.listeners: list[Listener[W]] = []
        self.task: asyncio.Task[None] | None = None
        self._enter = enter
        self._interval = interval
        self._latest: datetime | None = None
        self._told: _Told = {}
        self._begun = False
        self._beginning = asyncio.Lock()

    async def read(self, watcher: W, since: datetime | None) -> tuple[list[LedgerLine], frozenset[UserId]]:
        """What changed from `since` on, and who may know; both under this watcher's own rights."""
        lines: list[LedgerLine] = []
        async with self._enter(watcher) as conn:
            members = await member_ids_of(conn, self.client_id)
            after = Mark(since or datetime.min.replace(tzinfo=UTC), _FIRST)
            while page := await ledger_changes(conn, self.client_id, after, _PAGE):
                lines += page
                after = Mark(page[-1].changed_at, page[-1].id)
        return lines, members

    async def read_missed(self, watcher: W, since: datetime) -> list[LedgerLine]:
        """What changed from `since` on, the newest `_PATIENCE` of it: more would be let go for slowness at once."""
        async with self._enter(watcher) as conn:
            after = await newest_changes_from(conn, self.client_id, Mark(since, _FIRST), _PATIENCE)
            return await ledger_changes(conn, self.client_id, after, _PATIENCE)

    async def begin(self, watcher: W) -> None:
        """Takes what stands already as told, then polls; once, however many come at the same moment."""
        async with self._beginning:
            if self._begun:
                return
            async with self._enter(watcher) as conn:
                self._latest = await latest_change(conn, self.client_id)
            if self._latest is not None:
                lines, _ = await self.read(watcher, self._latest - OVERLAP)
                self.keep_news(lines)
            self._begun = True
            self.task = asyncio.create_task(self._poll())

    def keep_news(self, lines: list[LedgerLine]) -> list[LedgerLine]:
        """Those not told yet; forgets what is too old to be read again."""
        news = [line for line in lines if self._told.get(line.id) != (line.changed_at, line.state)]
        self._told.update({line.id: (line.changed_at, line.state.value) for line in news})
        if lines:
            self._latest = max(lines[-1].changed_at, self._latest or lines[-1].changed_at)
            oldest = self._latest - OVERLAP
            self._told = {touch: told for touch, told in self._told.items() if told[0] >= oldest}
        return news

    async def _poll(self) -> None:
        try:
            while self.listeners:
                await asyncio.sleep(self._interval)
                if self.listeners:
                    with suppress(Unavailable):  # the next second may find the database again
                        await self._tell(self.listeners[0].watcher)
        finally:
            for listener in list(self.listeners):  # whatever ended the polls: they come back and resume
                self.drop(listener)

    async def _tell(self, watcher: W) -> None:
        since = None if self._latest is None else self._latest - OVERLAP
        lines, members = await self.read(watcher, since)
        # Nobody of the room's members is visible to somebody who was put out: then the next listener asks.
        for listener in [one for one in self.listeners if one.watcher.user_id not in members]:
            if members or listener.watcher.user_id == watcher.user_id:
                self.drop(listener)
        if watcher.user_id not in members:
            return
        for line in self.keep_news(lines):
            for listener in list(self.listeners):
                listener.queue.put_nowait(line)
                if listener.queue.qsize() > _PATIENCE:
                    self.drop(listener)

    def drop(self, listener: Listener[W]) -> None:
        if listener in self.listeners:
            self.listeners.remove(listener)
            listener.queue.put_nowait(_End())


class Hub(Generic[W]):
    """The rooms of one process. `enter` opens a transaction under a caller's rights; none stays open between polls."""

    def __init__(self, enter: Enter[W], interval: float = 1.0) -> None:
        self._enter = enter
        self._interval = interval
        self._rooms: dict[ClientId, _Room[W]] = {}

    @property
    def watched(self) -> int:
        """How many clients are polled right now."""
        return len(self._rooms)

    @asynccontextmanager
    async def listen(self, client_id: ClientId, watcher: W, after: Mark | None) -> AsyncIterator[Listener[W]]:
        """A listener who hears everything from now on, and with `after` first what changed since (looking back a
        little further). Ready when this returns: a change committed afterwards is not missed."""
        room = self._rooms.get(client_id)
        if room is None or (room.task is not None and room.task.done()):  # nobody polls there any more
            room = self._rooms[client_id] = _Room(client_id, self._enter, self._interval)
        listener = Listener(watcher)
        room.listeners.append(listener)
        try:
            await room.begin(watcher)
            if after is not None:
                for line in await room.read_missed(watcher, after.at - OVERLAP):
                    if (line.changed_at, line.id) != (after.at, after.id):
                        listener.queue.put_nowait(line)
            yield listener
        finally:
            room.drop(listener)
            if not room.listeners:
                self._close(room)

    def _close(self, room: _Room[W]) -> None:
        if self._rooms.get(room.client_id) is room:
            del self._rooms[room.client_id]
        if room.task is not None and not room.task.cancel() and not room.task.cancelled():
            room.task.result()  # what broke the polls is told, not swallowed
