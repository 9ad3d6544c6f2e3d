"""The one place where exceptions and status codes of HTTP become answers.

The question behind every line: can the provider have accepted it? Only what provably ended before the first byte left
(no connection, a full pool), or what the provider says it did not take (429), is NotSent. All doubt is Unknown.
"""

import asyncio
import base64
import json
import re
from collections.abc import Callable, Mapping, MutableMapping
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

import httpx

from modules.channels.models import CannotTell, NotSent, Unknown
from utils.http import WHOLE, WRITTEN

CAP_SECONDS = 15.0
LONGEST_WISH = timedelta(days=1)

_BEFORE_THE_FIRST_BYTE = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
_SAYS_NOTHING_ABOUT_ACCEPTANCE = frozenset({408})  # 408: the server gave up reading; what it read it may have used
_ASCII_QUOTED = {code: quote_plus(chr(code)) for code in range(128)}
_BEGUN, _WRITTEN_DOWN = "send_request_headers.started", "http11.send_request_body.complete"
"""httpcore's words (its documentation, extensions, trace)."""
_WORD = re.compile(r"[A-Za-z0-9_]{1,60}")


async def ask(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    auth: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    content: bytes | None = None,
) -> httpx.Response | NotSent | Unknown:
    """Exactly one request, answered within min(15 s, the client's connect and read timeouts together) altogether.

    httpx has no timeout for the whole (its read timeout restarts with every chunk), hence the clock around it. When
    that clock runs out, httpcore's trace tells whether a byte of the request can have left. Cancellation propagates.
    """
    watch = _Watch(WRITTEN.get())
    try:
        async with asyncio.timeout(whole_seconds(client)):
            request = _request(client, method, url, auth, headers, params, _body_of(form, content))
            watch.begin(request.extensions)
            return await client.send(request, **WHOLE)
    except _BEFORE_THE_FIRST_BYTE as error:
        return NotSent(name_of(error))
    except TimeoutError:
        return Unknown("no_answer_in_time") if watch.begun else NotSent("no_connection_in_time")
    except httpx.RequestError as error:
        return Unknown(name_of(error))
    finally:
        watch.stop()


class _Watch:
    """How far a request has come, as httpcore tells it. It leaves the request as soon as no more of it is needed:
    httpcore looks for it each time, and request and watch would keep each other until the garbage collector comes."""

    def __init__(self, tell_written: Callable[[], None] | None) -> None:
        self.begun = False
        self._tell_written = tell_written
        self._extensions: MutableMapping[str, Any] = {}

    def begin(self, extensions: MutableMapping[str, Any]) -> None:
        self._extensions = extensions
        extensions["trace"] = self

    async def __call__(self, event: str, _: Mapping[str, object]) -> None:
        self.begun = self.begun or event.endswith(_BEGUN)
        if event == _WRITTEN_DOWN:
            self.stop()
            if self._tell_written is not None:
                self._tell_written()

    def stop(self) -> None:
        self._extensions.pop("trace", None)


def _request(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    auth: tuple[str, str] | None,
    headers: Mapping[str, str] | None,
    params: Mapping[str, str] | None,
    body: tuple[bytes, bytes | None],
) -> httpx.Request:
    """What the client would build from the same (a test compares the bytes), in half the time: it reads the address
    and merges and copies each part anew for every touch."""
    address = _address(url) if params is None else httpx.URL(url, params=params)
    raw = [(b"Host", address.netloc), *client.headers.raw]
    if body[0] or method == "POST":
        raw.append((b"Content-Length", b"%d" % len(body[0])))
    if body[1]:
        raw.append((b"Content-Type", body[1]))
    if auth is not None:
        raw.append((b"Authorization", _basic(*auth)))
    sent: httpx.Headers | list[tuple[bytes, bytes]] = raw
    if headers:
        sent = httpx.Headers(raw)
        sent.update(headers)
    extensions = {"timeout": client.timeout.as_dict()}
    request = httpx.Request(method, address, headers=sent, stream=httpx.ByteStream(body[0]), extensions=extensions)
    request.read()
    return request


def _body_of(form: Mapping[str, str] | None, content: bytes | None) -> tuple[bytes, bytes | None]:
    if form:
        fields = (f"{_quoted_name(name)}={_quoted(value)}" for name, value in form.items())
        return "&".join(fields).encode("ascii"), b"application/x-www-form-urlencoded"
    return content or b"", None


def _quoted(value: str) -> str:
    """`quote_plus` in a fifth of its time where every letter is ASCII."""
    return value.translate(_ASCII_QUOTED) if value.isascii() else quote_plus(value)


