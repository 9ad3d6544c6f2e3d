"""What goes wrong at the twin's GoHighLevel: silent drops, missing receipts, weather, and hand-overs into nothing."""

from collections.abc import Iterator

import httpx
import pytest

from scripts.sandbox.remote import Twin
from tests.contract.ghl_customer import LOCATION, PERSON, GhlCustomer, open_ghl_customer
from utils.clock import FileClock


@pytest.fixture
def customer(twin: Twin, twin_clock: FileClock) -> Iterator[GhlCustomer]:
    with open_ghl_customer(twin, twin_clock) as opened:
        yield opened


def test_a_scripted_failure_is_told_without_a_reason(customer: GhlCustomer) -> None:
    customer.twin.script("ghl", "status_failed")
    message_id = customer.text().json()["messageId"]
    customer.step(minutes=5)
    assert customer.fetch(message_id)["status"] == "failed"
    assert [event["status"] for event in customer.mailbox.events()] == ["sent", "failed"]


def test_a_message_dropped_by_dnd_fails_in_silence(customer: GhlCustomer) -> None:
    customer.twin.script("ghl", "dnd_dropped")
    message_id = customer.text().json()["messageId"]
    customer.step(minutes=5)
    assert (customer.fetch(message_id)["status"], customer.mailbox.letters) == ("failed", [])


def test_scripted_refusals_and_missing_receipts(customer: GhlCustomer) -> None:
    customer.twin.script("ghl", "dnd_refused")
    assert customer.text().json()["message"] == "Cannot send message as DND is active for SMS."
    customer.twin.script("ghl", "no_dlr")
    customer.text()
    customer.step(days=1)
    assert customer.facts() == ["pending", "sent"]


def test_the_weather_of_the_wire_is_the_same_as_elsewhere(customer: GhlCustomer) -> None:
    for fault, accepted in (("timeout_after_accept", 1), ("reset_after_accept", 2), ("reset_before_accept", 2)):
        customer.twin.script("ghl", fault)
        with pytest.raises(httpx.TransportError):
            customer.text(timeout=0.3)
        assert len(customer.export()) == accepted
    for fault, status in (("500_after_accept", 500), ("500_before_accept", 500), ("429", 429)):
        customer.twin.script("ghl", fault)
        assert customer.text().status_code == status
    assert len(customer.export()) == 3


def test_an_early_webhook_outruns_the_answer(customer: GhlCustomer) -> None:
    customer.twin.script("ghl", "webhook_early", code="all")
    customer.text()
    assert [event["status"] for event in customer.mailbox.events()] == ["sent", "delivered"]


def test_lost_doubled_and_delayed_webhooks(customer: GhlCustomer) -> None:
    customer.register(delivery_webhooks=False)
    for fault in ("webhook_lost", "webhook_doubled", "webhook_delayed"):
        customer.twin.script("ghl", fault, op="webhook", delay=600)
        customer.text(fault)
        customer.step(minutes=2)
    assert [event["body"] for event in customer.mailbox.events()] == ["webhook_doubled", "webhook_doubled"]
    assert len({event["webhookId"] for event in customer.mailbox.events()}) == 1
    customer.step(minutes=10)
    assert len(customer.mailbox.letters) == 3


def test_a_workflow_trigger_is_handed_over_and_may_send_or_drop(customer: GhlCustomer) -> None:
    path = f"/hooks/{LOCATION}/webhook-trigger/0b5c"
    answer = customer.ask("POST", path, json={"phone": PERSON, "message": "From a workflow"})
    assert answer.status_code == 200
    assert customer.export() == []
    customer.step(seconds=6)
    assert [(one["body"], one["source"]) for one in customer.export()] == [("From a workflow", "workflow")]
    customer.register(workflow="drops")
    assert customer.ask("POST", path, json={"phone": PERSON, "message": "Again"}).status_code == 200
    customer.step(hours=1)
    assert len(customer.export()) == 1
