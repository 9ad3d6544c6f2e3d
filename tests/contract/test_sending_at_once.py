"""When the next batch may be armed: never while messages of this one wait (at a fast account more than ten of few, or
than what found no place of many), nor before the provider answers."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count
from uuid import UUID

import httpx
import pytest

from modules.accounts import Account
from modules.channels import Answer, Message
from modules.ids import AccountId, ClientId, TouchId
from modules.labels import ChannelName, Provider, UnknownPolicy
from modules.touches import News
from utils.clock import monotonic
from utils.http import send_client
from workers import send
from workers.send import AT_ONCE, send_batch
from workers.send_pace import FAST, SendPace

ACCOUNT = Account(
    id=AccountId(UUID(int=1)),
    client_id=ClientId(UUID(int=2)),
    provider=Provider.twilio,
    channel=ChannelName.sms,
    account_key="0" * 32,
    settings={"account_sid": "AC" + "0" * 32, "from_number": "+12065550100"},
    unknown_policy=UnknownPolicy.never_rearm,
    sends_per_second=1_000_000,
    base_url="http://127.0.0.1:9",
    secrets={"auth_token": "t" * 32},
)


TURNS = 50
"""Of the loop, until an answer has gone its whole way: there is no network."""


class Holding(httpx.AsyncBaseTransport):
    """Takes every request and answers each only when it is told to."""

    def __init__(self) -> None:
        self.taken, self.numbers = 0, count(1)
        self.answers = asyncio.Semaphore(0)
        self.moved = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.taken += 1
        self.moved.set()
        await self.answers.acquire()
        body = {"sid": f"SM{next(self.numbers):032x}", "status": "queued"}
        return httpx.Response(201, json=body, request=request)

    async def wait_for(self, taken: int) -> None:
        while self.taken < taken:
            self.moved.clear()
            await self.moved.wait()

    def answer(self, many: int) -> None:
        for _ in range(many):
            self.answers.release()


def messages(many: int) -> list[Message]:
    envelope = {"sender": "+12065550100", "status_callback": "http://127.0.0.1:9/s", "validity_seconds": "60"}
    return [Message(TouchId(UUID(int=n)), f"+1212200{n:04d}", None, "Hello", envelope) for n in range(1, many + 1)]


@pytest.mark.parametrize(("rate", "told_at"), [(FAST - 1, 30), (FAST, 1)])
async def test_when_the_next_batch_may_come(rate: float, told_at: int) -> None:
    """Of forty messages in twenty places: when nobody waits and half of the places are free; at a fast account when the
    first of them is answered."""
    provider, nearly_done, told = Holding(), asyncio.Event(), 0
    account, pace = replace(ACCOUNT, sends_per_second=rate), SendPace(1_000_000)
    async with asyncio.timeout(10), send_client(5.0, provider) as client:
        places = asyncio.Semaphore(AT_ONCE)
        batch = send_batch(client, account, messages(2 * AT_ONCE), monotonic() + 10, places, nearly_done, pace)
        answered = asyncio.create_task(_count(batch))
        await provider.wait_for(AT_ONCE)
        assert not nearly_done.is_set(), "a provider that answers nothing gets no second batch"
        for number in range(1, 2 * AT_ONCE + 1):
            provider.answer(1)
            for _ in range(TURNS):
                await asyncio.sleep(0)
            told = told or (number if nearly_done.is_set() else 0)
        assert await answered == 2 * AT_ONCE
    assert told == told_at


async def test_a_provider_that_answers_nothing_gets_no_second_batch() -> None:
    provider, nearly_done = Holding(), asyncio.Event()
    async with asyncio.timeout(10), send_client(5.0, provider) as client:
        batch = send_batch(client, ACCOUNT, messages(3), monotonic() + 10, None, nearly_done)
        answered = asyncio.create_task(_count(batch))
        await provider.wait_for(3)
        before = nearly_done.is_set()
        provider.answer(3)
        assert await answered == 3
    assert (before, nearly_done.is_set()) == (False, True)


class Chained(Holding):
    """Each answer lets the next one come, some turns of the loop later."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.taken += 1
        self.moved.set()
        await self.answers.acquire()
        await asyncio.to_thread(int)
        self.answer(1)
        return httpx.Response(201, json={"sid": f"SM{next(self.numbers):032x}", "status": "queued"}, request=request)


async def test_answers_that_come_together_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each group is a transaction."""
    monkeypatch.setattr(send, "TOGETHER_SECONDS", 10.0)
    provider = Chained()
    async with asyncio.timeout(10), send_client(5.0, provider) as client:
        batch = send_batch(client, ACCOUNT, messages(3), monotonic() + 10)
        groups = asyncio.create_task(_sizes(batch))
        await provider.wait_for(3)
        provider.answer(1)
        assert await groups == [3]


async def test_an_answer_is_told_although_another_does_not_come() -> None:
    provider = Holding()
    async with asyncio.timeout(10), send_client(5.0, provider) as client:
        batch = send_batch(client, ACCOUNT, messages(2), monotonic() + 10)
        first = asyncio.ensure_future(anext(batch))
        await provider.wait_for(2)
        provider.answer(1)
        told = len(await first)
        provider.answer(1)
        assert (told, await _count(batch)) == (1, 1)


async def _sizes(batch: AsyncIterator[list[tuple[News, Answer]]]) -> list[int]:
    return [len(answers) async for answers in batch]


async def _count(batch: AsyncIterator[list[tuple[News, Answer]]]) -> int:
    return sum([len(answers) async for answers in batch])
