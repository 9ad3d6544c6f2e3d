"""HTTP clients: one for what must never be repeated, one for reads."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import httpx

from utils.pace import LONGEST_PAUSE, READS_PER_SECOND, Pace, pause_wished

USER_AGENT = "omnify-sequencer/0.1"


WRITTEN: "ContextVar[Callable[[], None] | None]" = ContextVar("WRITTEN", default=None)
"""What whoever sends calls, in this task, once a request is on its way: a connection may have to be opened before."""


WHOLE: Mapping[str, Any] = {"auth": None, "follow_redirects": False}
"""What `send` is told of a request that has all its headers: nothing is to be added to it, nor to be followed."""


class _NoCookies(httpx.Cookies):
    def extract_cookies(self, response: httpx.Response) -> None:
        """Nothing is kept."""


_NONE = _NoCookies()


class _WithoutCookies(httpx.AsyncClient):
    """One client serves the accounts of many tenants: what a provider hands to one must never come back from another.
    (Looking for cookies in each answer took a tenth of a request's time, too.)"""

    @property
    def cookies(self) -> httpx.Cookies:
        return _NONE

    @cookies.setter
    def cookies(self, _: object) -> None:
        raise TypeError("these clients keep no cookies")


class _SendClient(_WithoutCookies):
    """Hands a request that is whole to its transport and reads the answer. To look for redirects, authentication and
    hooks, which there are none of then, took a twentieth of a sweep."""

    def __init__(self, transport: httpx.AsyncBaseTransport, **more: Any) -> None:
        super().__init__(transport=transport, **more)
        self._way = transport

    async def send(self, request: httpx.Request, **more: Any) -> httpx.Response:
        if more != WHOLE:
            return await super().send(request, **more)
        response = await self._way.handle_async_request(request)
        response.request = request
        try:
            await response.aread()
        except BaseException:
            await response.aclose()
            raise
        return response


def send_client(timeout_seconds: float, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """For requests that send: no retries, no redirects, HTTP/1.1, young connections, no proxy from the environment.

    A kept-alive socket that the other side has closed would turn a clean send into an unknown one, so idle connections
    live two seconds at most (httpx's `retries` default is 0; said here so that nobody raises it). With a `transport`
    there is no network at all: it answers in this process.
    """
    return _SendClient(
        transport=transport
        or httpx.AsyncHTTPTransport(
            verify=trusted(),
            retries=0,
            http1=True,
            http2=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=None, keepalive_expiry=2),
        ),
        follow_redirects=False,
        trust_env=False,
        timeout=httpx.Timeout(timeout_seconds, connect=min(5.0, timeout_seconds)),
        headers={"User-Agent": USER_AGENT},
    )


class _ReadClient(_WithoutCookies):
    """Takes its turn at the provider; a read that is refused for a moment (429) is asked once more after it."""

    def __init__(self, rates: Mapping[str, float], longest_pause: float, **more: Any) -> None:
        super().__init__(**more)
        self._pace, self._longest_pause = Pace(rates), longest_pause

    async def send(self, request: httpx.Request, **more: Any) -> httpx.Response:
        await self._pace.turn(request)
        response = await super().send(request, **more)
        pause = pause_wished(response, self._longest_pause)
        if pause is None:
            return response
        await response.aclose()
        await asyncio.sleep(pause)
        await self._pace.turn(request)
        return await super().send(request, **more)


def read_client(
    timeout_seconds: float,
    transport: httpx.AsyncBaseTransport | None = None,
    rates: Mapping[str, float] = READS_PER_SECOND,
    longest_pause: float = LONGEST_PAUSE,
) -> httpx.AsyncClient:
    """For requests that only read (lists, single items). With a `transport` there is no network at all.

    `rates`: requests a second by host, for each key; other hosts are asked as fast as they answer. `longest_pause`:
    seconds that a refused read may wait for its second try.
    """
    return _ReadClient(
        rates,
        longest_pause,
        transport=transport,
        verify=trusted(),
        follow_redirects=False,
        trust_env=False,
        timeout=httpx.Timeout(timeout_seconds, connect=min(5.0, timeout_seconds)),
        headers={"User-Agent": USER_AGENT},
    )


@lru_cache(maxsize=1)
def trusted() -> ssl.SSLContext:
    """The authorities that we trust, read once a process: reading them for each client took most of an idle sweep."""
    return httpx.create_ssl_context(trust_env=False)
