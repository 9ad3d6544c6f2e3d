"""The twin answers like Twilio: field sets and formats are those of twilio_api_v2010.json (stored 2026-11-20)."""

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from scripts.sandbox.messages import count_segments
from scripts.sandbox.remote import Twin
from tests.contract.twin_customer import (
    ACCOUNT,
    MESSAGES,
    NUMBER,
    OTHER_NUMBER,
    PERSON,
    SERVICE,
    TOKEN,
    Customer,
    open_customer,
)
from utils.clock import FileClock
from utils.http import trusted

# Spec: components.schemas["api.v2010.account.message"].properties
MESSAGE_FIELDS = {
    *("account_sid", "api_version", "body", "date_created", "date_sent", "date_updated", "direction", "error_code"),
    *("error_message", "from", "messaging_service_sid", "num_media", "num_segments", "price", "price_unit", "sid"),
    *("status", "subresource_uris", "to", "uri"),
}
# Spec: ListMessageResponse.properties
LIST_FIELDS = {
    *("end", "first_page_uri", "messages", "next_page_uri", "page", "page_size", "previous_page_uri", "start", "uri"),
}
# Docs: messaging/guides/outbound-message-status-in-status-callbacks (read 2026-11-20)
CALLBACK_FIELDS = {
    *("AccountSid", "ApiVersion", "From", "MessageSid", "MessageStatus", "SmsSid", "SmsStatus", "To"),
}


@pytest.fixture
def customer(twin: Twin, twin_clock: FileClock) -> Iterator[Customer]:
    with open_customer(twin, twin_clock) as opened:
        yield opened


def test_a_created_message_has_the_fields_and_formats_of_the_spec(customer: Customer) -> None:
    answer = customer.text()
    message = answer.json()
    assert answer.status_code == 201
    assert set(message) == MESSAGE_FIELDS
    assert re.fullmatch(r"SM[0-9a-f]{32}", message["sid"])
    assert message["uri"] == f"{MESSAGES}/{message['sid']}.json"
    assert (message["status"], message["direction"], message["date_sent"]) == ("queued", "outbound-api", None)
    assert parsedate_to_datetime(message["date_created"]) == customer.clock.now()
    assert message["num_segments"] == "1"


def test_a_message_through_a_service_is_accepted_and_has_no_sender_until_it_is_queued(customer: Customer) -> None:
    created = customer.text(From="", MessagingServiceSid=SERVICE).json()
    assert (created["status"], created["from"], created["num_segments"]) == ("accepted", None, "0")
    customer.step(minutes=5)
    assert customer.receiver.statuses() == ["queued", "sent", "delivered"]
    assert customer.fetch_text(created["sid"])["from"] in (NUMBER, OTHER_NUMBER)
    assert all(letter.form["MessagingServiceSid"] == SERVICE for letter in customer.receiver.letters)


def test_callbacks_come_signed_for_what_followed_the_initial_status(customer: Customer) -> None:
    sid = customer.text().json()["sid"]
    assert customer.step(minutes=5) == 2
    sent, delivered = customer.receiver.letters
    assert sent.path == "/twilio/status?touch=t1"
    assert set(sent.form) == CALLBACK_FIELDS
    assert set(delivered.form) == CALLBACK_FIELDS | {"RawDlrDoneDate"}
    assert [letter.genuine for letter in (sent, delivered)] == [True, True]
    assert delivered.headers["i-twilio-idempotency-token"] != sent.headers["i-twilio-idempotency-token"]
    assert (delivered.form["MessageSid"], delivered.form["MessageStatus"]) == (sid, "delivered")


def test_the_ledger_holds_what_was_accepted_and_the_evidence_of_what_followed(customer: Customer) -> None:
    sid = customer.text(touch="touch-9", Body="Grüße").json()["sid"]
    customer.step(minutes=5)
    (line,) = customer.twin.ledger(provider="twilio", to=PERSON)
    assert (line["provider_id"], line["touch"], line["body"], line["channel"]) == (sid, "touch-9", "Grüße", "sms")
    assert line["body_hash"] == hashlib.sha256("Grüße".encode()).hexdigest()
    assert [fact["status"] for fact in line["facts"]] == ["queued", "sent", "delivered"]
    assert line["facts"][2]["evidence_ids"] == [f"{sid}:delivered", f"poll:{sid}:delivered"]
    assert [(hook["id"], hook["answer"]) for hook in line["webhooks"]] == [
        (f"{sid}:sent", 200),
        (f"{sid}:delivered", 200),
    ]
    assert customer.twin.ledger(to="+14155559999") == []


