"""Reads keep to each provider's pace, and one that is refused for a moment is asked once more."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
import pytest

from tests.simulation.loop import SeededLoop
from utils.http import read_client, send_client
from utils.pace import LONGEST_PAUSE

HOST = "https://services.leadconnectorhq.com/contacts/"


@dataclass
class Desk(httpx.AsyncBaseTransport):
    """Answers in this process, notes when it was asked and for whom; first with these answers, then 200."""

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    asked: list[tuple[float, str]] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        at = asyncio.get_running_loop().time()
        self.asked.append((round(at, 6), request.headers.get("authorization", "")))
        status, headers = self.answers.pop(0) if self.answers else (200, {})
        return httpx.Response(status, headers=headers, json={})


def read_all(
    desk: Desk,
    keys: Sequence[str],
    rates: dict[str, float],
    monkeypatch: pytest.MonkeyPatch,
    longest_pause: float = LONGEST_PAUSE,
) -> list[int]:
    """Asks once for each key, all at once, on a clock that runs only while everybody waits; the status codes."""
    loop = SeededLoop()
    monkeypatch.setattr("utils.pace.monotonic", loop.time)
    statuses: list[int] = []

    async def work() -> None:
        async with read_client(5.0, desk, rates, longest_pause) as client:
            asked = (client.get(HOST, headers={"Authorization": key}) for key in keys)
            statuses.extend(answer.status_code for answer in await asyncio.gather(*asked))

    loop.play(work())
    return statuses


def test_one_key_is_asked_no_faster_than_its_provider_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    read_all(desk, ["a"] * 5, {"services.leadconnectorhq.com": 4.0}, monkeypatch)
    assert [at for at, _ in desk.asked] == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_one_clients_key_does_not_wait_for_anothers(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    read_all(desk, ["a", "b", "a", "b"], {"services.leadconnectorhq.com": 4.0}, monkeypatch)
    assert sorted(desk.asked) == [(0.0, "a"), (0.0, "b"), (0.25, "a"), (0.25, "b")]


def test_an_address_of_ones_own_is_not_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    read_all(desk, ["a"] * 5, {"api.resend.com": 1.0}, monkeypatch)
    assert {at for at, _ in desk.asked} == {0.0}


def test_a_read_that_is_refused_for_a_moment_is_asked_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk([(429, {"retry-after": "2"})])
    assert read_all(desk, ["a"], {}, monkeypatch) == [200]
    assert [at for at, _ in desk.asked] == [0.0, 2.0]


INTERVAL_NAME = "x-ratelimit-interval-milliseconds"
INTERVAL = {INTERVAL_NAME: "10000", "x-ratelimit-daily-remaining": "150000"}
"""GoHighLevel's way of saying it: no Retry-After, but how long its interval is."""


def test_who_has_the_time_waits_as_long_as_the_rates_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk([(429, INTERVAL)])
    assert read_all(desk, ["a"], {}, monkeypatch, longest_pause=15.0) == [200]
    assert [at for at, _ in desk.asked] == [0.0, 10.0]


@pytest.mark.parametrize(
    "headers",
    [
        INTERVAL | {"x-ratelimit-daily-remaining": "0"},
        INTERVAL | {"retry-after": "16"},
        *({INTERVAL_NAME: given} for given in ("16000", "soon", "")),
    ],
)
def test_who_has_the_time_waits_for_nothing_that_takes_longer(
    headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk([(429, headers)])
    assert read_all(desk, ["a"], {}, monkeypatch, longest_pause=15.0) == [429]
    assert len(desk.asked) == 1


@pytest.mark.parametrize(
    "headers",
    [{}, INTERVAL, {"retry-after": "6"}, {"retry-after": "soon"}, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}],
)
def test_a_long_or_unclear_wish_is_left_to_the_next_run(
    headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk([(429, headers)])
    assert read_all(desk, ["a"], {}, monkeypatch) == [429]
    assert len(desk.asked) == 1


def test_a_second_refusal_is_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk([(429, {"retry-after": "1"}), (429, {"retry-after": "1"})])
    assert read_all(desk, ["a"], {}, monkeypatch) == [429]
    assert len(desk.asked) == 2


def test_what_sends_is_never_asked_again() -> None:
    desk = Desk([(429, {"retry-after": "1"})])

    async def work() -> int:
        async with send_client(5.0, desk) as client:
            return (await client.post(HOST, content=b"{}")).status_code

    assert asyncio.run(work()) == 429
    assert len(desk.asked) == 1
