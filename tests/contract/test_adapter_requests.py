"""What our adapters send is what the providers' specifications take, field by field."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from modules.channels import Accepted, EnvelopeFacts, Message, NotSent
from modules.channels.resend_email import ResendEmail, bytes_of
from scripts.sandbox.remote import Twin
from tests.contract.adapter_rig import TOUCH, Rig, account_at, open_rig
from tests.contract.official_fields import wrong_with_resend, wrong_with_twilio
from tests.contract.text_pairs import RESEND_EMAIL, TWILIO_SMS
from tests.contract.twin_customer import ACCOUNT, SERVICE
from utils.clock import FileClock


@pytest.fixture
async def texter(twin: Twin, twin_clock: FileClock) -> AsyncIterator[Rig]:
    async with open_rig(TWILIO_SMS, twin, twin_clock) as rig:
        yield rig


@pytest.fixture
async def mailer(twin: Twin, twin_clock: FileClock) -> AsyncIterator[Rig]:
    async with open_rig(RESEND_EMAIL, twin, twin_clock) as rig:
        yield rig


async def send_one(rig: Rig) -> httpx.Request:
    assert isinstance(await rig.channel.send(rig.client, rig.account, rig.message()), Accepted)
    (request,) = rig.requests
    return request


@pytest.mark.parametrize("service", [None, SERVICE])
async def test_a_text_has_only_fields_that_twilio_knows(texter: Rig, service: str | None) -> None:
    rig = texter.with_account(messaging_service_sid=service) if service else texter
    request = await send_one(rig)
    assert wrong_with_twilio(request.content) == []
    assert request.url.path == f"/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["authorization"].startswith("Basic ")


async def test_a_mail_has_only_fields_that_resend_knows_and_its_key(mailer: Rig) -> None:
    request = await send_one(mailer)
    assert wrong_with_resend(request.content) == []
    assert request.headers["idempotency-key"] == f"touch/{TOUCH}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"], "Resend answers 403 to a request without one"


def test_a_mail_can_end_the_sequence_with_one_click() -> None:
    """RFC 8058: both headers, the address in angle brackets."""
    facts = EnvelopeFacts(TOUCH, "https://hooks.example", None, unsubscribe_url="https://hooks.example/u/t")
    envelope = ResendEmail().compose(account_at(RESEND_EMAIL, "http://127.0.0.1"), facts)
    content = bytes_of(Message(TOUCH, "ada@lovelace.example", "Hello", "<p>é</p>", envelope))
    assert wrong_with_resend(content) == []
    assert json.loads(content)["headers"] == {
        "List-Unsubscribe": "<https://hooks.example/u/t>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_the_bytes_of_a_mail_are_these_and_stay_these() -> None:
    """A golden request: a repeat under the same key must be the same to the last byte (Resend answers 409 else)."""
    facts = EnvelopeFacts(TOUCH, "https://hooks.example", None, unsubscribe_url="https://hooks.example/u/t-_1")
    envelope = ResendEmail().compose(account_at(RESEND_EMAIL, "http://127.0.0.1"), facts)
    content = bytes_of(Message(TOUCH, "ada@lovelace.example", "Héllo", "<p>Hi</p>", envelope))
    sender = envelope["sender"]
    assert content.decode() == (
        f'{{"from":"{sender}","to":["ada@lovelace.example"],"subject":"H\\u00e9llo","html":"<p>Hi</p>",'
        '"headers":{"List-Unsubscribe":"<https://hooks.example/u/t-_1>",'
        '"List-Unsubscribe-Post":"List-Unsubscribe=One-Click"},'
        f'"tags":[{{"name":"touch","value":"{TOUCH}"}}]}}'
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sender", "Acme\r\nBcc: all@example.com <hello@acme.example>"),
        ("sender", "Acme <hello@acme.example>\n"),
        ("inbound_domain", "in.acme.example\r\nBcc: all@example.com"),
    ],
)
async def test_a_sender_or_a_place_for_answers_with_a_line_end_sends_nothing(
    mailer: Rig, field: str, value: str
) -> None:
    """Rule E-4; the subject's line ends fall at rendering (tests/pure/test_render.py)."""
    rig = mailer.with_account(**{field: value})
    answer = await rig.channel.send(rig.client, rig.account, rig.message())
    assert (isinstance(answer, NotSent), rig.requests) == (True, [])


@pytest.mark.parametrize(
    ("left", "validity"), [(None, "14400"), (0, "5"), (3, "5"), (600, "600"), (14400, "14400"), (90000, "14400")]
)
def test_a_text_lives_in_the_queue_no_longer_than_its_window(texter: Rig, left: int | None, validity: str) -> None:
    facts = EnvelopeFacts(TOUCH, "https://hooks.example/", left)
    envelope = texter.channel.compose(texter.account, facts)
    assert envelope["validity_seconds"] == validity
    key = texter.account.account_key
    assert envelope["status_callback"] == (f"https://hooks.example/hooks/twilio/status/{key}?touch={TOUCH}#rc=5&rp=all")


def test_answers_to_a_mail_come_to_an_address_of_its_touch() -> None:
    account = account_at(RESEND_EMAIL, "http://127.0.0.1")
    receiving = replace(account, settings={**account.settings, "inbound_domain": "in.acme.example"})
    envelope = ResendEmail().compose(receiving, EnvelopeFacts(TOUCH, "https://hooks.example", None))
    content = bytes_of(Message(TOUCH, "ada@lovelace.example", "Hello", "<p>é</p>", envelope))
    assert wrong_with_resend(content) == []
    assert json.loads(content)["reply_to"] == f"r+{TOUCH}@in.acme.example"
    assert "reply_to" not in ResendEmail().compose(account, EnvelopeFacts(TOUCH, "https://hooks.example", None))


async def test_a_mail_without_a_subject_is_refused_by_the_provider_and_not_by_a_crash(mailer: Rig) -> None:
    answer = await mailer.channel.send(mailer.client, mailer.account, replace(mailer.message(), subject=None))
    assert not isinstance(answer, Accepted)
    assert mailer.ledger() == []


def test_the_hand_written_lists_find_what_is_wrong() -> None:
    assert wrong_with_twilio(b"To=%2B14155550100&Body=x&Sender=y") == [
        "Sender is no field",
        "exactly one sender is needed",
    ]
    assert wrong_with_twilio(b"Body=x&From=%2B14155550100&ValidityPeriod=99999") == [
        "To is missing",
        "ValidityPeriod is wrong",
    ]
    assert wrong_with_resend(b'{"from":"a@b.c","to":["d@e.f"],"subject":"s","html":7}') == ["html is wrong"]
