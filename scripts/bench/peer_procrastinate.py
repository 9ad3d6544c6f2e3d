"""Procrastinate's worker with our errand: `python -m scripts.bench.peer_procrastinate WANTED`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from scripts.bench.peer_errand import CONNECTIONS, Errand, Peer, Wanted, main, until

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.jobs import Job
    from procrastinate.types import JSONDict

SEND = "send"


class Procrastinate:
    """Its defaults, but for how many jobs run side by side."""

    def __init__(self, app: "App", wanted: Wanted) -> None:
        self._app, self._wanted = app, wanted
        self._stalled: list[Job] = []

    async def prepare(self) -> None:
        await self._app.schema_manager.apply_schema_async()

    async def enqueue(self, enrollments: Sequence[str]) -> None:
        jobs: list[JSONDict] = [{"enrollment": one} for one in enrollments]
        await self._app.configure_task(SEND).batch_defer_async(*jobs)

    async def work(self) -> None:
        await self._app.run_worker_async(
            wait=False, concurrency=self._wanted.concurrency, install_signal_handlers=False, listen_notify=False
        )

    async def recover(self) -> int:
        """As its manual has it (retry stalled jobs): once the dead worker's heartbeat is old enough."""
        await until("A stalled job", self._has_stalled, 10 + 2 * self._wanted.stalled_seconds)
        for job in self._stalled:
            await self._app.job_manager.retry_job(job)
        return len(self._stalled)

    async def _has_stalled(self) -> bool:
        found = await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._wanted.stalled_seconds)
        self._stalled = list(found)
        return bool(self._stalled)


@asynccontextmanager
async def build(wanted: Wanted, errand: Errand) -> AsyncIterator[Peer]:
    from procrastinate import App, PsycopgConnector  # from the folder that argv named

    app = App(connector=PsycopgConnector(conninfo=wanted.dsn, min_size=1, max_size=CONNECTIONS))

    @app.task(name=SEND)
    async def send(enrollment: str) -> None:
        await errand.run(enrollment)

    async with app.open_async():
        yield Procrastinate(app, wanted)


if __name__ == "__main__":
    main(build)
