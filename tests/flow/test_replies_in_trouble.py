"""What is written back while the provider, the database or another person's hours stand in the way."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from modules.channels import Permission
from modules.ids import ContactId
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast
from tests.databases import Database
from tests.flow.answering import reached
from tests.flow.outside import cut_connections, play_on, sweep_after
from tests.flow.writing_back import WORDS, asked, outcome, replies, warned, written
from utils import crashpoint
from utils.clock import monotonic
from utils.db import Connection
from utils.errors import Unavailable
from utils.http import send_client
from utils.uuid7 import uuid7
from workers.accounts_in_use import load_accounts_in_use
from workers.arm import batch_size
from workers.errands import BUSY, BUSY_ROUNDS, WAIT, Standstill, run_errands

SPACED = [0, 1, 5, 15, 30, 30, 30, 30]  # minutes, as the tries of a step that never left


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    return await asked(stage)


async def test_a_provider_that_is_away_for_minutes_costs_no_reply(stage: Stage, cast: Cast) -> None:
    stage.twin.script("twilio", "429", times=4)
    await written(stage, cast)
    for _ in range(60):
        await sweep_after(stage, minutes=1)
    await play_on(stage)
    assert (reached(stage, WORDS), await outcome(stage, cast)) == (1, [("delivered", None)])


async def test_the_tries_are_spaced_like_a_steps_and_after_the_eighth_it_is_closed_and_told(
    stage: Stage, cast: Cast
) -> None:
    stage.twin.script("twilio", "429", times=99)
    await written(stage, cast)
    begun = stage.clock.now()
    await run_sweep(stage.deps)
    for _ in range(180):
        await sweep_after(stage, minutes=1)
    at = [one["armed_at"] for one in sorted(await replies(stage), key=lambda one: one["attempt"])]
    assert at == [begun + timedelta(minutes=sum(SPACED[: number + 1])) for number in range(len(SPACED))]
    assert (await outcome(stage, cast), await warned(stage)) == ([("closed", "not_sent")], ["not_sent"])


async def test_what_is_armed_leaves_although_the_database_goes_away_before_the_next(
    stage: Stage, cast: Cast, database: Database
) -> None:
    """What nobody sent would end as lost, and hold every other text to the same person until then."""
    for number in range(3):
        await written(stage, cast, f"Answer {number}")
    armed = 0

    def cut_at_the_third(name: str) -> None:
        nonlocal armed
        armed += name == "before_arm_commit"
        if name == "before_arm_commit" and armed == 3:
            cut_connections(database)

    crashpoint.install(cut_at_the_third)
    try:
        with pytest.raises(Unavailable):
            await run_sweep(stage.deps)
    finally:
        crashpoint.install(None)
    sent = sum(reached(stage, f"Answer {number}") for number in range(3))
    assert 0 < sent == len(await replies(stage)) < 3
    await play_on(stage)
    assert [reached(stage, f"Answer {number}") for number in range(3)] == [1, 1, 1]


@dataclass(frozen=True)
class Waits:
    id: UUID
    contact_id: ContactId


@pytest.mark.parametrize(("standstill", "batches"), [(WAIT, 8), (BUSY, BUSY_ROUNDS)])
async def test_who_must_wait_keeps_nobody_behind_them_from_leaving(
    stage: Stage, cast: Cast, standstill: Standstill, batches: int
) -> None:
    """People whose morning has not come stand before those whose has; only a lock elsewhere is worth giving up for."""
    async with stage.deps.database.transaction() as conn:
        account = (await load_accounts_in_use(stage.deps, conn)).by_channel[cast.client_id, "sms"]
    size = batch_size(account)
    owed = [Waits(uuid7(stage.clock.now()), cast.contacts[0]) for _ in range(8 * size)]
    looked_at: list[UUID] = []

    async def arm(conn: Connection, one: Waits, permission: Permission | None) -> Standstill:
        looked_at.append(one.id)
        return standstill

    async with send_client(1.0) as client:
        await run_errands(stage.deps, client, client, account, owed, arm, monotonic() + 60, Counter(), "armed")
    assert looked_at == [one.id for one in owed[: batches * size]]
