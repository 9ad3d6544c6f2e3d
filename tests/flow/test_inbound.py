"""What people write and their calls: kept once, tied to whom and what they answer, and it stops what was planned."""

import pytest

from modules.channels import ContactSeen
from modules.contacts import ContactDraft, add_contact
from modules.labels import Provider, TouchState
from modules.touches import News
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database
from tests.flow.outside import database_down, play_on, post, post_mail_event, standing, sweep_after
from tests.flow.speaking import PHONE, VAPI_SECRET, give_vapi, hear_all, post_call, post_text, rematch, told
from workers.confirm import confirm
from workers.release import release_person
from workers.take_in import Post, rejoin_orphans, take_in

STRANGER = "+12125559876"
STRANGE_MAIL = "somebody@else.example"
ONCE = {"stopped:replied": 1}


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    """One person whose text was delivered; a text and a mail follow on the next days."""
    acme = await gather_cast(stage.deps, stage.twin, story("sms", "sms", "email"))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    return acme


async def test_a_reply_by_text_is_kept_with_what_it_answers_and_stops_every_channel(stage: Stage, cast: Cast) -> None:
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "Yes please, \x00tomorrow")
    touches = await play_on(stage)
    (row,) = await told(stage)
    assert [touch["channel"] for touch in touches] == ["sms"]
    assert await standing(stage) == ONCE
    assert (row["contact_id"], row["reply_to_touch_id"]) == (cast.contacts[0], touches[0]["id"])
    assert (row["channel"], row["kind"], row["body"]) == ("sms", "message", "Yes please, tomorrow")
    assert (row["client_id"], row["account_id"], row["opted_out"]) == (cast.client_id, cast.texts, False)
    assert await told(stage, "kept_events") == []


async def test_a_text_that_is_told_three_times_is_one_row_and_writes_nothing_more(stage: Stage, cast: Cast) -> None:
    answers = [post_text(stage, cast, cast.phones[0], "STOP")]
    before = [await told(stage), await rows(stage.deps, "addresses")]
    await sweep_after(stage, minutes=1)
    answers += [post_text(stage, cast, cast.phones[0], "STOP") for _ in range(2)]
    assert answers == [200] * 3
    assert [await told(stage), await rows(stage.deps, "addresses")] == before
    assert before[0][0]["opted_out"]


async def test_an_older_touch_than_thirty_days_is_not_what_a_text_answers(stage: Stage, cast: Cast) -> None:
    stage.clock.set(stage.clock.now().replace(year=2027))
    post_text(stage, cast, cast.phones[0], "Hello again")
    (row,) = await told(stage)
    assert (row["contact_id"], row["reply_to_touch_id"]) == (cast.contacts[0], None)


async def test_the_same_person_at_two_clients_answers_only_the_one_they_wrote_to(stage: Stage, cast: Cast) -> None:
    calm = await gather_cast(stage.deps, stage.twin, story("sms", "sms"), slug="calm")
    assert calm.phones == cast.phones
    answers = [post_text(stage, cast, calm.phones[0], "STOP", token=calm.token)]
    answers += [post_text(stage, cast, calm.phones[0], "Who is this?")]
    (row,) = await told(stage)
    touches = await play_on(stage)
    assert answers == [401, 200]
    assert (row["client_id"], row["contact_id"]) == (cast.client_id, cast.contacts[0])
    assert [touch["client_id"] for touch in touches] == [cast.client_id, calm.client_id, calm.client_id]
    assert await standing(stage) == {"stopped:replied": 1, "finished": 1}


async def test_who_is_not_known_is_queued_and_matched_once_they_are_added(stage: Stage, cast: Cast) -> None:
    post_text(stage, cast, STRANGER, "Do you have time on Friday?")
    assert [row["contact_id"] for row in await told(stage)] == [None]
    assert await rematch(stage) == 0
    async with stage.deps.database.transaction() as conn:
        new = await add_contact(conn, cast.client_id, ContactDraft(phone=STRANGER), stage.clock.now())
    assert await rematch(stage) == 1
    matched = await told(stage)
    assert [row["contact_id"] for row in matched] == [new]
    assert await rematch(stage) == 0
    assert await told(stage) == matched


