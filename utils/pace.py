"""Reads take turns: no provider is asked faster than it allows, and one that asks for a short pause gets it.

Lists, polls and permissions share a provider's limit with the sends, so they leave room for those. The turns are kept
in one process; two jobs that read the same account at once may still be told to wait, which loses nothing.
"""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

import httpx

from utils.clock import monotonic

READS_PER_SECOND: Mapping[str, float] = MappingProxyType(
    {
        # 100 in 10 s for an app and location, sends included (GoHighLevel, OAuth 2.0 rate limits, read 2026-11-20)
        "services.leadconnectorhq.com": 7.0,
        # 5 a second for a team over all its keys, sends included (Resend, API reference, rate limit, read 2026-11-20)
        "api.resend.com": 2.0,
        # Not published; well below what their own SDKs do in bursts
        "api.vapi.ai": 5.0,
        "api.retellai.com": 5.0,
        # Twilio limits what is under way at once, not requests a second (error 20429, read 2026-11-20)
        "api.twilio.com": 20.0,
        "lookups.twilio.com": 10.0,
    }
)
"""By host, for one key: an address of your own (`*_BASE_URL`) is not slowed down."""
TOO_MANY = 429
LONGEST_PAUSE = 5.0
"""Seconds. A longer wish is left to the next run: a job's time is for all accounts."""


class Pace:
    """When each key's next request may leave."""

    def __init__(self, rates: Mapping[str, float] = READS_PER_SECOND) -> None:
        self._rates = rates
        self._next: dict[tuple[str, str], float] = {}

    async def turn(self, request: httpx.Request) -> None:
        rate = self._rates.get(request.url.host)
        if rate is None:
            return
        key, now = (request.url.host, request.headers.get("authorization", "")), monotonic()
        at = max(now, self._next.get(key, now))
        self._next[key] = at + 1 / rate
        if at > now:
            await asyncio.sleep(at - now)


def pause_wished(response: httpx.Response, longest: float = LONGEST_PAUSE) -> float | None:
    """Seconds that a refused read may be asked again after; None when it may not, or not within the `longest`.

    Retry-After in whole seconds (RFC 9110, 10.2.3); where that is missing, the interval of the rate (GoHighLevel).
    """
    if response.status_code != TOO_MANY:
        return None
    given = response.headers.get("retry-after")
    seconds = rate_interval(response) if given is None else float(given) if is_short_number(given) else None
    return seconds if seconds is not None and seconds <= longest else None


def rate_interval(response: httpx.Response) -> float | None:
    """Seconds in which the requests are counted, as GoHighLevel tells it in milliseconds (OAuth 2.0 rate limits, read
    2026-11-20); None when nothing is told, or the day's requests are spent."""
    given = response.headers.get("x-ratelimit-interval-milliseconds", "")
    spent = response.headers.get("x-ratelimit-daily-remaining") == "0"
    return int(given) / 1000 if is_short_number(given) and not spent else None


def is_short_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 6
