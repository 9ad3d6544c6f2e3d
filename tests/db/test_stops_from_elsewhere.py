"""A stop from an address of theirs that we do not have closes the one we write to, once somebody says whose it is."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from modules.labels import ChannelName
from tests.databases import Database
from tests.db.rig import open_rig
from tests.db.test_inbound import ADA, STRANGER, TEXT, ghl, rematch, told
from workers.context import Deps
from workers.take_in import take_in


@pytest_asyncio.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


@pytest.mark.parametrize("known_first", [True, False])
@pytest.mark.parametrize(
    ("channel", "sender", "own"),
    [
        (ChannelName.email, "ada@work.example", "ada@person.example"),
        (ChannelName.sms, "unknown", STRANGER),
    ],
)
async def test_a_stop_that_the_provider_knows_to_be_theirs_closes_the_address_that_we_write_to(
    deps: Deps, channel: ChannelName, sender: str, own: str, known_first: bool
) -> None:
    """They wrote from an address of theirs that we do not have, or the provider shows none that can be read."""
    _, post = await ghl(deps)
    stop = replace(TEXT, from_address=sender, text="Please stop.", channel=channel, contact_ref="ghl-1", payload={})
    for event in (ADA, stop) if known_first else (stop, ADA):
        await take_in(deps, post, event)
    assert await rematch(deps) == (0 if known_first else 1)
    closed = {row["value"] for row in await told(deps, "closed")}
    assert closed == {own} | ({sender} if "@" in sender else set())
