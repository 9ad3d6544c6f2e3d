"""Both adapters keep one contract, through real HTTP before the providers' twin."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from modules.channels import CHANNELS, Accepted, Answer, HookKind, NotSent, channels_of
from modules.labels import ChannelName, Provider
from scripts.sandbox.remote import Twin
from tests.contract import (
    adapter_archive_cases,
    adapter_hook_cases,
    adapter_list_cases,
    adapter_paging_cases,
    adapter_proof_cases,
    adapter_reply_cases,
)
from tests.contract.adapter_cases import CASES, Case, cases_of
from tests.contract.adapter_pairs import PAIRS
from tests.contract.adapter_rig import Rig, open_rig, told_of, touch
from tests.contract.pair import Pair
from tests.contract.silent_servers import silent_url
from utils.clock import FileClock, wall_clock
from utils.errors import BadSignature
from utils.http import trusted

MORE_CASES = (
    adapter_archive_cases,
    adapter_hook_cases,
    adapter_list_cases,
    adapter_paging_cases,
    adapter_proof_cases,
    adapter_reply_cases,
)  # imported for what they add to the table
SISTERS = {(Provider.ghl, ChannelName.email), (Provider.retell, ChannelName.voice)}
"""Adapters whose sister keeps the same sentences in every run; these two keep them in a full one."""
SENTENCES = [
    pytest.param(
        pair,
        one,
        id=f"{pair.name}: {one.sentence}",
        marks=[pytest.mark.full] if (pair.provider, pair.channel) in SISTERS else [],
    )
    for pair in PAIRS.values()
    for one in cases_of(pair)
]
LEAST_CASES = 40


@pytest.mark.parametrize(("pair", "one"), SENTENCES)
async def test_an_adapter_keeps_this_sentence_of_the_contract(
    twin: Twin, twin_clock: FileClock, pair: Pair, one: Case
) -> None:
    async with open_rig(pair, twin, twin_clock) as rig:
        await one.play(rig)


def test_the_table_of_cases_covers_each_adapter_and_no_sentence_twice() -> None:
    counted = {pair.name: len(cases_of(pair)) for pair in PAIRS.values()}
    print("cases per adapter:", counted)
    assert min(counted.values()) >= LEAST_CASES
    assert len({one.sentence for one in CASES}) == len(CASES)
    assert [one.sentence for one in CASES if not any(map(one.applies, PAIRS.values()))] == []


def test_every_adapter_runs_under_the_contract_and_says_who_it_is() -> None:
    assert set(PAIRS) == set(CHANNELS)
    assert {name: (one.provider, one.channel) for name, one in CHANNELS.items()} == {name: name for name in CHANNELS}
    assert {name: (pair.provider, pair.channel) for name, pair in PAIRS.items()} == {name: name for name in PAIRS}


@pytest.fixture(params=PAIRS.values(), ids=lambda pair: pair.name)
async def rig(request: pytest.FixtureRequest, twin: Twin, twin_clock: FileClock) -> AsyncIterator[Rig]:
    async with open_rig(request.param, twin, twin_clock) as opened:
        yield opened


async def test_all_adapters_of_one_provider_share_its_policy_and_read_its_webhooks_alike(rig: Rig) -> None:
    """One hook route serves a provider, and one resolve policy its unknown touches, whatever their channel."""
    assert isinstance(await rig.channel.send(rig.client, rig.account, rig.message()), Accepted)
    rig.customer.step(hours=1)
    siblings = channels_of(rig.provider)
    assert rig.channel in siblings
    for one in siblings:
        assert one.policy == rig.channel.policy
        assert (one.required_secrets, one.optional_secrets) == (
            rig.channel.required_secrets,
            rig.channel.optional_secrets,
        )
        for letter in rig.all_letters():
            one.verify(rig.account.secrets, letter, wall_clock().timestamp())
            with pytest.raises(BadSignature):
                one.verify(rig.pair.foreign, letter, wall_clock().timestamp())
            for kind in HookKind:
                assert one.parse(kind, letter) == rig.channel.parse(kind, letter)


async def test_a_message_makes_the_same_request_every_time(rig: Rig) -> None:
    for _ in range(2):
        assert isinstance(await rig.channel.send(rig.client, rig.account, rig.message()), Accepted)
    first, second = rig.requests
    assert (first.content, first.headers.raw) == (second.content, second.headers.raw)


@contextlib.asynccontextmanager
async def hanging_send(rig: Rig, client: httpx.AsyncClient) -> AsyncIterator[tuple[Rig, asyncio.Task[Answer]]]:
    """A send that hangs before a silent server; at the end it is cancelled, and that must come through."""
    begun = asyncio.Event()
    told_of(client, lambda _: begun.set())
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
        httpx.AsyncClient(limits=limits, timeout=timeout, trust_env=False, verify=trusted()) as client,
        hanging_send(rig, client) as (nowhere, _),
    ):
        answer = await rig.channel.send(client, nowhere.account, rig.message(touch(1)))
        assert answer == NotSent("pool_timeout")


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "no address at all", "http://[oops", ""])
async def test_a_base_url_that_is_none_is_not_sent(rig: Rig, url: str) -> None:
    nowhere = rig.with_account(url)
    assert isinstance(await rig.channel.send(rig.client, nowhere.account, rig.message()), NotSent)
