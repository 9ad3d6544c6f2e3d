"""Texts from people: signed inbound webhooks, and Twilio's own opt-out (docs tutorials/advanced-opt-out)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from scripts.sandbox.remote import Twin
from tests.contract.twin_customer import ACCOUNT, NUMBER, OTHER_NUMBER, PERSON, SERVICE, TOKEN, Customer, open_customer
from utils.clock import FileClock


@pytest.fixture
def customer(twin: Twin, twin_clock: FileClock) -> Iterator[Customer]:
    with open_customer(twin, twin_clock) as opened:
        yield opened


def test_a_stop_blocks_every_number_of_the_service_until_start(customer: Customer) -> None:
    customer.twin.text_us(ACCOUNT, PERSON, NUMBER, " stop ")
    customer.step(seconds=1)
    inbound = customer.receiver.letters[0]
    assert inbound.genuine
    assert (inbound.path, inbound.form["Body"], inbound.form["SmsStatus"]) == ("/twilio/inbound", " stop ", "received")
    assert "OptOutType" not in inbound.form
    senders: list[dict[str, Any]] = [
        {"From": NUMBER},
        {"From": OTHER_NUMBER},
        {"From": "", "MessagingServiceSid": SERVICE},
    ]
    for sender in senders:
        answer = customer.text(**sender)
        assert (answer.status_code, answer.json()["code"]) == (400, 21610)
    assert [opted["to"] for opted in customer.twin.opt_outs()] == [PERSON]
    customer.twin.text_us(ACCOUNT, PERSON, NUMBER, "START")
    customer.step(seconds=1)
    assert customer.text().status_code == 201


def test_twilio_answers_keywords_by_itself_and_none_of_it_is_an_acceptance_of_ours(customer: Customer) -> None:
    """To a second STOP, and to a START of somebody who is not blocked, it says nothing."""
    for word in ("START", "help", "STOP", "Stop", "UNSTOP", "please stop"):
        customer.twin.text_us(ACCOUNT, PERSON, NUMBER, word)
    customer.step(seconds=1)
    replies = customer.twin.auto_replies()
    assert [(one["to"], one["from_number"], one["kind"]) for one in replies] == [
        (PERSON, NUMBER, "HELP"),
        (PERSON, NUMBER, "STOP"),
        (PERSON, NUMBER, "START"),
    ]
    assert customer.twin.ledger() == []


def test_free_words_are_no_opt_out_for_twilio(customer: Customer) -> None:
    customer.twin.text_us(ACCOUNT, PERSON, NUMBER, "please stop texting me")
    customer.step(seconds=1)
    assert customer.text().status_code == 201
    assert customer.twin.opt_outs() == []


def test_advanced_opt_out_names_the_keyword_in_the_inbound_webhook(customer: Customer) -> None:
    url = f"{customer.receiver.url}/twilio/inbound"
    customer.twin.add_twilio(ACCOUNT, TOKEN, [NUMBER], SERVICE, inbound_url=url, advanced_opt_out=True)
    for word in ("STOP", "START", "HELP", "hello"):
        customer.twin.text_us(ACCOUNT, PERSON, NUMBER, word)
    customer.step(seconds=1)
    assert [letter.form.get("OptOutType") for letter in customer.receiver.letters] == ["STOP", "START", "HELP", None]


def test_an_inbound_text_waits_for_its_instant(customer: Customer) -> None:
    at = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
    customer.twin.text_us(ACCOUNT, PERSON, NUMBER, "Yes please", at=at)
    assert customer.twin.next_due() == at
    assert customer.step(hours=5) == 0
    assert customer.step(hours=1) == 1
