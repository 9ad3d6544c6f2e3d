"""What Retell may tell us, written down by hand, and what we understand by it; and whose posts we believe at all."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from modules.channels import Event, Fact, HookKind, Request
from modules.channels.retell_reasons import ANSWERED
from modules.channels.retell_voice import RetellVoice
from modules.labels import CallEnd, TouchState
from tests.payloads.test_parse_payloads import cases, told
from utils.errors import BadSignature

RETELL = cases("retell")
SECRETS = {"api_key": "test-api-key"}
MILLIS = 1700000000000
BODY = b'{"event":"call_ended"}'
KNOWN = "07024cabe7dd8f6d1c6e4a8324ca92c812e6ad4a7ee506c04f7e462e3321823e"
"""The vector of Retell's own test: BODY under test-api-key at MILLIS (retell-sdk, read 2026-11-20)."""


def request_of(body: bytes, signature: str | None = None) -> Request:
    return Request("https://hooks.example/", {}, {"x-retell-signature": signature} if signature else {}, body)


def parse(one: dict[str, Any], kind: HookKind = HookKind.status) -> Event:
    return RetellVoice().parse(kind, request_of(json.dumps(one["body"]).encode()))


@pytest.mark.parametrize("one", RETELL, ids=lambda one: one["about"])
def test_what_retell_tells_is_understood(one: dict[str, Any]) -> None:
    for kind in HookKind:
        assert told(parse(one, kind), one["expected"]) == one["expected"]


def test_every_answered_word_and_every_kind_of_end_has_a_payload() -> None:
    facts = [event for event in map(parse, RETELL) if isinstance(event, Fact)]
    assert {fact.provider_status for fact in facts if fact.state is TouchState.completed} == ANSWERED
    assert {fact.reason for fact in facts if fact.reason} == set(CallEnd)


def test_every_success_in_the_payloads_has_an_answered_word_and_a_spoken_one() -> None:
    for one in RETELL:
        event = parse(one)
        if isinstance(event, Fact) and event.state is TouchState.completed:
            assert one["body"]["event"] in ("call_ended", "call_analyzed")
            assert '"role": "user"' in json.dumps(one["body"])


def test_what_is_kept_holds_no_public_link_and_no_token() -> None:
    for one in RETELL:
        assert "never-to-be-kept" not in repr(parse(one))


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"a=b", b"\xff", b"[" * 5000, b'{"event":7,"call":[]}'])
def test_what_cannot_be_read_is_strange_under_a_key_that_repeats(body: bytes) -> None:
    first, again = (RetellVoice().parse(HookKind.status, request_of(body)) for _ in range(2))
    assert first == again
    assert getattr(first, "event_key", "") == f"retell:{hashlib.sha256(body).hexdigest()}"


def signed(body: bytes, stamp: str, key: str = SECRETS["api_key"]) -> str:
    return f"v={stamp},d={hmac.new(key.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()}"


def verify(request: Request, secrets: dict[str, str] = SECRETS, wall_seconds: float = MILLIS / 1000) -> None:
    RetellVoice().verify(secrets, request, wall_seconds)


def test_retells_own_vector_holds() -> None:
    verify(request_of(BODY, f"v={MILLIS},d={KNOWN}"))
    assert signed(BODY, str(MILLIS)) == f"v={MILLIS},d={KNOWN}"


@pytest.mark.parametrize("off", [-300_000, -1, 1, 300_000])
def test_a_post_is_believed_for_five_minutes_either_way(off: int) -> None:
    verify(request_of(BODY, signed(BODY, str(MILLIS + off))))


def test_the_bodys_own_bytes_are_signed_and_not_what_they_mean() -> None:
    spaced = b'{ "event": "call_ended", "\xc3\xa9": "\\u00e9" }\n'
    verify(request_of(spaced, signed(spaced, str(MILLIS))))


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        KNOWN,
        f"d={KNOWN}",
        f"v={MILLIS}",
        f"v={MILLIS},d={KNOWN.upper()}",
        f"v={MILLIS},d={KNOWN[:-1]}",
        f"v={MILLIS},d={KNOWN}\n",
        f" v={MILLIS},d={KNOWN}",
        f"v={MILLIS},d={KNOWN},d={KNOWN}",
        f"v=0{MILLIS},d={KNOWN}",
        f"v={MILLIS + 1},d={KNOWN}",
        f"v={MILLIS},d={'0' * 64}",
        f"v=²,d={KNOWN}",
        f"v={'9' * 5000},d={KNOWN}",
        f"v=-{MILLIS},d={KNOWN}",
        signed(BODY, str(MILLIS - 300_001)),
        signed(BODY, str(MILLIS + 300_001)),
        signed(BODY, str(MILLIS), "another-key"),
        signed(BODY + b" ", str(MILLIS)),
        signed(BODY, str(MILLIS // 1000)),
    ],
)
def test_a_signature_that_does_not_hold_is_refused(signature: str | None) -> None:
    with pytest.raises(BadSignature):
        verify(request_of(BODY, signature))


@pytest.mark.parametrize("secrets", [{}, {"api_key": ""}, {"webhook_secret": "test-api-key"}])
def test_an_account_without_its_key_believes_nobody(secrets: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        verify(request_of(BODY, signed(BODY, str(MILLIS), "")), secrets)
