"""Checks of ours go on when the consent is old: who has the number now is asked, as for anybody, and silence holds."""

from datetime import timedelta
from typing import Any

import pytest

from modules.labels import ChannelName, Provider
from scripts.conductor.stage import Stage
from tests.cast import BY, Cast, gather_cast, story
from tests.flow.checking import SMS, checks, looks, started
from tests.flow.conftest import START
from tests.flow.outside import sweep_after, sweep_at
from tests.flow.test_vetting import told as said
from workers.accounts_in_use import load_accounts_in_use
from workers.foretell_canary import foretell_canary

OLD = START + timedelta(days=46)
CALLS = {**BY, ChannelName.voice: Provider.vapi}


async def cast_of(stage: Stage, channel: ChannelName = SMS, **answer: Any) -> Cast:
    cast = await gather_cast(stage.deps, stage.twin, story("sms").replace("minutes: 0", "days: 90"), by=CALLS)
    if answer:
        stage.twin.lookup_answer(cast.phones[0], **answer)
    await started(stage, cast, channel)
    return cast


async def sweeps(stage: Stage, minutes: int) -> int:
    """Of the turn that begins on day 46; how many answers were bought."""
    told = [await sweep_at(stage, OLD)]
    told += [await sweep_after(stage, minutes=1) for _ in range(minutes)]
    return sum(one.get("vetted", 0) for one in told)


@pytest.mark.parametrize("channel", [SMS, ChannelName.voice])
async def test_on_day_46_the_number_is_asked_about_once_and_the_check_leaves(
    stage: Stage, channel: ChannelName
) -> None:
    await cast_of(stage, channel, reassigned=False)
    assert await sweeps(stage, minutes=3) == 1
    assert [one["part"] for one in await checks(stage)] == [46 * 24]
    await sweep_at(stage, OLD + timedelta(hours=1))
    assert ([one["part"] for one in await checks(stage)], len(stage.twin.looked_up())) == ([46 * 24, 46 * 24 + 1], 1)


async def test_a_number_that_is_somebody_elses_gets_none_and_the_consent_ends(stage: Stage) -> None:
    cast = await cast_of(stage, reassigned=True)
    assert await sweeps(stage, minutes=3) == 1
    assert (await checks(stage), len(stage.twin.looked_up())) == ([], 1)
    assert [row["channel"] for row in await said(stage, "withdrawn")] == ["sms", "voice"]
    [look] = await looks(stage, cast)
    async with stage.deps.database.transaction() as conn:
        told = await foretell_canary(stage.deps, conn, await load_accounts_in_use(stage.deps, conn), look)
    assert told.held_back == "There is no consent for this channel that holds."


async def test_where_nobody_answers_none_leaves_and_the_list_says_why_with_the_way_out(stage: Stage) -> None:
    cast = await cast_of(stage, no_data=True)
    assert await sweeps(stage, minutes=3) == 1
    assert await checks(stage) == []
    [look] = await looks(stage, cast)
    async with stage.deps.database.transaction() as conn:
        told = await foretell_canary(stage.deps, conn, await load_accounts_in_use(stage.deps, conn), look)
    assert told.held_back == (
        "It is not certain that the number is still this person's. "
        "A fresh consent for the number, or a message from it, shows that it is theirs."
    )


async def test_nobody_is_asked_about_while_something_else_holds_it_back(stage: Stage) -> None:
    await cast_of(stage, reassigned=False)
    await sweep_at(stage, OLD + timedelta(hours=12))  # ten in the evening in New York
    assert (await checks(stage), stage.twin.looked_up()) == ([], [])
