"""Seals that open only where they belong, and signatures that hold or are refused."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.errors import BadSignature, SettingsError
from utils.signing import Sealer, check_svix, derive_key

OLD, NEW = "o" * 32, "n" * 32
KEY = b"thirty-two bytes of a test's key"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
NOW = 1_790_000_000.5
STAMP = "1790000000"
BODY = b'{"type":"email.delivered"}'


def signature(event_id: str = "msg_1", stamp: str = STAMP, body: bytes = BODY, key: bytes = KEY) -> str:
    signed = hmac.new(key, f"{event_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def headers(**changes: str) -> dict[str, str]:
    given_ones = {"id": "msg_1", "timestamp": STAMP, "signature": signature()} | changes
    return {f"svix-{name}": value for name, value in given_ones.items() if value}


@given(st.binary(max_size=200), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_what_is_sealed_opens_in_its_place(plain: bytes, context: str) -> None:
    sealer = Sealer.from_setting(NEW)
    assert sealer.open(sealer.seal(plain, context), context) == plain


def test_a_rotated_key_still_opens_and_is_told_from_the_current_one() -> None:
    before, after = Sealer.from_setting(OLD), Sealer.from_setting(f"{NEW}, {OLD}")
    sealed = before.seal(b"token", "client/account")
    assert after.open(sealed, "client/account") == b"token"
    assert before.is_current(sealed)
    assert not after.is_current(sealed)
    assert after.is_current(after.seal(b"token", "client/account"))
    with pytest.raises(SettingsError, match="OMNIFY_SECRET_KEY"):
        Sealer.from_setting(NEW).open(sealed, "client/account")


def test_the_same_secret_sealed_twice_looks_different() -> None:
    sealer = Sealer.from_setting(NEW)
    assert sealer.seal(b"token", "here") != sealer.seal(b"token", "here")


def test_a_seal_copied_to_another_row_does_not_open() -> None:
    sealer = Sealer.from_setting(NEW)
    with pytest.raises(SettingsError):
        sealer.open(sealer.seal(b"token", "client/one"), "client/two")


def test_a_seal_with_any_byte_changed_or_cut_off_does_not_open() -> None:
    sealer = Sealer.from_setting(NEW)
    sealed = sealer.seal(b"token", "here")
    changed = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
    cut = [sealed[:length] for length in range(len(sealed))]
    for wrong in (*changed, *cut, sealed + b"x"):
        with pytest.raises(SettingsError):
            sealer.open(wrong, "here")


@pytest.mark.parametrize("setting", ["", " , ", "short", "x" * 31, f"{NEW},short"])
def test_a_secret_that_is_too_short_is_refused_by_name(setting: str) -> None:
    with pytest.raises(SettingsError, match="OMNIFY_SECRET_KEY") as refused:
        Sealer.from_setting(setting)
    assert refused.value.field == "OMNIFY_SECRET_KEY"


def test_one_secret_gives_another_key_for_every_purpose() -> None:
    assert len(derive_key(NEW, "one")) == 32
    assert derive_key(NEW, "one") != derive_key(NEW, "two")
    assert derive_key(NEW, "one") == derive_key(NEW, "one")


def test_a_good_signature_gives_the_id_of_the_event() -> None:
    assert check_svix(SECRET, headers(), BODY, NOW) == "msg_1"
    several = headers(signature=f"v1,{base64.b64encode(b'old').decode()} v2,x {signature()}")
    assert check_svix(SECRET, several, BODY, NOW) == "msg_1"
    loud = {name.title(): value for name, value in headers().items()}
    assert check_svix(SECRET, loud, BODY, NOW) == "msg_1"


def test_five_minutes_to_either_side_are_near_enough_and_no_more() -> None:
    for seconds in (-300, 300):
        assert check_svix(SECRET, headers(), BODY, int(STAMP) + seconds)
    for seconds in (-301, 301, 86_400):
        with pytest.raises(BadSignature, match="too far"):
            check_svix(SECRET, headers(), BODY, int(STAMP) + seconds)


@pytest.mark.parametrize("missing", ["id", "timestamp", "signature"])
def test_a_header_that_is_missing_is_no_signature(missing: str) -> None:
    with pytest.raises(BadSignature):
        check_svix(SECRET, headers(**{missing: ""}), BODY, NOW)


@pytest.mark.parametrize(
    "changes",
    [
        *(
            {"timestamp": text}
            for text in ("²", "١٧٩", "-1", "1e9", "1790000000.0", " 1790000000", "9" * 400, "9" * 5000)
        ),
        *({"signature": text} for text in ("v1,é", "v1,", "v1", ",", "v1,\udc80", "v2," + "A" * 44, "é" * 9, "v1,%%%")),
        *({"id": text} for text in ("é", "\udc80", "msg_2", "msg_1.", "\x00")),
    ],
)
def test_hostile_headers_are_a_bad_signature_and_nothing_else(changes: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        check_svix(SECRET, headers(**changes), BODY, NOW)


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=60), st.text(max_size=30))
def test_no_text_in_any_header_gets_through_or_breaks_it(name: str, stamp: str, signed: str, secret: str) -> None:
    sent = {"svix-id": name, "svix-timestamp": stamp, "svix-signature": f"v1,{signed}"}
    for key in (SECRET, secret):
        with pytest.raises(BadSignature):
            check_svix(key, sent, BODY, NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_%%%", "whsec_é", "whsec_abc", "not base64!"])
def test_a_secret_that_cannot_sign_lets_nothing_through(secret: str) -> None:
    for key in (b"", KEY):
        with pytest.raises(BadSignature):
            check_svix(secret, headers(signature=signature(key=key)), BODY, NOW)


def test_a_changed_body_or_time_or_id_breaks_the_signature() -> None:
    with pytest.raises(BadSignature, match="does not match"):
        check_svix(SECRET, headers(), BODY + b" ", NOW)
    with pytest.raises(BadSignature, match="does not match"):
        check_svix(SECRET, headers(timestamp="1790000001"), BODY, NOW)
    with pytest.raises(BadSignature, match="does not match"):
        check_svix("whsec_" + base64.b64encode(b"another").decode(), headers(), BODY, NOW)
