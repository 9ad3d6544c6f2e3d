"""Who a token speaks for: our local issuer's (HS256) or Supabase's (ES256 or RS256 by JWKS), never mixed.

The rules are Supabase's own for its access tokens (its docs on JWT claims and on signing keys, read 2026-11-20): iss
ends in /auth/v1, aud and role are `authenticated`, sub is a UUID. Anonymous, service and legacy API keys carry other
roles or no sub and are refused.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from modules.accounts.models import Identity
from modules.ids import UserId
from utils.errors import NotSignedIn, Unavailable
from utils.log import logger
from utils.signing import derive_key

if TYPE_CHECKING:
    import jwt
    from jwt.types import Options

_AUTHENTICATED = "authenticated"
_LEEWAY = timedelta(seconds=30)
_PURPOSE = "omnify local issuer"
# The algorithm follows from the kind of key, never from what the token's header asks for alone.
_ALGORITHM = {("EC", "P-256"): "ES256", ("RSA", None): "RS256"}
_KEYS_LIVE_SECONDS = 600.0  # Supabase's edge keeps its JWKS ten minutes too
_REFETCH_SECONDS = 30.0
_RETRY_SECONDS = 5.0  # after a fetch that failed

FetchJwks = Callable[[], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True)
class LocalIssuer:
    """Issues and checks tokens of Supabase's shape where there is no Supabase (demo, tests, at home)."""

    issuer: str
    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def from_settings(cls, public_url: str, secret_key: str) -> "LocalIssuer":
        """`secret_key` as in OMNIFY_SECRET_KEY: newest first by comma; the first signs, all verify."""
        secrets = [part.strip() for part in secret_key.split(",") if part.strip()]
        return cls(f"{public_url}/auth/v1", tuple(derive_key(secret, _PURPOSE) for secret in secrets))

    def issue(self, user_id: UserId, email: str, now: datetime, length: timedelta) -> str:
        import jwt  # heavy: cryptography; only the web function asks who somebody is

        claims = {
            "iss": self.issuer,
            "aud": _AUTHENTICATED,
            "role": _AUTHENTICATED,
            "sub": str(user_id),
            "email": email,
            "iat": int(now.timestamp()),
            "exp": int((now + length).timestamp()),
        }
        return jwt.encode(claims, self.keys[0], algorithm="HS256")

    def verify(self, token: str, now: datetime) -> Identity:
        """NotSignedIn unless one of our keys signed it and its claims hold at `now` (real time)."""
        import jwt  # heavy: cryptography; only the web function asks who somebody is

        for key in self.keys:
            try:
                claims = jwt.decode(token, key, algorithms=["HS256"], options=_CLAIMS_BY_HAND)
            except jwt.InvalidTokenError:
                continue
            return read_claims(claims, self.issuer, now)
        raise NotSignedIn("Please sign in")


# Checked in read_claims, where the caller's clock decides and not the library's.
_CLAIMS_BY_HAND: "Options" = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
}


