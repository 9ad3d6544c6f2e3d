"""A customer of the twin: accounts at both providers, a place for webhooks, and plain HTTP requests."""

import base64
import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx

from scripts.sandbox.remote import Twin
from tests.contract.receiver import Receiver, run_receiver
from utils.clock import FileClock
from utils.http import trusted

ACCOUNT = "AC" + "0a" * 16
TOKEN = "a-token-for-tests"
NUMBER = "+15005550006"
OTHER_NUMBER = "+15005550007"
SERVICE = "MG" + "0b" * 16
PERSON = "+14155550100"
KEY = "re_for_tests"
DOMAIN = "acme.example"
SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes for the twin ok").decode()
SENDER = f"Acme <hello@{DOMAIN}>"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"


class Customer:
    def __init__(self, twin: Twin, clock: FileClock, receiver: Receiver, http: httpx.Client) -> None:
        self.twin = twin
        self.clock = clock
        self.receiver = receiver
        self.http = http

    def callback(self, touch: str = "t1", rules: str = "rc=5&rp=all") -> str:
        return f"{self.receiver.url}/twilio/status?touch={touch}" + (f"#{rules}" if rules else "")

    def twilio(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.http.request(method, self.twin.twilio_url + path, auth=(ACCOUNT, TOKEN), **options)

    def text(self, touch: str = "t1", timeout: float = 5.0, **form: Any) -> httpx.Response:
        """Create an SMS; keyword arguments change or, when empty, remove form fields."""
        usual = {"To": PERSON, "From": NUMBER, "Body": "Hello!", "StatusCallback": self.callback(touch)}
        data = {name: value for name, value in (usual | form).items() if value or name == "Body"}
        return self.twilio("POST", f"{MESSAGES}.json", data=data, timeout=timeout)

    def fetch_text(self, sid: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.twilio("GET", f"{MESSAGES}/{sid}.json").json()
        return shown

    def list_texts(self, **filters: str) -> list[str]:
        answer = self.twilio("GET", f"{MESSAGES}.json", params=filters)
        return [message["sid"] for message in answer.json()["messages"]]

    def resend(self, method: str, path: str, key: str | None = None, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {KEY}"} | ({"Idempotency-Key": key} if key is not None else {})
        return self.http.request(method, self.twin.resend_url + path, headers=headers, **options)

    def mail(self, touch: str = "t1", key: str | None = None, timeout: float = 5.0, **fields: Any) -> httpx.Response:
        """Send an e-mail with `touch` as its tag; the Idempotency-Key is touch/… unless given."""
        usual = {
            "from": SENDER,
            "to": "ada@lovelace.example",
            "subject": "Hello",
            "html": "<p>Hello!</p>",
            "tags": [{"name": "touch", "value": touch}],
        }
        payload = {name: value for name, value in (usual | fields).items() if value is not None}
        return self.resend("POST", "/emails", f"touch/{touch}" if key is None else key, json=payload, timeout=timeout)

    def fetch_mail(self, email_id: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.resend("GET", f"/emails/{email_id}").json()
        return shown

    def step(self, **ahead: float) -> int:
        """Move business time and let the twin catch up; the number of webhook attempts."""
        self.clock.set(self.clock.now() + timedelta(**ahead))
        return self.twin.advance(self.clock.now())[0]

    def facts(self, line: int = 0) -> list[str]:
        return [fact["status"] for fact in self.twin.ledger()[line]["facts"]]


@contextlib.contextmanager
def open_customer(twin: Twin, clock: FileClock) -> Iterator[Customer]:
    with run_receiver(TOKEN, SECRET) as receiver, httpx.Client(trust_env=False, verify=trusted()) as http:
        twin.add_twilio(ACCOUNT, TOKEN, [NUMBER, OTHER_NUMBER], SERVICE, inbound_url=f"{receiver.url}/twilio/inbound")
        twin.add_resend(KEY, DOMAIN, f"{receiver.url}/resend", SECRET)
        yield Customer(twin, clock, receiver, http)
