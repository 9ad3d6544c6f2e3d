"""Passwords and the browser's session cookie."""

import base64
import hashlib
import hmac
import json
import os
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from utils.errors import NotSignedIn, SettingsError
from utils.signing import Sealer

SESSION_LENGTH = timedelta(hours=12)
_CONTEXT = "session"
# As strong as OWASP's first choice (2^17, 8, 1) at an eighth of its memory: many may sign in at once on a small machine
# (OWASP Password Storage Cheat Sheet, scrypt, as remembered 2026-11; 16 MiB, five rounds).
_N, _R, _P = 2**14, 8, 5
_SALT_BYTES = 16
_LARGEST_N = 2**17
_PLEASE = "Please sign in"


@dataclass(frozen=True)
class Session:
    """What the cookie carries, sealed."""

    access_token: str = field(repr=False)
    expires_at: datetime


def hash_password(password: str) -> str:
    """`scrypt$n$r$p$salt$hash`, salt and hash in base64."""
    salt = os.urandom(_SALT_BYTES)
    digest = _scrypt(password, salt, _N, _R, _P)
    return f"scrypt${_N}${_R}${_P}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def verify_password(password: str, stored: str | None) -> bool:
    """Whether this is the password, in the same time for right, wrong, unknown person (None) and unreadable hash."""
    parsed = _parse(stored or "")
    if parsed is None:
        hmac.compare_digest(_scrypt(password, bytes(_SALT_BYTES), _N, _R, _P), bytes(32))
        return False
    n, r, p, salt, digest = parsed
    return hmac.compare_digest(_scrypt(password, salt, n, r, p), digest)


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r, dklen=32)


def _parse(stored: str) -> tuple[int, int, int, bytes, bytes] | None:
    parts = stored.split("$")
    if len(parts) != 6 or parts[0] != "scrypt" or not all(part.isdigit() for part in parts[1:4]):
        return None
    n, r, p = (int(part) for part in parts[1:4])
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in parts[4:])
    except NotBase64:
        return None
    sound = 2 <= n <= _LARGEST_N and n & (n - 1) == 0 and 1 <= r <= 16 and 1 <= p <= 16 and len(digest) == 32
    return (n, r, p, salt, digest) if sound else None


def seal_session(sealer: Sealer, session: Session) -> str:
    """The cookie's value: nobody but us can read or change it."""
    plain = json.dumps({"access_token": session.access_token, "expires_at": session.expires_at.timestamp()})
    return base64.urlsafe_b64encode(sealer.seal(plain.encode(), _CONTEXT)).decode().rstrip("=")


def open_session(sealer: Sealer, cookie: str, now: datetime) -> Session:
    """The session in a cookie; NotSignedIn for one that is not ours, was changed or is over. `now` is real time."""
    try:
        sealed = base64.b64decode(cookie + "=" * (-len(cookie) % 4), altchars=b"-_", validate=True)
        found = json.loads(sealer.open(sealed, _CONTEXT))
    except (NotBase64, ValueError, SettingsError) as error:
        raise NotSignedIn(_PLEASE) from error
    session = Session(found["access_token"], datetime.fromtimestamp(found["expires_at"], UTC))
    if session.expires_at <= now:
        raise NotSignedIn("Your session is over; please sign in again")
    return session
