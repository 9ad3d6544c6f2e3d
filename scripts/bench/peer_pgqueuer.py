"""PgQueuer's worker with our errand: `python -m scripts.bench.peer_pgqueuer WANTED`.

On asyncpg, where it is at its best: its driver for psycopg listens on the connection that it works with, and each of
its statements then waits up to a second (measured: a quarter of the touches).
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from scripts.bench.peer_errand import Errand, Peer, Wanted, main

if TYPE_CHECKING:
    from asyncpg import Connection
    from pgqueuer import Queries
    from pgqueuer.models import Job

SEND = "send"
BATCH = 100
"""None was faster in our trials (20, 100, 500); its default is 10."""


class Pgqueuer:
    def __init__(self, connection: "Connection", wanted: Wanted, errand: Errand) -> None:
        self._connection, self._wanted, self._errand = connection, wanted, errand

    def _queries(self) -> "Queries":
        from pgqueuer import AsyncpgDriver, Queries

        return Queries(AsyncpgDriver(self._connection))

    async def prepare(self) -> None:
        await self._queries().install()

    async def enqueue(self, enrollments: Sequence[str]) -> None:
        payloads: list[bytes | None] = [one.encode() for one in enrollments]
        await self._queries().enqueue([SEND] * len(payloads), payloads, [0] * len(payloads))

    async def work(self) -> None:
        from pgqueuer import AsyncpgDriver, PgQueuer
        from pgqueuer.types import QueueExecutionMode

        queue = PgQueuer(AsyncpgDriver(self._connection))

        async def send(job: "Job") -> None:
            await self._errand.run((job.payload or b"").decode())

        queue.entrypoint(SEND)(send)
        await queue.run(
            batch_size=max(BATCH, self._wanted.concurrency),
            mode=QueueExecutionMode.drain,
            heartbeat_timeout=timedelta(seconds=self._wanted.stalled_seconds),
        )

    async def recover(self) -> int:
        """It picks a job anew when its heartbeat is old; nothing is to be called, only waited for."""
        await asyncio.sleep(self._wanted.stalled_seconds)
        return sum(one.count for one in await self._queries().queue_size())


@asynccontextmanager
async def build(wanted: Wanted, errand: Errand) -> AsyncIterator[Peer]:
    import asyncpg  # from the folder that argv named

    connection = await asyncpg.connect(wanted.dsn)
    try:
        yield Pgqueuer(connection, wanted, errand)
    finally:
        await connection.close()


if __name__ == "__main__":
    main(build)
