"""A mailbox at the twin does what RFC 8058 says: a button only for a whole pair of headers, and one bare POST."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.sandbox.remote import Twin
from tests.contract.twin_customer import Customer, open_customer
from utils.clock import FileClock

MAILBOX = "ada@lovelace.example"
POST = "List-Unsubscribe-Post"
ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def customer(twin: Twin, twin_clock: FileClock) -> Iterator[Customer]:
    with open_customer(twin, twin_clock) as opened:
        yield opened


def pair(customer: Customer, **changed: str | None) -> dict[str, Any]:
    usual = {"List-Unsubscribe": f"<{customer.receiver.url}/u/token>", POST: ONE_CLICK}
    return {name: value for name, value in (usual | changed).items() if value is not None}


def clicks(customer: Customer) -> list[tuple[str, str]]:
    return [(letter.path, letter.body) for letter in customer.receiver.letters if letter.path.startswith("/u/")]


def test_the_button_posts_one_form_field_without_cookies_and_the_person_has_opted_out(customer: Customer) -> None:
    customer.mail(headers=pair(customer))
    assert customer.twin.unsubscribe(to=MAILBOX) == {"status": 200, "fired": 1}
    assert clicks(customer) == [("/u/token", ONE_CLICK)]
    (letter,) = [one for one in customer.receiver.letters if one.path == "/u/token"]
    assert letter.headers["content-type"] == "application/x-www-form-urlencoded"
    assert not {"cookie", "origin", "referer", "authorization"} & set(letter.headers)
    (wish,) = customer.twin.opt_outs()
    assert (wish["to"], wish["how"]) == (MAILBOX, "one_click")


def test_the_ledger_keeps_the_headers_of_every_mail(customer: Customer) -> None:
    customer.mail(headers=pair(customer))
    customer.mail(touch="bare", subject="Another")
    first, second = customer.twin.ledger()
    assert (first["headers"], second["headers"]) == (pair(customer), {})


def test_the_last_mail_to_an_address_is_meant_unless_one_is_named(customer: Customer) -> None:
    first = customer.mail(headers=pair(customer)).json()["id"]
    customer.mail(touch="t2", headers=pair(customer) | {"List-Unsubscribe": f"<{customer.receiver.url}/u/second>"})
    customer.twin.unsubscribe(to="Ada@Lovelace.example")
    customer.twin.unsubscribe(provider_id=first)
    assert [path for path, _ in clicks(customer)] == ["/u/second", "/u/token"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"List-Unsubscribe": "<https://acme.example/u/1>"},
        {POST: ONE_CLICK},
        {"List-Unsubscribe": "https://acme.example/u/1", POST: ONE_CLICK},
        {"List-Unsubscribe": "<https://acme.example/u/1>, <mailto:x@acme.example>", POST: ONE_CLICK},
        {"List-Unsubscribe": "<mailto:x@acme.example>", POST: ONE_CLICK},
        {"List-Unsubscribe": "<http://acme.example/u/1>", POST: ONE_CLICK},
        {"List-Unsubscribe": "<https://acme.example/u/1>", POST: "One-Click"},
        {"List-Unsubscribe": "<https://acme.example/u/1\r\n>", POST: ONE_CLICK},
    ],
)
def test_a_mail_without_a_whole_pair_has_no_button(customer: Customer, headers: dict[str, str]) -> None:
    customer.mail(headers=headers)
    with pytest.raises(ValueError, match="List-Unsubscribe"):
        customer.twin.unsubscribe(to=MAILBOX)
    assert customer.twin.opt_outs() == []


def test_a_redirect_is_not_followed_and_a_failure_is_told(customer: Customer) -> None:
    customer.mail(headers=pair(customer))
    customer.receiver.answers = [302, 503]
    assert [customer.twin.unsubscribe(to=MAILBOX)["status"] for _ in range(3)] == [302, 503, 200]
    assert len(clicks(customer)) == 3


def test_a_complaint_comes_as_resends_own_event(customer: Customer) -> None:
    customer.mail()
    customer.step(minutes=5)
    assert customer.twin.unsubscribe(to=MAILBOX, how="complaint") == {"status": None, "fired": 1}
    assert json.loads(customer.receiver.letters[-1].body)["type"] == "email.complained"
    assert [one["how"] for one in customer.twin.opt_outs()] == ["complained"]


def test_who_unsubscribes_presses_the_button_once_some_time_after_the_delivery(customer: Customer) -> None:
    customer.twin.person(MAILBOX, "unsubscribes")
    customer.mail(headers=pair(customer))
    customer.step(hours=1)
    customer.mail(touch="t2", subject="Again", headers=pair(customer))
    customer.step(hours=1)
    assert clicks(customer) == [("/u/token", ONE_CLICK)]
    assert [one["how"] for one in customer.twin.opt_outs()] == ["one_click"]


def test_who_would_unsubscribe_finds_no_button_below_a_bare_mail(customer: Customer) -> None:
    customer.twin.person(MAILBOX, "unsubscribes")
    customer.mail()
    customer.step(hours=1)
    assert customer.twin.opt_outs() == []


def test_a_mail_that_nobody_sent_cannot_be_unsubscribed_from(customer: Customer) -> None:
    for wish in ({"to": MAILBOX}, {"provider_id": "none"}, {}, {"to": MAILBOX, "provider_id": "none"}):
        with pytest.raises(ValueError, match="twin refused"):
            customer.twin.unsubscribe(**wish)
