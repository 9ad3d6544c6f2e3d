"""The control API as typed calls, and two ways to start a twin: in a thread (tests) or as a process of its own (demo).

All calls block. In a coroutine whose event loop also answers the twin's webhooks, call `advance` through
`asyncio.to_thread`, or both wait for each other.
"""

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from scripts.sandbox.app import build_server, listen, url_of
from scripts.sandbox.remote_engagement import EngagementCalls
from scripts.sandbox.remote_more import MoreCalls
from scripts.sandbox.remote_voice import VoiceCalls
from scripts.sandbox.world import open_world
from utils.clock import clock_from, parse_instant
from utils.http import trusted

ROOT = Path(__file__).resolve().parents[2]
READY = "twin ready "
START_SECONDS = 20.0


class Twin(MoreCalls, VoiceCalls, EngagementCalls):
    """A running twin at `url`; the providers' base URLs are `twilio_url` and `resend_url`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.twilio_url = f"{url}/twilio"
        self.resend_url = f"{url}/resend"
        self.ghl_url = f"{url}/ghl"
        self.vapi_url = f"{url}/vapi"
        self.retell_url = f"{url}/retell"
        self.lookups_url = f"{url}/twilio_lookups"
        self.openai_url = f"{url}/openai"
        self._client = httpx.Client(base_url=url, timeout=120, trust_env=False, verify=trusted())

    def close(self) -> None:
        self._client.close()

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        response = self._client.request(method, f"/_twin/{path}", json=body)
        if response.is_error:
            raise ValueError(f"the twin refused {method} {path}: {response.text}")
        answer: dict[str, Any] = response.json()
        return answer

    def _lines(self, path: str, **filters: str | None) -> list[dict[str, Any]]:
        given = {name: value for name, value in filters.items() if value is not None}
        response = self._client.get(f"/_twin/{path}", params=given)
        response.raise_for_status()
        return [json.loads(line) for line in response.text.splitlines()]

    def add_twilio(
        self,
        account_sid: str,
        auth_token: str,
        numbers: list[str],
        messaging_service_sid: str | None = None,
        inbound_url: str | None = None,
        advanced_opt_out: bool = False,
    ) -> None:
        """Register or change a Twilio account."""
        self._ask(
            "POST",
            "accounts/twilio",
            {
                "account_sid": account_sid,
                "auth_token": auth_token,
                "numbers": numbers,
                "messaging_service_sid": messaging_service_sid,
                "inbound_url": inbound_url,
                "advanced_opt_out": advanced_opt_out,
            },
        )

    def add_resend(
        self,
        api_key: str,
        domain: str,
        webhook_url: str | None = None,
        webhook_secret: str | None = None,
        sending_only: bool = False,
        rate_enforced: bool = False,
    ) -> None:
        """Register or change a Resend account; `webhook_secret` is whsec_ and base64."""
        self._ask(
            "POST",
            "accounts/resend",
            {
                "api_key": api_key,
                "domain": domain,
                "webhook_url": webhook_url,
                "webhook_secret": webhook_secret,
                "sending_only": sending_only,
                "rate_enforced": rate_enforced,
            },
        )

    def advance(self, to: datetime) -> tuple[int, datetime | None]:
        """Fire everything due up to `to`; the number of webhook attempts, and the next due instant."""
        answer = self._ask("POST", "advance", {"to": to.isoformat()})
        return int(answer["fired"]), parse_instant(answer["next"]) if answer["next"] else None

    def next_due(self) -> datetime | None:
        due = self._ask("GET", "next")["next"]
        return parse_instant(due) if due else None

    def ledger(self, provider: str | None = None, to: str | None = None) -> list[dict[str, Any]]:
        return self._lines("ledger", provider=provider, to=to)

    def opt_outs(self) -> list[dict[str, Any]]:
        return self._lines("opt_outs")

    def auto_replies(self) -> list[dict[str, Any]]:
        """What providers answered keywords by themselves: to, from_number, at, kind (STOP, START, HELP)."""
        return self._lines("auto_replies")

    def script(
        self,
        provider: str,
        fault: str,
        op: str = "send",
        times: int = 1,
        match: dict[str, str] | None = None,
        delay: float | None = None,
        code: str | int | None = None,
    ) -> None:
        """Spoil the next matching request(s); `delay` is business seconds."""
        wish = {"provider": provider, "op": op, "fault": fault, "times": times, "match": match or {}}
        self._ask("POST", "faults", wish | {"delay": delay, "code": code})

    def clear_faults(self) -> None:
        self._ask("DELETE", "faults")

    def text_us(self, account_sid: str, person: str, number: str, body: str, at: datetime | None = None) -> None:
        """A person texts one of our numbers."""
        when = at.isoformat() if at else None
        self._ask(
            "POST",
            "inbound/twilio",
            {"account_sid": account_sid, "from": person, "to": number, "body": body, "at": when},
        )


@contextlib.contextmanager
def start_twin(
    clock: str, seed: str = "1", faults: str = "none", port: int = 0, *, leaving: list[threading.Thread] | None = None
) -> Iterator[Twin]:
    """A twin in a thread of this process: starts in milliseconds. `clock` is a setting such as file:PATH.

    Its end takes a fifth of a second, which is not waited for where `leaving` takes the thread: who gives that list
    joins what is in it.
    """
    listening, ready = listen(port), threading.Event()
    server = build_server(open_world(clock_from(clock), seed, faults), ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="twin", daemon=True)
    thread.start()
    if not ready.wait(START_SECONDS):
        raise TimeoutError("the providers' twin did not start")
    twin = Twin(url_of(listening))
    try:
        yield twin
    finally:
        twin.close()
        server.should_exit = True
        if leaving is None:
            thread.join(START_SECONDS)
        else:
            leaving.append(thread)


@contextlib.contextmanager
def start_twin_process(clock: str, seed: str = "1", faults: str = "none", port: int = 0) -> Iterator[Twin]:
    """A twin in a process of its own, stopped at the end: for the demo, and for tests that kill ours."""
    command = [
        sys.executable,
        "-m",
        "scripts.sandbox",
        "--port",
        str(port),
        "--clock",
        clock,
        "--seed",
        seed,
        "--faults",
        faults,
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith(READY):
                raise RuntimeError("the providers' twin did not start; its own words are above")
            with contextlib.closing(Twin(line.removeprefix(READY).strip())) as twin:
                yield twin
        finally:
            process.terminate()
