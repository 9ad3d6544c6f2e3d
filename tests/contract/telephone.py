"""Somebody who calls people through the twin: accounts at Vapi and Retell, a place for webhooks, plain HTTP."""

import contextlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx

from scripts.sandbox.remote import Twin
from tests.contract.receiver import Letter, Receiver, run_receiver
from tests.contract.twin_customer import SECRET, TOKEN
from utils.clock import FileClock
from utils.http import trusted

VAPI_KEY, RETELL_KEY = "vapi-key-for-tests", "key_for_tests"
NUMBER_ID, NUMBER, OTHER_NUMBER = "b7c1f0de-0000-4000-8000-000000000001", "+14155550111", "+14155550112"
AGENT = "agent_for_tests"
PERSON = "+13525550100"
HOOK_SECRET = "hook-secret"
TOUCH = "0198c0de-0000-7000-8000-000000000001"


class Caller:
    """Both providers; `person` fixes who answers, the same number each time."""

    def __init__(self, twin: Twin, clock: FileClock, receiver: Receiver, http: httpx.Client) -> None:
        self.twin, self.clock, self.receiver, self.http = twin, clock, receiver, http

    def vapi(self, method: str, path: str, key: str = VAPI_KEY, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"}
        return self.http.request(method, self.twin.vapi_url + path, headers=headers, **options)

    def vapi_body(self, touch: str = TOUCH, overrides: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        """A call as our product asks for it; a field that is None is left out."""
        usual_overrides: dict[str, Any] = {
            "variableValues": {"prompt": "Ask how it went.", "first_name": "Ada"},
            "metadata": {"touch": touch},
            "voicemailDetection": {"provider": "vapi"},
            "serverMessages": ["status-update", "end-of-call-report"],
            "server": self.server(),
        }
        body: dict[str, Any] = {
            "assistantId": "assistant-1",
            "phoneNumberId": NUMBER_ID,
            "name": touch,
            "customer": {"number": PERSON, "externalId": touch},
            "assistantOverrides": usual_overrides | (overrides or {}),
        }
        return {name: value for name, value in (body | fields).items() if value is not None}

    def server(self, **fields: Any) -> dict[str, Any]:
        return {"url": f"{self.receiver.url}/vapi", "headers": {"X-Vapi-Secret": HOOK_SECRET}} | fields

    def ring_vapi(self, timeout: float = 5.0, **fields: Any) -> httpx.Response:
        return self.vapi("POST", "/call", json=self.vapi_body(**fields), timeout=timeout)

    def fetch_vapi(self, call_id: str) -> dict[str, Any]:
        call: dict[str, Any] = self.vapi("GET", f"/call/{call_id}").json()
        return call

    def retell(self, method: str, path: str, key: str = RETELL_KEY, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"}
        return self.http.request(method, self.twin.retell_url + path, headers=headers, **options)

    def retell_body(self, touch: str = TOUCH, **fields: Any) -> dict[str, Any]:
        body: dict[str, Any] = {
            "from_number": NUMBER,
            "to_number": PERSON,
            "override_agent_id": AGENT,
            "metadata": {"touch": touch},
            "retell_llm_dynamic_variables": {"prompt": "Ask how it went."},
            "agent_override": {"agent": {"voicemail_option": {"action": {"type": "hangup"}}}},
            "idempotency_key": f"touch/{touch}",
        }
        return {name: value for name, value in (body | fields).items() if value is not None}

    def ring_retell(self, timeout: float = 5.0, **fields: Any) -> httpx.Response:
        return self.retell("POST", "/v2/create-phone-call", json=self.retell_body(**fields), timeout=timeout)

    def fetch_retell(self, call_id: str) -> dict[str, Any]:
        call: dict[str, Any] = self.retell("GET", f"/v2/get-call/{call_id}").json()
        return call

    def list_retell(self, criteria: dict[str, Any], **asked: Any) -> list[str]:
        answer = self.retell("POST", "/v3/list-calls", json={"filter_criteria": criteria} | asked)
        return [item["call_id"] for item in answer.json()["items"]]

    def step(self, **ahead: float) -> int:
        """Move business time and let the twin catch up; the number of webhook attempts."""
        self.clock.set(self.clock.now() + timedelta(**ahead))
        return self.twin.advance(self.clock.now())[0]

    def facts(self, line: int = 0) -> list[str]:
        return [fact["status"] for fact in self.twin.ledger()[line]["facts"]]

    def evidence(self, line: int = 0) -> list[str]:
        """What proves the last fact."""
        proof: list[str] = self.twin.ledger()[line]["facts"][-1]["evidence_ids"]
        return proof

    def messages(self) -> list[dict[str, Any]]:
        """Vapi's server messages in the order of arrival."""
        return [json.loads(letter.body)["message"] for letter in self.letters("/vapi")]

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Retell's events in the order of arrival."""
        bodies = [json.loads(letter.body) for letter in self.letters("/retell")]
        return [(body["event"], body["call"]) for body in bodies]

    def letters(self, path: str) -> list[Letter]:
        return [letter for letter in self.receiver.letters if letter.path == path]


@contextlib.contextmanager
def open_caller(twin: Twin, clock: FileClock) -> Iterator[Caller]:
    with run_receiver(TOKEN, SECRET) as receiver, httpx.Client(trust_env=False, verify=trusted()) as http:
        twin.add_vapi(
            VAPI_KEY,
            {NUMBER_ID: NUMBER, "second": OTHER_NUMBER},
            inbound_url=f"{receiver.url}/vapi",
            inbound_headers={"X-Vapi-Secret": HOOK_SECRET},
        )
        twin.add_retell(RETELL_KEY, [NUMBER, OTHER_NUMBER], [AGENT], webhook_url=f"{receiver.url}/retell")
        twin.person(PERSON, "answers")
        yield Caller(twin, clock, receiver, http)
