"""The network of a simulation: our requests to the twin of the providers, and its webhooks to our hooks, in process.

The twin is scripts/sandbox itself, faults and all, without sockets: a reset becomes a broken read, an answer that never
comes becomes a timeout in simulated time. A request that has left takes effect whatever becomes of who sent it; so the
twin answers in a task of its own, and who dies meanwhile only never hears of it.
"""

import asyncio
import re
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.types import ASGIApp

from scripts.sandbox.postman import Answer, Postman
from tests.simulation.history import History
from tests.simulation.scheduler import ALLOWED, CURRENT, WORLD, Process, Scheduler

Message = MutableMapping[str, Any]
REQUEST: ContextVar[int | None] = ContextVar("request", default=None)
"""Which of our requests the twin is serving, also when it takes effect late."""
TWIN = "http://127.0.0.1:8"
HOME = "http://127.0.0.1:9"
_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
SENDS = {
    "twilio": ("/Messages.json",),
    "resend": ("/emails",),
    "vapi": ("/call",),
    "retell": ("/v2/create-phone-call",),
    "ghl": ("/conversations/messages",),
}


class FakeWire:
    """What the twin does to a socket in order to reset it."""

    def __init__(self) -> None:
        self.aborted = asyncio.Event()

    def get_extra_info(self, name: str) -> "FakeWire":
        return self

    def setsockopt(self, *_: object) -> None:
        return

    def is_closing(self) -> bool:
        return self.aborted.is_set()

    def abort(self) -> None:
        self.aborted.set()


@dataclass
class Exchange:
    """One request that an ASGI application serves. `send` is a bound method because the twin looks for its owner."""

    body: bytes
    transport: FakeWire = field(default_factory=FakeWire)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    whole: asyncio.Event = field(default_factory=asyncio.Event)
    given: bool = False
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    content: bytes = b""

    async def receive(self) -> Message:
        if not self.given:
            self.given = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            self.content += message.get("body", b"")
            if not message.get("more_body"):
                self.whole.set()


def scope_of(method: str, url: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "headers": headers,
        "scheme": parts.scheme,
        "path": httpx.URL(url).path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "server": (parts.hostname, parts.port),
        "client": ("127.0.0.1", 9),
        "root_path": "",
    }


class TwinTransport(httpx.AsyncBaseTransport):
    """Carries our requests; its errors are those of httpx on a real network."""

    def __init__(self, twin: ASGIApp, scheduler: Scheduler, history: History) -> None:
        self._twin, self._scheduler, self._history = twin, scheduler, history
        self._count = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body, process = await request.aread(), CURRENT.get()
        await self._scheduler.turn("connect")
        if self._scheduler.chance(self._scheduler.weather.no_connection):
            raise httpx.ConnectError("nobody is there", request=request)
        if watch := request.extensions.get("trace"):
            await watch("http11.send_request_headers.started", {})  # as httpcore does: from here on it may have left
        provider, _, path = request.url.path.removeprefix("/").partition("/")
        sends = request.method == "POST" and f"/{path}".endswith(SENDS.get(provider, ("?",)))
        late = await self._scheduler.turn("send" if sends else "ask", frozen_in_the_act=True)
        if watch:
            await watch("http11.send_request_body.complete", {})
        self._count += 1
        number, url = self._count, str(request.url)
        told = {"number": number, "provider": provider, "method": request.method, "sends": sends}
        named = self._named(body + b" ".join(value for _, value in request.headers.raw)) if sends else None
        self._history.add(process.name, "request", path=path, touch=named, allowed=ALLOWED.get(), **told)
        ALLOWED.set(None)
        exchange = Exchange(body)
        scope = scope_of(request.method, url, [(name.lower(), value) for name, value in request.headers.raw])
        self._scheduler.start(WORLD, self._serve(scope, exchange, number))
        try:
            if late:
                raise asyncio.CancelledError
            response = await self._answer(request, exchange)
        except httpx.TransportError as error:
            self._history.add(process.name, "no_answer", number=number, error=type(error).__name__)
            raise
        except BaseException:
            self._history.add(process.name, "not_heard", number=number)
            raise
        finally:
            exchange.gone.set()
        await self._hear(process, number, response)
        return response

    def _named(self, text: bytes) -> str | None:
        """The touch that a request speaks of: the first of its ids that is a row's."""
        return next((one for one in map(bytes.decode, _ID.findall(text)) if one in self._history.touches), None)

    async def _hear(self, process: Process, number: int, response: httpx.Response) -> None:
        """The answer is there; the process may end before it has read it."""
        try:
            await self._scheduler.turn("answer")
        except BaseException:
            self._history.add(process.name, "not_heard", number=number)
            raise
        self._history.add(process.name, "answer", number=number, status=response.status_code)

    async def _serve(self, scope: dict[str, Any], exchange: Exchange, number: int) -> None:
        await self._scheduler.turn("twin")
        REQUEST.set(number)
        await self._twin(scope, exchange.receive, exchange.send)

    async def _answer(self, request: httpx.Request, exchange: Exchange) -> httpx.Response:
        seconds = request.extensions.get("timeout", {}).get("read")
        waiting = [asyncio.ensure_future(one.wait()) for one in (exchange.whole, exchange.transport.aborted)]
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
        if exchange.whole.is_set():
            return httpx.Response(exchange.status, headers=exchange.headers, content=exchange.content, request=request)
        if exchange.transport.aborted.is_set():
            raise httpx.ReadError("the connection was reset", request=request)
        raise httpx.ReadTimeout("no answer in time", request=request)


