"""The twin answers like Resend: field sets and formats are those of resend.yaml (stored 2026-11-20)."""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from scripts.sandbox.remote import Twin
from tests.contract.twin_customer import DOMAIN, KEY, SECRET, Customer, open_customer
from utils.clock import FileClock, wall_clock

# Spec: components.schemas.Email.properties; scheduled_at comes with it in the documented answers.
EMAIL_FIELDS = {
    *("object", "id", "message_id", "to", "from", "created_at", "subject", "html", "text", "bcc", "cc", "reply_to"),
    *("last_event", "scheduled_at"),
}
# Spec: OutboundEmailEventData.properties, with tags and without broadcast, template and headers.
EVENT_FIELDS = {"email_id", "created_at", "from", "to", "subject", "tags"}
# Spec: WebhookEventBounce.required and WebhookEventSuppressed.required
BOUNCE_FIELDS = {"diagnosticCode", "message", "subType", "type"}
SUPPRESSED_FIELDS = {"diagnosticCode", "message", "reason", "type"}


@pytest.fixture
def customer(twin: Twin, twin_clock: FileClock) -> Iterator[Customer]:
    with open_customer(twin, twin_clock) as opened:
        yield opened


def events(customer: Customer) -> list[dict[str, Any]]:
    return [json.loads(letter.body) for letter in customer.receiver.letters]


def event_types(customer: Customer) -> list[str]:
    return [event["type"] for event in events(customer)]


def test_a_sent_email_answers_its_id_and_shows_the_fields_of_the_spec(customer: Customer) -> None:
    answer = customer.mail()
    assert answer.status_code == 200
    assert set(answer.json()) == {"id"}
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer.json()["id"])
    shown = customer.fetch_mail(answer.json()["id"])
    assert set(shown) == EMAIL_FIELDS
    assert (shown["object"], shown["last_event"], shown["to"]) == ("email", "queued", ["ada@lovelace.example"])
    assert shown["created_at"] == "2026-11-21 09:00:00.000000+00"


def test_every_answer_carries_the_rate_headers(customer: Customer) -> None:
    headers = customer.mail().headers
    assert (headers["ratelimit-limit"], headers["ratelimit-remaining"], headers["ratelimit-reset"]) == ("5", "4", "1")


def test_events_come_signed_shaped_by_the_spec_with_tags_as_an_object(customer: Customer) -> None:
    email_id = customer.mail(touch="touch-7").json()["id"]
    assert customer.step(minutes=5) == 2
    assert event_types(customer) == ["email.sent", "email.delivered"]
    assert all(letter.genuine for letter in customer.receiver.letters)
    delivered = events(customer)[1]
    assert set(delivered) == {"type", "created_at", "data"}
    assert set(delivered["data"]) == EVENT_FIELDS
    assert delivered["data"]["tags"] == {"touch": "touch-7"}
    assert delivered["data"]["email_id"] == email_id
    assert re.fullmatch(r"2026-11-21T09:0\d:\d\d\.\d{3}Z", delivered["created_at"])
    assert customer.fetch_mail(email_id)["last_event"] == "delivered"


def test_signatures_are_dated_in_real_time_while_the_story_is_told_in_business_time(customer: Customer) -> None:
    customer.mail()
    customer.step(days=400)
    stamped = int(customer.receiver.letters[0].headers["svix-timestamp"])
    assert abs(wall_clock().timestamp() - stamped) < 60


def test_the_ledger_hashes_the_html_and_names_the_evidence(customer: Customer) -> None:
    email_id = customer.mail(touch="touch-7", to="Ada <Ada@Lovelace.example>", text="other").json()["id"]
    customer.step(minutes=5)
    (line,) = customer.twin.ledger(provider="resend", to="ada@lovelace.example")
    assert line["body_hash"] == hashlib.sha256(b"<p>Hello!</p>").hexdigest()
    assert (line["touch"], line["idempotency_key"], line["channel"]) == ("touch-7", "touch/touch-7", "email")
    svix_id = customer.receiver.letters[1].headers["svix-id"]
    assert line["facts"][2] == {
        "status": "delivered",
        "at": line["webhooks"][1]["sent_at"],
        "evidence_ids": [svix_id, f"poll:{email_id}:delivered"],
    }
    customer.mail(touch="plain", html=None, text="only text")
    assert customer.twin.ledger()[1]["body_hash"] == hashlib.sha256(b"only text").hexdigest()


def test_the_same_key_with_the_same_payload_answers_the_same_id_and_sends_no_second_mail(customer: Customer) -> None:
    first, again = customer.mail(), customer.mail()
    assert (again.status_code, again.json()) == (200, first.json())
    assert len(customer.twin.ledger()) == 1


def test_the_same_key_with_another_payload_is_a_conflict(customer: Customer) -> None:
    customer.mail()
    answer = customer.mail(subject="Changed")
    assert (answer.status_code, answer.json()["name"]) == (409, "invalid_idempotent_request")
    assert set(answer.json()) == {"statusCode", "name", "message"}
    assert len(customer.twin.ledger()) == 1


