"""A provider with a limit, in a process of its own: what comes too fast is answered 429, and every arrival is noted.

The limit is the strictest reading of a provider's words: no window of that length, wherever it begins, may hold more.
It counts what has come when it comes, so this process goes before all others where it may: beside two processes that
never rest, eleven requests were read within 1.014 s that had left within 1.02 (measured 2026-11-23).
"""

import asyncio
import json
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from scripts.bench.apart import go_first
from scripts.bench.provider import READY, accepted, in_a_process, length_in
from utils.clock import monotonic

REFUSAL = b'{"code": 20429, "message": "Too many requests", "status": 429}'


@dataclass(frozen=True)
class Limit:
    """At most `most` in any `seconds`."""

    most: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.most / self.seconds

    def __str__(self) -> str:
        return f"{self.most} in any {self.seconds:g} s"


@dataclass
class Gate:
    """Says of each arrival (monotonic seconds) whether it is within the limit. What was refused does not count."""

    limit: Limit
    taken: deque[float] = field(default_factory=deque)

    def takes(self, at: float) -> bool:
        while self.taken and self.taken[0] <= at - self.limit.seconds:
            self.taken.popleft()
        if len(self.taken) >= self.limit.most:
            return False
        self.taken.append(at)
        return True


@contextmanager
def with_a_limit(limit: Limit, delay_seconds: float, notes: Path) -> Iterator[str]:
    """The base URL of a server that answers after this long; `notes` takes a line for each arrival."""
    given = (str(limit.most), str(limit.seconds), str(delay_seconds), str(notes))
    with in_a_process("scripts.bench.limited", *given) as url:
        yield url


@dataclass(frozen=True)
class Arrivals:
    """Instants in monotonic seconds, which are the same in every process of a machine. `reads_at_once`: whether the
    provider had a processor as soon as something came."""

    accepted: tuple[float, ...]
    refused: tuple[float, ...]
    reads_at_once: bool

    def accepted_within(self, begin: float, end: float) -> int:
        return sum(begin <= at < end for at in self.accepted)


def read_arrivals(notes: Path) -> Arrivals:
    first, *told = [json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines()]
    accepted, refused = (tuple(one["at"] for one in told if one["ok"] is ok) for ok in (True, False))
    return Arrivals(accepted, refused, first["reads_at_once"])


async def serve(limit: Limit, delay_seconds: float, notes: Path) -> None:
    """HTTP/1.1 with keep-alive; the limit is asked when a request is read, the answer waits."""
    numbers, gate = count(1), Gate(limit)
    with notes.open("w", encoding="utf-8", buffering=1) as book:
        book.write(json.dumps({"reads_at_once": go_first()}) + "\n")

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while True:
                    head = await reader.readuntil(b"\r\n\r\n")
                    at = monotonic()
                    ok = gate.takes(at)
                    book.write(json.dumps({"at": at, "ok": ok}) + "\n")
                    await reader.readexactly(length_in(head))
                    await asyncio.sleep(delay_seconds)
                    body = accepted(next(numbers)) if ok else REFUSAL
                    status = b"201 Created" if ok else b"429 Too Many Requests"
                    start = b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                    writer.write(start % len(body) + body)
                    await writer.drain()
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()  # the client has gone

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        print(f"{READY}http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    most, window, pause, path = sys.argv[1:]
    asyncio.run(serve(Limit(int(most), float(window)), float(pause), Path(path)))
