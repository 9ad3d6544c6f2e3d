"""What Vapi may tell us, written down by hand, and what we understand by it; and whose posts we believe at all."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from modules.channels import Fact, HookKind, Request, Strange
from modules.channels.vapi_voice import VapiVoice
from modules.labels import TouchState
from tests.payloads.test_parse_payloads import cases, told
from utils.errors import BadSignature

VAPI = cases("vapi")
SECRET = {"webhook_secret": "a-secret-for-tests"}
SECONDS = 1763719272
BODY = b'{"message":{"type":"status-update","status":"ended"}}'


def request_of(body: bytes, **headers: str) -> Request:
    return Request("https://hooks.example/", {}, {name.replace("_", "-"): one for name, one in headers.items()}, body)


@pytest.mark.parametrize("one", VAPI, ids=lambda one: one["about"])
def test_what_vapi_tells_is_understood(one: dict[str, Any]) -> None:
    for kind in HookKind:
        event = VapiVoice().parse(kind, request_of(json.dumps(one["body"]).encode()))
        assert told_plainly(event, one["expected"]) == one["expected"]


def told_plainly(event: Any, expected: dict[str, Any]) -> dict[str, Any]:
    """As `told`, with the times inside a call's details as texts too."""
    found = told(event, expected)
    if isinstance(found.get("call"), dict):
        found["call"] = {
            key: one.isoformat() if hasattr(one, "isoformat") else one for key, one in found["call"].items()
        }
    return found


def test_every_success_in_the_payloads_has_an_answered_word_and_a_spoken_one() -> None:
    for one in VAPI:
        event = VapiVoice().parse(HookKind.status, request_of(json.dumps(one["body"]).encode()))
        if isinstance(event, Fact) and event.state is TouchState.completed:
            assert one["body"]["message"]["type"] == "end-of-call-report"
            assert '"role": "user"' in json.dumps(one["body"])


def test_what_is_kept_of_a_strange_message_holds_no_secret() -> None:
    for one in VAPI:
        event = VapiVoice().parse(HookKind.status, request_of(json.dumps(one["body"]).encode()))
        assert "never-to-be-kept" not in repr(event)
        assert not isinstance(event, Strange) or event.payload


def signed(body: bytes, timestamp: str, secret: str = SECRET["webhook_secret"]) -> Request:
    signature = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return request_of(body, x_signature=signature, x_timestamp=timestamp)


def verify(request: Request, secrets: dict[str, str] = SECRET) -> None:
    VapiVoice().verify(secrets, request, float(SECONDS))


@pytest.mark.parametrize("timestamp", [str(SECONDS), str(SECONDS * 1000), str(SECONDS - 299), str(SECONDS + 299)])
def test_a_signed_post_is_believed_in_seconds_and_in_milliseconds(timestamp: str) -> None:
    verify(signed(BODY, timestamp))


def test_a_known_signature_is_computed_to_the_letter() -> None:
    """HMAC-SHA256 of "1700000000." and the body under test-secret, computed with another program."""
    known = "df4b66bc835720cbfcd41b290d5deed766eb8e12fb7ca596b644daca36b5dc01"
    request = request_of(BODY, x_signature=known.upper(), x_timestamp="1700000000")
    VapiVoice().verify({"webhook_secret": "test-secret"}, request, 1700000000.0)


@pytest.mark.parametrize(
    "request_",
    [
        signed(BODY, str(SECONDS - 301)),
        signed(BODY, str((SECONDS + 301) * 1000)),
        signed(BODY, ""),
        signed(BODY, "²"),
        signed(BODY, "9" * 40),
        signed(BODY, str(SECONDS), "another-secret"),
        request_of(BODY, x_signature="", x_timestamp=str(SECONDS)),
        request_of(BODY, x_signature="ÿ", x_timestamp=str(SECONDS), x_vapi_secret=SECRET["webhook_secret"]),
        request_of(BODY + b" ", x_signature=signed(BODY, str(SECONDS)).headers["x-signature"]),
    ],
)
def test_a_signature_that_is_there_must_hold_whatever_else_came_along(request_: Request) -> None:
    with pytest.raises(BadSignature):
        verify(request_)


@pytest.mark.parametrize(
    "headers",
    [
        {"x_vapi_secret": SECRET["webhook_secret"]},
        {"authorization": f"Bearer {SECRET['webhook_secret']}"},
        {"authorization": f"bearer {SECRET['webhook_secret']}", "x_vapi_secret": ""},
    ],
)
def test_a_post_with_our_secret_is_believed(headers: dict[str, str]) -> None:
    verify(request_of(BODY, **headers))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x_vapi_secret": ""},
        {"x_vapi_secret": "a-secret-for-test"},
        {"x_vapi_secret": "ÿ"},
        {"authorization": SECRET["webhook_secret"]},
        {"authorization": "Bearer "},
        {"authorization": f"Basic {SECRET['webhook_secret']}"},
    ],
)
def test_a_post_without_our_secret_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        verify(request_of(BODY, **headers))
    for none in ({}, {"webhook_secret": ""}):
        with pytest.raises(BadSignature):
            verify(request_of(BODY, **headers), none)