def test_a_key_is_kept_for_24_hours_of_business_time_and_no_longer(customer: Customer) -> None:
    first = customer.mail().json()["id"]
    customer.step(hours=23, minutes=59)
    assert customer.mail().json()["id"] == first
    customer.step(minutes=1)
    assert customer.mail().json()["id"] != first
    assert len(customer.twin.ledger()) == 2


def test_a_key_whose_first_request_still_runs_is_a_conflict_until_it_is_done(customer: Customer) -> None:
    customer.twin.script("resend", "late_accept", delay=10)
    with pytest.raises(httpx.ReadTimeout):
        customer.mail(timeout=0.2)
    answer = customer.mail()
    assert (answer.status_code, answer.json()["name"]) == (409, "concurrent_idempotent_requests")
    customer.step(seconds=10)
    done = customer.mail()
    assert done.json()["id"] == customer.twin.ledger()[0]["provider_id"]
    assert len(customer.twin.ledger()) == 1


@pytest.mark.parametrize("key", ["", "x" * 257])
def test_a_key_of_a_wrong_length_is_refused(customer: Customer, key: str) -> None:
    answer = customer.mail(key=key)
    assert (answer.status_code, answer.json()["name"]) == (400, "invalid_idempotency_key")


@pytest.mark.parametrize(
    ("fields", "status", "name"),
    [
        ({"to": None}, 422, "missing_required_field"),
        ({"subject": None}, 422, "missing_required_field"),
        ({"html": None}, 422, "missing_required_field"),
        ({"to": "nobody"}, 422, "validation_error"),
        ({"to": [f"a{number}@b.example" for number in range(51)]}, 422, "validation_error"),
        ({"to": "ada@example.com"}, 422, "validation_error"),
        ({"to": 7}, 422, "validation_error"),
        ({"from": "nobody"}, 422, "invalid_from_address"),
        ({"from": "a@unverified.example"}, 403, "validation_error"),
        ({"tags": [{"name": "touch", "value": "a b"}]}, 422, "validation_error"),
        ({"tags": ["touch"]}, 422, "validation_error"),
        ({"scheduled_at": "soon"}, 422, "validation_error"),
    ],
)
def test_a_wrong_request_is_refused_in_resends_words(
    customer: Customer, fields: dict[str, Any], status: int, name: str
) -> None:
    answer = customer.mail(**fields)
    assert (answer.status_code, answer.json()["name"]) == (status, name)
    assert answer.json()["statusCode"] == status
    assert customer.twin.ledger() == []


def test_wrong_credentials_get_resends_own_refusals(customer: Customer) -> None:
    url = f"{customer.twin.resend_url}/emails"
    missing = customer.http.get(url)
    assert (missing.status_code, missing.json()["name"]) == (401, "missing_api_key")
    wrong = customer.http.get(url, headers={"Authorization": "Bearer re_unknown"})
    assert (wrong.status_code, wrong.json()["name"]) == (403, "invalid_api_key")
    customer.twin.add_resend("re_sending", DOMAIN, sending_only=True)
    restricted = customer.http.get(url, headers={"Authorization": "Bearer re_sending"})
    assert (restricted.status_code, restricted.json()["name"]) == (401, "restricted_api_key")


def test_a_request_without_user_agent_is_refused(customer: Customer) -> None:
    request = customer.http.build_request(
        "GET", f"{customer.twin.resend_url}/emails", headers={"Authorization": f"Bearer {KEY}"}
    )
    del request.headers["User-Agent"]
    assert customer.http.send(request).status_code == 403


def test_an_unknown_path_email_or_method_is_refused_as_json(customer: Customer) -> None:
    assert customer.resend("GET", "/nowhere").json()["name"] == "not_found"
    assert customer.resend("GET", "/emails/00000000-0000-4000-8000-000000000000").json()["statusCode"] == 404
    assert customer.resend("DELETE", "/emails").json()["name"] == "method_not_allowed"


def test_the_list_pages_newest_first_by_cursor_without_bodies(customer: Customer) -> None:
    ids = []
    for number in range(5):
        ids.append(customer.mail(touch=f"t{number}").json()["id"])
        customer.step(seconds=1)
    newest = ids[::-1]
    page = customer.resend("GET", "/emails", params={"limit": 2}).json()
    assert set(page) == {"object", "has_more", "data"}
    assert (page["object"], page["has_more"]) == ("list", True)
    assert [email["id"] for email in page["data"]] == newest[:2]
    assert set(page["data"][0]) == EMAIL_FIELDS - {"html", "text"}
    rest = customer.resend("GET", "/emails", params={"limit": 3, "after": newest[1]}).json()
    assert ([email["id"] for email in rest["data"]], rest["has_more"]) == (newest[2:], False)
    before = customer.resend("GET", "/emails", params={"limit": 1, "before": newest[2]}).json()
    assert ([email["id"] for email in before["data"]], before["has_more"]) == ([newest[1]], True)
    assert customer.resend("GET", "/emails", params={"limit": 101}).status_code == 422


