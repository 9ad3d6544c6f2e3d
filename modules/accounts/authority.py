"""Signing in: with the local issuer, or with Supabase Auth. One of the two, decided by the settings."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import httpx

from modules.accounts import store
from modules.accounts.models import Identity, LocalUser
from modules.accounts.session import SESSION_LENGTH, hash_password, verify_password
from modules.accounts.tokens import KeySet, LocalIssuer, verify_by_jwks
from modules.ids import UserId
from utils.clock import wall_clock
from utils.db import Connection
from utils.digest import hash_text
from utils.errors import AppError, BadInput, Conflict, NotSignedIn, Unavailable
from utils.uuid7 import uuid7

WRONG = "E-mail address and password do not belong together"
_AWAY = "Signing in is not possible right now. Please try again in a moment."
_SHORTEST_PASSWORD = 10
MOST_ATTEMPTS = 10
ATTEMPTS_WITHIN = timedelta(minutes=1)


class TooManyAttempts(AppError):
    status_code = 429
    title = "Too many attempts"


class Authority(Protocol):
    """Exchanges a password for an access token, and says whom a token speaks for."""

    async def sign_in(self, email: str, password: str) -> str: ...

    async def identify(self, token: str) -> Identity: ...


@dataclass(frozen=True)
class LocalAuthority:
    """Checks passwords against auth.users of our own database. `open_house`: a transaction as the owner."""

    issuer: LocalIssuer
    open_house: Callable[[], AbstractAsyncContextManager[Connection]]

    async def sign_in(self, email: str, password: str) -> str:
        """An access token; NotSignedIn, in the same words and the same time, for unknown person and wrong password."""
        async with self.open_house() as conn:
            user = await store.find_local_user(conn, email.strip().lower())
        # In a thread, after the transaction: it takes a quarter of a second on purpose.
        right = await asyncio.to_thread(verify_password, password, user.password_hash if user else None)
        if user is None or not right:
            raise NotSignedIn(WRONG)
        return self.issuer.issue(user.id, user.email, wall_clock(), SESSION_LENGTH)

    async def identify(self, token: str) -> Identity:
        return self.issuer.verify(token, wall_clock())


@dataclass(frozen=True)
class SupabaseAuthority:
    """Supabase Auth does the checking; its published keys prove its tokens."""

    url: str
    api_key: str = field(repr=False)
    http: httpx.AsyncClient
    keys: KeySet

    async def sign_in(self, email: str, password: str) -> str:
        """An access token; NotSignedIn when Supabase refuses, TooManyAttempts or Unavailable when it cannot answer."""
        try:
            answer = await self.http.post(
                f"{self.url}/auth/v1/token",
                params={"grant_type": "password"},
                headers={"apikey": self.api_key},
                json={"email": email, "password": password},
            )
        except httpx.TransportError as error:
            raise Unavailable(_AWAY) from error
        if answer.status_code == 429:
            raise TooManyAttempts("Too many attempts. Please wait a minute and try again.")
        if answer.status_code in (400, 401, 403, 422):
            raise NotSignedIn(WRONG)
        token = _read_object(answer).get("access_token")
        if not isinstance(token, str):
            raise Unavailable(_AWAY)
        return token

    async def identify(self, token: str) -> Identity:
        return await verify_by_jwks(token, self.keys, f"{self.url}/auth/v1", wall_clock())


async def fetch_jwks(http: httpx.AsyncClient, url: str) -> dict[str, object]:
    """Supabase's published keys; Unavailable when they cannot be had."""
    try:
        answer = await http.get(url)
    except httpx.TransportError as error:
        raise Unavailable(_AWAY) from error
    return _read_object(answer)


def _read_object(answer: httpx.Response) -> dict[str, object]:
    try:
        found = answer.json() if answer.status_code == 200 else None
    except ValueError as error:
        raise Unavailable(_AWAY) from error
    if not isinstance(found, dict):
        raise Unavailable(_AWAY)
    return found


async def add_local_user(conn: Connection, email: str, password: str, now: datetime) -> UserId:
    """A person who can sign in with the local issuer. BadInput for an unusable address or password, Conflict when the
    address is taken. Never run against a real Supabase: there, people are invited by Supabase Auth."""
    email = email.strip().lower()
    name, _, host = email.partition("@")
    if not (name and host) or len(email) > 254:
        raise BadInput("This is not an e-mail address", field="email")
    if len(password) < _SHORTEST_PASSWORD:
        raise BadInput(f"The password needs at least {_SHORTEST_PASSWORD} characters", field="password")
    user_id = UserId(uuid7(now))
    hashed = await asyncio.to_thread(hash_password, password)
    if not await store.add_local_user(conn, LocalUser(user_id, email, hashed), now):
        raise Conflict("Somebody with this e-mail address is already there", field="email")
    return user_id


@dataclass(frozen=True)
class Attempts:
    """Counts attempts to sign in: ten a minute for one e-mail address, whichever process of the web function is asked.

    In a transaction of its own, so that an attempt that fails is counted. Kept is the address's hash alone, because
    anything may be typed; `lifecycle` forgets it. `open_house`: a transaction as the owner.
    """

    open_house: Callable[[], AbstractAsyncContextManager[Connection]]

    async def count(self, email: str, now: datetime) -> None:
        """Counts one attempt; TooManyAttempts when this was one too many. `now` is real time."""
        key = hash_text(email.strip().lower())
        async with self.open_house() as conn:
            counted = await store.count_attempt(conn, key, now - ATTEMPTS_WITHIN, now, MOST_ATTEMPTS)
        if not counted:
            raise TooManyAttempts("That was tried often just now. Please wait a minute and try again.")
