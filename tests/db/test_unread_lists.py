"""A list that no run could read for an hour: a person hears of it once, and of its end; else nothing is written."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx
import pytest

from modules.accounts import Account
from modules.channels import CannotTell, Listed
from modules.channels.twilio_sms import TwilioSms
from modules.health import ListLook, note_list_looks
from modules.health.lists import WAIT, WAYS_OUT
from modules.labels import ChannelName, Provider
from scripts.conductor.stage import Stage
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database
from tests.db.rig import MONDAY
from tests.db.test_reconcile import findings, pass_minutes, text_past_us
from tests.db.test_reconcile import stage as stage
from tests.db.test_write_economy import row_versions
from utils.db import Row
from workers.reconcile import reconcile
from workers.sweep import sweep


async def quarter_hours(stage: Stage, how_many: int) -> list[dict[str, int]]:
    """Runs of the job, each 15 minutes after the one before."""
    reports = []
    for _ in range(how_many):
        await pass_minutes(stage, 15)
        reports.append(await reconcile(stage.deps))
    return reports


async def lines(stage: Stage) -> list[Row]:
    """What was written about lists, the oldest first."""
    found = [row for row in await rows(stage.deps, "logs") if str(row["event"]).startswith("list_")]
    return sorted(found, key=lambda row: row["at"])


async def blind(stage: Stage) -> Cast:
    """A client whose texts' list cannot be read."""
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    stage.twin.script("twilio", "500_before_accept", op="list", times=1000)
    return cast


async def test_a_list_that_nobody_could_read_for_an_hour_is_an_alarm_that_is_told_once(
    stage: Stage, database: Database
) -> None:
    cast = await blind(stage)
    began_at = MONDAY + timedelta(minutes=15)
    assert await quarter_hours(stage, 3) == [{"cannot_tell": 1}] * 3
    assert [(row["event"], row["level"]) for row in await lines(stage)] == [("list_not_read", "notice")]
    assert await quarter_hours(stage, 1) == [{"cannot_tell": 1, "unread_long": 1}]
    alarm = (await lines(stage))[-1]
    assert (alarm["event"], alarm["level"], alarm["client_id"]) == ("list_unread_long", "alarm", cast.client_id)
    assert alarm["detail"] == {
        "account_id": str(cast.texts),
        "reason": "http_500",
        "since": began_at.isoformat(),
        "way_out": WAIT,
    }
    before = row_versions(database)
    assert await quarter_hours(stage, 4) == [{"cannot_tell": 1}] * 4
    assert row_versions(database) == before


async def test_once_it_can_be_read_again_that_is_written_and_then_nothing_more(
    stage: Stage, database: Database
) -> None:
    await blind(stage)
    await quarter_hours(stage, 4)
    stage.twin.clear_faults()
    assert await quarter_hours(stage, 1) == [{}]
    told = ["list_not_read", "list_unread_long", "list_read_again"]
    assert [row["event"] for row in await lines(stage)] == told
    before = row_versions(database)
    assert await quarter_hours(stage, 2) == [{}, {}]
    assert row_versions(database) == before


async def test_a_run_that_reads_in_between_begins_the_hour_anew(stage: Stage) -> None:
    await blind(stage)
    await quarter_hours(stage, 3)
    stage.twin.clear_faults()
    await quarter_hours(stage, 1)
    stage.twin.script("twilio", "500_before_accept", op="list", times=1000)
    assert "unread_long" not in str(await quarter_hours(stage, 3))
    assert "unread_long" in str(await quarter_hours(stage, 1))


async def test_one_clients_unread_list_keeps_no_other_clients_from_being_compared(stage: Stage) -> None:
    broken = await blind(stage)
    by = {ChannelName.email: Provider.resend}
    await gather_cast(stage.deps, stage.twin, story("email"), slug="calm", by=by)
    await sweep(stage.deps)
    reports = await quarter_hours(stage, 4)
    assert [report.get("listed") for report in reports] == [1] * 4
    assert {row["client_id"] for row in await lines(stage)} == {broken.client_id}


async def test_what_nobody_mends_in_a_day_is_told_again(stage: Stage) -> None:
    cast = await blind(stage)
    await quarter_hours(stage, 4)
    look = ListLook(cast.client_id, cast.texts, "http_500")
    told = []
    for hours in (20, 23, 24, 25, 26):
        async with stage.deps.database.transaction() as conn:
            told.append((await note_list_looks(conn, [look], MONDAY + timedelta(hours=1 + hours))).alarms)
    assert told == [0, 0, 0, 1, 0]


async def test_what_left_while_nobody_could_read_the_list_is_found_when_it_can_be_read_again(
    stage: Stage, database: Database
) -> None:
    """However long that was: the runs that follow look two hours back."""
    sid = await text_past_us(stage, await blind(stage), "+12125550177")
    await quarter_hours(stage, 16)
    stage.twin.clear_faults()
    assert await quarter_hours(stage, 1) == [{"ghosts": 1, "listed": 1}]
    assert [(row["kind"], row["provider_id"]) for row in await findings(stage)] == [("ghost", sid)]
    assert (await lines(stage))[-1]["event"] == "list_read_again"
    before = row_versions(database)
    assert await quarter_hours(stage, 1) == [{}]
    assert row_versions(database) == before


async def test_a_list_counts_as_unread_until_the_time_without_it_was_read_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await text_past_us(stage, await blind(stage), "+12125550177")
    await quarter_hours(stage, 16)
    stage.twin.clear_faults()
    listing = TwilioSms.listing

    async def short(
        channel: TwilioSms, client: httpx.AsyncClient, account: Account, since: datetime, until: datetime
    ) -> Sequence[Listed] | CannotTell:
        long_ago = since < stage.clock.now() - timedelta(hours=2)
        return CannotTell("list_too_long") if long_ago else await listing(channel, client, account, since, until)

    monkeypatch.setattr(TwilioSms, "listing", short)
    assert await quarter_hours(stage, 1) == [{"cannot_tell": 1}]
    assert (await lines(stage))[-1]["event"] == "list_unread_long"
    monkeypatch.undo()
    assert await quarter_hours(stage, 1) == [{"ghosts": 1, "listed": 1}]
    assert (await lines(stage))[-1]["event"] == "list_read_again"


@pytest.mark.parametrize("reason", ["http_429", "http_401", "out_of_time", "list_too_long", "read_timeout"])
async def test_the_alarm_says_what_to_do_about_this_very_reason(stage: Stage, reason: str) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    look = ListLook(cast.client_id, cast.texts, reason)
    for minutes in (0, 45):
        async with stage.deps.database.transaction() as conn:
            await note_list_looks(conn, [look], MONDAY + timedelta(minutes=minutes))
    detail = (await lines(stage))[-1]["detail"]
    assert (detail["reason"], detail["way_out"]) == (reason, WAYS_OUT.get(reason, WAIT))
