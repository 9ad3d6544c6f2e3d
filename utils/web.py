"""What every api.py stands on: who calls, the open transaction, the time; and errors as problem+json.

The only utils file that imports FastAPI. `workers/api.py` fills it through `app.state.ports`.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import psycopg
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticCustomError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from utils.clock import Clock
from utils.db import Connection, Database, execute
from utils.errors import AppError, BadInput, NotSignedIn, Unavailable
from utils.log import logger
from utils.sql import queries

SQL = queries(__file__)
SESSION_COOKIE = "__Host-session"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Who:
    """The person who calls. Nothing else of the token travels on, so that no claim of it can widen what they see."""

    user_id: UUID
    email: str | None

    @property
    def claims(self) -> str:
        return json.dumps({"sub": str(self.user_id), "role": "authenticated", "email": self.email})


@dataclass(frozen=True)
class Ports:
    """What the process gives to every request. `identify(bearer, cookie)` raises NotSignedIn."""

    database: Database
    clock: Clock
    identify: Callable[[str | None, str | None], Awaitable[Who]]


def ports(request: Request) -> Ports:
    found: Ports = request.app.state.ports
    return found


def bearer_of(authorization: str | None) -> str | None:
    """The token of an `Authorization: Bearer …` header."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


async def _identify(request: Request) -> Who:
    bearer = bearer_of(request.headers.get("authorization"))
    cookie = request.cookies.get(SESSION_COOKIE)
    if bearer is None and cookie is None:
        raise NotSignedIn("Please sign in")
    return await ports(request).identify(bearer, None if bearer else cookie)


Caller = Annotated[Who, Depends(_identify)]
"""Who calls; 401 for nobody. A Bearer token wins over the cookie."""


@asynccontextmanager
async def as_caller(database: Database, caller: Who) -> AsyncIterator[Connection]:
    """A transaction as omnify_api with the caller's claims: row-level security shows their clients and no other."""
    async with database.transaction() as conn:
        await execute(conn, SQL["enter_as_caller"], {"claims": caller.claims})
        yield conn


async def _open_tx(request: Request, caller: Caller) -> AsyncIterator[Connection]:
    async with as_caller(ports(request).database, caller) as conn:
        yield conn


# `function`: committed before the answer leaves, so that a 200 means stored and no stream holds a transaction.
Tx = Annotated[Connection, Depends(_open_tx, scope="function")]
"""The caller's open transaction: commits when the route returns, rolls back when it raises."""


def _read_clock(request: Request) -> datetime:
    return ports(request).clock.now()


Now = Annotated[datetime, Depends(_read_clock)]
"""Business time of this request."""


def _refuse_nul(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("nul", "must not contain the NUL character")
    return text


NoNul = AfterValidator(_refuse_nul)
"""For a text that goes to the database: PostgreSQL stores every character but this one."""


class Problem(BaseModel):
    """An error as RFC 9457 has it: `detail` is one sentence for a person, `field` names what to change."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    field: str | None = None


PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": Problem, "description": "A refusal, in one clear sentence"},
    "5XX": {"model": Problem, "description": "Not possible right now"},
}
"""For a router's `responses`."""


def problem(status: int, title: str, detail: str, field: str | None = None) -> JSONResponse:
    body = Problem(title=title, status=status, detail=detail, field=field)
    return JSONResponse(body.model_dump(exclude_none=True), status_code=status, media_type=PROBLEM)


def add_error_answers(app: FastAPI) -> None:
    """Every error of this app leaves as problem+json, without anything from inside; what is left over ends at
    utils/asgi.py's LastWall."""

    @app.exception_handler(AppError)
    async def tell_refusal(_request: Request, error: AppError) -> JSONResponse:
        if error.status_code >= 500:
            kind = type(error).__name__
            logger("web").warning("request_refused", status=error.status_code, kind=kind, field=error.field)
        if error.status_code == 500:  # a SettingsError speaks to whoever runs this, not to whoever calls
            return problem(500, AppError.title, "This was our fault. It was written down; please try again later.")
        return problem(error.status_code, error.title, error.detail, error.field)

    @app.exception_handler(RequestValidationError)
    async def tell_invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = () if first["type"] == "json_invalid" else first["loc"][1:]  # there it is a place in the text
        field = ".".join(map(str, where)) or str(first["loc"][0])
        return problem(BadInput.status_code, BadInput.title, f"{field}: {first['msg']}", field)

    @app.exception_handler(HTTPException)
    async def tell_http(_request: Request, error: HTTPException) -> JSONResponse:
        answer = problem(error.status_code, str(error.detail), str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(ClientDisconnect)
    async def tell_nobody(_request: Request, _error: ClientDisconnect) -> JSONResponse:
        return problem(400, "The request ended early", "The request ended before it was read.")

    @app.exception_handler(psycopg.DataError)
    async def tell_unstorable(_request: Request, error: psycopg.DataError) -> JSONResponse:
        """A character or a number that PostgreSQL does not take; its own message would quote it."""
        logger("web").warning("request_unstorable", kind=type(error).__name__)
        return problem(BadInput.status_code, BadInput.title, "Something in this request cannot be stored as it is.")

    @app.exception_handler(psycopg.OperationalError)
    async def tell_weather(_request: Request, error: psycopg.OperationalError) -> JSONResponse:
        """Lock timeouts and deadlocks: the transaction was rolled back, a second try is free."""
        logger("web").warning("request_collided", kind=type(error).__name__)
        return problem(Unavailable.status_code, Unavailable.title, "Somebody else was faster. Please try again.")
