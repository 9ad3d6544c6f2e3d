"""Signing in and out, and who is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from modules.accounts.authority import Attempts, Authority
from modules.accounts.models import ClientStatus, Membership, Role
from modules.accounts.session import SESSION_LENGTH, Session, open_session, seal_session
from modules.accounts.tenants import memberships_of
from modules.ids import UserId
from utils.clock import wall_clock
from utils.signing import Sealer
from utils.web import PROBLEMS, SESSION_COOKIE, Caller, NoNul, Tx, Who, as_caller, ports

router = APIRouter(prefix="/api/v1", tags=["session"], responses=PROBLEMS)


@dataclass(frozen=True)
class SignIn:
    """What signing in needs; `workers/api.py` puts it into app.state.sign_in."""

    authority: Authority
    sealer: Sealer
    attempts: Attempts

    async def identify(self, bearer: str | None, cookie: str | None) -> Who:
        """Who calls, by token or by session cookie; NotSignedIn otherwise."""
        token = bearer or open_session(self.sealer, cookie or "", wall_clock()).access_token
        identity = await self.authority.identify(token)
        return Who(identity.user_id, identity.email)


class Credentials(BaseModel):
    email: Annotated[str, NoNul, Field(min_length=3, max_length=254)]
    password: Annotated[str, NoNul, Field(min_length=1, max_length=1024, json_schema_extra={"format": "password"})]


class User(BaseModel):
    id: UUID
    email: str | None


class MemberOf(BaseModel):
    """A client that the person may see, and as what."""

    id: UUID
    slug: str
    name: str
    status: ClientStatus
    role: Role


class SessionView(BaseModel):
    user: User
    clients: list[MemberOf]


def _view(who: Who, memberships: Sequence[Membership]) -> SessionView:
    clients = [
        MemberOf(id=m.client.id, slug=m.client.slug, name=m.client.name, status=m.client.status, role=m.role)
        for m in memberships
    ]
    return SessionView(user=User(id=who.user_id, email=who.email), clients=clients)


@router.post("/session")
async def begin_session(credentials: Credentials, request: Request, response: Response) -> SessionView:
    """Signs in and sets the session cookie; 401 for a wrong pair, 429 after ten attempts in a minute."""
    sign_in: SignIn = request.app.state.sign_in
    await sign_in.attempts.count(credentials.email, wall_clock())
    token = await sign_in.authority.sign_in(credentials.email, credentials.password)
    who = await sign_in.identify(token, None)
    async with as_caller(ports(request).database, who) as conn:
        memberships = await memberships_of(conn, UserId(who.user_id))
    session = Session(token, wall_clock() + SESSION_LENGTH)
    response.set_cookie(
        SESSION_COOKIE,
        seal_session(sign_in.sealer, session),
        max_age=int(SESSION_LENGTH.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )
    return _view(who, memberships)


@router.get("/session")
async def read_session(tx: Tx, caller: Caller) -> SessionView:
    """Who is signed in and which clients they may see; 401 for nobody."""
    return _view(caller, await memberships_of(tx, UserId(caller.user_id)))


@router.delete("/session", status_code=204)
async def end_session(response: Response) -> None:
    """Takes the cookie away; also when there is none."""
    response.delete_cookie(SESSION_COOKIE, path="/", secure=True, httponly=True, samesite="lax")
