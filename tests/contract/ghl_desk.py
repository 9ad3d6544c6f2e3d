"""GoHighLevel's adapters before a server that answers as it is told: one message, one look, one line of a list."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from modules.channels import (
    Answer,
    CannotTell,
    EnvelopeFacts,
    Event,
    Hint,
    HintKind,
    Looked,
    Message,
    Sought,
)
from modules.channels.ghl_messages import GhlMessages
from modules.ids import TouchId
from tests.contract.canned_server import Canned
from tests.contract.ghl_customer import MAILBOX, PERSON
from tests.contract.ghl_rig import EMAIL, SMS, account_of
from utils.http import send_client

TOUCH = TouchId(UUID("01935f00-0000-7000-8000-000000000001"))
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
STAMP, CONTACT = "2026-11-21T09:00:00.000Z", "CON1"
HTML = "<p>Hello Ada</p>"


def message(adapter: GhlMessages, **settings: str) -> Message:
    outside = EnvelopeFacts(TOUCH, "https://hooks.example", 3600, armed_at=NOW, contact_ref=CONTACT)
    envelope = adapter.compose(account_of(adapter, "http://127.0.0.1:9", **settings), outside)
    to, subject, body = (MAILBOX, "Hello", HTML) if adapter is EMAIL else (PERSON, None, "Hello é")
    return Message(TOUCH, to, subject, body, envelope)


async def send(adapter: GhlMessages, desk: Canned, **settings: str) -> Answer:
    async with send_client(10) as client:
        account = account_of(adapter, desk.url, **settings)
        return await adapter.send(client, account, message(adapter, **settings))


async def look(adapter: GhlMessages, desk: Canned) -> Looked:
    sought = Sought(message(adapter), NOW, NOW + timedelta(minutes=5), frozenset({"TAKEN"}))
    async with send_client(10) as client:
        return await adapter.lookup(client, account_of(adapter, desk.url), sought)


async def fetch(adapter: GhlMessages, desk: Canned, message_id: str = "MSG1") -> Looked:
    async with send_client(10) as client:
        return await adapter.fetch(client, account_of(adapter, desk.url), message_id)


async def reread(desk: Canned, ref: str = "MSG1") -> Event | CannotTell:
    async with send_client(10) as client:
        return await SMS.reread(client, account_of(SMS, desk.url), Hint(HintKind.message, ref, "k"))


def line(**changes: Any) -> dict[str, Any]:
    usual = {"id": "MSG1", "direction": "outbound", "contactId": CONTACT, "status": "sent", "dateAdded": STAMP}
    return usual | {"body": "Hello é"} | changes


def mail_line() -> dict[str, Any]:
    return line(messageType="TYPE_EMAIL", body=None, meta={"email": {"messageIds": ["MAIL1"]}})
