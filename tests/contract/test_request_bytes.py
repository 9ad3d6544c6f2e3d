"""What we build ourselves for speed is byte for byte what the HTTP library would have built."""

import gc
import weakref
from collections.abc import Mapping

import httpx
import pytest

from modules.channels.answers import ask
from utils.http import send_client

URL = "https://api.provider.example:8443/2010/Messages.json?page=1"
FORM = {
    "To": "+12125550100",
    "Body": "Olá Zoë & <b>you</b> — ✓\n100 %",
    "StatusCallback": "https://a.example/h?x=1#rc=5",
}


class Listener(httpx.AsyncBaseTransport):
    """Answers at once, with a cookie, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, list[tuple[bytes, bytes]], bytes]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        self.heard.append((request.method, str(request.url), sorted(_lower(request.headers.raw)), body))
        return httpx.Response(200, headers={"Set-Cookie": "tenant=one"}, content=b"{}", request=request)


def _lower(raw: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower(), value) for name, value in raw]


CASES: list[tuple[str, dict[str, str] | None, bytes | None, dict[str, str] | None, dict[str, str] | None]] = [
    ("POST", FORM, None, None, None),
    ("POST", {}, None, None, None),
    ("POST", None, b'{"a": 1}', {"Content-Type": "application/json", "Authorization": "Bearer t"}, None),
    ("GET", None, None, {"Accept": "application/json"}, None),
    ("GET", None, None, None, {"To": "+12125550100", "since": "2026-11-21T10:00:00+00:00"}),
]


@pytest.mark.parametrize(("method", "form", "content", "headers", "params"), CASES)
@pytest.mark.parametrize("auth", [None, ("AC1", "tókén:with colon")])
async def test_a_request_of_ours_has_the_bytes_of_the_librarys(
    method: str,
    form: Mapping[str, str] | None,
    content: bytes | None,
    headers: Mapping[str, str] | None,
    params: Mapping[str, str] | None,
    auth: tuple[str, str] | None,
) -> None:
    if headers and "Authorization" in headers:
        auth = None
    listener = Listener()
    async with send_client(1.0, listener) as client:
        heard = await ask(client, method, URL, auth=auth, headers=headers, params=params, form=form, content=content)
        await client.request(method, URL, auth=auth, headers=headers, params=params, data=form, content=content)
    assert isinstance(heard, httpx.Response)
    ours, theirs = listener.heard
    assert ours == theirs


async def test_a_cookie_of_one_answer_never_travels_with_the_next_request() -> None:
    listener = Listener()
    async with send_client(1.0, listener) as client:
        await ask(client, "GET", URL)
        await client.get(URL)
    assert not [name for _, _, raw, _ in listener.heard for name, _ in raw if name == b"cookie"]
    assert not list(client.cookies.jar)


async def test_a_request_goes_as_soon_as_its_answer_is_read() -> None:
    """Nothing of it waits for the garbage collector: a sweep sends thousands."""
    requests: list[weakref.ref[httpx.Request]] = []

    class Remembering(Listener):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            requests.append(weakref.ref(request))
            return await super().handle_async_request(request)

    gc.disable()
    try:
        async with send_client(1.0, Remembering()) as client:
            heard = await ask(client, "POST", URL, form=FORM)
            assert isinstance(heard, httpx.Response)
            del heard
            assert [one() for one in requests] == [None]
    finally:
        gc.enable()
