"""The same bytes under the same key are a send like any other: every wish that came up since then counts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from modules.channels import Message
from modules.labels import ChannelName, Provider, TouchState
from modules.touches import News, load_touches
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, rows, story
from tests.flow.outside import states_of, sweep_after
from utils.config import Redirect
from workers.accounts_in_use import load_accounts_in_use
from workers.confirm import confirm
from workers.repeat import repeat_same_key

BY = {ChannelName.voice: Provider.retell, ChannelName.email: Provider.resend, ChannelName.sms: Provider.twilio}
OFFICE = "windows:\n  - { days: [mon, tue, wed, thu, fri], from: '09:00', to: '10:03' }\n"
LATER = timedelta(minutes=1)


async def lose_first(stage: Stage, channel: str, windows: str = "") -> Cast:
    """One touch that the provider never took, and nobody knows it."""
    text = story(channel).replace("timezone: contact\n", f"timezone: contact\n{windows}")
    cast = await gather_cast(stage.deps, stage.twin, text, by=BY)
    stage.twin.script(BY[ChannelName(channel)], "reset_before_accept")
    await run_sweep(stage.deps)
    assert await states_of(stage) == ["unknown"]
    assert stage.twin.ledger() == []
    return cast


@pytest.mark.parametrize("channel", ["voice", "email"])
async def test_what_nobody_took_is_sent_again_under_its_key(stage: Stage, channel: str) -> None:
    cast = await lose_first(stage, channel)
    for _ in range(7):
        await sweep_after(stage, minutes=1)
    assert [line["to"] for line in stage.twin.ledger()] == [(cast.phones if channel == "voice" else cast.mails)[0]]


@pytest.mark.parametrize("channel", ["voice", "email"])
async def test_in_a_test_nothing_is_repeated_to_the_person_it_was_meant_for(stage: Stage, channel: str) -> None:
    await lose_first(stage, channel)
    tester = Redirect("+12125559999", "tester@post.example")
    object.__setattr__(stage, "deps", replace(stage.deps, settings=replace(stage.deps.settings, test_redirect=tester)))
    for _ in range(7):
        await sweep_after(stage, minutes=1)
    assert stage.twin.ledger() == []


async def test_a_mail_is_not_repeated_after_the_sequences_own_hours(stage: Stage) -> None:
    await lose_first(stage, "email", OFFICE)
    for _ in range(7):
        await sweep_after(stage, minutes=1)
    assert stage.twin.ledger() == []


@pytest.mark.parametrize(
    "meanwhile",
    [
        None,
        {"state": TouchState.not_sent, "reason": "absent_twice"},
        {"state": None, "provider_id": "told-by-another", "provider_status": "queued"},
    ],
    ids=["nothing", "it has its end", "it was taken"],
)
async def test_what_another_sweep_has_heard_of_meanwhile_is_not_repeated(
    stage: Stage, meanwhile: dict[str, Any] | None
) -> None:
    await lose_first(stage, "email")
    (row,) = await rows(stage.deps, "touches")
    async with stage.deps.database.transaction() as conn:
        account = (await load_accounts_in_use(stage.deps, conn)).by_id[row["account_id"]]
        (touch,) = await load_touches(conn, [row["id"]])
    if meanwhile:
        assert await confirm(stage.deps, [News(touch.id, **meanwhile)])
    message = Message(touch.id, touch.to_address, touch.subject, touch.body, touch.envelope)

    said = await repeat_same_key(stage.deps, account, touch, message)

    assert (said is None, len(stage.twin.ledger())) == ((True, 0) if meanwhile else (False, 1))