async def test_a_message_that_finds_its_person_later_stops_what_is_planned_for_them(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("email", "email"))
    await run_sweep(stage.deps)
    post_text(stage, acme, STRANGER, "It is me, from my new phone")
    seen = ContactSeen("ghl-1", "Ada", None, STRANGER, acme.mails[0], None, (), None, {})
    post = Post(Provider.ghl, acme.texts, acme.client_id, [], None)
    assert [await take_in(stage.deps, post, seen) for _ in "ab"] == ["met", "nothing_new"]
    assert await rematch(stage) == 1
    assert [row["contact_id"] for row in await told(stage)] == [acme.contacts[0]]
    assert len(await play_on(stage)) == 1
    assert await standing(stage) == ONCE


async def test_a_reply_holds_until_a_person_has_read_it(stage: Stage) -> None:
    waits = story("sms", "sms").replace("    on_failure:", "    on_reply: hold\n    on_failure:")
    acme = await gather_cast(stage.deps, stage.twin, waits)
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    post_text(stage, acme, acme.phones[0], "What does it cost?")
    await sweep_after(stage, days=1)
    assert await standing(stage) == {"held:reply_waiting": 1}
    async with stage.deps.database.transaction() as conn:
        now = stage.clock.now()
        released = await release_person(conn, acme.client_id, acme.contacts[0], "by_hand:ada", now)
    async with stage.deps.database.transaction() as conn:
        again = await release_person(conn, acme.client_id, acme.contacts[0], "by_hand:ada", now)
    touches = await play_on(stage)
    assert (released, again) == (1, 0)
    assert [touch["state"] for touch in touches] == ["delivered"] * 2
    assert [row["released_by"] for row in await told(stage)] == ["by_hand:ada"]


async def test_a_missed_call_is_kept_and_stops_what_was_planned(stage: Stage, cast: Cast) -> None:
    url = f"{stage.url}/hooks/twilio/voice-missed/{cast.keys[Provider.twilio]}"
    stage.twin.missed_call(cast.sid, cast.phones[0], cast.number, url)
    await play_on(stage)
    (row,) = await told(stage)
    assert (row["channel"], row["kind"], row["contact_id"]) == ("voice", "missed_call", cast.contacts[0])
    assert row["reply_to_touch_id"] is None
    assert await standing(stage) == ONCE


async def test_a_call_to_the_assistant_is_kept_with_its_words_and_stops_what_was_planned(
    stage: Stage, cast: Cast
) -> None:
    key = await give_vapi(stage, cast)
    answers = [post_call(stage, key, cast.phones[0], "wrong")] + [post_call(stage, key, cast.phones[0]) for _ in "ab"]
    await play_on(stage)
    (row,) = await told(stage)
    assert answers == [401, 204, 204]
    assert (row["channel"], row["kind"], row["contact_id"]) == ("voice", "call", cast.contacts[0])
    assert "on Friday" in row["body"]
    assert await standing(stage) == ONCE


async def test_a_person_who_calls_the_assistant_at_vapi_is_heard_through_its_own_webhook(
    stage: Stage, cast: Cast
) -> None:
    key = await give_vapi(stage, cast)
    url, headers = f"{stage.url}/hooks/vapi/{key}", {"X-Vapi-Secret": VAPI_SECRET}
    stage.twin.add_vapi("key-acme", {PHONE: "+14155550123"}, inbound_url=url, inbound_headers=headers)
    stage.twin.call_us_vapi("key-acme", PHONE, cast.phones[0])
    await play_on(stage)
    assert [(row["kind"], row["contact_id"]) for row in await told(stage)] == [("call", cast.contacts[0])]
    assert await standing(stage) == ONCE


async def test_an_answer_by_mail_is_read_again_and_stops_what_was_planned(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("email", "sms"))
    await run_sweep(stage.deps)
    mail_us(stage, acme, "Re: email-0", "I am glad you wrote.\n\nOn Monday Acme wrote:\n> stop")
    touches = await play_on(stage)
    (row,) = await told(stage)
    assert [touch["channel"] for touch in touches] == ["email"]
    assert (row["channel"], row["contact_id"]) == ("email", acme.contacts[0])
    assert (row["subject"], row["opted_out"], row["reply_to_touch_id"]) == ("Re: email-0", False, touches[0]["id"])
    assert await standing(stage) == ONCE


