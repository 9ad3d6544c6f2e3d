"""The twin's agenda: everything that will happen, by due instant, fired only when somebody says that time has come."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

Action = Callable[[datetime], Awaitable[int]]
"""Takes the due instant, answers how many webhook attempts it made."""


@dataclass(order=True)
class Entry:
    due: datetime
    number: int
    about: str = field(compare=False)
    action: Action = field(compare=False)


class Schedule:
    """A heap of due instants. Entries of one instant fire in the order in which they were added."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._count = 0
        self._one_runner = asyncio.Lock()
        self.changed = asyncio.Event()

    def add(self, due: datetime, about: str, action: Action) -> None:
        """Plan one action; `about` names the message, so that it can be cancelled or fired ahead of the others."""
        self._count += 1
        heapq.heappush(self._entries, Entry(due, self._count, about, action))
        self.changed.set()

    def next_due(self) -> datetime | None:
        return self._entries[0].due if self._entries else None

    def forget(self, about: str) -> None:
        """Drop everything planned for this message."""
        self._entries = [entry for entry in self._entries if entry.about != about]
        heapq.heapify(self._entries)

    async def run_until(self, to: datetime) -> int:
        """Fire, one after the other, everything due at or before `to`, including what becomes due meanwhile."""
        fired = 0
        async with self._one_runner:
            while self._entries and self._entries[0].due <= to:
                entry = heapq.heappop(self._entries)
                fired += await entry.action(entry.due)
        return fired

    async def run_about(self, about: str, to: datetime) -> int:
        """Fire what is due for one message only: how a webhook outruns the answer to the request that caused it."""
        fired = 0
        while (entry := self._pop_about(about, to)) is not None:
            fired += await entry.action(entry.due)
        return fired

    def _pop_about(self, about: str, to: datetime) -> Entry | None:
        due = [entry for entry in self._entries if entry.about == about and entry.due <= to]
        if not due:
            return None
        first = min(due)
        self._entries.remove(first)
        heapq.heapify(self._entries)
        return first