@dataclass(frozen=True)
class Carried:
    """A webhook as it was posted; all of them are posted again at the end."""

    method: str
    url: str
    content: bytes
    headers: tuple[tuple[bytes, bytes], ...]


class HookPostman(Postman):
    """Carries the twin's webhooks to our application, and remembers them. `web` is asked for the living process."""

    def __init__(
        self,
        app: Callable[[], tuple[Process, ASGIApp]],
        scheduler: Scheduler,
        history: History,
    ) -> None:
        self._app, self._scheduler, self._history = app, scheduler, history
        self._count = 0
        self.taken: list[Carried] = []
        self.on_posted: Callable[[Carried], None] = lambda _: None
        self.on_taken: Callable[[Carried], None] = lambda _: None

    async def _ask(
        self, method: str, url: str, content: bytes, headers: dict[str, str], timeout: httpx.Timeout
    ) -> Answer:
        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        pairs += [(b"host", b"127.0.0.1"), (b"content-length", str(len(content)).encode())]
        carried = Carried(method, url, content, tuple(pairs))
        while method == "POST" and self._scheduler.chance(self._scheduler.weather.echo):
            self._scheduler.start(WORLD, self._post(carried, timeout.read))
        return await self._post(carried, timeout.read)

    async def _post(self, carried: Carried, seconds: float | None) -> Answer:
        self._count += 1
        number = self._count
        await self._scheduler.turn("webhook")
        path = urlsplit(carried.url).path
        self.on_posted(carried)
        self._history.add("world", "webhook", number=number, path="/".join(path.split("/")[:4]))
        answer = await self.carry(carried, seconds)
        self._history.add("world", "webhook_answered", number=number, answer=answer.shown)
        if answer.succeeded:
            self.taken.append(carried)
            self.on_taken(carried)
        return answer

    async def carry(self, carried: Carried, seconds: float | None) -> Answer:
        """One post to the web application as it is now; no answer (rt) when it dies over it."""
        process, app = self._app()
        exchange = Exchange(carried.content)
        scope = scope_of(carried.method, carried.url, list(carried.headers))
        ended = asyncio.Event()

        async def serve() -> None:
            try:
                await app(scope, exchange.receive, exchange.send)
            finally:
                ended.set()

        self._scheduler.start(process, serve())
        try:
            async with asyncio.timeout(seconds):
                await ended.wait()
        except TimeoutError:
            return Answer(None, "rt")
        finally:
            exchange.gone.set()
        return Answer(exchange.status) if exchange.whole.is_set() else Answer(None, "rt")

    async def close(self) -> None:
        return
