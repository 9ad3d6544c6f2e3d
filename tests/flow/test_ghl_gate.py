"""GoHighLevel's Do-Not-Disturb is seen before the send; what comes too late for that is still never sent twice."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from modules.channels import ghl_contacts
from modules.channels.ghl_api import post
from modules.channels.ghl_contacts import read_permission
from modules.contacts import ContactDraft, add_contact, note_ref
from modules.labels import Provider
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import join, rows, story
from tests.flow.ghl_stage import AGREED, ZONE, gather_ghl, people_at, play_ghl, told
from tests.flow.outside import standing, sweep_after
from tests.flow.speaking import hear_all

GONE = "gone00000000000000gone"


async def notes(stage: Stage) -> list[tuple[str, str]]:
    """Which steps were skipped, and why."""
    found = [row["decision"] or {} for row in await rows(stage.deps, "enrollments")]
    return [(one.get("skipped", ""), one["reason"]) for one in found if one]


def dnd(**channels: str) -> dict[str, Any]:
    return {"dndSettings": {name: {"status": word} for name, word in channels.items()}}


CLOSED: Sequence[tuple[str, dict[str, Any]]] = [
    ("sms", {"dnd": True}),
    ("sms", dnd(SMS="active")),
    ("sms", dnd(SMS="permanent")),
    ("email", {"dnd": True}),
    ("email", dnd(Email="active")),
    ("email", dnd(Email="permanent")),
]


@pytest.mark.parametrize(("channel", "closed"), CLOSED)
async def test_a_do_not_disturb_at_ghl_is_seen_before_the_send(
    stage: Stage, channel: str, closed: dict[str, Any]
) -> None:
    ghl = await gather_ghl(stage, story(channel))
    stage.twin.put_ghl_contact(ghl.location, id=ghl.refs[0], **closed)
    assert await play_ghl(stage) == []
    assert stage.twin.ledger() == []
    assert await notes(stage) == [(f"{channel}-0", "provider_dnd")]
    assert await standing(stage) == {"finished": 1}


@pytest.mark.parametrize("version", ["2021-07-28", "v3"])
async def test_the_key_of_a_channel_is_seen_in_the_case_of_either_version(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    """Under v3 GHL says `sms` where the dated versions say `SMS`: who reads one of them only, reads nothing."""
    monkeypatch.setattr(ghl_contacts, "CONTACTS", version)
    ghl = await gather_ghl(stage, story("sms"))
    stage.twin.put_ghl_contact(ghl.location, id=ghl.refs[0], **dnd(SMS="active"))
    shown = people_at(stage, ghl, version)[ghl.phones[0]]["dndSettings"]
    assert ("sms" in shown) is (version == "v3")
    assert await play_ghl(stage) == []
    assert await notes(stage) == [("sms-0", "provider_dnd")]


@pytest.mark.parametrize("reopened", [False, True])
async def test_who_unsubscribed_from_mail_gets_no_mail_but_may_be_texted_later(stage: Stage, reopened: bool) -> None:
    """What ran when they said so ends. A user at GHL may take the Do-Not-Disturb away; here it stays closed."""
    ghl = await gather_ghl(stage, story("email", "sms"))
    stage.twin.unsubscribe_ghl(ghl.location, ghl.refs[0])
    await hear_all(stage)
    if reopened:
        stage.twin.put_ghl_contact(ghl.location, id=ghl.refs[0], **dnd(Email="inactive"))
    shown = people_at(stage, ghl)[ghl.phones[0]]["dndSettings"]["Email"]["status"]
    touches = await play_ghl(stage)
    assert (shown == "inactive") is reopened
    assert touches == []
    await sweep_after(stage, hours=1)
    await join(stage.deps, ghl.client_id, story("sms", slug="later"), ghl.contacts)
    assert [(touch["step"], touch["state"]) for touch in await play_ghl(stage)] == [("sms-0", "delivered")]


async def test_a_do_not_disturb_of_another_channel_closes_nothing_else(stage: Stage) -> None:
    ghl = await gather_ghl(stage, story("sms"))
    stage.twin.put_ghl_contact(ghl.location, id=ghl.refs[0], **dnd(Email="active", Call="permanent"))
    assert [touch["state"] for touch in await play_ghl(stage)] == ["delivered"]


async def test_what_is_sent_says_why_it_was_allowed(stage: Stage) -> None:
    await gather_ghl(stage, story("sms", "email"))
    touches = await play_ghl(stage)
    assert [(one["state"], one["decision"]["provider_dnd"]) for one in touches] == [("delivered", "clear")] * 2


@pytest.mark.parametrize("fault", ["500_before_accept", "timeout_after_accept", "unreadable_200", "429"])
async def test_what_cannot_be_read_is_put_off_and_ends_visibly_as_too_late(stage: Stage, fault: str) -> None:
    await gather_ghl(stage, story("sms").replace("hours: 100", "hours: 2"))
    stage.twin.script("ghl", fault, op="fetch", times=999)
    first = await run_sweep(stage.deps)
    waiting = await notes(stage)
    touches = await play_ghl(stage)
    assert (first.get("armed", 0), waiting) == (0, [("", "fact_missing")])
    assert (touches, stage.twin.ledger()) == ([], [])
    assert await notes(stage) == [("sms-0", "too_late")]


async def test_what_can_be_read_again_is_sent_once(stage: Stage) -> None:
    await gather_ghl(stage, story("sms"))
    stage.twin.script("ghl", "500_before_accept", op="fetch", times=2)
    assert [touch["state"] for touch in await play_ghl(stage)] == ["delivered"]


@pytest.mark.parametrize(("channel", "closed"), [("sms", dnd(SMS="active")), ("email", dnd(Email="active"))])
async def test_what_closed_after_the_answer_is_refused_by_ghl_itself_and_closes_the_address(
    stage: Stage, channel: str, closed: dict[str, Any]
) -> None:
    """The answer of ten minutes at most is still good when the second step leaves; the refusal is the last line."""
    ghl = await gather_ghl(stage, story(channel, channel, channel, wait="minutes: 4"))
    await run_sweep(stage.deps)
    stage.twin.put_ghl_contact(ghl.location, id=ghl.refs[0], **closed)
    await sweep_after(stage, minutes=5)
    touches = await play_ghl(stage)
    assert [(one["state"], one["reason"]) for one in touches] == [("delivered", None), ("failed", "ghl_dnd")]
    closed_now = {row["value"]: row["suppressed_reason"] for row in await told(stage, "clients")}
    where = {"sms": ghl.phones[0], "email": ghl.mails[0]}[channel]
    assert {value for value, reason in closed_now.items() if reason == "provider_opt_out"} == {where}
    assert await standing(stage) == {"stopped:suppressed": 1}
    assert len(stage.twin.ledger()) == 1


async def test_a_refusal_in_the_words_of_do_not_disturb_is_a_failure_with_its_reason(stage: Stage) -> None:
    await gather_ghl(stage, story("sms"))
    stage.twin.script("ghl", "dnd_refused")
    touches = await play_ghl(stage)
    assert [(one["state"], one["reason"]) for one in touches] == [("failed", "ghl_dnd")]
    assert stage.twin.ledger() == []


@pytest.mark.parametrize("channel", ["sms", "email"])
async def test_what_ghl_took_and_then_dropped_is_found_failed_by_asking_and_never_delivered(
    stage: Stage, channel: str
) -> None:
    await gather_ghl(stage, story(channel))
    stage.twin.script("ghl", "dnd_dropped")
    (touch,) = await play_ghl(stage)
    assert (touch["state"], touch["reason"]) == ("failed", "ghl_failed")
    assert touch["evidence_id"] == f"poll:{touch['provider_id']}:failed"
    assert len(stage.twin.ledger()) == 1


async def test_nobody_is_asked_about_more_than_once_in_ten_minutes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Counter[Any] = Counter()

    async def counting(client: Any, account: Any, channel: Any, person: Any) -> Any:
        asked[person.contact_id] += 1
        return await read_permission(client, account, channel, person)

    monkeypatch.setattr(ghl_contacts, "read_permission", counting)
    ghl = await gather_ghl(stage, story("sms", "sms", "sms", wait="minutes: 4"), 3)
    started = stage.clock.now()
    await run_sweep(stage.deps)
    for _ in range(9):
        await sweep_after(stage, minutes=1)
    sent = len(stage.twin.ledger())
    within = dict(asked)
    while stage.clock.now() < started + timedelta(minutes=12):
        await sweep_after(stage, minutes=1)
    await join(stage.deps, ghl.client_id, story("sms", slug="again"), ghl.contacts)
    await sweep_after(stage, minutes=1)
    assert sent > len(ghl.contacts)
    assert within == dict.fromkeys(ghl.contacts, 1)
    assert dict(asked) == dict.fromkeys(ghl.contacts, 2)


async def test_a_person_who_is_unknown_to_ghl_is_made_there_without_a_word_on_do_not_disturb(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []

    async def listening(client: Any, url: str, headers: Any, content: bytes) -> Any:
        written.append(content)
        return await post(client, url, headers, content)

    monkeypatch.setattr(ghl_contacts, "post", listening)
    ghl = await gather_ghl(stage, story("sms", "email"), known=False)
    touches = await play_ghl(stage)
    made = people_at(stage, ghl)
    assert [touch["state"] for touch in touches] == ["delivered", "delivered"]
    assert [(row["contact_id"], row["ref"]) for row in await told(stage, "refs")] == [
        (ghl.contacts[0], made[ghl.phones[0]]["id"])
    ]
    assert len(written) == 1
    assert b"dnd" not in written[0].lower()
    assert made[ghl.phones[0]]["email"] == ghl.mails[0]


async def test_who_is_known_to_ghl_by_number_is_found_there_and_their_do_not_disturb_counts(stage: Stage) -> None:
    ghl = await gather_ghl(stage, story("sms"), known=False)
    ref = stage.twin.put_ghl_contact(ghl.location, phone=ghl.phones[0], **dnd(SMS="active"))
    assert await play_ghl(stage) == []
    assert [row["ref"] for row in await told(stage, "refs")] == [ref]
    assert people_at(stage, ghl)[ghl.phones[0]]["dndSettings"]["SMS"]["status"] == "active"
    assert await notes(stage) == [("sms-0", "provider_dnd")]


async def test_who_was_deleted_at_ghl_is_made_again_and_the_new_id_is_noted(stage: Stage) -> None:
    ghl = await gather_ghl(stage, story("sms"))
    await told(stage, "lose_refs")
    assert [touch["state"] for touch in await play_ghl(stage)] == ["delivered"]
    assert [row["ref"] for row in await told(stage, "refs")] == [ghl.refs[0]]


async def test_two_of_ours_who_are_one_at_ghl_are_both_reached_and_the_id_stays_with_the_first(stage: Stage) -> None:
    ghl = await gather_ghl(stage, story("sms"))
    async with stage.deps.database.transaction() as conn:
        eve = ContactDraft(first_name="Eve", phone=ghl.phones[0], time_zone=ZONE, consents=AGREED)
        other = await add_contact(conn, ghl.client_id, eve, stage.deps.clock.now())
        await note_ref(conn, ghl.client_id, other, Provider.ghl, GONE, stage.deps.clock.now())
    await join(stage.deps, ghl.client_id, story("sms", slug="again"), [other])
    assert [touch["state"] for touch in await play_ghl(stage)] == ["delivered", "delivered"]
    refs = {row["contact_id"]: row["ref"] for row in await told(stage, "refs")}
    assert refs == {ghl.contacts[0]: ghl.refs[0], other: GONE}
