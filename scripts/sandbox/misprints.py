"""Lists that are printed wrongly: a page given twice, pages without end or too short, every line twice. For every
provider alike.

It stands before the desks and changes what they say, so that a list is wrong in the provider's own words.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scripts.sandbox.control import Asked, read

Kind = Literal["same_page", "endless", "doubled", "short"]


class MisprintAsked(Asked):
    """`kind`: the second page is the first again, and the last (same_page) or never the last (endless); every line
    twice on its page (doubled); fewer lines a page than were asked for, although more follow (short). None: lists are
    right again."""

    provider: Literal["twilio", "resend", "vapi", "retell", "ghl"]
    kind: Kind | None = None


@dataclass(frozen=True)
class ListShape:
    """Where a provider's list is, what its items are called, how a request asks to go on, and what says the end; how
    it asks for the size of a page, and the smallest that there is."""

    method: str
    path: re.Pattern[str]
    items: str | None
    goes_on: str | None
    end: Mapping[str, Any]
    size: str = "limit"
    least: int = 2


SHAPES: Mapping[str, ListShape] = {
    "twilio": ListShape(
        "GET",
        re.compile(r"/twilio/[^/]+/Accounts/[^/]+/Messages\.json"),
        "messages",
        "PageToken",
        {"next_page_uri": None},
        size="PageSize",
    ),
    "resend": ListShape("GET", re.compile(r"/resend/emails"), "data", "after", {"has_more": False}),
    "ghl": ListShape(
        "GET", re.compile(r"/ghl/conversations/messages/export"), "messages", "cursor", {"nextCursor": None}, least=10
    ),
    "retell": ListShape("POST", re.compile(r"/retell/v3/list-calls"), "items", "pagination_key", {"has_more": False}),
    # an array without a cursor: whoever asks again within one reading goes on
    "vapi": ListShape("GET", re.compile(r"/vapi/call"), None, None, {}),
}


@dataclass
class Misprint:
    """What is wrong with one provider's lists, and the first page that was given since."""

    kind: Kind
    first: Any = None

    def spoil(self, shape: ListShape, body: Any, goes_on: bool) -> Any:
        if self.kind == "short":
            return body
        if self.kind == "doubled":
            return _with_items(shape, body, [line for line in _items(shape, body) for _ in range(2)])
        if not goes_on or self.first is None:
            self.first = body
            return body
        ended = {name: value for name, value in shape.end.items() if self.kind == "same_page"}
        return {**self.first, **ended} if isinstance(self.first, dict) else self.first


def _items(shape: ListShape, body: Any) -> list[Any]:
    return list(body[shape.items] if shape.items else body)


def _with_items(shape: ListShape, body: Any, items: list[Any]) -> Any:
    return {**body, shape.items: items} if shape.items else items


@dataclass
class MisprintDesk:
    """The control route, and the wrapper around the providers' desks."""

    wrong: dict[str, Misprint] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        return [Route("/_twin/misprints", self.put, methods=["POST"])]

    async def put(self, request: Request) -> Response:
        asked = await read(request, MisprintAsked)
        self.wrong.pop(asked.provider, None)
        if asked.kind:
            self.wrong[asked.provider] = Misprint(asked.kind)
        return JSONResponse({"provider": asked.provider, "kind": asked.kind})

    def wrap(self, app: ASGIApp) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            found = self._found(scope)
            if found is None:
                await app(scope, receive, send)
                return
            misprint, shape = found
            content = await Request(scope, receive).body()
            if misprint.kind == "short":
                scope, content = _asking_less(shape, scope, content)
            await app(
                scope, _again(content), _Printer(misprint, shape, _goes_on(misprint, shape, scope, content), send)
            )

        return serve

    def _found(self, scope: Scope) -> tuple[Misprint, ListShape] | None:
        if scope["type"] != "http":
            return None
        for provider, misprint in self.wrong.items():
            shape = SHAPES[provider]
            if scope["method"] == shape.method and shape.path.fullmatch(scope["path"]):
                return misprint, shape
        return None


def _goes_on(misprint: Misprint, shape: ListShape, scope: Scope, content: bytes) -> bool:
    if shape.goes_on is None:
        return misprint.first is not None
    asked = json.loads(content) if content else parse_qs(scope["query_string"].decode("latin-1"))
    return bool(asked.get(shape.goes_on))


def _asking_less(shape: ListShape, scope: Scope, content: bytes) -> tuple[Scope, bytes]:
    """The request as if the smallest page had been asked for."""
    if content:
        return scope, json.dumps({**json.loads(content), shape.size: shape.least}).encode()
    asked = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return {**scope, "query_string": urlencode({**asked, shape.size: shape.least}, doseq=True).encode()}, content


def _again(content: bytes) -> Receive:
    """The body once more, for the desk."""

    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    return receive


class _Printer:
    """Takes an answer whole and sends it misprinted; what is no list of things (an error) goes out as it is."""

    def __init__(self, misprint: Misprint, shape: ListShape, goes_on: bool, send: Send) -> None:
        self._misprint, self._shape, self._goes_on, self._send = misprint, shape, goes_on, send
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = self._body
        if self._start["status"] == 200:
            spoilt = self._misprint.spoil(self._shape, json.loads(body), self._goes_on)
            body = json.dumps(spoilt).encode()
        headers = [(name, value) for name, value in self._start["headers"] if name.lower() != b"content-length"]
        await self._send({**self._start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body})
