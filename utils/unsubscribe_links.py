"""Links that end e-mails with one click: who they are for is written in them, and nobody else can write one.

RFC 8058, section 3.1: the address must say who the reader is without a cookie, and be hard to forge. A link has no end:
the law wants it to work for 30 days after a mail (16 CFR 316.5 and CAN-SPAM, 15 USC 7704(a)(3)), people use older ones.
"""

import base64
import binascii
import hashlib
import hmac
import re
from urllib.parse import urlsplit
from uuid import UUID

from utils.signing import derive_key

_KEY_ID_BYTES = 4
_MAC_BYTES = 18  # 144 bits; with it a token is 54 bytes, 72 letters without padding, and can be written in one way only
_ID_BYTES = 16
_LETTERS = (_KEY_ID_BYTES + 2 * _ID_BYTES + _MAC_BYTES) * 4 // 3
_PURPOSE = b"unsubscribe"
_PATH = re.compile(rf"/u/[A-Za-z0-9_-]{{{_LETTERS}}}\Z")


def link_keys(setting: str) -> tuple[bytes, ...]:
    """The keys of links, newest first, out of OMNIFY_SECRET_KEY (several by comma). A key that is taken off the list
    ends the links of all mails that left under it: keep it there for 60 days."""
    secrets = (part.strip() for part in setting.split(","))
    return tuple(derive_key(secret, "omnify unsubscribe v1") for secret in secrets if secret)


def unsubscribe_token(key: bytes, client_id: UUID, address_id: UUID) -> str:
    """72 letters that fit into an URL as they are; the same for the same address and key, so that a mail that is sent
    again under its key has the same bytes."""
    told = _key_id(key) + client_id.bytes + address_id.bytes
    return base64.urlsafe_b64encode(told + _mac(key, told)).decode("ascii")


def read_token(keys: tuple[bytes, ...], token: str) -> tuple[UUID, UUID] | None:
    """Client and address; None for everything that no key of ours wrote, whole and unchanged."""
    if len(token) != _LETTERS or not token.isascii():
        return None
    try:
        plain = base64.b64decode(token, altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    told, mac = plain[:-_MAC_BYTES], plain[-_MAC_BYTES:]
    for key in keys:
        if hmac.compare_digest(told[:_KEY_ID_BYTES], _key_id(key)) and hmac.compare_digest(mac, _mac(key, told)):
            ids = told[_KEY_ID_BYTES:]
            return UUID(bytes=ids[:_ID_BYTES]), UUID(bytes=ids[_ID_BYTES:])
    return None


def is_unsubscribe_link(link: str) -> bool:
    """Whether this address has the shape of such a link, at whatever public address of ours, and under whatever key: a
    mail may be older than both. A page of somebody's own below /u/ has not."""
    try:
        return _PATH.search(urlsplit(link).path) is not None
    except ValueError:
        return False


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"link key id" + key).digest()[:_KEY_ID_BYTES]


def _mac(key: bytes, told: bytes) -> bytes:
    return hmac.new(key, _PURPOSE + told, hashlib.sha256).digest()[:_MAC_BYTES]
