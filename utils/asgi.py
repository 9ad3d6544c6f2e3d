"""Guards before any route, as plain ASGI: what breaks, the size of bodies, the origin of writes, headers."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from utils.log import logger

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_LIMIT = 1024 * 1024
_HOME = Path(__file__).resolve().parents[1]
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    # The dashboard's component library sets styles on elements; scripts come from our own files only.
    (
        b"content-security-policy",
        b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        b"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
)


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def _refuse(send: Send, status: int, title: str, detail: str) -> None:
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@dataclass(frozen=True)
class LastWall:
    """What nobody expected ends here, as a 500 where nothing was said yet; only the headers are put on outside of it.

    Raised further, Starlette answers and raises again, and the server prints the traceback with the exception's
    message: PostgreSQL quotes the row in it, so an address or a text would stand in the log. Told here are the kind of
    the error and the line of ours it passed last, never its message.
    """

    app: App

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - raised on, the server would print the message, and rows with it
            cause = _first_of(error)
            logger("web").error("request_broke", kind=type(cause).__name__, at=_last_line_of_ours(cause))
            if not started:
                detail = "This was our fault. It was written down; please try again."
                await _refuse(send, 500, "Something went wrong", detail)


def _first_of(error: Exception) -> Exception:
    """A task group wraps what broke in it."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _last_line_of_ours(error: Exception) -> str:
    trace, place = error.__traceback__, ""
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(_HOME) and "site-packages" not in file.parts:
            place = f"{file.relative_to(_HOME)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


@dataclass(frozen=True)
class BodyLimit:
    """Refuses a larger body with 413: at once when its length is told, else at the chunk that goes over."""

    app: App
    limit: int = BODY_LIMIT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        told = next((value for name, value in reversed(scope["headers"]) if name.lower() == b"content-length"), b"")
        if told.isdigit() and int(told) > self.limit:
            return await self._too_large(send)
        taken, started, refused = 0, False, False

        async def counted() -> Message:
            nonlocal taken, refused
            if refused:
                return {"type": "http.disconnect"}
            message = await receive()
            taken += len(message.get("body", b""))
            if taken <= self.limit:
                return message
            refused = True
            if not started:
                await self._too_large(send)
            return {"type": "http.disconnect"}

        async def watched(message: Message) -> None:
            """After the refusal, what the app still wants to say has no reader."""
            nonlocal started
            if not refused:
                started = True
                await send(message)

        return await self.app(scope, counted, watched)

    async def _too_large(self, send: Send) -> None:
        await _refuse(send, 413, "This is too large", f"At most {self.limit // 1024} KiB fit into one request.")


@dataclass(frozen=True)
class WritesFromHome:
    """Writes under /api/ without a Bearer token need `X-Omnify: 1` and an Origin that is ours.

    The browser sends the cookie by itself; it lets no foreign page set that header, nor forge an Origin. It stands
    before the routes so that no route can forget it, and covers signing in, where there is no cookie yet.
    X-Forwarded-Host is the dashboard's own host where another server passes its /api on; a foreign page cannot set it.
    """

    app: App
    public_url: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in _SAFE and scope["path"].startswith("/api/"):
            headers = _headers(scope)
            bearer = headers.get("authorization", "").lower().startswith("bearer ")
            if not bearer and not self._from_home(headers):
                title, detail = "This is not allowed", "This request did not come from the dashboard. Please reload it."
                return await _refuse(send, 403, title, detail)
        return await self.app(scope, receive, send)

    def _from_home(self, headers: dict[str, str]) -> bool:
        origin = headers.get("origin", "")
        try:
            host = urlsplit(origin).netloc
        except ValueError:  # such as https://[
            return False
        hosts = {headers.get("host"), headers.get("x-forwarded-host")} - {None, ""}
        public = urlsplit(self.public_url)
        return headers.get("x-omnify") == "1" and (origin == f"{public.scheme}://{public.netloc}" or host in hosts)


@dataclass(frozen=True)
class SecurityHeaders:
    """Sets the headers that close a browser's side doors; answers of the API are never kept by a cache."""

    app: App
    secure: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def adorned(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                extra = [*_SECURITY_HEADERS]
                if self.secure:
                    extra.append((b"strict-transport-security", b"max-age=31536000"))
                if scope["path"].startswith("/api/"):
                    extra.append((b"cache-control", b"no-store"))
                message["headers"] = [*message["headers"], *(pair for pair in extra if pair[0] not in present)]
            await send(message)

        return await self.app(scope, receive, adorned)
