"""The published keys: fetched seldom, by one at a time, and kept while Supabase is away."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from modules.accounts import KeySet
from utils.errors import Unavailable


def published(kid: str) -> dict[str, Any]:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    return {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(public)), "kid": kid, "alg": "ES256", "use": "sig"}


class Supabase:
    """Publishes `keys`, or is away; counts who knocks."""

    def __init__(self, *keys: object) -> None:
        self.keys = list(keys)
        self.away = False
        self.reads = 0
        self.seconds = 0.0
        self.set = KeySet(self.fetch, lambda: self.seconds)

    async def fetch(self) -> Mapping[str, Any]:
        self.reads += 1
        await asyncio.sleep(0)
        if self.away:
            raise Unavailable("away")
        return {"keys": self.keys}


async def test_many_at_once_share_one_fetch() -> None:
    supabase = Supabase(published("one"))
    found = await asyncio.gather(*(supabase.set.find("one") for _ in range(20)))
    assert all(found)
    assert supabase.reads == 1


async def test_a_known_key_stays_while_supabase_is_away() -> None:
    supabase = Supabase(published("one"))
    await supabase.set.find("one")
    supabase.away, supabase.seconds = True, 601
    assert [bool(key) for key in await asyncio.gather(*(supabase.set.find("one") for _ in range(20)))] == [True] * 20
    assert supabase.reads == 2


async def test_while_supabase_is_away_an_unknown_key_hears_so_and_knocks_only_now_and_then() -> None:
    supabase = Supabase(published("one"))
    supabase.away = True
    for _ in range(5):
        with pytest.raises(Unavailable):
            await supabase.set.find("one")
    assert supabase.reads == 1
    supabase.away, supabase.seconds = False, 5
    assert await supabase.set.find("one") is not None


async def test_a_fetch_that_was_cancelled_signs_nobody_out() -> None:
    supabase = Supabase(published("one"))
    first = asyncio.create_task(supabase.set.find("one"))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    with pytest.raises(Unavailable):
        await supabase.set.find("one")
    supabase.seconds = 5
    assert await supabase.set.find("one") is not None


async def test_a_published_key_that_cannot_be_read_is_passed_over() -> None:
    broken = {**published("broken"), "x": "!"}
    without = {"kty": "EC", "crv": "P-256", "kid": "without"}
    supabase = Supabase("text", {}, {"kty": ["EC"]}, broken, without, published("one"))
    assert await supabase.set.find("one") is not None
    for kid in ("broken", "without"):
        assert await supabase.set.find(kid) is None


async def test_a_forged_key_id_makes_us_knock_every_half_minute_at_most() -> None:
    supabase = Supabase(published("one"))
    for second in range(60):
        supabase.seconds = second
        assert await supabase.set.find("forged") is None
    assert supabase.reads == 2
