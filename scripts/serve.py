"""Serves the web application (API, hooks, dashboard) on 127.0.0.1, in this process or in a thread of it."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import uvicorn

from utils.config import Settings
from workers.api import build_app
from workers.context import open_deps
from workers.last_sweep import LastSweep

START_SECONDS = 20.0


def listen(port: int = 0) -> socket.socket:
    """A listening place on 127.0.0.1; port 0 picks a free one."""
    # named as TCP, or asyncio would not switch Nagle off and every answer would take 40 ms
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.bind(("127.0.0.1", port))
    return place


def url_of(place: socket.socket) -> str:
    return f"http://127.0.0.1:{place.getsockname()[1]}"


class _Announcing(uvicorn.Server):
    """Tells when it takes requests, and leaves signals to whoever owns the process."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class ApiServer:
    """The application on an open socket, until `stop`."""

    def __init__(self, settings: Settings, dsn: str, place: socket.socket, last_sweep: LastSweep | None = None) -> None:
        self._settings, self._dsn, self._place, self._last_sweep = settings, dsn, place, last_sweep
        self._server: _Announcing | None = None
        self.ready = threading.Event()
        self.stopping = threading.Event()

    async def run(self) -> None:
        async with open_deps(self._settings, self._dsn, connections=4) as deps:
            app = build_app(deps, last_sweep=self._last_sweep)
            config = uvicorn.Config(
                app, log_level="warning", log_config=None, access_log=False, timeout_graceful_shutdown=2
            )
            self._server = _Announcing(config, self.ready)
            if not self.stopping.is_set():
                await self._server.serve(sockets=[self._place])

    def stop(self) -> None:
        self.stopping.set()
        if self._server is not None:
            self._server.should_exit = True


@contextlib.contextmanager
def serve_in_thread(
    settings: Settings, dsn: str, place: socket.socket, *, leaving: list[threading.Thread] | None = None
) -> Iterator[str]:
    """The application in a thread with its own event loop and connections; its address.

    Its end takes a fifth of a second, which is not waited for where `leaving` takes the thread (as in `start_twin`).
    """
    server = ApiServer(replace(settings, public_url=settings.public_url or url_of(place)), dsn, place)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(server.run())
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            server.ready.set()

    thread = threading.Thread(target=work, name="api", daemon=True)
    thread.start()
    if not server.ready.wait(START_SECONDS) or failed:
        raise RuntimeError("the web application did not start; its own words are above") from next(iter(failed), None)
    try:
        yield url_of(place)
    finally:
        server.stop()
        if leaving is None:
            thread.join(START_SECONDS)
        else:
            leaving.append(thread)
