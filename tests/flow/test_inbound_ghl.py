"""People who speak to us through GoHighLevel: by its signed webhooks, by a workflow's hint, and as contacts."""

import base64
import hashlib
import json
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from modules.labels import ChannelName, Provider
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, join, rows, story
from tests.flow.outside import play_on, post, standing, sweep_after
from tests.flow.speaking import give_account, hear_all, told

LOCATION, TOKEN, HOOK_SECRET = "loc0000000000000acme", "pit-acme", "only-for-tests"
RAW = hashlib.sha256(b"ghl").digest()
ONCE = {"stopped:replied": 1}


@dataclass(frozen=True)
class Location:
    """A client whose people are at GoHighLevel too; `person` is the first one's id there."""

    cast: Cast
    key: str
    person: str


@pytest.fixture
async def location(stage: Stage) -> Location:
    """One person whose mail is on its way; texts go through GoHighLevel."""
    cast = await gather_cast(stage.deps, stage.twin, story("email", "email"))
    private = Ed25519PrivateKey.from_private_bytes(RAW)
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    secrets = {"token": TOKEN, "webhook_public_key": base64.b64encode(public).decode(), "hook_secret": HOOK_SECRET}
    settings = {"location_id": LOCATION, "consent_wording": "I agree to hear from Acme"}
    key = await give_account(stage, cast.client_id, Provider.ghl, ChannelName.sms, settings, secrets)
    register(stage, f"{stage.url}/hooks/ghl/{key}")
    person = stage.twin.put_ghl_contact(LOCATION, phone=cast.phones[0], email=cast.mails[0], firstName="Ada")
    await run_sweep(stage.deps)
    return Location(cast, key, person)


def register(stage: Stage, url: str, *, hinted: bool = False) -> None:
    """The location at the twin: it tells by signed webhooks, or only by a workflow's."""
    if hinted:
        stage.twin.add_ghl(TOKEN, LOCATION, ["+14155550100"], workflow_hook_url=url, workflow_secret=HOOK_SECRET)
        return
    key = base64.b64encode(RAW).decode()
    stage.twin.add_ghl(TOKEN, LOCATION, ["+14155550100"], webhook_url=url, webhook_private_key=key)


async def test_a_text_through_ghl_is_kept_and_stops_what_was_planned(stage: Stage, location: Location) -> None:
    stage.twin.write_ghl(LOCATION, location.person, "SMS", "Please call me")
    touches = await play_on(stage)
    (row,) = await told(stage)
    assert [touch["channel"] for touch in touches] == ["email"]
    assert (row["provider"], row["channel"], row["body"]) == ("ghl", "sms", "Please call me")
    assert row["contact_id"] == location.cast.contacts[0]
    assert await standing(stage) == ONCE


async def test_a_text_that_is_only_hinted_at_is_read_again_and_stops_what_was_planned(
    stage: Stage, location: Location
) -> None:
    register(stage, f"{stage.url}/hooks/ghl/{location.key}", hinted=True)
    stage.twin.write_ghl(LOCATION, location.person, "SMS", "Please call me")
    await play_on(stage)
    assert [(row["body"], row["contact_id"]) for row in await told(stage)] == [
        ("Please call me", location.cast.contacts[0])
    ]
    assert await standing(stage) == ONCE


async def test_a_stop_through_ghl_closes_the_phone_and_a_second_telling_writes_nothing(
    stage: Stage, location: Location
) -> None:
    stage.twin.script("ghl", "webhook_doubled", op="webhook")
    stage.twin.write_ghl(LOCATION, location.person, "SMS", "stop")
    await play_on(stage)
    closed = {row["value"]: row["suppressed_reason"] for row in await rows(stage.deps, "addresses")}
    assert closed == {location.cast.phones[0]: "opted_out", location.cast.mails[0]: None}
    assert [row["opted_out"] for row in await told(stage)] == [True]
    assert await standing(stage) == {"stopped:suppressed": 1}


async def test_a_hint_with_a_wrong_secret_is_refused_and_one_that_cannot_be_read_is_asked_for_again(
    stage: Stage, location: Location
) -> None:
    path = f"/hooks/ghl/{location.key}"
    body = json.dumps({"contact_id": location.person, "type": "x"}).encode()
    wrong = post(stage, path, body, {"X-Omnify-Secret": "guess"}).status_code
    stage.twin.script("ghl", "500_before_accept", op="fetch", times=9)
    later = post(stage, path, body, {"X-Omnify-Secret": HOOK_SECRET}).status_code
    stage.twin.clear_faults()
    now = post(stage, path, body, {"X-Omnify-Secret": HOOK_SECRET}).status_code
    assert (wrong, later, now) == (401, 429, 200)


async def test_what_another_location_is_told_is_refused_though_ghl_signed_it(stage: Stage, location: Location) -> None:
    message = {
        "type": "InboundMessage",
        "locationId": "loc000000000000other",
        "messageType": "SMS",
        "direction": "inbound",
        "messageId": "m0000000000000000001",
        "from": location.cast.phones[0],
        "body": "STOP",
    }
    body = json.dumps(message).encode()
    signature = base64.b64encode(Ed25519PrivateKey.from_private_bytes(RAW).sign(body)).decode()
    answer = post(stage, f"/hooks/ghl/{location.key}", body, {"X-GHL-Signature": signature})
    assert answer.status_code == 401
    assert await told(stage) == []


async def test_a_new_contact_at_ghl_is_added_with_consent_and_enrolled_by_tag_once(
    stage: Stage, location: Location
) -> None:
    asks = story("email", slug="welcome") + "enroll_when: { ghl_tags: [new-lead] }\n"
    await join(stage.deps, location.cast.client_id, asks, [])
    who = {"phone": "+12125559876", "firstName": "Grace", "email": "grace@person.example", "tags": ["new-lead"]}
    stage.twin.put_ghl_contact(LOCATION, quiet=False, **who)
    await hear_all(stage)
    people = await told(stage, "contacts")
    stage.twin.put_ghl_contact(LOCATION, quiet=False, **who)
    await sweep_after(stage, minutes=1)
    assert await told(stage, "contacts") == people
    assert [row["first_name"] for row in people if row["id"] not in location.cast.contacts] == ["Grace"]
    given = {(row["channel"], row["source"]) for row in await told(stage, "consents") if row["source"] == "ghl"}
    assert given == {("email", "ghl"), ("sms", "ghl"), ("voice", "ghl")}
    mails = [touch["to_address"] for touch in await rows(stage.deps, "touches")]
    assert sorted(mails) == ["grace@person.example", location.cast.mails[0]]
