"""People of GoHighLevel: who comes in by a webhook, and two locations that never learn of one another."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta

from modules.contacts import close_address
from modules.labels import AddressKind, SuppressionReason
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import join, rows, story
from tests.flow.conftest import START
from tests.flow.ghl_stage import Ghl, gather_ghl, play_ghl, signing_key, tell, told
from tests.flow.outside import post, standing, sweep_after
from tests.flow.speaking import hear_all

WELCOME = "enroll_when: { ghl_tags: [New Lead, walk-in] }\n"
GRACE = {"phone": "+12125559876", "email": "grace@person.example", "firstName": "Grace"}


def post_signed(stage: Stage, to: Ghl, by: Ghl, event: Mapping[str, object]) -> int:
    """An event as GHL posts it, signed for `by`, to the hook of `to`; the answer's status."""
    body = json.dumps(event).encode()
    signature = base64.b64encode(signing_key(by.sample).sign(body)).decode()
    return post(stage, to.hook, body, {"X-GHL-Signature": signature}).status_code


async def enrolled(stage: Stage) -> list[str]:
    return [row["slug"] for row in await told(stage, "enrollments")]


async def test_a_tag_at_ghl_enrolls_by_rule_whatever_its_case_and_no_other_tag_does(stage: Stage) -> None:
    ghl = await gather_ghl(stage, people=0, consent_wording="I agree to hear from Acme", consent_kind="written")
    await join(stage.deps, ghl.client_id, story("sms", slug="welcome") + WELCOME, [])
    await join(stage.deps, ghl.client_id, story("email", slug="untagged"), [])
    stage.twin.put_ghl_contact(ghl.location, quiet=False, tags=["cold"], **GRACE)
    await hear_all(stage)
    before = await enrolled(stage)
    stage.twin.put_ghl_contact(ghl.location, quiet=False, tags=["cold", "NEW LEAD"], **GRACE)
    touches = await play_ghl(stage)
    assert (before, await enrolled(stage)) == ([], ["welcome"])
    assert [(one["to_address"], one["state"]) for one in touches] == [(GRACE["phone"], "delivered")]


async def test_who_lives_elsewhere_than_their_number_says_is_reached_in_the_hours_of_both_places(stage: Stage) -> None:
    ghl = await gather_ghl(stage, people=0, consent_wording="I agree to hear from Acme", consent_kind="written")
    await join(stage.deps, ghl.client_id, story("sms", slug="welcome") + WELCOME, [])
    home = {"state": "CA", "postalCode": "90001"}
    stage.twin.put_ghl_contact(ghl.location, quiet=False, tags=["walk-in"], **GRACE, **home)
    (touch,) = await play_ghl(stage)
    assert touch["armed_at"] == START + timedelta(hours=1), "ten in the morning in New York is seven in Los Angeles"


async def test_who_has_been_through_a_sequence_never_enters_it_again_by_a_tag(stage: Stage) -> None:
    ghl = await gather_ghl(stage, people=0, consent_wording="I agree to hear from Acme", consent_kind="written")
    await join(stage.deps, ghl.client_id, story("sms", slug="welcome") + WELCOME, [])
    ref = stage.twin.put_ghl_contact(ghl.location, quiet=False, tags=["walk-in"], **GRACE)
    await play_ghl(stage)
    for tags in ([], ["walk-in"], ["new lead"]):
        stage.clock.set(stage.clock.now() + timedelta(days=2))
        stage.twin.put_ghl_contact(ghl.location, quiet=False, id=ref, tags=tags)
        await play_ghl(stage)
    assert await enrolled(stage) == ["welcome"]
    assert await standing(stage) == {"finished": 1}
    assert len(stage.twin.ledger()) == 1


async def test_a_workflows_hint_about_a_person_enrolls_as_the_signed_webhook_does(stage: Stage) -> None:
    ghl = await gather_ghl(stage, people=0, consent_wording="I agree to hear from Acme", consent_kind="written")
    tell(stage, ghl, by="hints")
    await join(stage.deps, ghl.client_id, story("sms", slug="welcome") + WELCOME, [])
    stage.twin.put_ghl_contact(ghl.location, quiet=False, tags=["walk-in"], **GRACE)
    assert [touch["state"] for touch in await play_ghl(stage)] == ["delivered"]
    assert await enrolled(stage) == ["welcome"]


async def test_without_the_clients_wording_nobody_has_agreed_to_anything(stage: Stage) -> None:
    ghl = await gather_ghl(stage, people=0)
    await join(stage.deps, ghl.client_id, story("sms", slug="welcome") + WELCOME, [])
    stage.twin.put_ghl_contact(ghl.location, quiet=False, tags=["walk-in"], **GRACE)
    assert await play_ghl(stage) == []
    assert await told(stage, "consents") == []
    assert [row["decision"]["reason"] for row in await told(stage, "enrollments")] == ["no_consent"]


async def test_who_said_stop_before_they_came_has_agreed_to_nothing_by_that_way(stage: Stage) -> None:
    """The account's words have no day, and what has none undoes no stop: a START would open the number by it."""
    ghl = await gather_ghl(stage, people=0, consent_wording="I agree to hear from Acme", consent_kind="written")
    async with stage.deps.database.transaction() as conn:
        pepper, phone = await stage.deps.pepper(conn), GRACE["phone"]
        await close_address(
            conn, pepper, ghl.client_id, AddressKind.phone, phone, SuppressionReason.opted_out, stage.clock.now()
        )
    stage.twin.put_ghl_contact(ghl.location, quiet=False, tags=[], **GRACE)
    await hear_all(stage)
    assert [row["channel"] for row in await told(stage, "consents")] == ["email"]


