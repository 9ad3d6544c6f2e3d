"""Who may start checks of ours, and how often they leave."""

from datetime import timedelta

import pytest

from modules.labels import ChannelName, Provider
from scripts.conductor.stage import Stage
from tests.cast import BY, Cast, gather_cast
from tests.flow.answering import NIGHT, write
from tests.flow.checking import HOUR, MINUTE, SMS, checks, later, looks, started, troubles
from tests.flow.outside import sweep_after
from utils.errors import BadInput, Conflict


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    """One person of the house with a phone and a mailbox; the sequence they are in begins in a month."""
    by = {**BY, ChannelName.voice: Provider.vapi}
    return await gather_cast(stage.deps, stage.twin, later(), by=by)


async def test_started_twice_it_is_one_and_in_other_words_refused(stage: Stage, cast: Cast) -> None:
    first, again = await started(stage, cast), await started(stage, cast)
    assert (again.id, again.fresh) == (first.id, False)
    with pytest.raises(Conflict, match="runs already, every 1 h"):
        await started(stage, cast, every=2 * HOUR)
    assert (await started(stage, cast, ChannelName.email)).fresh


async def test_to_whom_nothing_may_go_none_is_started(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "STOP")
    with pytest.raises(Conflict, match="Nothing was started"):
        await started(stage, cast)
    assert await looks(stage, cast) == []


async def test_a_client_without_an_account_for_it_is_told_so(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, later())
    with pytest.raises(Conflict, match="no account for calls"):
        await started(stage, acme, ChannelName.voice)


@pytest.mark.parametrize("channel", [ChannelName.sms, ChannelName.email])
@pytest.mark.parametrize("every", [timedelta(0), 30 * MINUTE, 90 * MINUTE, 25 * HOUR])
async def test_other_times_than_whole_hours_of_a_day_are_refused(
    stage: Stage, cast: Cast, channel: ChannelName, every: timedelta
) -> None:
    with pytest.raises(BadInput, match="whole hours"):
        await started(stage, cast, channel, every)


@pytest.mark.parametrize("hours", [13, 24])
async def test_texts_and_calls_are_checked_so_often_that_the_night_does_not_swallow_them(
    stage: Stage, cast: Cast, hours: int
) -> None:
    """The turns stay at the same hours of the day: with more than half a day between them all may be at night."""
    for channel in (SMS, ChannelName.voice):
        with pytest.raises(BadInput, match="every 1 to 12 whole hours, because none leaves at night"):
            await started(stage, cast, channel, hours * HOUR)
    assert (await started(stage, cast, ChannelName.email, hours * HOUR)).fresh


async def test_texts_every_half_day_leave_once_a_day_at_least_whenever_they_begin(stage: Stage, cast: Cast) -> None:
    stage.clock.set(NIGHT)
    await started(stage, cast, every=12 * HOUR)
    for _ in range(6):
        assert await troubles(stage) == []
        await sweep_after(stage, hours=12)
    assert len(await checks(stage)) == 3