def read_claims(claims: Mapping[str, Any], issuer: str, now: datetime) -> Identity:
    """The identity in claims whose signature holds; NotSignedIn says no more than that."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    expires, begins = claims.get("exp"), claims.get("nbf", 0)
    moment, leeway = now.timestamp(), _LEEWAY.total_seconds()
    sound = (
        claims.get("iss") == issuer
        and _AUTHENTICATED in audiences
        and claims.get("role") == _AUTHENTICATED
        and claims.get("is_anonymous") is not True
        and isinstance(begins, int | float)
        and begins <= moment + leeway
    )
    if not sound or not isinstance(expires, int | float):
        raise NotSignedIn("Please sign in")
    if expires <= moment - leeway:
        raise NotSignedIn("Your session is over; please sign in again")
    try:
        user_id = UserId(UUID(str(claims.get("sub"))))
    except ValueError as error:
        raise NotSignedIn("Please sign in") from error
    email = claims.get("email")
    return Identity(user_id, email if isinstance(email, str) else None)


class KeySet:
    """The keys of one JWKS address, fetched when first needed, again after ten minutes, and early for a key id that is
    not known, but then at most every 30 seconds: a forged token must not make us knock at Supabase for each request.

    One fetch at a time, and its attempt counts, not its success: while Supabase is away, those whose key is known stay
    signed in, the others hear Unavailable, and nobody waits for a fetch of their own."""

    def __init__(self, fetch_jwks: FetchJwks, seconds: Callable[[], float]) -> None:
        self._fetch = fetch_jwks
        self._seconds = seconds
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._failed = False
        self._fetching = asyncio.Lock()

    async def find(self, kid: str) -> "jwt.PyJWK | None":
        """The key with this id, or None. Unavailable when it is not known and the last fetch failed."""
        if not (kid in self._keys and (self._is_fresh() or self._fetching.locked())):
            async with self._fetching:
                if self._may_try() and not (kid in self._keys and self._is_fresh()):
                    await self._renew()
        if self._failed and kid not in self._keys:
            raise Unavailable("Signing in is not possible right now. Please try again in a moment.")
        return self._keys.get(kid)

    def _is_fresh(self) -> bool:
        return self._fetched_at is not None and self._seconds() - self._fetched_at < _KEYS_LIVE_SECONDS

    def _may_try(self) -> bool:
        pause = _RETRY_SECONDS if self._failed else _REFETCH_SECONDS
        return self._tried_at is None or self._seconds() - self._tried_at >= pause

    async def _renew(self) -> None:
        # Failed until it succeeded: also when the request that fetches is cancelled.
        self._tried_at, self._failed = self._seconds(), True
        try:
            self._keys = _usable(await self._fetch())
        except Unavailable:
            logger("accounts").warning("keys_not_fetched", known=len(self._keys))
            return
        self._fetched_at, self._failed = self._seconds(), False


def _usable(jwks: Mapping[str, Any]) -> "dict[str, jwt.PyJWK]":
    """The published keys that can be used; one that cannot be read must not lock out those who signed with another."""
    published = jwks.get("keys")
    if not isinstance(published, list):
        raise Unavailable("The published keys are not readable")
    found = [_read_key(raw) for raw in published if isinstance(raw, dict)]
    return {key.key_id: key for key in found if key is not None and key.key_id}


def _read_key(raw: dict[str, Any]) -> "jwt.PyJWK | None":
    import jwt  # heavy: cryptography; only the web function asks who somebody is

    algorithm = _ALGORITHM.get((str(raw.get("kty")), raw.get("crv")))
    sound = isinstance(raw.get("kid"), str) and raw.get("alg", algorithm) == algorithm
    if not (algorithm and sound and raw.get("use", "sig") == "sig"):
        return None
    try:
        return jwt.PyJWK(raw, algorithm=algorithm)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        logger("accounts").warning("key_not_readable", kid=raw["kid"])
        return None


async def verify_by_jwks(token: str, keys: KeySet, issuer: str, now: datetime) -> Identity:
    """The identity in a Supabase access token; NotSignedIn unless a published key signed it. HS256 never passes."""
    import jwt  # heavy: cryptography; only the web function asks who somebody is

    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise NotSignedIn("Please sign in") from error
    kid = header.get("kid")
    if not isinstance(kid, str) or header.get("alg") not in _ALGORITHM.values():
        raise NotSignedIn("Please sign in")
    key = await keys.find(kid)
    if key is None:
        raise NotSignedIn("Please sign in")
    try:
        claims = jwt.decode(
            token,
            key.key,
            algorithms=[key.algorithm_name],
            options=_CLAIMS_BY_HAND,
        )
    except jwt.InvalidTokenError as error:
        raise NotSignedIn("Please sign in") from error
    return read_claims(claims, issuer, now)
