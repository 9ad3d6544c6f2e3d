"""What our Vapi adapter asks, byte for byte, and what it makes of answers that the twin does not give."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from modules.accounts import Account
from modules.channels import (
    Accepted,
    Answer,
    EnvelopeFacts,
    Message,
    NotSent,
    Rejected,
    Unknown,
)
from modules.channels.vapi_voice import VapiVoice, bytes_of
from modules.ids import AccountId, ClientId, TouchId
from modules.labels import ChannelName, Provider, UnknownPolicy
from tests.contract.canned_server import Canned, canned_server
from tests.contract.official_fields import wrong_with_vapi
from utils.errors import BadInput
from utils.http import send_client

TOUCH = TouchId(UUID("01935f00-0000-7000-8000-000000000001"))
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PERSON, CALL = "+14155550100", "019a0000-0000-7000-8000-00000000c001"
SETTINGS = {"assistant_id": "asst-1", "phone_number_id": "num-1", "second_phone_number_id": "num-2"}
SECRETS = {"api_key": "vapi-key", "webhook_secret": "a-secret-for-tests"}


@pytest.fixture
def desk() -> Iterator[Canned]:
    with canned_server() as canned:
        yield canned


def account(url: str = "http://127.0.0.1:9", **changes: str) -> Account:
    return Account(
        id=AccountId(UUID(int=1)),
        client_id=ClientId(UUID(int=2)),
        provider=Provider.vapi,
        channel=ChannelName.voice,
        account_key="0123456789abcdef",
        settings=SETTINGS | changes,
        unknown_policy=UnknownPolicy.never_rearm,
        sends_per_second=1,
        base_url=url,
        secrets=SECRETS,
    )


def message(given: Account | None = None, **facts: Any) -> Message:
    usual: dict[str, Any] = {"window_seconds": 3600, "armed_at": NOW, "variables": {"first_name": "Ada"}}
    outside = EnvelopeFacts(TOUCH, "https://hooks.example/", **(usual | facts))
    return Message(TOUCH, PERSON, None, "Ask é", VapiVoice().compose(given or account(), outside))


def body(given: Account, one: Message) -> dict[str, Any]:
    content = bytes_of(given, one)
    assert wrong_with_vapi(content) == []
    found: dict[str, Any] = json.loads(content)
    return found


def test_a_call_has_only_fields_that_vapi_knows() -> None:
    asked = body(account(), message())
    assert (asked["name"], asked["customer"]) == (str(TOUCH), {"number": PERSON, "externalId": str(TOUCH)})
    assert (asked["assistantId"], asked["phoneNumberId"]) == ("asst-1", "num-1")
    overrides = asked["assistantOverrides"]
    assert overrides["variableValues"] == {"prompt": "Ask é", "first_name": "Ada"}
    assert overrides["metadata"] == {"touch": str(TOUCH)}
    assert overrides["server"]["url"] == "https://hooks.example/hooks/vapi/0123456789abcdef"
    assert overrides["server"]["headers"] == {"X-Vapi-Secret": SECRETS["webhook_secret"]}


def test_the_step_chooses_number_and_assistant_and_no_variable_takes_the_words_away() -> None:
    chosen = message(sender="num-2", assistant="asst-2", variables={"prompt": "other words"})
    asked = body(account(), chosen)
    assert (asked["assistantId"], asked["phoneNumberId"]) == ("asst-2", "num-2")
    assert asked["assistantOverrides"]["variableValues"] == {"prompt": "Ask é"}


def test_no_secret_lies_in_the_envelope_and_a_credential_takes_its_place() -> None:
    given = account(credential_id="cred-1")
    for one in (message(), message(given)):
        assert not set(SECRETS.values()) & set(one.envelope.values())
    server = body(given, message(given))["assistantOverrides"]["server"]
    assert (server["credentialId"], "headers" in server) == ("cred-1", False)


@pytest.mark.parametrize(("left", "latest"), [(None, 600), (3600, 600), (600, 600), (90, 90), (0, 0), (-5, 0)])
def test_a_call_waits_ten_minutes_at_most_and_never_past_its_window(left: int | None, latest: int) -> None:
    plan = body(account(), message(window_seconds=left))["schedulePlan"]
    assert plan["earliestAt"] == "2026-11-21T09:00:00.000Z"
    assert datetime.fromisoformat(plan["latestAt"]) == NOW + timedelta(seconds=latest)
    assert "schedulePlan" not in body(account(), message(armed_at=None))


def test_the_order_of_variables_changes_no_byte() -> None:
    one, other = ({"a": "1", "b": "2"}, {"b": "2", "a": "1"})
    assert bytes_of(account(), message(variables=one)) == bytes_of(account(), message(variables=other))


def test_the_hand_written_list_finds_what_is_wrong_with_a_call() -> None:
    asked = json.loads(bytes_of(account(), message()))
    for spoiled in (
        asked | {"metadata": {}},
        asked | {"name": "x" * 41},
        asked | {"customer": {"number": "4155550100"}},
        asked | {"assistantOverrides": {**asked["assistantOverrides"], "voicemailDetection": "off"}},
        {name: value for name, value in asked.items() if name != "customer"},
    ):
        assert len(wrong_with_vapi(json.dumps(spoiled).encode())) == 1


async def send(desk: Canned) -> Answer:
    async with send_client(5) as client:
        answer = await VapiVoice().send(client, account(desk.url), message())
    assert len(desk.asked) == 1
    return answer


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (201, {"id": CALL, "status": "queued"}, Accepted(CALL, "queued")),
        (201, {"id": CALL, "status": "scheduled"}, Accepted(CALL, "scheduled")),
        (200, {"id": CALL}, Accepted(CALL, "queued")),
        (
            201,
            {"id": CALL, "status": "queued", "subscriptionLimits": {"concurrencyBlocked": True}},
            Accepted(CALL, "concurrency_blocked"),
        ),
        (201, {"id": CALL, "subscriptionLimits": {"concurrencyBlocked": "true"}}, Accepted(CALL, "queued")),
        (201, {"id": "../x"}, Unknown("unreadable_answer")),
        (201, {"id": 7}, Unknown("unreadable_answer")),
        (201, {"results": [{"id": CALL}], "errors": []}, Unknown("unreadable_answer")),
        (201, [{"id": CALL}], Unknown("unreadable_answer")),
        (201, b"", Unknown("unreadable_answer")),
        (302, {"id": CALL}, Unknown("http_302")),
        (408, {"message": "x"}, Unknown("http_408")),
        (500, {"id": CALL}, Unknown("http_500")),
        (503, b"", Unknown("http_503")),
        (400, {"message": "Over Concurrency Limit"}, NotSent("capacity")),
        (429, {"message": "Over Concurrency Limit"}, NotSent("capacity", timedelta(seconds=7))),
        (429, {"message": "Rate limit exceeded"}, NotSent("too_many_requests", timedelta(seconds=7))),
        (400, {"message": ["customer.number is wrong"]}, Rejected(True, "validation", "vapi_validation")),
        (400, b"<html>", Rejected(False, "http_400", "vapi_http_400")),
        (401, {"message": "Invalid Key"}, Rejected(False, "http_401", "vapi_http_401")),
    ],
)
async def test_an_answer_is_no_more_than_it_proves(desk: Canned, status: int, said: Any, expected: Answer) -> None:
    desk.answer(status, said, Retry_After="7", Location=f"{desk.url}/elsewhere")
    assert await send(desk) == expected
    asked = desk.asked[0]
    assert (asked.method, asked.path, asked.headers["authorization"]) == ("POST", "/call", "Bearer vapi-key")
    assert wrong_with_vapi(asked.body) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("concurrent_calls", "0"),
        ("concurrent_calls", "ten"),
        ("concurrent_calls", "²"),
        ("concurrent_calls", "9" * 5000),
        ("reserved_for_inbound", "-1"),
        ("reserved_for_inbound", "4"),
        ("credential_id", "a b"),
        ("second_phone_number_id", "../x"),
        ("phone_number_id", "+14155550100"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(field: str, value: str) -> None:
    usual = SETTINGS | {"concurrent_calls": "4", "reserved_for_inbound": "3"}
    VapiVoice().check_account(usual, SECRETS)
    with pytest.raises(BadInput) as told:
        VapiVoice().check_account(usual | {field: value}, SECRETS)
    assert told.value.field == field


def test_the_first_number_is_preferred_and_none_is_named_twice() -> None:
    assert VapiVoice().senders(SETTINGS) == ("num-1", "num-2")
    assert VapiVoice().senders({**SETTINGS, "second_phone_number_id": "num-1"}) == ("num-1",)