@pytest.mark.parametrize("text", ["Please call me tomorrow", "STOP"])
async def test_a_signed_reply_that_names_another_clients_touch_stays_with_the_signer_and_is_nobodys(
    stage: Stage, text: str
) -> None:
    """Whoever guesses or forwards an address of a touch must not speak for somebody else's person."""
    acme = await gather_cast(stage.deps, stage.twin, story("email", "email"))
    calm = await gather_cast(stage.deps, stage.twin, story("sms"), slug="calm")
    await run_sweep(stage.deps)
    (touch,) = [one for one in await rows(stage.deps, "touches") if one["client_id"] == acme.client_id]
    before = [await rows(stage.deps, name) for name in ("enrollments", "addresses", "contacts")]
    stage.twin.mail_us("re_" + calm.token, STRANGE_MAIL, f"r+{touch['id']}@calm.example", "Re: email-0", text)
    await hear_all(stage)
    (row,) = await told(stage)
    assert (row["client_id"], row["from_address"], row["body"]) == (calm.client_id, STRANGE_MAIL, text)
    assert (row["contact_id"], row["reply_to_touch_id"]) == (None, None)
    after = [await rows(stage.deps, name) for name in ("enrollments", "addresses", "contacts")]
    after[1] = [one for one in after[1] if one["value"] != STRANGE_MAIL]
    assert after == before


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: email-0", "Unsubscribe.\n\nOn Mon, Nov 23, 2026 at 10:00 AM\nAcme <hello@acme.example> wrote:\n> Hello"),
        ("unsubscribe", ""),
    ],
)
async def test_a_mail_that_only_says_stop_closes_the_mail_address(stage: Stage, subject: str, text: str) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("email", "email"))
    await run_sweep(stage.deps)
    mail_us(stage, acme, subject, text)
    await play_on(stage)
    closed = {row["value"]: row["suppressed_reason"] for row in await rows(stage.deps, "addresses")}
    assert closed == {acme.mails[0]: "opted_out", acme.phones[0]: None}
    assert await standing(stage) == {"stopped:suppressed": 1}


async def test_a_mail_that_could_not_be_read_comes_again(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("email", "sms"))
    await run_sweep(stage.deps)
    stage.twin.script("resend", "500_before_accept", op="fetch")
    mail_us(stage, acme, "Hello", "Please call me")
    await hear_all(stage)
    assert await told(stage) == []
    await play_on(stage)
    assert [row["body"] for row in await told(stage)] == ["Please call me"]


async def test_a_fact_that_came_before_its_touch_was_known_counts_once_it_is(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("email"))
    stage.twin.script("resend", "timeout_after_accept")
    await run_sweep(stage.deps)
    (touch,) = await rows(stage.deps, "touches")
    mail_id = stage.twin.ledger()[0]["provider_id"]
    event = {"type": "email.delivered", "created_at": "2026-11-23T15:00:00Z", "data": {"email_id": mail_id}}
    answer = post_mail_event(stage, acme, event, "msg_early")
    assert await rejoin_orphans(stage.deps) == {}
    await confirm(stage.deps, [News(touch["id"], None, provider_id=mail_id, provider_status="sent")])
    assert await rejoin_orphans(stage.deps) == {"orphans_rejoined": 1}
    after = await rows(stage.deps, "touches")
    assert await rejoin_orphans(stage.deps) == {}
    assert answer == 204
    assert (after[0]["state"], after[0]["evidence_id"]) == (TouchState.delivered, "msg_early")
    assert await rows(stage.deps, "touches") == after


@pytest.mark.full
async def test_while_the_database_is_down_ghl_is_asked_to_come_again_in_its_own_way(
    stage: Stage, cast: Cast, database: Database
) -> None:
    keys = cast.keys[Provider.twilio]
    with database_down(database):
        answers = {
            path: post(stage, path, b"{}", {}).status_code
            for path in (
                "/hooks/ghl",
                "/hooks/ghl/k",
                f"/hooks/twilio/inbound/{keys}",
                "/hooks/vapi/k",
                "/hooks/retell",
            )
        }
    assert [status for path, status in answers.items() if "ghl" in path] == [429, 429]
    assert {status for path, status in answers.items() if "ghl" not in path} == {503}


async def test_what_is_wrongly_signed_is_refused_everywhere(stage: Stage, cast: Cast) -> None:
    key = await give_vapi(stage, cast)
    paths = [f"/hooks/{one}" for one in ("vapi", "vapi/" + "0" * 32, "vapi/" + key, "twilio/voice-missed", "resend")]
    assert [post(stage, path, b"{}", {}).status_code for path in paths] == [401] * len(paths)
    assert await told(stage) + await told(stage, "kept_events") == []


def mail_us(stage: Stage, cast: Cast, subject: str, text: str) -> None:
    stage.twin.mail_us("re_" + cast.token, cast.mails[0], f"hello@{cast.slug}.example", subject, text)
