"""What GoHighLevel may tell us, written down by hand, and what we understand by it; and whose posts we believe."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from modules.channels import Fact, Hint, HintKind, HookKind, Inbound, Request, Strange
from modules.channels.ghl_email import GhlEmail
from modules.channels.ghl_hooks import GHL_PUBLIC_KEY, read_key
from modules.channels.ghl_sms import GhlSms
from modules.channels.ghl_words import STATES
from tests.payloads.test_parse_payloads import cases, told
from utils.clock import parse_instant
from utils.errors import BadSignature

GHL = cases("ghl")
KEY = Ed25519PrivateKey.from_private_bytes(b"thirty-two bytes, for this test.")
RAW = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
DER = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
SECRETS = {"token": "t", "webhook_public_key": PEM, "hook_secret": "a-secret-word"}
SENT = "2026-11-21T09:00:00.000Z"
SECONDS = parse_instant(SENT).timestamp()
BODY = json.dumps({"type": "ContactUpdate", "id": "CON1", "webhookId": "w", "timestamp": SENT}).encode()


def request_of(body: bytes, **headers: str) -> Request:
    return Request("https://hooks.example/", {}, {name.replace("_", "-"): one for name, one in headers.items()}, body)


def signed(body: bytes, key: Ed25519PrivateKey = KEY, **headers: str) -> Request:
    return request_of(body, x_ghl_signature=base64.b64encode(key.sign(body)).decode(), **headers)


def verify(request: Request, secrets: dict[str, str] = SECRETS, seconds_later: float = 0.0) -> None:
    GhlSms().verify(secrets, request, SECONDS + seconds_later)


@pytest.mark.parametrize("one", GHL, ids=lambda one: one["about"])
def test_what_ghl_tells_is_understood_by_both_adapters(one: dict[str, Any]) -> None:
    request = signed(json.dumps(one["body"]).encode())
    for adapter in (GhlSms(), GhlEmail()):
        for kind in HookKind:
            event = adapter.parse(kind, request)
            assert told(event, one["expected"]) == one["expected"]


def test_every_status_that_ends_a_message_has_a_payload() -> None:
    shown = {one["body"].get("status") for one in GHL if one["expected"]["event"] == "fact"}
    assert {status for status, state in STATES.items() if state} <= shown


@pytest.mark.parametrize("one", GHL, ids=lambda one: one["about"])
@pytest.mark.parametrize("header", [None, "N/A", "n/a", "", "  "])
def test_an_unsigned_post_is_never_more_than_a_hint(one: dict[str, Any], header: str | None) -> None:
    body = json.dumps(one["body"] | {"contact_id": "CON1", "message": {"id": "MSG1", "body": "STOP"}}).encode()
    headers = {} if header is None else {"x_ghl_signature": header}
    event = GhlSms().parse(HookKind.status, request_of(body, **headers))
    assert isinstance(event, Hint)
    assert (event.kind, event.ref) == (HintKind.message, "MSG1")
    for other in (one["body"], one["body"] | {"contact_id": "../x"}):
        told_so = GhlSms().parse(HookKind.status, request_of(json.dumps(other).encode(), **headers))
        assert not isinstance(told_so, Fact | Inbound)


def test_a_workflow_that_names_only_a_person_hints_at_the_person() -> None:
    body = b'{"contact_id":"CON1","first_name":"Ada","message":{"type":2,"body":"Hi"}}'
    event = GhlSms().parse(HookKind.status, request_of(body, x_omnify_secret="a-secret-word"))
    assert isinstance(event, Hint)
    assert (event.kind, event.ref) == (HintKind.contact, "CON1")
    nobody = GhlSms().parse(HookKind.status, request_of(b'{"first_name":"Ada"}'))
    assert isinstance(nobody, Strange)
    assert nobody.payload == {"first_name": "Ada"}


def test_a_signed_post_is_believed_in_every_form_of_the_key() -> None:
    for form in (PEM, base64.b64encode(DER).decode(), base64.b64encode(RAW).decode()):
        verify(signed(BODY), SECRETS | {"webhook_public_key": form})


def test_the_published_key_is_used_where_none_is_given() -> None:
    """The key as GHL's webhook guide prints it, in PEM (copy read 2026-11-20)."""
    read_key(f"-----BEGIN PUBLIC KEY-----\n{GHL_PUBLIC_KEY}\n-----END PUBLIC KEY-----\n")
    for secrets in ({"token": "t"}, {"token": "t", "webhook_public_key": ""}):
        with pytest.raises(BadSignature):
            verify(signed(BODY), secrets)


@pytest.mark.parametrize(
    "request_",
    [
        request_of(BODY, x_ghl_signature=signed(BODY + b" ").headers["x-ghl-signature"]),
        signed(BODY, Ed25519PrivateKey.from_private_bytes(b"another key of thirty-two bytes.")),
        request_of(BODY, x_ghl_signature="AAAA", x_omnify_secret="a-secret-word"),
        request_of(BODY, x_ghl_signature="ÿ²", x_omnify_secret="a-secret-word"),
        request_of(BODY, x_ghl_signature="not base64!", x_omnify_secret="a-secret-word"),
        request_of(BODY, x_wh_signature=signed(BODY).headers["x-ghl-signature"]),
    ],
)
def test_a_signature_that_is_there_must_hold_whatever_else_came_along(request_: Request) -> None:
    with pytest.raises(BadSignature):
        verify(request_)


def test_a_post_of_long_ago_is_refused_and_a_repeat_after_seventy_minutes_is_not() -> None:
    for later in (0, 70 * 60, 7199, -299):
        verify(signed(BODY), seconds_later=later)
    for later in (7201, -301, 10**7):
        with pytest.raises(BadSignature):
            verify(signed(BODY), seconds_later=later)
    verify(signed(b'{"type":"ContactUpdate","id":"CON1","webhookId":"w"}'), seconds_later=10**7)


@pytest.mark.parametrize("header", [{}, {"x_ghl_signature": "N/A"}, {"x_ghl_signature": ""}])
def test_an_unsigned_post_needs_our_secret(header: dict[str, str]) -> None:
    verify(request_of(BODY, x_omnify_secret="a-secret-word", **header))
    for wrong in ("", "a-secret-wor", "ÿ", "A-SECRET-WORD"):
        with pytest.raises(BadSignature):
            verify(request_of(BODY, x_omnify_secret=wrong, **header))
    for secrets in ({}, {"token": "t"}, {"hook_secret": ""}):
        with pytest.raises(BadSignature):
            verify(request_of(BODY, x_omnify_secret="", **header), secrets)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "no key",
        "AAAA",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        derive_private_key(7, SECP256R1())
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    ],
)
def test_what_is_no_ed25519_key_is_none(key: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_key(key)
    with pytest.raises(BadSignature):
        verify(signed(BODY), SECRETS | {"webhook_public_key": key})