_quoted_name = lru_cache(maxsize=64)(_quoted)


@lru_cache(maxsize=1024)
def _address(url: str) -> httpx.URL:
    """An account sends to one address a thousand times; reading it takes as long as all the rest."""
    return httpx.URL(url)


@lru_cache(maxsize=256)
def _basic(user: str, password: str) -> bytes:
    return b"Basic " + base64.b64encode(f"{user}:{password}".encode())


def whole_seconds(client: httpx.AsyncClient) -> float:
    """Longer than the connect timeout alone: httpcore closes its socket on a timeout of its own, but leaves one that is
    cancelled in the middle of a TLS handshake to the garbage collector (httpcore 1.0.9, seen in our tests)."""
    connect, answer = client.timeout.connect, client.timeout.read
    return CAP_SECONDS if connect is None or answer is None else min(CAP_SECONDS, connect + answer)


def name_of(error: Exception) -> str:
    """`ReadTimeout` to read_timeout: a word for logs and rows, never the error's own text."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).lower()


def weather(response: httpx.Response, word: str | None = None) -> NotSent | Unknown | None:
    """What a status alone settles; None for 2xx and 4xx, whose meaning is in the body. `word` names a 429's reason."""
    status = response.status_code
    if status == 429:
        return NotSent(word or "too_many_requests", retry_after(response))
    if status in _SAYS_NOTHING_ABOUT_ACCEPTANCE or not (200 <= status < 300 or 400 <= status < 500):
        return Unknown(f"http_{status}")
    return None


def retry_after(response: httpx.Response) -> timedelta | None:
    """The provider's wish in whole seconds (RFC 9110, 10.2.3), at most a day; a date there is not read."""
    given = response.headers.get("retry-after", "")
    if not (given.isascii() and given.isdecimal()) or len(given) > 9:
        return None
    return min(timedelta(seconds=int(given)), LONGEST_WISH)


def read_object(content: bytes) -> dict[str, object] | None:
    """A JSON object, or None for anything else."""
    value = _json(content)
    return value if isinstance(value, dict) else None


def read_list(content: bytes) -> list[object] | None:
    """A JSON array, or None for anything else."""
    value = _json(content)
    return value if isinstance(value, list) else None


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


async def read(
    client: httpx.AsyncClient,
    url: str,
    *,
    auth: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
) -> dict[str, object] | CannotTell:
    """One GET of a JSON object; all else is "cannot tell", so that an outage is never taken for absence."""
    content = await _content(client, url, auth, headers, params)
    if isinstance(content, CannotTell):
        return content
    found = read_object(content)
    return CannotTell("unreadable_answer") if found is None else found


async def read_array(
    client: httpx.AsyncClient,
    url: str,
    *,
    auth: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
) -> list[object] | CannotTell:
    """As `read`, for a list that a provider gives without an object around it."""
    content = await _content(client, url, auth, headers, params)
    if isinstance(content, CannotTell):
        return content
    found = read_list(content)
    return CannotTell("unreadable_answer") if found is None else found


async def read_by_post(
    client: httpx.AsyncClient, url: str, *, headers: Mapping[str, str], content: bytes
) -> dict[str, object] | CannotTell:
    """As `read`, for a list whose filter travels in a body (Retell): a POST that changes nothing."""
    heard = await ask(client, "POST", url, headers=headers, content=content)
    if not isinstance(heard, httpx.Response):
        return CannotTell(heard.reason)
    if heard.status_code not in (200, 201):
        return CannotTell(f"http_{heard.status_code}")
    found = read_object(heard.content)
    return CannotTell("unreadable_answer") if found is None else found


async def _content(
    client: httpx.AsyncClient,
    url: str,
    auth: tuple[str, str] | None,
    headers: Mapping[str, str] | None,
    params: Mapping[str, str] | None,
) -> bytes | CannotTell:
    heard = await ask(client, "GET", url, auth=auth, headers=headers, params=params)
    if not isinstance(heard, httpx.Response):
        return CannotTell(heard.reason)
    return heard.content if heard.status_code == 200 else CannotTell(f"http_{heard.status_code}")


def text_in(found: Mapping[str, object], name: str) -> str | None:
    """A field that must be a text; PostgreSQL stores no NUL and no half of a surrogate pair, so none gets in."""
    value = found.get(name)
    if not isinstance(value, str):
        return None
    return value.replace("\x00", "").encode("utf-8", "replace").decode()


def word_in(found: Mapping[str, object], name: str) -> str | None:
    """A field that must be one short word of letters, digits and underscores, in lower case."""
    value = found.get(name)
    return value.lower() if isinstance(value, str) and _WORD.fullmatch(value) else None
