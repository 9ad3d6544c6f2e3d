"""A customer of the twin's GoHighLevel: one location, a receiver that checks Ed25519, and plain HTTP requests."""

import base64
import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scripts.sandbox.remote import Twin
from utils.clock import FileClock
from utils.http import trusted

TOKEN, LOCATION = "pit-for-tests", "LOCATION0000000000AA"
NUMBER, PERSON, MAILBOX = "+15005550016", "+14155550200", "grace@hopper.example"
RAW_KEY = b"thirty-two bytes for GHL's twin."
PRIVATE_KEY = base64.b64encode(RAW_KEY).decode()
WORKFLOW_SECRET = "a-secret-word"
MESSAGES = "/conversations/messages"


@dataclass(frozen=True)
class Letter:
    """One webhook as it arrived; `genuine` says whether its Ed25519 signature fits the raw bytes."""

    path: str
    headers: dict[str, str]
    body: bytes
    genuine: bool

    @property
    def fields(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed


@dataclass
class Mailbox:
    """Answers 200, or the next of `answers`."""

    url: str = ""
    letters: list[Letter] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        self.letters.append(Letter(path, headers, body, is_genuine(headers.get("x-ghl-signature", ""), body)))
        return self.answers.pop(0) if self.answers else 200

    def events(self, path: str = "/ghl") -> list[dict[str, Any]]:
        return [letter.fields for letter in self.letters if letter.path == path]

    def kinds(self) -> list[str]:
        return [event["type"] for event in self.events()]


def is_genuine(signature: str, body: bytes) -> bool:
    public = Ed25519PrivateKey.from_private_bytes(RAW_KEY).public_key()
    try:
        public.verify(base64.b64decode(signature), body)
    except (InvalidSignature, ValueError):
        return False
    return True


@contextlib.contextmanager
def open_mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(mailbox.take(self.path, headers, body))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: the letters are the record."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    mailbox.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield mailbox
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class GhlCustomer:
    def __init__(self, twin: Twin, clock: FileClock, mailbox: Mailbox, http: httpx.Client) -> None:
        self.twin = twin
        self.clock = clock
        self.mailbox = mailbox
        self.http = http
        self.contact = twin.put_ghl_contact(LOCATION, phone=PERSON, email=MAILBOX, firstName="Grace", lastName="Hopper")

    def register(self, **changes: Any) -> None:
        usual: dict[str, Any] = {
            "webhook_url": f"{self.mailbox.url}/ghl",
            "webhook_private_key": PRIVATE_KEY,
            "workflow_hook_url": f"{self.mailbox.url}/workflow",
            "workflow_secret": WORKFLOW_SECRET,
        }
        self.twin.add_ghl(TOKEN, LOCATION, [NUMBER], **(usual | changes))

    def ask(
        self, method: str, path: str, version: str | None = None, token: str = TOKEN, **options: Any
    ) -> httpx.Response:
        product = "2021-07-28" if path.startswith("/contacts") else "2021-04-15"
        headers = {"Authorization": f"Bearer {token}", "Version": version or product}
        return self.http.request(method, self.twin.ghl_url + path, headers=headers, **options)

    def show(self, version: str | None = None, contact: str | None = None) -> dict[str, Any]:
        shown: dict[str, Any] = self.ask("GET", f"/contacts/{contact or self.contact}", version).json()["contact"]
        return shown

    def upsert(self, **fields: Any) -> httpx.Response:
        return self.ask("POST", "/contacts/upsert", json={"locationId": LOCATION} | fields)

    def text(self, message: str = "Hello!", timeout: float = 5.0, **fields: Any) -> httpx.Response:
        body = {"type": "SMS", "contactId": self.contact, "message": message} | fields
        return self.ask("POST", MESSAGES, json=body, timeout=timeout)

    def mail(self, html: str = "<p>Hello!</p>", **fields: Any) -> httpx.Response:
        body = {"type": "Email", "contactId": self.contact, "html": html, "subject": "Hello"} | fields
        return self.ask("POST", MESSAGES, json=body)

    def fetch(self, message_id: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.ask("GET", f"{MESSAGES}/{message_id}").json()
        return shown

    def export(self, **query: str) -> list[dict[str, Any]]:
        params = {"locationId": LOCATION, "contactId": self.contact, "channel": "SMS"} | query
        found: list[dict[str, Any]] = self.ask("GET", f"{MESSAGES}/export", params=params).json()["messages"]
        return found

    def search(self, **query: str) -> list[dict[str, Any]]:
        answer = self.ask("GET", "/conversations/search", params={"locationId": LOCATION} | query)
        found: list[dict[str, Any]] = answer.json()["conversations"]
        return found

    def step(self, **ahead: float) -> int:
        """Move business time and let the twin catch up; the number of webhook attempts."""
        self.clock.set(self.clock.now() + timedelta(**ahead))
        return self.twin.advance(self.clock.now())[0]

    def facts(self, line: int = 0) -> list[str]:
        return [fact["status"] for fact in self.twin.ledger(provider="ghl")[line]["facts"]]


@contextlib.contextmanager
def open_ghl_customer(twin: Twin, clock: FileClock) -> Iterator[GhlCustomer]:
    with open_mailbox() as mailbox, httpx.Client(trust_env=False, verify=trusted()) as http:
        twin.add_ghl(TOKEN, LOCATION, [NUMBER])
        customer = GhlCustomer(twin, clock, mailbox, http)
        customer.register()
        yield customer