async def test_who_comes_without_a_number_has_agreed_to_no_texts_to_one_that_is_added_later(stage: Stage) -> None:
    ghl = await gather_ghl(stage, people=0, consent_wording="I agree to hear from Acme", consent_kind="written")
    await join(stage.deps, ghl.client_id, story("sms", slug="welcome") + WELCOME, [])
    mailed = {name: value for name, value in GRACE.items() if name != "phone"}
    ref = stage.twin.put_ghl_contact(ghl.location, quiet=False, tags=[], **mailed)
    await hear_all(stage)
    stage.twin.put_ghl_contact(ghl.location, quiet=False, id=ref, tags=["walk-in"], phone=GRACE["phone"])
    assert await play_ghl(stage) == []
    assert [row["channel"] for row in await told(stage, "consents")] == ["email"]
    assert [row["decision"]["reason"] for row in await told(stage, "enrollments")] == ["no_consent"]


async def two(stage: Stage, *channels: str) -> tuple[Ghl, Ghl]:
    """Two clients whose people have the same numbers, addresses and names."""
    acme = await gather_ghl(stage, story(*channels), slug="acme")
    return acme, await gather_ghl(stage, story(*channels), slug="bolt")


async def test_two_locations_with_the_same_people_are_each_served_by_their_own(stage: Stage) -> None:
    acme, bolt = await two(stage, "sms", "email")
    touches = await play_ghl(stage)
    accounts = {line["provider_id"]: line["account"] for line in stage.twin.ledger()}
    location = {acme.client_id: acme.location, bolt.client_id: bolt.location}
    assert [touch["state"] for touch in touches] == ["delivered"] * 4
    assert all(accounts[touch["provider_id"]] == location[touch["client_id"]] for touch in touches)
    assert sorted(accounts.values()) == sorted([acme.location, bolt.location] * 2)
    refs = {(row["client_id"], row["ref"]) for row in await told(stage, "refs")}
    assert refs == {(acme.client_id, acme.refs[0]), (bolt.client_id, bolt.refs[0])}
    assert acme.refs != bolt.refs


async def test_lost_answers_of_two_locations_are_found_each_in_its_own(stage: Stage) -> None:
    acme, bolt = await two(stage, "sms")
    for one in (acme, bolt):
        tell(stage, one, by="nothing")
    stage.twin.script("ghl", "timeout_after_accept", times=2)
    report = await run_sweep(stage.deps)
    touches = await play_ghl(stage)
    accounts = {line["provider_id"]: line["account"] for line in stage.twin.ledger()}
    location = {acme.client_id: acme.location, bolt.client_id: bolt.location}
    assert report["unknown"] == 2
    assert {accounts[touch["provider_id"]]: location[touch["client_id"]] for touch in touches} == {
        one.location: one.location for one in (acme, bolt)
    }


async def test_a_do_not_disturb_at_one_location_says_nothing_about_the_other(stage: Stage) -> None:
    acme, bolt = await two(stage, "sms")
    stage.twin.put_ghl_contact(acme.location, id=acme.refs[0], dnd=True)
    assert [touch["client_id"] for touch in await play_ghl(stage)] == [bolt.client_id]


async def test_a_stop_at_one_location_closes_the_number_there_only(stage: Stage) -> None:
    acme, _ = await two(stage, "sms", "sms")
    await run_sweep(stage.deps)
    stage.twin.write_ghl(acme.location, acme.refs[0], "SMS", "STOP")
    await play_ghl(stage)
    closed = [(row["slug"], row["value"]) for row in await told(stage, "clients") if row["suppressed_reason"]]
    assert closed == [("acme", acme.phones[0])]
    assert await standing(stage) == {"stopped:suppressed": 1, "finished": 1}


async def test_what_is_signed_with_another_locations_key_is_refused(stage: Stage) -> None:
    acme, bolt = await two(stage, "sms")
    await run_sweep(stage.deps)
    ours = next(one for one in await rows(stage.deps, "touches") if one["client_id"] == acme.client_id)
    event = {"type": "OutboundMessage", "locationId": acme.location, "messageType": "SMS", "direction": "outbound"}
    event |= {"messageId": ours["provider_id"], "status": "delivered"}
    assert post_signed(stage, acme, bolt, event) == 401
    assert {touch["state"] for touch in await rows(stage.deps, "touches")} == {"accepted"}


async def test_what_ghl_tells_of_another_location_is_refused_whatever_it_is_about(stage: Stage) -> None:
    """GoHighLevel has one key for every location: that it signed is no proof that it is about this one."""
    acme, bolt = await two(stage, "sms")
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=3)
    theirs = next(one for one in await rows(stage.deps, "touches") if one["client_id"] == bolt.client_id)
    head = {"locationId": bolt.location, "webhookId": "w1"}
    events: list[dict[str, object]] = [
        {"type": "ContactCreate", "id": bolt.refs[0], "phone": bolt.phones[0]},
        {"type": "OutboundMessage", "messageType": "SMS", "messageId": theirs["provider_id"], "status": "failed"},
        {"type": "InboundMessage", "messageType": "SMS", "messageId": "m1", "from": acme.phones[0], "body": "STOP"},
        {"type": "AppointmentCreate", "appointment": {"id": "a1"}},
    ]
    assert [post_signed(stage, acme, acme, head | event) for event in events] == [401] * 4
    assert await rows(stage.deps, "inbox") == []
    assert len(await told(stage, "contacts")) == 2
    assert {touch["state"] for touch in await rows(stage.deps, "touches")} == {"delivered"}
