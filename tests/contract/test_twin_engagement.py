"""Clicks and appointments as the twin tells them: shaped by the providers' documents, really signed."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from modules.channels import AppointmentSeen, Click, Fact, HookKind, Request
from modules.channels.ghl_sms import GhlSms
from modules.channels.resend_email import ResendEmail
from modules.labels import AppointmentStatus
from scripts.sandbox.remote import Twin
from tests.contract.ghl_customer import LOCATION, GhlCustomer, open_ghl_customer
from tests.contract.receiver import Letter
from tests.contract.test_twin_resend import EVENT_FIELDS
from tests.contract.twin_customer import Customer, open_customer
from utils.clock import FileClock

# Spec: resend.yaml, WebhookEventClick.required
CLICK_FIELDS = {"ipAddress", "link", "timestamp", "userAgent"}
# Docs: webhook events, AppointmentCreate and AppointmentDelete, properties.appointment
APPOINTMENT_FIELDS = {
    *("id", "address", "title", "calendarId", "contactId", "groupId", "appointmentStatus", "assignedUserId", "users"),
    *("notes", "source", "startTime", "endTime", "dateAdded", "dateUpdated"),
}


@pytest.fixture
def customer(twin: Twin, twin_clock: FileClock) -> Iterator[Customer]:
    with open_customer(twin, twin_clock) as opened:
        yield opened


@pytest.fixture
def ghl(twin: Twin, twin_clock: FileClock) -> Iterator[GhlCustomer]:
    with open_ghl_customer(twin, twin_clock) as opened:
        yield opened


def said(letter: Letter) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(letter.body)
    return found


def request_of(headers: dict[str, str], body: bytes) -> Request:
    return Request("https://hooks.example/", {}, {name.lower(): one for name, one in headers.items()}, body)


def test_a_click_is_told_signed_with_the_fields_of_the_spec_and_read_by_the_adapter(customer: Customer) -> None:
    email_id = customer.mail(touch="01935f00-0000-7000-8000-000000000001", to="Ada@Lovelace.example").json()["id"]
    customer.step(minutes=5)
    at = customer.clock.now() + timedelta(minutes=1)
    customer.twin.click_link("ada@lovelace.example", at=at, user_agent="Mozilla/5.0 (X11)")
    assert customer.step(minutes=2) == 1
    letter = customer.receiver.letters[-1]
    event = said(letter)
    assert letter.genuine
    assert (event["type"], set(event["data"]), set(event["data"]["click"])) == (
        "email.clicked",
        EVENT_FIELDS | {"click"},
        CLICK_FIELDS,
    )
    fact = ResendEmail().parse(HookKind.status, request_of(letter.headers, letter.body.encode()))
    assert isinstance(fact, Fact)
    assert (fact.state, fact.provider_id, fact.click) == (None, email_id, Click(at, "Mozilla/5.0 (X11)"))
    assert customer.fetch_mail(email_id)["last_event"] == "clicked"


def test_repeats_of_a_click_keep_its_svix_id_and_another_click_has_its_own(customer: Customer) -> None:
    customer.mail(to="ada@lovelace.example")
    customer.step(minutes=5)
    customer.twin.click_link("ada@lovelace.example", times=3)
    customer.twin.click_link("ada@lovelace.example")
    assert customer.step(seconds=1) == 4
    ids = [letter.headers["svix-id"] for letter in customer.receiver.letters[-4:]]
    assert len(set(ids[:3])) == 1
    assert ids[3] not in ids[:3]


def test_nobody_follows_a_link_in_a_mail_that_never_arrived(customer: Customer) -> None:
    customer.twin.person("ada@lovelace.example", "bounces")
    customer.mail(to="ada@lovelace.example")
    customer.step(minutes=5)
    customer.twin.click_link("ada@lovelace.example")
    assert customer.step(seconds=1) == 0
    with pytest.raises(ValueError, match="no such mail"):
        customer.twin.click_link("nobody@lovelace.example")


def test_a_person_who_clicks_follows_a_link_in_every_mail(customer: Customer) -> None:
    customer.twin.person("ada@lovelace.example", "clicks")
    for touch in ("one", "two"):
        customer.mail(to="ada@lovelace.example", touch=touch)
        customer.step(hours=1)
    told = [said(letter) for letter in customer.receiver.letters]
    clicked = [event["data"]["tags"]["touch"] for event in told if event["type"] == "email.clicked"]
    assert clicked == ["one", "two"]


def test_an_appointment_is_told_signed_with_the_fields_of_the_docs_and_read_by_the_adapter(ghl: GhlCustomer) -> None:
    starts_at = ghl.clock.now() + timedelta(days=2)
    ref = ghl.twin.put_ghl_appointment(LOCATION, ghl.contact, starts_at)
    ghl.step(seconds=1)
    ghl.twin.put_ghl_appointment(LOCATION, ghl.contact, ref=ref, status="cancelled")
    ghl.twin.put_ghl_appointment(LOCATION, ghl.contact, ref=ref, status="cancelled", deleted=True)
    ghl.step(seconds=1)
    letters = [one for one in ghl.mailbox.letters if one.fields["type"].startswith("Appointment")]
    assert [one.fields["type"] for one in letters] == ["AppointmentCreate", "AppointmentUpdate", "AppointmentDelete"]
    assert all(one.genuine for one in letters)
    assert {frozenset(one.fields["appointment"]) for one in letters} == {frozenset(APPOINTMENT_FIELDS)}
    seen = [GhlSms().parse(HookKind.status, request_of(one.headers, one.body)) for one in letters]
    assert [(one.ref, one.contact_ref, one.starts_at) for one in seen if isinstance(one, AppointmentSeen)] == [
        (ref, ghl.contact, starts_at)
    ] * 3
    assert [one.status for one in seen if isinstance(one, AppointmentSeen)] == [
        AppointmentStatus.booked,
        AppointmentStatus.called_off,
        AppointmentStatus.deleted,
    ]


def test_an_appointment_needs_a_time_and_a_contact_of_its_location(ghl: GhlCustomer) -> None:
    with pytest.raises(ValueError, match="say when it is"):
        ghl.twin.put_ghl_appointment(LOCATION, ghl.contact)
    with pytest.raises(ValueError, match="no GHL contact"):
        ghl.twin.put_ghl_appointment(LOCATION, "nobody", ghl.clock.now())