def test_a_scheduled_email_can_be_moved_and_cancelled_and_a_sent_one_cannot(customer: Customer) -> None:
    moved = customer.mail(touch="a", scheduled_at="2026-11-21T12:00:00Z").json()["id"]
    cancelled = customer.mail(touch="b", scheduled_at="2026-11-21T12:00:00Z").json()["id"]
    assert customer.fetch_mail(moved)["last_event"] == "scheduled"
    patched = customer.resend("PATCH", f"/emails/{moved}", json={"scheduled_at": "2026-11-21T20:00:00Z"})
    assert patched.json() == {"object": "email", "id": moved}
    assert customer.resend("POST", f"/emails/{cancelled}/cancel").json() == {"object": "email", "id": cancelled}
    customer.step(hours=5)
    assert customer.receiver.letters == []
    customer.step(hours=7)
    assert customer.facts(0) == ["scheduled", "sent", "delivered"]
    assert customer.facts(1) == ["scheduled", "canceled"]
    assert customer.resend("POST", f"/emails/{moved}/cancel").status_code == 422


def test_a_permanent_bounce_suppresses_the_next_mail_to_that_address(customer: Customer) -> None:
    customer.twin.script("resend", "bounced", code="Permanent")
    customer.mail(touch="a")
    customer.step(minutes=5)
    assert event_types(customer) == ["email.sent", "email.bounced"]
    bounce = events(customer)[1]["data"]["bounce"]
    assert set(bounce) == BOUNCE_FIELDS
    assert (bounce["type"], bounce["subType"]) == ("Permanent", "NoEmail")
    customer.receiver.letters.clear()
    customer.mail(touch="b")
    customer.step(minutes=5)
    assert event_types(customer) == ["email.suppressed"]
    suppressed = events(customer)[0]["data"]["suppressed"]
    assert set(suppressed) == SUPPRESSED_FIELDS
    assert suppressed["reason"] == "previous_bounce"


def test_a_complaint_follows_delivery_and_counts_as_an_opt_out(customer: Customer) -> None:
    customer.twin.script("resend", "complained")
    customer.mail()
    customer.step(hours=2)
    assert event_types(customer) == ["email.sent", "email.delivered", "email.complained"]
    assert [(opted["to"], opted["how"]) for opted in customer.twin.opt_outs()] == [
        ("ada@lovelace.example", "complained")
    ]


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("delivered", ["email.sent", "email.delivered"]),
        ("bounced+label", ["email.sent", "email.bounced"]),
        ("complained", ["email.sent", "email.delivered", "email.complained"]),
        ("suppressed", ["email.suppressed"]),
    ],
)
def test_the_test_mailboxes_of_resend_behave_as_they_are_named(
    customer: Customer, local: str, expected: list[str]
) -> None:
    customer.mail(to=f"{local}@resend.dev")
    customer.step(hours=2)
    assert event_types(customer) == expected


def test_a_refused_event_is_tried_eight_times_over_a_day_with_one_svix_id(customer: Customer) -> None:
    customer.receiver.answers = [500] * 8
    customer.twin.script("resend", "no_dlr")
    customer.mail()
    sent_at = customer.twin.next_due()
    assert sent_at is not None
    customer.step(days=3)
    hooks = customer.twin.ledger()[0]["webhooks"]
    waited = [0, 5, 300, 1800, 7200, 18000, 36000, 36000]
    expected = [(sent_at + timedelta(seconds=sum(waited[: number + 1]))).isoformat() for number in range(8)]
    assert [hook["sent_at"] for hook in hooks] == expected
    assert [hook["answer"] for hook in hooks] == [500] * 8
    assert len({letter.headers["svix-id"] for letter in customer.receiver.letters}) == 1
    assert customer.twin.next_due() is None


def test_the_rate_is_enforced_where_an_account_asks_for_it(customer: Customer) -> None:
    customer.twin.add_resend(KEY, DOMAIN, f"{customer.receiver.url}/resend", SECRET, rate_enforced=True)
    answers = [customer.mail(touch=f"t{number}") for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[5].json()["name"] == "rate_limit_exceeded"
    assert answers[5].headers["retry-after"] == "1"
    customer.step(seconds=1)
    assert customer.mail(touch="later").status_code == 200


def test_custom_headers_come_back_in_the_events(customer: Customer) -> None:
    customer.mail(headers={"List-Unsubscribe": "<https://acme.example/u/1>"})
    customer.step(minutes=5)
    assert events(customer)[0]["data"]["headers"] == [
        {"name": "List-Unsubscribe", "value": "<https://acme.example/u/1>"}
    ]
