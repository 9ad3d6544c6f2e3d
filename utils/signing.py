"""Sealing of secrets and checking of signatures."""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from utils.errors import BadSignature, SettingsError

_KEY_ID_BYTES = 4
_NONCE_BYTES = 12
_TIMESTAMP_DIGITS = 12


def derive_key(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose out of one secret (HKDF-SHA256, RFC 5869)."""
    # heavy: 10 ms, and many a sweep opens no secret
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())


@dataclass(frozen=True)
class Sealer:
    """AES-256-GCM under the first key; every listed key still opens, so keys rotate without a pause.

    `context` (for example client and account id) is bound into the seal: a sealed value copied to another row does not
    open there.
    """

    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def from_setting(cls, setting: str) -> "Sealer":
        """OMNIFY_SECRET_KEY: one secret, or several by comma, newest first."""
        secrets = [part.strip() for part in setting.split(",") if part.strip()]
        if not secrets or min(map(len, secrets)) < 32:
            raise SettingsError(
                "OMNIFY_SECRET_KEY must hold at least 32 characters; make one with: openssl rand -hex 32",
                field="OMNIFY_SECRET_KEY",
            )
        return cls(tuple(derive_key(secret, "omnify seal v1") for secret in secrets))

    @staticmethod
    def _key_id(key: bytes) -> bytes:
        return hashlib.sha256(b"key id" + key).digest()[:_KEY_ID_BYTES]

    def seal(self, plain: bytes, context: str) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # heavy: as above

        nonce = os.urandom(_NONCE_BYTES)
        key = self.keys[0]
        return self._key_id(key) + nonce + AESGCM(key).encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """The plain bytes; SettingsError when no key opens them."""
        # heavy: as above
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key_id, nonce, rest = (
            sealed[:_KEY_ID_BYTES],
            sealed[_KEY_ID_BYTES : _KEY_ID_BYTES + _NONCE_BYTES],
            sealed[_KEY_ID_BYTES + _NONCE_BYTES :],
        )
        for key in self.keys:
            if hmac.compare_digest(self._key_id(key), key_id):
                try:
                    return AESGCM(key).decrypt(nonce, rest, context.encode())
                except (InvalidTag, ValueError):  # ValueError: cut off inside the nonce
                    break
        raise SettingsError(
            "A stored secret does not open with OMNIFY_SECRET_KEY; add the key it was sealed with behind a comma",
            field="OMNIFY_SECRET_KEY",
        )

    def is_current(self, sealed: bytes) -> bool:
        return hmac.compare_digest(sealed[:_KEY_ID_BYTES], self._key_id(self.keys[0]))


@dataclass(frozen=True)
class Pepper:
    """A secret of the house that turns an address into a hash nobody can try out without it (HMAC-SHA256)."""

    key: bytes

    @classmethod
    def fresh(cls) -> "Pepper":
        return cls(os.urandom(32))

    def hash(self, client_id: UUID, kind: str, value: str) -> bytes:
        """32 bytes that say the same address at the same client, and nothing about another's."""
        return self._of("client", str(client_id), kind, value)

    def platform_hash(self, kind: str, value: str) -> bytes:
        """32 bytes that say the same address at whichever client."""
        return self._of("platform", kind, value)

    def _of(self, *parts: str) -> bytes:
        return hmac.digest(self.key, "\x1f".join(parts).encode(), "sha256")

    def __repr__(self) -> str:
        return "Pepper()"


def check_svix(
    secret: str, headers: Mapping[str, str], body: bytes, now_seconds: float, tolerance_seconds: int = 300
) -> str:
    """The `svix-id` of a webhook whose signature holds; BadSignature otherwise.

    HMAC-SHA256 over "id.timestamp.body" with the base64 part after `whsec_`; several `v1,` signatures may stand side by
    side; the timestamp must be within 300 s of real time (docs.svix.com, verifying payloads manually, read 2026-11-20).
    """
    lower = {name.lower(): value for name, value in headers.items()}
    event_id, timestamp, signatures = (lower.get(f"svix-{part}", "") for part in ("id", "timestamp", "signature"))
    if not (event_id and signatures and f"{event_id}{timestamp}{signatures}".isascii()):
        raise BadSignature("The webhook has no svix signature")
    if not (timestamp.isdigit() and len(timestamp) <= _TIMESTAMP_DIGITS):
        raise BadSignature("The webhook's timestamp is not readable")
    if abs(now_seconds - int(timestamp)) > tolerance_seconds:
        raise BadSignature("The webhook's timestamp is too far from now")
    key = _svix_key(secret)
    expected = base64.b64encode(
        hmac.new(key, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    ).decode()
    given = [part.split(",", 1)[1] for part in signatures.split() if part.startswith("v1,")]
    if not any(hmac.compare_digest(expected, one) for one in given):
        raise BadSignature("The webhook's signature does not match")
    return event_id


def _svix_key(secret: str) -> bytes:
    """The key in `whsec_…`; BadSignature for none, because with an empty key anybody can sign."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if not key:
        raise BadSignature("This account's webhook secret cannot check a signature")
    return key
