"""Links that people follow turn their branches; what scanners follow does not, in whatever order it is told."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from modules.labels import Provider
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, rows
from tests.flow.outside import play_on, post_mail_event, standing, sweep_after, sweep_at
from tests.flow.test_milestones import branch
from tests.flow.test_sequence_language import file, mail
from utils.db import Row
from workers.take_in import rejoin_orphans

BROWSER = "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_1) AppleWebKit/605.1.15 Safari/605.1.15"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
STORY = file(
    mail("letter").replace("<p>letter</p>", "'<a href=\"https://acme.example/more\">letter</a>'"),
    branch("asks", "wait: {hours: 2}", when="{clicked: letter, go_to: thanks}"),
    mail("nudge", more=", on_success: end"),
    mail("thanks"),
)


def click_event(
    email_id: str,
    at: datetime,
    touch: str = "",
    user_agent: str = BROWSER,
    name: str = "clicked",
    link: str = "https://acme.example/more?who=ada",
) -> dict[str, Any]:
    """As Resend posts it (spec EmailClickedEvent)."""
    data: dict[str, Any] = {"email_id": email_id, "created_at": at.isoformat(), "to": ["ada@people.example"]}
    data |= {"tags": {"touch": touch}} if touch else {}
    if name == "clicked":
        data["click"] = {"ipAddress": "203.0.113.9", "link": link, "timestamp": at.isoformat(), "userAgent": user_agent}
    return {"type": f"email.{name}", "created_at": at.isoformat(), "data": data}


async def clicks(stage: Stage) -> Sequence[Row]:
    return await rows(stage.deps, "clicks")


async def next_steps(stage: Stage) -> dict[str, str]:
    """The step that each person got after the letter."""
    touches = await rows(stage.deps, "touches")
    return {touch["to_address"]: touch["step"] for touch in touches if touch["step"] != "letter"}


async def delivered(stage: Stage, people: int = 1) -> Cast:
    acme = await gather_cast(stage.deps, stage.twin, STORY, people=people)
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=3)
    assert {touch["state"] for touch in await rows(stage.deps, "touches")} == {"delivered"}
    return acme


def delivered_at(stage: Stage, address: str) -> datetime:
    """By the twin's own books."""
    (line,) = stage.twin.ledger(provider="resend", to=address)
    return next(datetime.fromisoformat(fact["at"]) for fact in line["facts"] if fact["status"] == "delivered")


async def test_who_follows_a_link_takes_the_other_way(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, STORY, people=2)
    stage.twin.person(acme.mails[0], "clicks")
    await play_on(stage)
    assert await next_steps(stage) == {acme.mails[0]: "thanks", acme.mails[1]: "nudge"}
    assert {click["by_machine"] for click in await clicks(stage)} == {False}
    assert await standing(stage) == {"finished": 2}


async def test_what_a_scanner_follows_as_the_mail_comes_in_turns_nothing(stage: Stage) -> None:
    acme = await delivered(stage, people=3)
    begin = [delivered_at(stage, address) for address in acme.mails]
    stage.twin.click_link(acme.mails[0], at=begin[0] + 9 * SECOND)
    stage.twin.click_link(acme.mails[1], at=begin[1] + 10 * SECOND)
    stage.twin.click_link(acme.mails[2], at=begin[2] + 10 * MINUTE, user_agent="Barracuda Sentinel (EE)")
    await play_on(stage)
    assert await next_steps(stage) == {acme.mails[0]: "nudge", acme.mails[1]: "thanks", acme.mails[2]: "nudge"}
    assert sorted(click["by_machine"] for click in await clicks(stage)) == [False, True, True]


async def test_who_follows_the_link_that_ends_the_mails_shows_no_interest(stage: Stage) -> None:
    acme = await delivered(stage, people=2)
    at = stage.clock.now() + MINUTE
    first, second = sorted(await rows(stage.deps, "touches"), key=lambda one: acme.mails.index(one["to_address"]))
    way_out = first["envelope"]["unsubscribe_url"]
    assert post_mail_event(stage, acme, click_event(first["provider_id"], at, link=way_out), "msg_way_out") == 204
    assert post_mail_event(stage, acme, click_event(second["provider_id"], at), "msg_more") == 204
    assert [click["event"] for click in await clicks(stage)] == ["msg_more"]
    await play_on(stage)  # nobody pressed the button on the page behind the link
    assert await next_steps(stage) == {acme.mails[0]: "nudge", acme.mails[1]: "thanks"}


async def test_a_scanners_click_that_is_told_before_the_delivery_is_known_for_one_when_the_delivery_is_told(
    stage: Stage,
) -> None:
    acme = await gather_cast(stage.deps, stage.twin, STORY)
    await run_sweep(stage.deps)
    (touch,) = await rows(stage.deps, "touches")
    stage.clock.set(stage.clock.now() + 5 * MINUTE)
    came = stage.clock.now() - 2 * MINUTE
    assert post_mail_event(stage, acme, click_event(touch["provider_id"], came + 2 * SECOND), "msg_click") == 204
    assert [click["by_machine"] for click in await clicks(stage)] == [False]
    told = click_event(touch["provider_id"], came, name="delivered")
    assert post_mail_event(stage, acme, told, "msg_delivered") == 204
    assert [click["by_machine"] for click in await clicks(stage)] == [True]
    late = click_event(touch["provider_id"], came + 3 * SECOND)
    assert post_mail_event(stage, acme, late, "msg_late") == 204
    assert [click["by_machine"] for click in await clicks(stage)] == [True, True]
    read = click_event(touch["provider_id"], came + MINUTE)
    assert post_mail_event(stage, acme, read, "msg_read") == 204
    assert [click["by_machine"] for click in await clicks(stage)] == [True, True, False]


