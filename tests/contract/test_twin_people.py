"""People at the twin's providers: they mail us, call us in vain, reply, book, opt out and bounce."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.sandbox.remote import Twin
from tests.contract.ghl_customer import LOCATION, GhlCustomer, open_ghl_customer
from tests.contract.ghl_customer import PERSON as GHL_PERSON
from tests.contract.twin_customer import ACCOUNT, DOMAIN, KEY, NUMBER, PERSON, Customer, open_customer
from utils.clock import FileClock

MAILBOX = "ada@lovelace.example"
OURS = f"hello@{DOMAIN}"


@pytest.fixture
def customer(twin: Twin, twin_clock: FileClock) -> Iterator[Customer]:
    with open_customer(twin, twin_clock) as opened:
        yield opened


@pytest.fixture
def ghl(twin: Twin, twin_clock: FileClock) -> Iterator[GhlCustomer]:
    with open_ghl_customer(twin, twin_clock) as opened:
        yield opened


def received(customer: Customer) -> list[dict[str, Any]]:
    told = [json.loads(letter.body) for letter in customer.receiver.letters if letter.path == "/resend"]
    return [event["data"] for event in told if event["type"] == "email.received"]


def test_received_mail_is_told_signed_and_without_its_body(customer: Customer) -> None:
    customer.twin.mail_us(KEY, MAILBOX, OURS, "Question", "What does it cost?")
    assert customer.step(seconds=1) == 1
    assert customer.receiver.letters[0].genuine
    data = received(customer)[0]
    assert (data["from"], data["to"], data["subject"]) == (MAILBOX, [OURS], "Question")
    assert not {"text", "html"} & set(data)


def test_the_body_waits_at_its_own_address(customer: Customer) -> None:
    customer.twin.mail_us(KEY, MAILBOX, OURS, "Re: Hello", "Thanks", in_reply_to="<one@mail.example>")
    customer.step(seconds=1)
    email_id = received(customer)[0]["email_id"]
    shown = customer.resend("GET", f"/emails/receiving/{email_id}").json()
    assert (shown["text"], shown["headers"]["in-reply-to"]) == ("Thanks", "<one@mail.example>")
    assert customer.resend("GET", "/emails/receiving/none").status_code == 404


def test_received_mail_is_listed_newest_first_and_is_no_sent_mail(customer: Customer) -> None:
    for words in ("one", "two", "three"):
        customer.twin.mail_us(KEY, MAILBOX, OURS, words, words)
        customer.step(seconds=1)
    page = customer.resend("GET", "/emails/receiving", params={"limit": 2}).json()
    assert ([one["subject"] for one in page["data"]], page["has_more"]) == (["three", "two"], True)
    rest = customer.resend("GET", "/emails/receiving", params={"after": page["data"][-1]["id"]}).json()
    assert [one["subject"] for one in rest["data"]] == ["one"]
    assert (customer.twin.ledger(), customer.resend("GET", "/emails").json()["data"]) == ([], [])


def test_an_unanswered_received_event_is_told_again_under_its_own_id(customer: Customer) -> None:
    customer.receiver.answers = [500]
    customer.twin.mail_us(KEY, MAILBOX, OURS, "Question", "What does it cost?")
    customer.step(minutes=1)
    assert len({letter.headers["svix-id"] for letter in customer.receiver.letters}) == 1
    assert len(customer.receiver.letters) == 2


def test_a_missed_call_is_told_signed_to_the_given_address(customer: Customer) -> None:
    customer.twin.missed_call(ACCOUNT, PERSON, NUMBER, f"{customer.receiver.url}/twilio/voice?a=1#rc=2&rp=all")
    customer.receiver.answers = [500]
    assert customer.step(seconds=5) == 2
    letter = customer.receiver.letters[0]
    assert (letter.path, letter.genuine) == ("/twilio/voice?a=1", True)
    assert (letter.form["CallStatus"], letter.form["Direction"], letter.form["From"], letter.form["To"]) == (
        *("no-answer", "inbound", PERSON, NUMBER),
    )
    assert letter.form["CallSid"] == customer.receiver.letters[1].form["CallSid"]


def test_a_person_who_replies_does_so_once_after_delivery(customer: Customer) -> None:
    customer.twin.person(PERSON, "replies")
    customer.text()
    customer.step(hours=1)
    customer.text(Body="Again")
    customer.step(hours=1)
    inbound = [letter.form for letter in customer.receiver.letters if letter.path == "/twilio/inbound"]
    assert [(form["From"], form["To"]) for form in inbound] == [(PERSON, NUMBER)]
    assert customer.twin.opt_outs() == []


def test_a_person_who_opts_out_texts_stop(customer: Customer) -> None:
    customer.twin.person(PERSON, "opts_out")
    customer.text()
    customer.step(hours=1)
    assert customer.text().status_code == 400
    assert [(opted["to"], opted["how"]) for opted in customer.twin.opt_outs()] == [(PERSON, "STOP")]


def test_a_person_who_was_not_reached_does_not_act(customer: Customer) -> None:
    customer.twin.person(PERSON, "replies")
    customer.twin.script("twilio", "status_undelivered")
    customer.text()
    customer.step(hours=1)
    assert [letter for letter in customer.receiver.letters if letter.path == "/twilio/inbound"] == []


def test_a_reply_by_mail_names_the_mail_it_answers(customer: Customer) -> None:
    customer.twin.person(MAILBOX.upper(), "books")
    email_id = customer.mail(reply_to=f"r+42@{DOMAIN}").json()["id"]
    customer.step(hours=1)
    data = received(customer)[0]
    assert (data["to"], data["subject"]) == ([f"r+42@{DOMAIN}"], "Re: Hello")
    shown = customer.resend("GET", f"/emails/receiving/{data['email_id']}").json()
    assert shown["headers"]["in-reply-to"] == customer.fetch_mail(email_id)["message_id"]


def test_a_person_who_bounces_bounces(customer: Customer) -> None:
    customer.twin.person(MAILBOX, "bounces")
    email_id = customer.mail().json()["id"]
    customer.step(hours=1)
    assert customer.fetch_mail(email_id)["last_event"] == "bounced"


def test_people_behind_ghl_reply_opt_out_and_bounce_there(ghl: GhlCustomer) -> None:
    ghl.twin.person(GHL_PERSON, "opts_out")
    ghl.text()
    ghl.step(hours=1)
    assert (ghl.text().status_code, "InboundMessage" in ghl.mailbox.kinds()) == (400, True)
    other = ghl.twin.put_ghl_contact(LOCATION, email="bouncing@mail.example")
    ghl.twin.person("bouncing@mail.example", "bounces")
    message_id = ghl.mail(contactId=other).json()["messageId"]
    ghl.step(hours=1)
    assert ghl.fetch(message_id)["status"] == "failed"
    assert ghl.show(contact=other)["dndSettings"]["Email"]["status"] == "active"
