"""What our Retell adapter asks, byte for byte, and what it makes of answers that the twin does not give."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from modules.accounts import Account
from modules.channels import Accepted, Answer, EnvelopeFacts, Message, NotSent, Rejected, Unknown
from modules.channels.retell_voice import RetellVoice, bytes_of
from modules.ids import AccountId, ClientId, TouchId
from modules.labels import ChannelName, Provider, UnknownPolicy
from tests.contract.canned_server import Canned, canned_server
from tests.contract.official_fields import wrong_with_retell
from utils.errors import BadInput
from utils.http import send_client

TOUCH = TouchId(UUID("01935f00-0000-7000-8000-000000000001"))
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PERSON, CALL = "+14155550100", "call_0123456789abcdef0123456789abcdef"
SETTINGS = {"agent_id": "agent_1", "from_number": "+15005550031", "second_from_number": "+15005550032"}
SECRETS = {"api_key": "key_for_tests"}


@pytest.fixture
def desk() -> Iterator[Canned]:
    with canned_server() as canned:
        yield canned


def account(url: str = "http://127.0.0.1:9", **changes: str) -> Account:
    return Account(
        id=AccountId(UUID(int=1)),
        client_id=ClientId(UUID(int=2)),
        provider=Provider.retell,
        channel=ChannelName.voice,
        account_key="0123456789abcdef",
        settings=SETTINGS | changes,
        unknown_policy=UnknownPolicy.same_key_retry,
        sends_per_second=1,
        base_url=url,
        secrets=SECRETS,
    )


def message(**facts: Any) -> Message:
    usual: dict[str, Any] = {"window_seconds": 3600, "armed_at": NOW, "variables": {"first_name": "Ada"}}
    outside = EnvelopeFacts(TOUCH, "https://hooks.example/", **(usual | facts))
    return Message(TOUCH, PERSON, None, "Ask é", RetellVoice().compose(account(), outside))


def body(one: Message) -> dict[str, Any]:
    content = bytes_of(one)
    assert wrong_with_retell(content) == []
    found: dict[str, Any] = json.loads(content)
    return found


def test_a_call_has_only_fields_that_retell_knows() -> None:
    assert body(message()) == {
        "from_number": "+15005550031",
        "to_number": PERSON,
        "override_agent_id": "agent_1",
        "metadata": {"touch": str(TOUCH)},
        "retell_llm_dynamic_variables": {"prompt": "Ask é", "first_name": "Ada"},
        "agent_override": {"agent": {"voicemail_option": {"action": {"type": "hangup"}}}},
        "idempotency_key": f"touch/{TOUCH}",
    }


def test_the_step_chooses_number_and_agent_and_no_variable_takes_the_words_away() -> None:
    asked = body(message(sender="+15005550032", assistant="agent_2", variables={"prompt": "other words"}))
    assert (asked["override_agent_id"], asked["from_number"]) == ("agent_2", "+15005550032")
    assert asked["retell_llm_dynamic_variables"] == {"prompt": "Ask é"}


def test_the_same_message_makes_the_same_bytes_whenever_and_wherever_it_is_sent() -> None:
    """Other bytes under the same key would be answered nobody knows how."""
    one, other = ({"a": "1", "b": "2"}, {"b": "2", "a": "1"})
    later = {"armed_at": NOW + timedelta(minutes=50), "window_seconds": 3}
    assert bytes_of(message(variables=one)) == bytes_of(message(variables=other, **later))
    assert bytes_of(message()).isascii()


def test_no_secret_lies_in_the_envelope() -> None:
    assert not set(SECRETS.values()) & set(message().envelope.values())


def test_the_hand_written_list_finds_what_is_wrong_with_a_call() -> None:
    asked = json.loads(bytes_of(message()))
    off = {"agent": {"voicemail_option": None}}
    for spoiled in (
        asked | {"name": "x"},
        asked | {"to_number": "4155550100"},
        asked | {"retell_llm_dynamic_variables": {"age": 7}},
        asked | {"agent_override": off},
        {name: value for name, value in asked.items() if name != "agent_override"},
    ):
        assert len(wrong_with_retell(json.dumps(spoiled).encode())) == 1


async def send(desk: Canned) -> Answer:
    async with send_client(5) as client:
        answer = await RetellVoice().send(client, account(desk.url), message())
    assert len(desk.asked) == 1
    return answer


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (201, {"call_id": CALL, "call_status": "registered"}, Accepted(CALL, "registered")),
        (200, {"call_id": CALL}, Accepted(CALL, "registered")),
        (201, {"call_id": CALL, "call_status": "error"}, Accepted(CALL, "error")),
        (201, {"call_id": "../x"}, Unknown("unreadable_answer")),
        (201, {"call_id": 7}, Unknown("unreadable_answer")),
        (201, {"id": CALL}, Unknown("unreadable_answer")),
        (201, [{"call_id": CALL}], Unknown("unreadable_answer")),
        (201, b"", Unknown("unreadable_answer")),
        (302, {"call_id": CALL}, Unknown("http_302")),
        (408, {"message": "x"}, Unknown("http_408")),
        (409, {"message": "x"}, Unknown("http_409")),
        (422, {"status": "error", "message": "idempotency_key was used"}, Unknown("idempotency_conflict")),
        (409, {"status": "error", "message": "same Idempotency key"}, Unknown("idempotency_conflict")),
        (500, {"call_id": CALL}, Unknown("http_500")),
        (503, b"", Unknown("http_503")),
        (429, {"message": "Concurrency limit reached"}, NotSent("capacity", timedelta(seconds=7))),
        (400, {"error_message": "Concurrency limit reached"}, NotSent("capacity")),
        (429, {"message": "Account rate limited"}, NotSent("too_many_requests", timedelta(seconds=7))),
        (422, {"message": "to_number is wrong"}, Rejected(True, "validation", "retell_validation")),
        (402, {"message": "Trial has ended"}, Rejected(False, "billing", "retell_billing")),
        (400, b"<html>", Rejected(False, "http_400", "retell_http_400")),
        (401, {"message": "Invalid key"}, Rejected(False, "http_401", "retell_http_401")),
    ],
)
async def test_an_answer_is_no_more_than_it_proves(desk: Canned, status: int, said: Any, expected: Answer) -> None:
    desk.answer(status, said, Retry_After="7", Location=f"{desk.url}/elsewhere")
    assert await send(desk) == expected
    asked = desk.asked[0]
    assert (asked.method, asked.path) == ("POST", "/v2/create-phone-call")
    assert (asked.headers["authorization"], asked.headers["content-type"]) == (
        "Bearer key_for_tests",
        "application/json",
    )
    assert wrong_with_retell(asked.body) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("concurrent_calls", "0"),
        ("concurrent_calls", "twenty"),
        ("concurrent_calls", "²"),
        ("concurrent_calls", "9" * 5000),
        ("reserved_for_inbound", "-1"),
        ("reserved_for_inbound", "4"),
        ("agent_id", "../x"),
        ("from_number", "4155550100"),
        ("second_from_number", "+0"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(field: str, value: str) -> None:
    usual = SETTINGS | {"concurrent_calls": "4", "reserved_for_inbound": "3"}
    RetellVoice().check_account(usual, SECRETS)
    with pytest.raises(BadInput) as told:
        RetellVoice().check_account(usual | {field: value}, SECRETS)
    assert told.value.field == field


def test_the_first_number_is_preferred_and_none_is_named_twice() -> None:
    assert RetellVoice().senders(SETTINGS) == ("+15005550031", "+15005550032")
    assert RetellVoice().senders({**SETTINGS, "second_from_number": "+15005550031"}) == ("+15005550031",)


def test_the_key_is_trusted_for_less_than_its_hour() -> None:
    policy = RetellVoice.policy
    assert policy.same_key_until is not None
    assert timedelta(minutes=50) < policy.same_key_until < timedelta(hours=1)
    assert policy.default_unknown is UnknownPolicy.same_key_retry
