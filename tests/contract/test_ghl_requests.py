"""What our GoHighLevel adapters ask, byte for byte, and which answers and accounts they refuse."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from modules.channels import (
    Accepted,
    Answer,
    NotSent,
    Permission,
    Person,
    Rejected,
    Unknown,
)
from modules.channels.ghl_messages import GhlMessages
from modules.ids import ContactId
from tests.contract.canned_server import Canned, canned_server
from tests.contract.ghl_customer import LOCATION, MAILBOX, NUMBER, PERSON, TOKEN
from tests.contract.ghl_desk import (
    CONTACT,
    TOUCH,
    send,
)
from tests.contract.ghl_rig import EMAIL, SMS, account_of
from tests.contract.official_fields import wrong_with_ghl
from utils.errors import BadInput
from utils.http import send_client

BOTH = pytest.mark.parametrize("adapter", [SMS, EMAIL], ids=["sms", "email"])


@pytest.fixture
def desk() -> Iterator[Canned]:
    with canned_server() as canned:
        yield canned


@BOTH
async def test_a_send_has_only_fields_that_the_provider_knows(desk: Canned, adapter: GhlMessages) -> None:
    desk.answer(201, {"conversationId": "C", "messageId": "MSG1", "status": "delivered"})
    assert await send(adapter, desk) == Accepted("MSG1", "delivered"), "queued, whatever it claims"
    (asked,) = desk.asked
    assert wrong_with_ghl(asked.body) == []
    assert (asked.method, asked.path) == ("POST", "/conversations/messages")
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["version"] == "2021-04-15"
    assert asked.headers["content-type"] == "application/json"


async def test_the_bytes_of_a_text_and_of_a_mail_stand_fast(desk: Canned) -> None:
    for adapter in (SMS, EMAIL):
        desk.answer(200, {"messageId": "MSG1"})
        await send(adapter, desk)
    text, mail = (asked.body.decode() for asked in desk.asked)
    assert text == (
        '{"type":"SMS","contactId":"CON1","message":"Hello \\u00e9",'
        '"fromNumber":"+15005550016","toNumber":"+14155550200"}'
    )
    assert mail == (
        '{"type":"Email","contactId":"CON1","subject":"Hello","html":"<p>Hello Ada</p>",'
        '"emailFrom":"Acme <hello@acme.example>","emailTo":"grace@hopper.example"}'
    )


@BOTH
async def test_without_a_sender_of_ours_the_locations_own_is_left_to_it(desk: Canned, adapter: GhlMessages) -> None:
    desk.answer(200, {"messageId": "MSG1"})
    await send(adapter, desk, from_number="", email_from="")
    assert not {"fromNumber", "emailFrom"} & set(json.loads(desk.asked[0].body))
    assert adapter.senders({"location_id": LOCATION}) == ()


def test_the_hand_written_list_finds_what_is_wrong() -> None:
    assert wrong_with_ghl(b'{"type":"SMS","contactId":"C","message":"x","status":"delivered"}') == ["status is wrong"]
    assert wrong_with_ghl(b'{"type":"Email","contactId":"C","message":"x","color":1}') == [
        *("message is no field", "color is no field", "html is missing")
    ]


async def test_contacts_and_conversations_are_asked_in_their_own_versions(desk: Canned) -> None:
    contact = {"id": CONTACT, "locationId": LOCATION, "dnd": False, "dndSettings": {}}
    desk.answer(200, {"contact": None})
    desk.answer(200, {"new": True, "contact": contact})
    desk.answer(200, {"contact": contact})
    desk.answer(200, {"data": [{"subtype_status": "subscribed"}]})
    person = Person(ContactId(UUID(int=1)), None, PERSON, MAILBOX)
    async with send_client(10) as client:
        answers = await EMAIL.permissions(client, account_of(EMAIL, desk.url), [person])
    assert list(answers.values()) == [Permission(True, CONTACT, "clear")]
    assert [(one.method, one.path, one.headers["version"]) for one in desk.asked] == [
        ("GET", "/contacts/search/duplicate", "2021-07-28"),
        ("POST", "/contacts/upsert", "2021-07-28"),
        ("GET", f"/contacts/{CONTACT}", "2021-07-28"),
        ("GET", "/conversations/preferences/unsubscriptions/status", "2021-04-15"),
    ]
    assert desk.asked[0].query == {"locationId": LOCATION, "email": MAILBOX}
    assert json.loads(desk.asked[1].body) == {"locationId": LOCATION, "phone": PERSON, "email": MAILBOX}
    assert desk.asked[3].query == {"locationId": LOCATION, "contactId": CONTACT, "email": MAILBOX}


@pytest.mark.parametrize(
    "contact",
    [
        {"id": "ANOTHER", "dnd": False, "dndSettings": {}},
        {"id": CONTACT, "locationId": "ANOTHER", "dnd": False, "dndSettings": {}},
        {"id": CONTACT, "dnd": False},
        {"contact": []},
        {},
    ],
)
async def test_a_contact_in_a_strange_shape_never_allows(desk: Canned, contact: dict[str, Any]) -> None:
    desk.answer(200, {"contact": contact})
    async with send_client(10) as client:
        person = Person(ContactId(UUID(int=1)), CONTACT, PERSON, MAILBOX)
        answers = await SMS.permissions(client, account_of(SMS, desk.url), [person])
    assert [one.may_send for one in answers.values()] == [None]


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, {"msg": "Message queued successfully."}, Unknown("unreadable_answer")),
        (201, b"", Unknown("unreadable_answer")),
        (302, {}, Unknown("http_302")),
        (408, {}, Unknown("http_408")),
        (500, {"message": "Invalid token"}, Unknown("http_500")),
        (401, {"message": "Invalid token"}, Rejected(False, "http_401", "ghl_http_401")),
        (422, {"message": ["message must be a string"]}, Rejected(True, "http_422", "ghl_http_422")),
    ],
)
async def test_an_answer_means_what_it_proves(desk: Canned, status: int, body: Any, expected: Answer) -> None:
    desk.answer(status, body)
    assert await send(SMS, desk) == expected
    assert len(desk.asked) == 1


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({}, None),
        ({"Retry_After": "7", "X_RateLimit_Interval_Milliseconds": "10000"}, timedelta(seconds=7)),
        ({"X_RateLimit_Interval_Milliseconds": "10000"}, timedelta(seconds=10)),
        ({"X_RateLimit_Interval_Milliseconds": "ten"}, None),
        ({"X_RateLimit_Daily_Remaining": "0"}, timedelta(hours=1)),
    ],
)
async def test_too_many_requests_wait_as_long_as_the_headers_ask(
    desk: Canned, headers: dict[str, str], pause: timedelta | None
) -> None:
    desk.answer(429, {"message": "Too many requests"}, **headers)
    assert await send(SMS, desk) == NotSent("too_many_requests", pause)


@pytest.mark.parametrize("status", [200, 202])
async def test_a_hand_over_names_person_words_and_touch_and_carries_no_token(desk: Canned, status: int) -> None:
    desk.answer(status, {"status": "Success: request sent to trigger execution server"})
    answer = await send(SMS, desk, workflow_hook=f"{desk.url}/hooks/x/webhook-trigger/y")
    assert isinstance(answer, Accepted)
    (asked,) = desk.asked
    assert json.loads(asked.body) == {
        "contactId": CONTACT,
        "phone": PERSON,
        "message": "Hello é",
        "touch": str(TOUCH),
    }
    assert "authorization" not in asked.headers


@pytest.mark.parametrize(("status", "kind"), [(404, Rejected), (429, NotSent), (500, Unknown)])
async def test_a_hand_over_that_was_not_taken_is_none(desk: Canned, status: int, kind: type[Answer]) -> None:
    desk.answer(status, {"message": "Trigger not found"})
    assert isinstance(await send(SMS, desk, workflow_hook=f"{desk.url}/hooks/x"), kind)


@pytest.mark.parametrize(
    "hook", ["http://services.example/hooks/x", "ftp://127.0.0.1/x", "https://", "no address", "https://[x"]
)
def test_a_hook_that_would_tell_its_secret_is_refused(hook: str) -> None:
    with pytest.raises(BadInput) as told:
        SMS.check_account({"location_id": LOCATION, "workflow_hook": hook}, {"token": TOKEN})
    assert told.value.field == "workflow_hook"


@pytest.mark.parametrize(
    ("adapter", "field", "value"),
    [
        (SMS, "from_number", "Acme"),
        (EMAIL, "email_from", "Acme"),
        (EMAIL, "email_from", "a@b.example\r\nBcc: c@d.example"),
        (SMS, "webhook_public_key", "no key"),
        (EMAIL, "hook_secret", "two words"),
    ],
)
def test_an_account_that_cannot_be_right_is_told_which_field(adapter: GhlMessages, field: str, value: str) -> None:
    settings, secrets = {"location_id": LOCATION, "from_number": NUMBER}, {"token": TOKEN}
    (secrets if field in adapter.optional_secrets else settings)[field] = value
    with pytest.raises(BadInput) as told:
        adapter.check_account(settings, secrets)
    assert told.value.field == field
