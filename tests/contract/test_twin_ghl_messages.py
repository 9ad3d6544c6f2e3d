"""The twin sends like GoHighLevel: rules of ghl-conversations.json and the reports of its users (2026-11-20)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from scripts.sandbox.remote import Twin
from tests.contract.ghl_customer import (
    LOCATION,
    MAILBOX,
    MESSAGES,
    NUMBER,
    PERSON,
    WORKFLOW_SECRET,
    GhlCustomer,
    open_ghl_customer,
)
from utils.clock import FileClock

# Spec: GetMessageResponseDto.required
MESSAGE_FIELDS = {
    *("id", "type", "messageType", "locationId", "contactId", "conversationId", "dateAdded", "direction"),
    "contentType",
}


@pytest.fixture
def customer(twin: Twin, twin_clock: FileClock) -> Iterator[GhlCustomer]:
    with open_ghl_customer(twin, twin_clock) as opened:
        yield opened


def test_a_text_is_queued_then_sent_then_delivered(customer: GhlCustomer) -> None:
    answer = customer.text()
    assert answer.status_code == 201
    assert set(answer.json()) == {"conversationId", "messageId", "msg", "status"}
    message_id = answer.json()["messageId"]
    shown = customer.fetch(message_id)
    assert set(shown) >= MESSAGE_FIELDS
    assert (shown["status"], shown["body"], shown["direction"], shown["source"]) == (
        *("pending", "Hello!", "outbound", "api"),
    )
    customer.step(minutes=5)
    assert customer.fetch(message_id)["status"] == "delivered"
    assert customer.facts() == ["pending", "sent", "delivered"]


def test_the_ledger_names_person_words_and_evidence(customer: GhlCustomer) -> None:
    message_id = customer.text().json()["messageId"]
    customer.step(minutes=5)
    line = customer.twin.ledger(provider="ghl", to=PERSON)[0]
    assert (line["provider_id"], line["channel"], line["body"], line["touch"]) == (message_id, "sms", "Hello!", None)
    assert line["from"] == NUMBER
    assert line["facts"][-1]["evidence_ids"] == [f"{message_id}:delivered", f"poll:{message_id}:delivered"]
    assert [posting["id"] for posting in line["webhooks"]] == [f"{message_id}:sent", f"{message_id}:delivered"]


def test_the_same_body_twice_is_sent_twice(customer: GhlCustomer) -> None:
    assert customer.text().json()["messageId"] != customer.text().json()["messageId"]
    assert len(customer.export()) == 2


def test_a_mail_has_a_record_of_its_own(customer: GhlCustomer) -> None:
    answer = customer.mail().json()
    customer.step(minutes=5)
    shown = customer.fetch(answer["messageId"])
    assert shown["meta"]["email"]["messageIds"] == [answer["emailMessageId"]]
    email = customer.ask("GET", f"{MESSAGES}/email/{answer['emailMessageId']}").json()
    assert (email["status"], email["to"], email["subject"]) == ("delivered", [MAILBOX], "Hello")
    assert customer.twin.ledger(provider="ghl")[0]["body"] == "<p>Hello!</p>"


def test_a_mail_proves_its_delivery_by_the_carriers_statistics(customer: GhlCustomer) -> None:
    answer = customer.mail().json()
    customer.step(minutes=5)
    assert customer.mailbox.kinds() == ["OutboundMessage", "OutboundMessage", "LCEmailStats"]
    payload = customer.mailbox.events()[-1]["webhookPayload"]
    email = customer.ask("GET", f"{MESSAGES}/email/{answer['emailMessageId']}").json()
    assert (payload["event"], payload["recipient"], payload["delivery-status"]["code"]) == ("delivered", MAILBOX, 250)
    assert payload["message"]["headers"]["message-id"] == email["altId"]


def test_webhooks_are_signed_over_the_raw_bytes_and_named_once(customer: GhlCustomer) -> None:
    customer.text()
    customer.step(minutes=5)
    assert [event["status"] for event in customer.mailbox.events()] == ["sent", "delivered"]
    assert all(letter.genuine for letter in customer.mailbox.letters)
    assert len({event["webhookId"] for event in customer.mailbox.events()}) == 2


def test_without_a_key_the_signature_header_says_so(customer: GhlCustomer) -> None:
    customer.register(webhook_private_key=None)
    customer.text()
    customer.step(minutes=5)
    assert {letter.headers["x-ghl-signature"] for letter in customer.mailbox.letters} == {"N/A"}


def test_only_429_is_tried_again_after_ten_minutes_and_six_times_at_most(customer: GhlCustomer) -> None:
    customer.register(delivery_webhooks=False)
    customer.mailbox.answers = [429] * 10
    customer.text()
    customer.step(minutes=9)
    assert len(customer.mailbox.letters) == 1
    customer.step(hours=3)
    assert len(customer.mailbox.letters) == 7
    assert len({letter.body for letter in customer.mailbox.letters}) == 1


def test_a_500_loses_the_event_for_ever(customer: GhlCustomer) -> None:
    customer.register(delivery_webhooks=False)
    customer.mailbox.answers = [500]
    customer.text()
    customer.step(days=1)
    assert len(customer.mailbox.letters) == 1


def test_dnd_refuses_a_text_in_the_known_words(customer: GhlCustomer) -> None:
    for fields in ({"dndSettings": {"SMS": {"status": "active"}}}, {"dnd": True}):
        customer.twin.put_ghl_contact(LOCATION, id=customer.contact, **fields)
        answer = customer.text()
        assert (answer.status_code, answer.json()["message"]) == (
            400,
            "Cannot send message as DND is active for SMS.",
        )
    assert customer.twin.ledger(provider="ghl") == []


def test_dnd_of_one_channel_leaves_the_other_open(customer: GhlCustomer) -> None:
    customer.twin.put_ghl_contact(LOCATION, id=customer.contact, dndSettings={"SMS": {"status": "permanent"}})
    assert (customer.text().status_code, customer.mail().status_code) == (400, 201)


def test_a_contact_without_phone_or_mail_cannot_be_reached_there(customer: GhlCustomer) -> None:
    only_mail = customer.twin.put_ghl_contact(LOCATION, email="only@mail.example")
    only_phone = customer.twin.put_ghl_contact(LOCATION, phone="+14155550210")
    assert customer.text(contactId=only_mail).json()["message"] == "Missing phone number"
    assert customer.mail(contactId=only_phone).status_code == 400


def test_a_misshapen_send_names_every_complaint(customer: GhlCustomer) -> None:
    answer = customer.ask("POST", MESSAGES, json={"type": "Pigeon", "scheduledTimestamp": "soon", "to": PERSON})
    assert answer.status_code == 422
    complaints = answer.json()["message"]
    assert "property to should not exist" in complaints
    assert "contactId should not be empty" in complaints
    assert len(complaints) == 4


def test_a_foreign_sender_number_and_an_empty_text_are_refused(customer: GhlCustomer) -> None:
    assert customer.text(fromNumber="+15005550099").status_code == 400
    assert customer.text("").status_code == 400


def test_a_scheduled_message_waits_for_its_second(customer: GhlCustomer) -> None:
    when = int((customer.clock.now() + timedelta(hours=2)).timestamp())
    message_id = customer.text(scheduledTimestamp=when).json()["messageId"]
    customer.step(hours=1)
    assert customer.fetch(message_id)["status"] == "scheduled"
    customer.step(hours=2)
    assert customer.fetch(message_id)["status"] == "delivered"


def test_an_export_without_channel_leaves_mail_out(customer: GhlCustomer) -> None:
    sms, mail = customer.text().json()["messageId"], customer.mail().json()["messageId"]
    assert [one["id"] for one in customer.export(channel="")] == [sms]
    assert [one["id"] for one in customer.export(channel="Email")] == [mail]


def test_an_export_pages_by_cursor_and_counts_all(customer: GhlCustomer) -> None:
    for number in range(12):
        customer.text(f"Hello {number}")
        customer.step(seconds=1)
    query = {"locationId": LOCATION, "channel": "SMS", "limit": "10", "sortOrder": "asc"}
    first = customer.ask("GET", f"{MESSAGES}/export", params=query).json()
    second = customer.ask("GET", f"{MESSAGES}/export", params=query | {"cursor": first["nextCursor"]}).json()
    bodies = [one["body"] for page in (first, second) for one in page["messages"]]
    assert bodies == [f"Hello {number}" for number in range(12)]
    assert (first["total"], second["nextCursor"]) == (12, None)
    assert customer.ask("GET", f"{MESSAGES}/export", params=query | {"limit": "9"}).status_code == 422


def test_an_export_filters_by_instant_and_contact(customer: GhlCustomer) -> None:
    customer.text()
    begin = customer.clock.now().isoformat()
    customer.step(hours=1)
    later = customer.text("Later").json()["messageId"]
    after = customer.clock.now().isoformat()
    assert [one["id"] for one in customer.export(startDate=after)] == [later]
    assert len(customer.export(startDate=begin, endDate=after)) == 2
    assert customer.export(contactId="somebody") == []


def test_the_index_lags_but_the_message_itself_is_known_at_once(customer: GhlCustomer) -> None:
    customer.twin.script("ghl", "list_lag", delay=40)
    answer = customer.text().json()
    assert customer.fetch(answer["messageId"])["id"] == answer["messageId"]
    assert (customer.export(), customer.search()) == ([], [])
    customer.step(seconds=41)
    assert (len(customer.export()), len(customer.search())) == (1, 1)


def test_a_thread_is_nested_once_more_than_its_spec(customer: GhlCustomer) -> None:
    conversation = customer.text().json()["conversationId"]
    customer.step(seconds=1)
    customer.mail()
    path = f"/conversations/{conversation}/messages"
    page = customer.ask("GET", path, params={"limit": 1}).json()["messages"]
    assert (page["nextPage"], page["messages"][0]["messageType"]) == (True, "TYPE_EMAIL")
    rest = customer.ask("GET", path, params={"lastMessageId": page["lastMessageId"]}).json()["messages"]
    assert (rest["nextPage"], [one["messageType"] for one in rest["messages"]]) == (False, ["TYPE_SMS"])
    texts = customer.ask("GET", path, params={"type": "TYPE_SMS"}).json()["messages"]["messages"]
    assert len(texts) == 1


def test_conversations_are_found_by_their_last_message(customer: GhlCustomer) -> None:
    other = customer.twin.put_ghl_contact(LOCATION, phone="+14155550211")
    customer.text()
    customer.step(minutes=1)
    since = int(customer.clock.now().timestamp() * 1000)
    customer.step(minutes=1)
    customer.text(contactId=other)
    assert [one["contactId"] for one in customer.search()] == [other, customer.contact]
    assert [one["contactId"] for one in customer.search(contactId=customer.contact)] == [customer.contact]
    fresh = customer.search(sortBy="last_message_date", sort="asc", startAfterDate=str(since))
    assert [one["contactId"] for one in fresh] == [other]
    assert (
        customer.ask("GET", "/conversations/search", params={"locationId": LOCATION, "since": "1"}).status_code == 422
    )


def test_a_stop_by_text_switches_dnd_on_and_later_texts_are_refused(customer: GhlCustomer) -> None:
    customer.twin.write_ghl(LOCATION, customer.contact, "SMS", " stop ")
    customer.step(seconds=1)
    assert customer.mailbox.kinds() == ["InboundMessage", "ContactDndUpdate"]
    assert customer.mailbox.events()[1]["dndSettings"]["SMS"]["status"] == "active"
    assert customer.text().status_code == 400
    assert [opted["to"] for opted in customer.twin.opt_outs()] == [PERSON]


def test_free_words_are_no_opt_out_for_ghl(customer: GhlCustomer) -> None:
    customer.twin.write_ghl(LOCATION, customer.contact, "SMS", "please stop texting me")
    customer.step(seconds=1)
    assert (customer.text().status_code, customer.twin.opt_outs()) == (201, [])


def test_an_inbound_message_says_who_wrote_what_and_reaches_workflows_with_their_secret(
    customer: GhlCustomer,
) -> None:
    customer.twin.write_ghl(LOCATION, customer.contact, "SMS", "Who is this?")
    customer.step(seconds=1)
    told = customer.mailbox.events()[0]
    assert (told["direction"], told["body"], told["from"], told["to"]) == ("inbound", "Who is this?", PERSON, NUMBER)
    workflow = next(letter for letter in customer.mailbox.letters if letter.path == "/workflow")
    assert workflow.headers["x-omnify-secret"] == WORKFLOW_SECRET
    assert "x-ghl-signature" not in workflow.headers
    assert workflow.fields["contact_id"] == customer.contact
    assert customer.fetch(told["messageId"])["direction"] == "inbound"
    assert customer.search()[0]["unreadCount"] == 1


def test_inbound_mail_and_missed_calls_have_their_own_fields(customer: GhlCustomer) -> None:
    customer.twin.write_ghl(LOCATION, customer.contact, "Email", "<p>Thanks</p>", "Re: Hello")
    customer.twin.write_ghl(LOCATION, customer.contact, "CALL", "voicemail")
    customer.step(seconds=1)
    mail, call = customer.mailbox.events()
    assert (mail["messageType"], mail["subject"], mail["from"]) == ("Email", "Re: Hello", MAILBOX)
    assert mail["emailMessageId"]
    assert (call["messageType"], call["callStatus"], call["status"]) == ("CALL", "voicemail", "voicemail")


def test_an_unsubscription_closes_mail_twice(customer: GhlCustomer) -> None:
    customer.mail()
    customer.step(minutes=5)
    customer.twin.unsubscribe_ghl(LOCATION, customer.contact)
    customer.step(seconds=1)
    query = {"locationId": LOCATION, "contactId": customer.contact}
    answer = customer.ask("GET", "/conversations/preferences/unsubscriptions/status", params=query)
    assert answer.json()["data"][0]["subscriptions"][0]["subtype_status"] == "unsubscribed"
    refused = customer.mail()
    assert (refused.status_code, refused.json()["message"]) == (400, f"Cannot send email as {MAILBOX} has unsubscribed")
    assert customer.show()["dndSettings"]["Email"]["status"] == "active"
