"""What each provider may tell us, written down by hand, and what we understand by it."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest

from modules.channels import (
    AppointmentSeen,
    Event,
    Fact,
    Hint,
    HookKind,
    Inbound,
    Nothing,
    Request,
    Strange,
    channels_of,
)
from modules.channels.resend_received import describe_received
from modules.channels.resend_words import EVENTS
from modules.channels.twilio_words import STATES
from modules.labels import Provider

HERE = Path(__file__).parent
NAMES = {
    AppointmentSeen: "appointment",
    Fact: "fact",
    Hint: "hint",
    Inbound: "inbound",
    Nothing: "nothing",
    Strange: "strange",
}
READS = {provider: channels_of(provider)[0] for provider in (Provider.twilio, Provider.resend)}


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))["cases"]
    return found


TWILIO, RESEND, RECEIVED = cases("twilio"), cases("resend"), cases("resend_received")


def told(event: Event, expected: dict[str, Any]) -> dict[str, Any]:
    """The event as plain values, only what is expected of it."""

    def plain(value: object) -> object:
        if isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, tuple):
            return list(value)
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return str(value) if isinstance(value, UUID) else value

    fields = {"event": NAMES[type(event)]} | {name: plain(value) for name, value in asdict(event).items()}
    return {name: fields[name] for name in expected}


@pytest.mark.parametrize("one", TWILIO, ids=lambda one: one["about"])
def test_what_twilio_tells_is_understood(one: dict[str, Any]) -> None:
    request = Request("https://hooks.example/", one["query"], {}, urlencode(one["form"]).encode())
    event = READS[Provider.twilio].parse(HookKind(one["kind"]), request)
    assert told(event, one["expected"]) == one["expected"]


@pytest.mark.parametrize("one", RESEND, ids=lambda one: one["about"])
def test_what_resend_tells_is_understood(one: dict[str, Any]) -> None:
    request = Request("https://hooks.example/", {}, {"svix-id": "msg_1"}, json.dumps(one["body"]).encode())
    event = READS[Provider.resend].parse(HookKind.status, request)
    assert told(event, one["expected"]) == one["expected"]


@pytest.mark.parametrize("one", RECEIVED, ids=lambda one: one["about"])
def test_what_a_person_mailed_is_understood(one: dict[str, Any]) -> None:
    event = describe_received(one["body"]["id"], one["body"])
    assert told(event, one["expected"]) == one["expected"]


def test_every_status_that_ends_a_text_has_a_payload() -> None:
    shown = {one["form"].get("MessageStatus") for one in TWILIO}
    assert {status for status, state in STATES.items() if state} <= shown


def test_every_event_about_a_mail_has_a_payload() -> None:
    assert {f"email.{name}" for name in EVENTS} <= {one["body"]["type"] for one in RESEND}


def test_a_strange_event_keeps_all_that_was_said_under_a_key_that_repeats() -> None:
    request = Request("https://hooks.example/", {}, {}, b"SmsStatus=odd&A=1&B=")
    events = [READS[Provider.twilio].parse(HookKind.status, request) for _ in range(2)]
    assert events[0] == events[1]
    assert isinstance(events[0], Strange)
    assert events[0].payload == {"SmsStatus": "odd", "A": "1", "B": ""}