def test_time_moves_only_by_advance_and_events_fire_in_the_order_of_their_due_instants(customer: Customer) -> None:
    for number in range(5):
        customer.text(touch=f"t{number}", To=f"+1415555010{number}")
    customer.clock.set(customer.clock.now() + timedelta(hours=1))
    assert customer.receiver.letters == []
    first = customer.twin.next_due()
    assert first is not None
    fired, following = customer.twin.advance(first)
    assert fired >= 1
    assert following is not None
    assert following > first
    assert customer.twin.advance(customer.clock.now()) == (10 - fired, None)
    sent_at = {line["provider_id"]: line["webhooks"] for line in customer.twin.ledger()}
    instants = [
        next(
            hook["sent_at"] for hook in sent_at[letter.form["MessageSid"]] if hook["status"] == letter.form["SmsStatus"]
        )
        for letter in customer.receiver.letters
    ]
    assert instants == sorted(instants)


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"To": ""}, 400, 21604),
        ({"To": "4155550100"}, 400, 21211),
        ({"To": NUMBER}, 400, 21266),
        ({"From": ""}, 400, 21603),
        ({"From": "+15005550001"}, 400, 21606),
        ({"MessagingServiceSid": "MG" + "9" * 32}, 404, 21701),
        ({"Body": ""}, 400, 21602),
        ({"Body": "x" * 1601}, 400, 21617),
        ({"ValidityPeriod": "0"}, 400, 20001),
        ({"ValidityPeriod": "36001"}, 400, 20001),
        ({"StatusCallback": "http://under_score.example/x"}, 400, 21609),
        ({"ScheduleType": "fixed", "SendAt": "2026-11-21T10:00:00Z"}, 400, 35118),
        ({"ScheduleType": "fixed", "MessagingServiceSid": SERVICE, "SendAt": "2026-11-21T09:04:00Z"}, 400, 35115),
    ],
)
def test_a_wrong_request_is_refused_in_twilios_words(
    customer: Customer, form: dict[str, Any], status: int, code: int
) -> None:
    answer = customer.text(**form)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message", "more_info", "status"}
    assert answer.json()["status"] == status
    assert customer.twin.ledger() == []


def test_wrong_credentials_get_twilios_own_401(customer: Customer) -> None:
    url = f"{customer.twin.twilio_url}{MESSAGES}.json"
    for auth in ((ACCOUNT, "wrong"), ("AC" + "9" * 32, TOKEN), None):
        answer = customer.http.get(url, auth=auth)
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    elsewhere = customer.twilio("GET", f"/2010-04-01/Accounts/AC{'9' * 32}/Messages.json")
    assert elsewhere.status_code == 401


def test_a_message_of_nobody_is_not_found(customer: Customer) -> None:
    answer = customer.twilio("GET", f"{MESSAGES}/SM{'0' * 32}.json")
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


def test_the_list_pages_newest_first_through_next_page_uri(customer: Customer) -> None:
    sids = []
    for number in range(5):
        sids.append(customer.text(touch=f"t{number}").json()["sid"])
        customer.step(seconds=1)
    found, path = [], f"{MESSAGES}.json?PageSize=2&To=%2B14155550100"
    while path:
        page = customer.twilio("GET", path).json()
        assert set(page) == LIST_FIELDS
        assert page["page_size"] == 2
        found += [message["sid"] for message in page["messages"]]
        path = page["next_page_uri"]
        assert path is None or path.startswith(f"{MESSAGES}.json?")
    assert found == sids[::-1]


def test_the_list_filters_by_recipient_sender_and_gmt_day_of_sending(customer: Customer) -> None:
    first = customer.text(touch="a").json()["sid"]
    customer.step(days=1)
    second = customer.text(touch="b", To="+14155550101", From=OTHER_NUMBER).json()["sid"]
    assert customer.list_texts(To=PERSON) == [first]
    assert customer.list_texts(From=OTHER_NUMBER) == [second]
    assert customer.list_texts(**{"DateSent>": "2026-11-21"}) == [first], "what is queued has no date of sending yet"
    customer.step(minutes=5)
    assert customer.list_texts(**{"DateSent>": "2026-11-22"}) == [second]
    assert customer.list_texts(**{"DateSent<": "2026-11-21"}) == [first]
    assert customer.list_texts(DateSent="2026-11-22") == [second]
    assert customer.list_texts(**{"DateSent>": "2026-11-21", "DateSent<": "2026-11-22"}) == [second, first]


