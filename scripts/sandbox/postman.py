"""Carries a webhook to us, really: one HTTP request, and an honest word about what came back."""

from dataclasses import dataclass

import httpx

from utils.http import trusted

TRIES_A_CONNECTION_FRESH = httpx.Limits(max_keepalive_connections=0)


@dataclass(frozen=True)
class Answer:
    """The HTTP `status`, or None and Twilio's word for the `trouble`: ct (not connected) or rt (no answer)."""

    status: int | None
    trouble: str | None = None

    @property
    def shown(self) -> int | str:
        return self.status if self.status is not None else f"no answer ({self.trouble})"

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Postman:
    """Follows no redirects, uses no proxy, keeps no connection: a restarted receiver must not fail by a stale one."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(
            follow_redirects=False, trust_env=False, verify=trusted(), limits=TRIES_A_CONNECTION_FRESH
        )

    async def post(self, url: str, content: bytes, headers: dict[str, str], connect: float, read: float) -> Answer:
        return await self._ask("POST", url, content, headers, httpx.Timeout(read, connect=connect))

    async def get(self, url: str, headers: dict[str, str], connect: float, read: float) -> Answer:
        return await self._ask("GET", url, b"", headers, httpx.Timeout(read, connect=connect))

    async def _ask(
        self, method: str, url: str, content: bytes, headers: dict[str, str], timeout: httpx.Timeout
    ) -> Answer:
        self._client.cookies.clear()
        try:
            response = await self._client.request(method, url, content=content, headers=headers, timeout=timeout)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return Answer(None, "ct")
        except httpx.TransportError:
            return Answer(None, "rt")
        return Answer(response.status_code)

    async def close(self) -> None:
        await self._client.aclose()
