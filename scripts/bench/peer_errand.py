"""What a job of a Python queue does in the comparison, and the program around it that obeys orders.

The job is what such a job looks like at its leanest: one statement that arms, the request, one statement that records.
It runs in the queue's own worker, in a process of its own; orders are JSON lines on stdin, answers the same on stdout.
"""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import httpx
from psycopg import AsyncConnection, AsyncRawCursor
from psycopg_pool import AsyncConnectionPool

from scripts.bench.provider import InProcess
from scripts.bench.world import NUMBER, SID, TOKEN
from utils.clock import monotonic
from utils.errors import Unavailable
from utils.http import send_client

CONNECTIONS = 20
TIMEOUT_SECONDS = 60.0
OWN_SERIES = 1_000
"""Apart from the ids that our own sweeps get in the same world."""
NOWHERE = "http://127.0.0.1:9"
CALLBACK = "http://127.0.0.1:8400/hooks/twilio/status/{key}?touch={touch}#rc=5&rp=all"


@dataclass(frozen=True)
class Wanted:
    """What the program is told when it starts. Without a `url` the provider answers in this process."""

    dsn: str
    libraries: str
    arm: str
    record: str
    at: str
    concurrency: int
    stalled_seconds: float
    url: str | None = None

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.at)


class Peer(Protocol):
    """A queue with its worker."""

    async def prepare(self) -> None:
        """Makes its tables."""

    async def enqueue(self, enrollments: Sequence[str]) -> None:
        """A job for each."""

    async def work(self) -> None:
        """Runs its worker until no job is left."""

    async def recover(self) -> int:
        """What its manual says about jobs of a worker that died; how many it freed."""


Build = Callable[[Wanted, "Errand"], AbstractAsyncContextManager[Peer]]


class Errand:
    """One job's work for one enrollment. `done` counts those that came to their end; of errors a queue says little."""

    def __init__(
        self, wanted: Wanted, pool: AsyncConnectionPool[AsyncConnection[Any]], client: httpx.AsyncClient
    ) -> None:
        self._wanted, self._pool, self._client = wanted, pool, client
        self.done = 0

    async def run(self, enrollment: str) -> None:
        async with self._pool.connection() as conn:
            cursor = await conn.execute(self._wanted.arm.encode(), (enrollment, self._wanted.now))
            [(to, body)] = await cursor.fetchall()
        sid = await send(self._client, self._wanted.url or NOWHERE, enrollment, to, body)
        async with self._pool.connection() as conn:
            await conn.execute(self._wanted.record.encode(), (enrollment, sid, self._wanted.now))
        self.done += 1


async def send(client: httpx.AsyncClient, url: str, touch: str, to: str, body: str) -> str:
    """The request that ours makes; the provider's id, HTTPError when it refuses."""
    form = {
        "To": to,
        "From": NUMBER,
        "Body": body,
        "StatusCallback": CALLBACK.format(key="0" * 32, touch=touch),
        "ValidityPeriod": "14400",
    }
    answer = await client.post(f"{url}/2010-04-01/Accounts/{SID}/Messages.json", data=form, auth=(SID, TOKEN))
    answer.raise_for_status()
    return str(answer.json()["sid"])


@asynccontextmanager
async def open_errand(wanted: Wanted) -> AsyncIterator[Errand]:
    """With a connection for each job that runs, at most twenty; statements are prepared, as is psycopg's way."""
    size = min(wanted.concurrency, CONNECTIONS)
    pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
        wanted.dsn,
        kwargs={"autocommit": True, "cursor_factory": AsyncRawCursor},
        min_size=size,
        max_size=size,
        timeout=TIMEOUT_SECONDS,
        open=False,
    )
    transport = None if wanted.url else InProcess(OWN_SERIES)
    async with pool, send_client(TIMEOUT_SECONDS, transport) as client:
        await pool.wait()
        yield Errand(wanted, pool, client)


async def obey(peer: Peer, errand: Errand, order: Mapping[str, Any]) -> dict[str, Any]:
    """One order: prepare, enqueue, work (its seconds, and how many jobs are done), recover (how many were freed)."""
    started, before = monotonic(), errand.done
    match order["do"]:
        case "prepare":
            await peer.prepare()
        case "enqueue":
            await peer.enqueue(order["enrollments"])
        case "work":
            await peer.work()
        case "recover":
            return {"freed": await peer.recover()}
    return {"seconds": monotonic() - started, "done": errand.done - before}


async def _serve(wanted: Wanted, build: Build) -> None:
    async with open_errand(wanted) as errand, build(wanted, errand) as peer:
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await obey(peer, errand, json.loads(line))), flush=True)


def main(build: Build) -> None:
    """The program: argv[1] says what is wanted; its end is the end of stdin."""
    wanted = Wanted(**json.loads(sys.argv[1]))
    sys.path.append(wanted.libraries)  # last: what is installed beside our own code wins
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(_serve(wanted, build))


async def until(what: str, is_so: Callable[[], Awaitable[bool]], seconds: float, pause: float = 0.2) -> None:
    """Waits for it; Unavailable, with the name of what did not come."""
    latest = monotonic() + seconds
    while not await is_so():
        if monotonic() > latest:
            raise Unavailable(
                f"{what} did not come within {seconds:g} s. Is the machine very busy? Please run it again."
            )
        await asyncio.sleep(pause)
