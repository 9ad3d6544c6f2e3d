"""A long list is read to its end at its provider's pace, within the time that the reconciliation gives an account."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

import httpx
import pytest

from modules.accounts import Account
from modules.channels import CannotTell, Listed
from modules.labels import ChannelName, Provider, UnknownPolicy
from tests.pure.touches import ACCOUNT, CLIENT, NOW
from tests.simulation.loop import SeededLoop
from utils.http import read_client
from workers.compare import read_list
from workers.reconcile import ACCOUNT_SECONDS

RESEND = Account(
    id=ACCOUNT,
    client_id=CLIENT,
    provider=Provider.resend,
    channel=ChannelName.email,
    account_key="0" * 32,
    settings=MappingProxyType({"sender": "Acme <hello@acme.example>"}),
    unknown_policy=UnknownPolicy.same_key_retry,
    sends_per_second=2.0,
    base_url="https://api.resend.com",
    secrets=MappingProxyType({"api_key": "re_1", "webhook_secret": "whsec_" + "A" * 32}),
)
MOST_A_SECOND = 5
"""Of one team, sends included (Resend, API reference, rate limit, read 2026-11-20)."""
PAGE = 100


@dataclass
class Mails(httpx.AsyncBaseTransport):
    """Resend's list of so many mails, answered in 150 ms; beside us somebody else asks `others` times a second."""

    count: int
    others: int = 0
    refused: int = 0
    asked_at: list[float] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        loop = asyncio.get_running_loop()
        now = loop.time()
        self.asked_at.append(now)
        if sum(1 for at in self.asked_at if at > now - 1) + self.others > MOST_A_SECOND:
            self.refused += 1
            return httpx.Response(429, headers={"retry-after": "1"}, json={})
        answered = loop.create_future()
        loop.call_later(0.15, answered.set_result, None)
        await answered
        after = request.url.params.get("after")
        start = int(after.removeprefix("mail-")) + 1 if after else 0
        lines = [self._line(place) for place in range(start, min(start + PAGE, self.count))]
        return httpx.Response(200, json={"data": lines, "has_more": start + PAGE < self.count})

    def _line(self, place: int) -> dict[str, object]:
        created = NOW - timedelta(minutes=5, milliseconds=place)
        to = [f"person{place}@people.example"]
        return {"id": f"mail-{place:06d}", "created_at": created.isoformat(), "to": to, "last_event": "sent"}


def read_all(mails: Mails, monkeypatch: pytest.MonkeyPatch) -> Sequence[Listed] | CannotTell:
    """As the reconciliation does, on a clock that runs only while everybody waits."""
    loop = SeededLoop()
    monkeypatch.setattr("utils.pace.monotonic", loop.time)

    async def work() -> Sequence[Listed] | CannotTell:
        async with read_client(10.0, mails) as client:
            return await read_list(client, RESEND, NOW - timedelta(hours=2), NOW, ACCOUNT_SECONDS)

    return loop.play(work())


def test_a_list_of_many_pages_is_read_to_its_end_without_one_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    mails = Mails(650)
    listed = read_all(mails, monkeypatch)
    assert not isinstance(listed, CannotTell), listed
    assert (len(listed), len(mails.asked_at), mails.refused) == (650, 7, 0)


def test_what_somebody_else_uses_of_the_rate_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    mails = Mails(650, others=4)
    listed = read_all(mails, monkeypatch)
    assert not isinstance(listed, CannotTell), listed
    assert len(listed) == 650
    assert mails.refused > 0


def test_the_longest_list_that_is_read_at_all_fits_into_an_accounts_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """5,000 mails in two hours at Resend's pace; a longer one is told as what it is."""
    listed = read_all(Mails(5000), monkeypatch)
    assert not isinstance(listed, CannotTell), listed
    assert len(listed) == 5000
    assert read_all(Mails(5001), monkeypatch) == CannotTell("list_too_long")
