"""From a mail to its end with one click: both headers, the postal address, the button, and what no longer leaves."""

import re
from html import unescape
from typing import Any

import httpx
import pytest
from psycopg import connect

from modules.labels import SuppressionReason
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, join, rows, story
from tests.flow.ghl_stage import gather_ghl, play_ghl
from tests.flow.outside import play_on, standing, sweep_after
from tests.flow.test_unsubscribe_page import ONE_CLICK, SQL
from utils.http import trusted

PLACE = "1 Main Street, Albany NY 12207"


def links_in(html: str) -> list[str]:
    return [unescape(found) for found in re.findall('href="([^"]+)"', html)]


async def closed(stage: Stage) -> dict[str, str]:
    found = await rows(stage.deps, "addresses")
    return {row["value"]: row["suppressed_reason"] for row in found if row["suppressed_at"]}


async def sent_first(stage: Stage, *channels: str, people: int = 1) -> tuple[Cast, dict[str, Any]]:
    """A cast whose first mail has been delivered, and that mail as Resend took it."""
    cast = await gather_cast(stage.deps, stage.twin, story(*channels), people)
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=5)
    return cast, stage.twin.ledger(to=cast.mails[0])[0]


async def test_a_mail_leaves_with_both_headers_the_postal_address_and_a_link_that_is_the_same(stage: Stage) -> None:
    _, mail = await sent_first(stage, "email")
    (link,) = links_in(mail["body"])
    assert re.fullmatch(re.escape(stage.url) + "/u/[A-Za-z0-9_-]{72}", link)
    assert mail["headers"] == {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    assert PLACE in mail["body"]
    assert mail["body"].startswith("<p>Hello Ada, email-0</p>")
    (touch,) = await rows(stage.deps, "touches")
    assert (touch["body"], touch["body_hash"]) == (mail["body"], mail["body_hash"])
    assert touch["envelope"]["unsubscribe_url"] == link


async def test_a_scanner_changes_nothing_and_one_click_ends_mails_and_texts_of_that_person(stage: Stage) -> None:
    cast, _ = await sent_first(stage, "email", "sms", "email", people=2)
    assert stage.twin.unsubscribe(to=cast.mails[0], how="get")["status"] == 200
    assert await closed(stage) == {}
    assert stage.twin.unsubscribe(to=cast.mails[0])["status"] == 200
    assert stage.twin.unsubscribe(to=cast.mails[0])["status"] == 200
    assert await closed(stage) == {cast.mails[0]: SuppressionReason.opted_out}

    touches = await play_on(stage)

    reached = [touch["channel"] for touch in touches if touch["contact_id"] == cast.contacts[0]]
    others = [touch["channel"] for touch in touches if touch["contact_id"] == cast.contacts[1]]
    assert (reached, others) == (["email"], ["email", "sms", "email"])
    assert await standing(stage) == {"stopped:suppressed": 1, "finished": 1}
    assert {one["how"] for one in stage.twin.opt_outs()} == {"one_click"}


async def test_who_unsubscribed_may_be_texted_in_a_later_sequence_and_gets_no_mail(stage: Stage) -> None:
    cast, _ = await sent_first(stage, "email", "email")
    stage.twin.unsubscribe(to=cast.mails[0])
    await play_on(stage)
    await sweep_after(stage, hours=1)

    await join(stage.deps, cast.client_id, story("sms", slug="texts"), cast.contacts)
    await join(stage.deps, cast.client_id, story("email", slug="letters"), cast.contacts)
    touches = await play_on(stage)

    assert [(touch["channel"], touch["state"]) for touch in touches] == [("email", "delivered"), ("sms", "delivered")]


async def test_people_who_press_the_button_by_themselves_hear_no_more(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("email", "email", "sms"), 2)
    stage.twin.person(cast.mails[1], "unsubscribes")

    touches = await play_on(stage)

    assert [touch["channel"] for touch in touches if touch["contact_id"] == cast.contacts[1]] == ["email"]
    assert await standing(stage) == {"stopped:suppressed": 1, "finished": 1}


async def test_a_complaint_lands_where_a_click_does(stage: Stage) -> None:
    cast, _ = await sent_first(stage, "email", "sms")
    stage.twin.unsubscribe(to=cast.mails[0], how="complaint")
    assert await closed(stage) == {cast.mails[0]: SuppressionReason.complained}
    assert [touch["channel"] for touch in await play_on(stage)] == ["email"]
    assert await standing(stage) == {"stopped:suppressed": 1}


async def test_a_mail_whose_fate_was_unknown_is_repeated_with_its_headers(stage: Stage) -> None:
    """The repeat is made of what was stored at the arming; another byte under the same key would be a 409 at Resend."""
    cast = await gather_cast(stage.deps, stage.twin, story("email"))
    stage.twin.script("resend", "500_before_accept")
    await run_sweep(stage.deps)
    assert stage.twin.ledger() == []
    await sweep_after(stage, minutes=6)
    (mail,) = stage.twin.ledger(to=cast.mails[0])
    (touch,) = await rows(stage.deps, "touches")
    assert (touch["provider_id"], touch["attempt"]) == (mail["provider_id"], 1)
    assert mail["headers"]["List-Unsubscribe"] == f"<{touch['envelope']['unsubscribe_url']}>"
    assert links_in(mail["body"]) == [touch["envelope"]["unsubscribe_url"]]


async def test_a_client_without_a_postal_address_sends_no_mail_until_it_has_one(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("email"))
    with connect(stage.dsn) as conn:
        conn.execute(SQL["move_client"], {"postal_address": None})
    await run_sweep(stage.deps)
    await sweep_after(stage, hours=1)
    assert stage.twin.ledger() == []
    (waiting,) = await rows(stage.deps, "enrollments")
    assert waiting["decision"]["reason"] == "no_postal_address"

    with connect(stage.dsn) as conn:
        conn.execute(SQL["move_client"], {"postal_address": "<2> Side Street\nAlbany NY 12208"})
    await play_on(stage)
    (mail,) = stage.twin.ledger(to=cast.mails[0])
    assert "&lt;2&gt; Side Street<br>Albany NY 12208" in mail["body"]


@pytest.mark.parametrize(("language", "words"), [("es", "Darse de baja"), ("fr-CA", "Se désabonner"), ("de", "Unsub")])
async def test_the_footer_speaks_the_persons_language(stage: Stage, language: str, words: str) -> None:
    await gather_cast(stage.deps, stage.twin, story("email"))
    with connect(stage.dsn) as conn:
        conn.execute(SQL["speak"], {"language": language})
    await run_sweep(stage.deps)
    (mail,) = stage.twin.ledger()
    assert words in mail["body"]


async def test_a_mail_that_would_hide_its_footer_waits_for_a_person(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story("email").replace("</p>", "</p><!-- "))
    await run_sweep(stage.deps)
    assert stage.twin.ledger() == []
    assert await standing(stage) == {"held:not_renderable": 1}


async def test_a_mail_through_gohighlevel_has_no_headers_and_a_link_that_works(stage: Stage) -> None:
    await gather_ghl(stage, story("email", "sms"))
    with connect(stage.dsn) as conn:
        conn.execute(SQL["move_client"], {"postal_address": PLACE})
    await run_sweep(stage.deps)
    (mail,) = stage.twin.ledger()
    (link,) = links_in(mail["body"])
    assert (PLACE in mail["body"], mail["headers"]) == (True, {})
    async with httpx.AsyncClient(trust_env=False, verify=trusted()) as web:
        answer = await web.post(link, data=ONE_CLICK | {"page": "1"})
    assert (answer.status_code, "You are unsubscribed" in answer.text) == (200, True)
    touches = await play_ghl(stage)
    assert [touch["channel"] for touch in touches] == ["email"]
    assert await standing(stage) == {"stopped:suppressed": 1}
