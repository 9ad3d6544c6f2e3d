"""Both adapters keep one contract, through real HTTP before the providers' twin."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from modules.channels import CHANNELS, Accepted, Answer, NotSent
from modules.labels import Provider
from scripts.sandbox.remote import Twin
from tests.contract import adapter_hook_cases, adapter_proof_cases
from tests.contract.adapter_cases import CASES, Case, count_cases
from tests.contract.adapter_rig import Rig, open_rig, touch
from tests.contract.silent_servers import silent_url
from utils.clock import FileClock

PAIRS = [pytest.param(provider, one, id=f"{provider}: {one.sentence}") for one in CASES for provider in one.providers]
LEAST_CASES = {Provider.twilio: 40, Provider.resend: 40}
MORE_CASES = (adapter_hook_cases, adapter_proof_cases)  # imported for what they add to the table


@pytest.mark.parametrize(("provider", "one"), PAIRS)
async def test_an_adapter_keeps_this_sentence_of_the_contract(
    twin: Twin, twin_clock: FileClock, provider: Provider, one: Case
) -> None:
    async with open_rig(provider, twin, twin_clock) as rig:
        await one.play(rig)


def test_the_table_of_cases_covers_each_adapter_and_no_sentence_twice() -> None:
    counted = count_cases()
    print("cases per adapter:", {provider.value: counted[provider] for provider in Provider})
    assert {provider: counted[provider] >= LEAST_CASES[provider] for provider in Provider} == dict.fromkeys(
        Provider, True
    )
    assert len({one.sentence for one in CASES}) == len(CASES)


def test_every_provider_has_an_adapter_that_says_who_it_is() -> None:
    assert {provider: CHANNELS[provider].provider for provider in Provider} == {one: one for one in Provider}


@pytest.fixture(params=list(Provider))
async def rig(request: pytest.FixtureRequest, twin: Twin, twin_clock: FileClock) -> AsyncIterator[Rig]:
    async with open_rig(request.param, twin, twin_clock) as opened:
        yield opened


async def test_a_message_makes_the_same_request_every_time(rig: Rig) -> None:
    for _ in range(2):
        assert isinstance(await rig.channel.send(rig.client, rig.account, rig.message()), Accepted)
    first, second = rig.requests
    assert (first.content, first.headers.raw) == (second.content, second.headers.raw)


@contextlib.asynccontextmanager
async def hanging_send(rig: Rig, client: httpx.AsyncClient) -> AsyncIterator[tuple[Rig, asyncio.Task[Answer]]]:
    """A send that hangs before a silent server; at the end it is cancelled, and that must come through."""
    begun = asyncio.Event()

    async def note(_: httpx.Request) -> None:
        begun.set()

    client.event_hooks = {"request": [note], "response": []}
    with silent_url("http") as url:
        nowhere = rig.with_account(url)
        sending = asyncio.create_task(rig.channel.send(client, nowhere.account, rig.message()))
        await begun.wait()
        yield nowhere, sending
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending


async def test_a_cancelled_send_is_not_swallowed(rig: Rig) -> None:
    async with hanging_send(rig, rig.client) as (_, sending):
        assert not sending.done()


async def test_a_full_pool_is_not_sent(rig: Rig) -> None:
    limits, timeout = httpx.Limits(max_connections=1), httpx.Timeout(5, pool=0.05)
    async with (
        httpx.AsyncClient(limits=limits, timeout=timeout, trust_env=False) as client,
        hanging_send(rig, client) as (nowhere, _),
    ):
        answer = await rig.channel.send(client, nowhere.account, rig.message(touch(1)))
        assert answer == NotSent("pool_timeout")


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "no address at all", "http://[oops", ""])
async def test_a_base_url_that_is_none_is_not_sent(rig: Rig, url: str) -> None:
    nowhere = rig.with_account(url)
    assert isinstance(await rig.channel.send(rig.client, nowhere.account, rig.message()), NotSent)