async def test_the_same_click_told_a_hundred_times_is_one(stage: Stage) -> None:
    acme = await delivered(stage)
    stage.twin.click_link(acme.mails[0], at=stage.clock.now(), times=100)
    before = await rows(stage.deps, "touches")
    await asyncio.to_thread(stage.twin.advance, stage.clock.now())
    (line,) = stage.twin.ledger(provider="resend", to=acme.mails[0])
    assert [posting["answer"] for posting in line["webhooks"] if posting["status"] == "clicked"] == [204] * 100
    (click,) = await clicks(stage)
    assert (click["touch_id"], click["by_machine"]) == (before[0]["id"], False)
    assert await rows(stage.deps, "touches") == before
    assert await rows(stage.deps, "inbox") == []


async def test_a_click_that_comes_before_our_own_answer_is_recorded_counts_once_its_touch_is_known(
    stage: Stage,
) -> None:
    acme = await gather_cast(stage.deps, stage.twin, STORY)
    stage.twin.script("resend", "timeout_after_accept")
    await run_sweep(stage.deps)
    (touch,) = await rows(stage.deps, "touches")
    (line,) = stage.twin.ledger(provider="resend")
    assert touch["provider_id"] is None
    now = stage.clock.now()
    assert post_mail_event(stage, acme, click_event(line["provider_id"], now + MINUTE), "msg_early") == 204
    assert await clicks(stage) == []
    kept = await rows(stage.deps, "inbox")
    assert [(row["kind"], row["payload"]["click"]["user_agent"]) for row in kept] == [("unknown_touch", BROWSER)]
    assert "203.0.113.9" not in str(kept)
    assert "who=ada" not in str(kept)
    await sweep_at(stage, now + 10 * MINUTE)
    assert {one["state"] for one in await rows(stage.deps, "touches")} == {"delivered"}
    assert await rejoin_orphans(stage.deps) == {"orphans_rejoined": 1}
    (click,) = await clicks(stage)
    assert (click["touch_id"], click["event"]) == (touch["id"], "msg_early")
    assert await rejoin_orphans(stage.deps) == {}


async def test_a_click_that_names_our_touch_counts_although_nobody_knows_its_id_at_the_provider_yet(
    stage: Stage,
) -> None:
    acme = await gather_cast(stage.deps, stage.twin, STORY)
    stage.twin.script("resend", "timeout_after_accept")
    await run_sweep(stage.deps)
    (touch,) = await rows(stage.deps, "touches")
    (line,) = stage.twin.ledger(provider="resend")
    told = click_event(line["provider_id"], stage.clock.now() + MINUTE, str(touch["id"]))
    assert post_mail_event(stage, acme, told, "msg_early") == 204
    assert [click["touch_id"] for click in await clicks(stage)] == [touch["id"]]
    (after,) = await rows(stage.deps, "touches")
    assert (after["state"], after["provider_id"]) == ("accepted", line["provider_id"])


async def test_a_click_in_another_clients_mail_counts_for_nobody(stage: Stage) -> None:
    acme = await delivered(stage)
    other = await gather_cast(stage.deps, stage.twin, STORY, slug="oak")
    (touch,) = [one for one in await rows(stage.deps, "touches") if one["client_id"] == acme.client_id]
    told = click_event(touch["provider_id"], stage.clock.now(), str(touch["id"]))
    assert post_mail_event(stage, other, told, "msg_theirs") == 204
    assert await rejoin_orphans(stage.deps) == {}
    assert await clicks(stage) == []


async def test_a_click_that_is_wrongly_signed_counts_for_nobody(stage: Stage) -> None:
    acme = await delivered(stage)
    other = await gather_cast(stage.deps, stage.twin, STORY, slug="oak")
    (touch, *_) = await rows(stage.deps, "touches")
    forged = Cast(**{**vars(other), "keys": {**other.keys, Provider.resend: acme.keys[Provider.resend]}})
    assert post_mail_event(stage, forged, click_event(touch["provider_id"], stage.clock.now())) == 401
    assert await clicks(stage) == []


async def test_a_click_is_never_later_than_now_whatever_the_providers_clock_says(stage: Stage) -> None:
    acme = await delivered(stage)
    (touch,) = await rows(stage.deps, "touches")
    ahead = datetime(2036, 1, 1, tzinfo=UTC)
    assert post_mail_event(stage, acme, click_event(touch["provider_id"], ahead)) == 204
    assert [click["at"] for click in await clicks(stage)] == [stage.clock.now()]