def test_a_message_is_seen_sending_shortly_before_it_is_sent(customer: Customer) -> None:
    sid = customer.text().json()["sid"]
    due = customer.twin.next_due()
    assert due is not None
    customer.clock.set(due - timedelta(seconds=1))
    assert customer.fetch_text(sid)["status"] == "sending"


def test_a_message_that_outlives_its_validity_in_the_queue_fails(customer: Customer) -> None:
    customer.twin.script("twilio", "slow_queue", delay=700)
    sid = customer.text(ValidityPeriod="600").json()["sid"]
    customer.step(hours=1)
    message = customer.fetch_text(sid)
    assert (message["status"], message["error_code"]) == ("failed", 30036)
    assert customer.receiver.letters[0].form["ErrorCode"] == "30036"
    assert customer.twin.ledger()[0]["facts"][1]["at"] == "2026-11-21T09:10:00+00:00"


def test_a_queued_message_can_be_cancelled_and_a_sent_one_cannot(customer: Customer) -> None:
    sid = customer.text(touch="a").json()["sid"]
    path = f"{MESSAGES}/{sid}.json"
    assert customer.twilio("POST", path, data={"Status": "canceled"}).json()["status"] == "canceled"
    customer.step(hours=1)
    assert customer.receiver.statuses() == ["canceled"]
    assert customer.facts() == ["queued", "canceled"]
    late = customer.text(touch="b").json()["sid"]
    customer.step(hours=1)
    assert customer.twilio("POST", f"{MESSAGES}/{late}.json", data={"Status": "canceled"}).status_code == 409


def test_a_scheduled_message_waits_for_its_instant(customer: Customer) -> None:
    created = customer.text(
        ScheduleType="fixed", SendAt="2026-11-21T12:00:00Z", MessagingServiceSid=SERVICE, From=""
    ).json()
    assert created["status"] == "scheduled"
    customer.step(hours=2)
    assert customer.receiver.letters == []
    customer.step(hours=2)
    assert customer.facts() == ["scheduled", "queued", "sent", "delivered"]


def test_redacting_empties_the_body_and_deleting_removes_the_message_but_not_the_truth(customer: Customer) -> None:
    sid = customer.text().json()["sid"]
    path = f"{MESSAGES}/{sid}.json"
    assert customer.twilio("DELETE", path).status_code == 409
    customer.step(minutes=5)
    assert customer.twilio("POST", path, data={"Body": ""}).json()["body"] == ""
    assert customer.twilio("DELETE", path).status_code == 204
    assert customer.twilio("GET", path).status_code == 404
    assert customer.twin.ledger()[0]["body"] == "Hello!"


def test_callbacks_are_retried_as_the_fragment_asks_and_by_default_only_without_connection(customer: Customer) -> None:
    customer.receiver.answers = [500, 503]
    customer.text(touch="asks")
    customer.step(minutes=5)
    assert customer.receiver.statuses() == ["sent", "sent", "sent", "delivered"]
    tokens = [letter.headers["i-twilio-idempotency-token"] for letter in customer.receiver.letters[:3]]
    assert len(set(tokens)) == 1
    customer.receiver.letters.clear()
    customer.receiver.answers = [500]
    customer.text(touch="default", StatusCallback=customer.callback("default", rules=""))
    customer.step(minutes=5)
    assert customer.receiver.statuses() == ["sent", "delivered"]


def test_an_unreachable_callback_is_tried_twice_and_then_given_up(customer: Customer) -> None:
    customer.text(StatusCallback="http://127.0.0.1:9/status?touch=t1")
    customer.step(minutes=5)
    answers = [hook["answer"] for hook in customer.twin.ledger()[0]["webhooks"]]
    assert answers == ["no answer (ct)"] * 4


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("👍" * 35, 1),
        ("x" * 306, 2),
    ],
)
def test_segments_are_counted_as_carriers_count_them(body: str, segments: int) -> None:
    assert count_segments(body) == segments


def test_a_person_can_look_at_the_twin_in_a_browser(customer: Customer) -> None:
    customer.text(Body="<script>alert(1)</script>")
    page = httpx.get(customer.twin.url, trust_env=False, verify=trusted()).text
    assert "Providers' twin" in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
