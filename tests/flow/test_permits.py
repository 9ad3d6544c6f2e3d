"""What a client and a number must have besides consent, held by the engine as it runs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.accounts import ClientChange, ClientStatus, set_client
from modules.channels import channel_for
from modules.consents import ConsentGiven, insert_consent, withdraw_consents
from modules.contacts import close_address
from modules.ids import ClientId
from modules.labels import AddressKind, ChannelName, ConsentKind, Provider, SuppressionReason
from modules.permits import StateBlock, add_state_block
from modules.suppressions import decide_platform_hold, list_platform_holds
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import SQL as CAST_SQL
from tests.cast import Cast, gather_cast, join, rows, story
from tests.cast_accounts import Given
from tests.flow.outside import play_on, standing, sweep_after, sweep_until_idle
from utils.config import Redirect
from utils.db import execute
from utils.uuid7 import uuid7

SMS, EMAIL, VOICE = ChannelName.sms, ChannelName.email, ChannelName.voice
WITH_CALLS = {SMS: Provider.twilio, EMAIL: Provider.resend, VOICE: Provider.vapi}
SHARED = "+12125550177"


async def change(stage: Stage, client_id: ClientId, wanted: ClientChange) -> None:
    async with stage.deps.database.transaction() as conn:
        await set_client(conn, client_id, wanted)


async def reasons(stage: Stage) -> list[str | None]:
    """Why each enrollment waits, by its id."""
    return [(row["decision"] or {}).get("reason") for row in await rows(stage.deps, "enrollments")]


async def stop_at(stage: Stage, cast: Cast, phone: str) -> None:
    async with stage.deps.database.transaction() as conn:
        pepper, reason = await stage.deps.pepper(conn), SuppressionReason.opted_out
        await close_address(conn, pepper, cast.client_id, AddressKind.phone, phone, reason, stage.deps.clock.now())


async def test_a_number_that_stopped_three_clients_waits_at_the_fourth_until_a_person_decides(stage: Stage) -> None:
    others = [await gather_cast(stage.deps, None, story("sms"), 0, slug=f"other-{n}") for n in range(3)]
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    for other in others[:2]:
        await stop_at(stage, other, cast.phones[0])
    await stop_at(stage, others[1], cast.phones[0])  # said twice at one client is one client
    async with stage.deps.database.transaction() as conn:
        assert await list_platform_holds(conn, decided=True) == []
    await stop_at(stage, others[2], cast.phones[0])

    await run_sweep(stage.deps)
    assert await rows(stage.deps, "touches") == []
    assert await reasons(stage) == ["platform_suppressed"]
    async with stage.deps.database.transaction() as conn:
        (held,) = await list_platform_holds(conn, decided=False)
        assert held["clients"] == 3
        assert cast.phones[0] not in str(held)
        assert await decide_platform_hold(conn, held["hash"][:12], "released", "Ada", stage.deps.clock.now()) == 1
    await sweep_after(stage, minutes=6)
    assert len(await rows(stage.deps, "touches")) == 1


async def test_a_number_that_stays_closed_everywhere_ends_what_runs(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    for n in range(3):
        other = await gather_cast(stage.deps, None, story("sms"), 0, slug=f"other-{n}")
        await stop_at(stage, other, cast.phones[0])
    async with stage.deps.database.transaction() as conn:
        assert await decide_platform_hold(conn, "", "kept", "Ada", stage.deps.clock.now()) == 1
    await run_sweep(stage.deps)
    assert await rows(stage.deps, "touches") == []
    assert await standing(stage) == {"stopped:suppressed": 1}


async def test_in_a_test_everything_goes_to_the_tester_one_call_at_a_time(stage: Stage) -> None:
    tester = Redirect("+12125559999", "tester@post.example")
    deps = replace(stage.deps, settings=replace(stage.deps.settings, test_redirect=tester))
    cast = await gather_cast(deps, stage.twin, story("voice"), 3, by=WITH_CALLS)
    await join(deps, cast.client_id, story("sms", "email", slug="letters"), cast.contacts)
    await change(stage, cast.client_id, ClientChange(status=ClientStatus.test))
    stage.twin.person("+12125559999", "answers")

    await sweep_until_idle(deps)

    touches = await rows(stage.deps, "touches")
    assert {touch["to_address"] for touch in touches} <= {"+12125559999", "tester@post.example"}
    assert sum(touch["channel"] == "voice" for touch in touches) == 1
    assert sum(touch["channel"] == "sms" for touch in touches) <= 1
    assert all(touch["decision"]["redirected"] for touch in touches)
    assert {line["to"] for line in stage.twin.ledger()} <= {"+12125559999", "tester@post.example"}


async def test_a_client_in_test_reaches_nobody_without_a_tester(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    await change(stage, cast.client_id, ClientChange(status=ClientStatus.test))
    await run_sweep(stage.deps)
    assert await rows(stage.deps, "touches") == []
    assert await reasons(stage) == ["tenant_not_live"]


async def test_a_budget_counts_what_one_batch_spends_before_it_is_written(stage: Stage) -> None:
    given = {SMS: Given(settings={"unit_price": "0.01"})}
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), 6, given=given)
    await change(stage, cast.client_id, ClientChange(daily_budget_micros=30_000))

    await run_sweep(stage.deps)

    touches = await rows(stage.deps, "touches")
    assert len(touches) == 3
    assert {touch["cost_source"] for touch in touches} <= {"price_list", "provider"}
    assert sorted(map(str, await reasons(stage))) == ["None"] * 3 + ["budget"] * 3
    await sweep_after(stage, hours=24, minutes=1)
    assert len(await rows(stage.deps, "touches")) == 6


async def test_a_declared_emergency_stops_texts_and_calls_but_no_mail_until_it_ends(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    await join(stage.deps, cast.client_id, story("email", slug="letters"), cast.contacts)
    now = stage.deps.clock.now()
    block = StateBlock(uuid7(now), "NY", now, now + timedelta(hours=2), "flood", "a page", "Ada")
    async with stage.deps.database.transaction() as conn:
        await add_state_block(conn, block, now)
    await sweep_until_idle(stage.deps)
    assert [touch["channel"] for touch in await rows(stage.deps, "touches")] == ["email"]
    assert "emergency_block" in await reasons(stage)
    await sweep_after(stage, hours=2)
    assert sorted(touch["channel"] for touch in await rows(stage.deps, "touches")) == ["email", "sms"]


@pytest.mark.parametrize("channel", [SMS, EMAIL])
async def test_without_a_campaign_or_a_postal_address_everything_waits_and_goes_once_it_is_there(
    stage: Stage, channel: ChannelName
) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story(str(channel)))
    async with stage.deps.database.transaction() as conn:
        await execute(conn, CAST_SQL["drop_permits"], {"client_id": cast.client_id})
    await run_sweep(stage.deps)
    assert await rows(stage.deps, "touches") == []
    expected = {SMS: "sender_not_registered", EMAIL: "no_postal_address"}[channel]
    assert await reasons(stage) == [expected]
    async with stage.deps.database.transaction() as conn:
        await execute(conn, CAST_SQL["plant_permits"], {"client_id": cast.client_id, "now": stage.deps.clock.now()})
    await sweep_after(stage, minutes=6)
    assert len(await rows(stage.deps, "touches")) == 1


async def test_what_was_agreed_to_for_one_number_says_nothing_of_another(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), 2)
    now = stage.deps.clock.now()
    async with stage.deps.database.transaction() as conn:
        for contact_id, number in zip(cast.contacts, (cast.phones[0], SHARED), strict=True):
            given = ConsentGiven(SMS, "yes", "form", ConsentKind.written, address=number, at=now)
            await execute(conn, CAST_SQL["forget_consents"], {"contact_id": contact_id})
            await insert_consent(conn, uuid7(now), cast.client_id, contact_id, given, now)
    await run_sweep(stage.deps)
    assert [touch["to_address"] for touch in await rows(stage.deps, "touches")] == [cast.phones[0]]


async def test_a_first_text_names_the_brand_and_says_how_to_stop_and_again_after_thirty_days(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms", "sms", "sms", wait="days: 29"))

    touches = await play_on(stage)

    said = ["STOP" in touch["body"] for touch in touches]
    assert said == [True, False, True]
    assert touches[0]["body"].startswith("Acme: ")
    assert [touch["decision"].get("footer", False) for touch in touches] == said
    policy = channel_for(Provider.twilio, SMS).policy
    assert touches[2]["armed_at"] - touches[0]["armed_at"] > timedelta(days=30) > policy.expire


async def test_of_five_texts_in_a_row_one_says_how_to_stop(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story(*["sms"] * 7, wait="days: 1"))

    touches = await play_on(stage)

    assert ["STOP" in touch["body"] for touch in touches] == [True, False, False, False, False, True, False]
    assert touches[-1]["armed_at"] - touches[0]["armed_at"] < timedelta(days=30)


async def test_after_a_first_text_that_nobody_could_prove_the_next_one_is_the_first(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms", "sms"))
    stage.twin.script("twilio", "reset_before_accept")

    lost, arrived = await play_on(stage)

    assert (lost["state"], arrived["state"]) == ("expired", "delivered")
    assert arrived["body"].startswith("Acme: ")
    assert "STOP" in arrived["body"]


@pytest.mark.parametrize(
    ("events", "allowed"),
    [
        (("written", "express"), True),  # a plain yes on top takes nothing away from a signature
        (("express", "written"), True),
        (("express", "express"), False),
        (("written", "withdrawn"), False),
        (("written", "withdrawn", "express"), False),
        (("written", "withdrawn", "written"), True),
    ],
)
async def test_the_strongest_consent_since_the_last_withdrawal_counts(
    stage: Stage, events: tuple[str, ...], allowed: bool
) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    start, (contact_id,) = stage.deps.clock.now() - timedelta(days=9), cast.contacts
    async with stage.deps.database.transaction() as conn:
        await execute(conn, CAST_SQL["forget_consents"], {"contact_id": contact_id})
        for day, event in enumerate(events):
            at = start + timedelta(days=day)
            if event == "withdrawn":
                await withdraw_consents(conn, cast.client_id, contact_id, [SMS], "no", "form", at)
                continue
            given = ConsentGiven(SMS, "yes", "form", ConsentKind(event), at=at)
            await insert_consent(conn, uuid7(at), cast.client_id, contact_id, given, at)
    await run_sweep(stage.deps)
    assert bool(await rows(stage.deps, "touches")) is allowed
