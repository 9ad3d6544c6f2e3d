"""The twin misbehaves as it is told, and by seed always in the same way."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from scripts.sandbox.answers import TRANSPORT_KEY, ResetAnswer
from scripts.sandbox.remote import Twin, start_twin, start_twin_process
from tests.contract.twin_customer import ACCOUNT, MESSAGES, NUMBER, PERSON, Customer, open_customer
from utils.clock import FileClock

Send = Callable[[Customer, str, float], httpx.Response]


def send_text(customer: Customer, touch: str, timeout: float) -> httpx.Response:
    return customer.text(touch=touch, timeout=timeout)


def send_mail(customer: Customer, touch: str, timeout: float) -> httpx.Response:
    return customer.mail(touch=touch, timeout=timeout)


BOTH = pytest.mark.parametrize(("provider", "send"), [("twilio", send_text), ("resend", send_mail)])


@pytest.fixture
def customer(twin: Twin, twin_clock: FileClock) -> Iterator[Customer]:
    with open_customer(twin, twin_clock) as opened:
        yield opened


@BOTH
def test_a_timeout_after_acceptance_never_answers_but_the_message_goes_its_way(
    customer: Customer, provider: str, send: Send
) -> None:
    customer.twin.script(provider, "timeout_after_accept")
    with pytest.raises(httpx.ReadTimeout):
        send(customer, "t1", 0.2)
    customer.step(minutes=5)
    assert customer.facts() == ["queued", "sent", "delivered"]
    assert all(letter.genuine for letter in customer.receiver.letters)


@BOTH
def test_a_late_acceptance_happens_after_the_client_gave_up(customer: Customer, provider: str, send: Send) -> None:
    customer.twin.script(provider, "late_accept", delay=12)
    with pytest.raises(httpx.ReadTimeout):
        send(customer, "t1", 0.2)
    assert customer.twin.ledger() == []
    customer.step(seconds=12)
    assert customer.twin.ledger()[0]["accepted_at"] == "2026-11-21T09:00:12+00:00"


@BOTH
@pytest.mark.parametrize(("fault", "accepted"), [("reset_after_accept", 1), ("reset_before_accept", 0)])
def test_a_reset_tears_the_connection_for_real(
    customer: Customer, provider: str, send: Send, fault: str, accepted: int
) -> None:
    customer.twin.script(provider, fault)
    with pytest.raises(httpx.ReadError) as torn:
        send(customer, "t1", 5)
    assert "reset" in str(torn.value).lower()
    assert len(customer.twin.ledger()) == accepted


async def test_a_client_who_has_left_by_itself_needs_no_reset() -> None:
    """On a busy machine its patience may end first; the twin must not fall over the closed socket."""
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.close()
        await writer.wait_closed()
        told = [{"type": "http.disconnect"}]

        async def receive() -> dict[str, str]:
            return told.pop()

        async def send(message: object) -> None:
            raise AssertionError(message)

        await ResetAnswer()({"type": "http", TRANSPORT_KEY: writer.transport}, receive, send)
    assert told == []


@BOTH
@pytest.mark.parametrize(("fault", "accepted"), [("500_after_accept", 1), ("500_before_accept", 0)])
def test_a_server_error_says_nothing_about_acceptance(
    customer: Customer, provider: str, send: Send, fault: str, accepted: int
) -> None:
    customer.twin.script(provider, fault)
    assert send(customer, "t1", 5).status_code == 500
    assert len(customer.twin.ledger()) == accepted


@BOTH
def test_too_many_requests_accepts_nothing_and_passes(customer: Customer, provider: str, send: Send) -> None:
    customer.twin.script(provider, "429", times=2)
    assert [send(customer, "t1", 5).status_code for _ in range(2)] == [429, 429]
    assert send(customer, "t1", 5).is_success
    assert len(customer.twin.ledger()) == 1


@BOTH
def test_an_unreadable_success_was_accepted(customer: Customer, provider: str, send: Send) -> None:
    customer.twin.script(provider, "unreadable_200")
    answer = send(customer, "t1", 5)
    assert answer.is_success
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert len(customer.twin.ledger()) == 1


def test_a_repeat_with_the_same_key_after_a_lost_answer_finds_the_first_mail(customer: Customer) -> None:
    for fault in ("reset_after_accept", "timeout_after_accept", "500_after_accept", "unreadable_200"):
        customer.twin.script("resend", fault)
    with pytest.raises(httpx.ReadError):
        customer.mail()
    with pytest.raises(httpx.ReadTimeout):
        customer.mail(timeout=0.2)
    assert customer.mail().status_code == 500
    assert customer.mail().is_success
    assert customer.mail().json()["id"] == customer.twin.ledger()[0]["provider_id"]
    assert len(customer.twin.ledger()) == 1


def test_a_rejection_carries_the_providers_code(customer: Customer) -> None:
    customer.twin.script("twilio", "reject", code=21610)
    customer.twin.script("resend", "reject", code="daily_quota_exceeded")
    text, mail = customer.text(), customer.mail()
    assert (text.status_code, text.json()["code"]) == (400, 21610)
    assert (mail.status_code, mail.json()["name"]) == (429, "daily_quota_exceeded")
    assert customer.twin.ledger() == []


def test_a_lagging_list_hides_an_accepted_message_but_a_fetch_finds_it(customer: Customer) -> None:
    customer.twin.script("twilio", "list_lag", delay=45)
    customer.twin.script("resend", "list_lag", delay=45)
    sid, email_id = customer.text().json()["sid"], customer.mail().json()["id"]
    assert (customer.list_texts(To=PERSON), customer.resend("GET", "/emails").json()["data"]) == ([], [])
    assert customer.fetch_text(sid)["sid"] == sid
    customer.step(seconds=45)
    assert customer.list_texts(To=PERSON) == [sid]
    assert [email["id"] for email in customer.resend("GET", "/emails").json()["data"]] == [email_id]


def test_a_single_list_request_can_lag_behind(customer: Customer) -> None:
    sid = customer.text().json()["sid"]
    customer.step(seconds=10)
    customer.twin.script("twilio", "list_lag", op="list", delay=30)
    assert customer.list_texts(To=PERSON) == []
    assert customer.list_texts(To=PERSON) == [sid]


@pytest.mark.parametrize("op", ["list", "fetch"])
def test_reads_fail_like_sends(customer: Customer, op: str) -> None:
    sid = customer.text().json()["sid"]
    path = f"{MESSAGES}.json" if op == "list" else f"{MESSAGES}/{sid}.json"
    customer.twin.script("twilio", "500_before_accept", op=op)
    customer.twin.script("twilio", "429", op=op)
    assert [customer.twilio("GET", path).status_code for _ in range(3)] == [500, 429, 200]


def test_a_lost_webhook_never_comes_and_the_truth_stays_pollable(customer: Customer) -> None:
    customer.twin.script("twilio", "webhook_lost", op="webhook", match={"status": "delivered"})
    sid = customer.text().json()["sid"]
    assert customer.step(minutes=5) == 1
    assert customer.receiver.statuses() == ["sent"]
    assert customer.fetch_text(sid)["status"] == "delivered"
    assert [hook["answer"] for hook in customer.twin.ledger()[0]["webhooks"]] == [200, "lost"]


@BOTH
def test_a_doubled_webhook_comes_twice_with_the_same_id(customer: Customer, provider: str, send: Send) -> None:
    customer.twin.script(provider, "webhook_doubled", op="webhook", match={"status": "delivered"})
    send(customer, "t1", 5)
    assert customer.step(minutes=5) == 3
    header = {"twilio": "i-twilio-idempotency-token", "resend": "svix-id"}[provider]
    ids = [letter.headers[header] for letter in customer.receiver.letters]
    assert ids[1] == ids[2] != ids[0]


@BOTH
def test_a_delayed_webhook_overtakes_nobody_and_still_comes(customer: Customer, provider: str, send: Send) -> None:
    customer.twin.script(provider, "webhook_delayed", op="webhook", delay=900, match={"status": "sent"})
    send(customer, "t1", 5)
    customer.step(minutes=30)
    hooks = customer.twin.ledger()[0]["webhooks"]
    assert [hook["status"] for hook in hooks] == ["delivered", "sent"]
    assert customer.facts() == ["queued", "sent", "delivered"]


@BOTH
@pytest.mark.parametrize(("code", "told"), [(None, ["sent"]), ("all", ["sent", "delivered"])])
def test_an_early_webhook_outruns_the_answer(
    customer: Customer, provider: str, send: Send, code: str | None, told: list[str]
) -> None:
    customer.twin.script(provider, "webhook_early", code=code)
    assert send(customer, "t1", 5).is_success
    hooks = customer.twin.ledger()[0]["webhooks"]
    assert [(hook["status"], hook["sent_at"]) for hook in hooks] == [
        (name, "2026-11-21T09:00:00+00:00") for name in told
    ]
    assert len(customer.receiver.letters) == len(told), "all of them came before the answer"
    customer.step(minutes=5)
    assert customer.facts() == ["queued", "sent", "delivered"]


def test_an_early_webhook_ties_a_lost_answer_to_our_reference(customer: Customer) -> None:
    customer.twin.script("twilio", "webhook_early")
    customer.twin.script("twilio", "reset_after_accept")
    with pytest.raises(httpx.ReadError):
        customer.text(touch="touch-3")
    assert customer.receiver.letters[0].path == "/twilio/status?touch=touch-3"


@pytest.mark.parametrize(
    ("provider", "send", "fault", "code", "facts"),
    [
        ("twilio", send_text, "status_undelivered", 30005, ["queued", "sent", "undelivered"]),
        ("twilio", send_text, "status_failed", 30007, ["queued", "failed"]),
        ("twilio", send_text, "no_dlr", None, ["queued", "sent"]),
        ("resend", send_mail, "no_dlr", None, ["queued", "sent"]),
        ("resend", send_mail, "bounced", "Transient", ["queued", "sent", "bounced"]),
        ("resend", send_mail, "suppressed", None, ["queued", "suppressed"]),
        ("resend", send_mail, "status_failed", "reached_daily_quota", ["queued", "failed"]),
        ("resend", send_mail, "delivery_delayed", None, ["queued", "sent", "delivery_delayed", "delivered"]),
    ],
)
def test_an_outcome_can_be_chosen(
    customer: Customer, provider: str, send: Send, fault: str, code: str | int | None, facts: list[str]
) -> None:
    customer.twin.script(provider, fault, code=code)
    send(customer, "t1", 5)
    customer.step(hours=2)
    assert customer.facts() == facts
    told = customer.receiver.letters[-1]
    assert told.genuine
    if fault.startswith("status_"):
        assert str(code) in told.body


def test_a_scripted_fault_waits_for_the_request_it_matches(customer: Customer) -> None:
    customer.twin.script("twilio", "500_before_accept", match={"to": "+14155550199"})
    assert customer.text().status_code == 201
    assert customer.text(To="+14155550199").status_code == 500
    assert customer.text(To="+14155550199").status_code == 201


def test_scripted_faults_can_be_cleared(customer: Customer) -> None:
    customer.twin.script("twilio", "500_before_accept", times=9)
    customer.twin.clear_faults()
    assert customer.text().status_code == 201


def test_an_unknown_fault_is_refused_instead_of_being_no_fault(customer: Customer) -> None:
    for fault, op, code in (("no_such", "send", None), ("429", "dance", None), ("reject", "send", "words")):
        with pytest.raises(ValueError, match="refused"):
            customer.twin.script("twilio", fault, op, code=code)


def test_a_twin_in_its_own_process_prints_where_it_is(twin_clock: FileClock) -> None:
    with start_twin_process(f"file:{twin_clock.path}") as twin, open_customer(twin, twin_clock) as customer:
        customer.twin.text_us(ACCOUNT, PERSON, NUMBER, "hello")
        assert customer.step(seconds=1) == 1


def test_on_the_system_clock_time_passes_by_itself() -> None:
    with start_twin("system") as twin, open_customer(twin, FileClock(Path("unused"))) as customer:
        customer.twin.text_us(ACCOUNT, PERSON, NUMBER, "hello")
        assert customer.receiver.arrived.wait(10), "the webhook came without any advance"
