"""Signing in with Supabase Auth: a small real server on 127.0.0.1 that answers as Supabase does."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from modules.accounts import LocalIssuer
from tests.api.conftest import BROWSER, HOME, KEY
from tests.tenants import Tenant
from utils.clock import wall_clock
from workers.api import build_app
from workers.context import Deps


@dataclass
class FakeSupabase:
    """Holds one signing key and one person; `url` once it listens."""

    person: Tenant
    url: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    kid: str = "one"
    jwks_reads: int = 0

    def token(self, algorithm: str = "ES256", key: Any = None, **claims: Any) -> str:
        standard = {
            "iss": f"{self.url}/auth/v1",
            "aud": "authenticated",
            "role": "authenticated",
            "sub": str(self.person.user_id),
            "email": self.person.email,
            "exp": int((wall_clock() + timedelta(hours=1)).timestamp()),
        }
        return jwt.encode({**standard, **claims}, key or self.key, algorithm=algorithm, headers={"kid": self.kid})

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/auth/v1/.well-known/jwks.json")
        async def show_keys() -> dict[str, Any]:
            self.jwks_reads += 1
            public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [{**public, "kid": self.kid, "alg": "ES256", "use": "sig"}]}

        @app.post("/auth/v1/token")
        async def exchange(request: Request) -> JSONResponse:
            given = await request.json()
            assert request.headers["apikey"] == "sb_test"
            assert request.query_params["grant_type"] == "password"
            if given["password"] == "down":
                return JSONResponse({}, status_code=500)
            if given != {"email": self.person.email, "password": "right"}:
                return JSONResponse({"error_code": "invalid_credentials"}, status_code=400)
            return JSONResponse({"access_token": self.token(), "token_type": "bearer"})

        return app


@pytest.fixture
async def supabase(bright: Tenant) -> AsyncIterator[FakeSupabase]:
    fake = FakeSupabase(bright)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    fake.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(fake.app(), log_level="error"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield fake
    server.should_exit = True
    await serving


@pytest.fixture
async def visitor(deps: Deps, supabase: FakeSupabase) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at an application whose people are Supabase's."""
    settings = replace(deps.settings, supabase_url=supabase.url, supabase_secret_key="sb_test")
    app = build_app(replace(deps, settings=settings))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=HOME, headers=BROWSER) as client,
    ):
        yield client


async def with_token(visitor: httpx.AsyncClient, token: str) -> int:
    answer = await visitor.get("/api/v1/session", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code


async def test_supabases_answer_decides_who_gets_in(visitor: httpx.AsyncClient, supabase: FakeSupabase) -> None:
    for password, status in (("wrong", 401), ("down", 503), ("right", 200)):
        answer = await visitor.post("/api/v1/session", json={"email": supabase.person.email, "password": password})
        assert answer.status_code == status, answer.text
    assert (await visitor.get("/api/v1/session")).json()["clients"][0]["slug"] == "bright"


async def test_only_a_sound_token_of_an_ordinary_person_passes(
    visitor: httpx.AsyncClient, supabase: FakeSupabase
) -> None:
    assert await with_token(visitor, supabase.token()) == 200
    past = int((wall_clock() - timedelta(hours=1)).timestamp())
    for claims in (
        {"iss": "https://elsewhere.test/auth/v1"},
        {"aud": "other"},
        {"role": "service_role"},
        {"sub": "nobody"},
        {"sub": ""},
        {"exp": past},
        {"exp": "soon"},
        {"is_anonymous": True},
    ):
        token = supabase.token(**claims)
        assert await with_token(visitor, token) == 401, claims
    stranger = ec.generate_private_key(ec.SECP256R1())
    assert await with_token(visitor, supabase.token(key=stranger)) == 401


async def test_a_shared_secret_token_never_passes_beside_published_keys(
    visitor: httpx.AsyncClient, supabase: FakeSupabase
) -> None:
    secret = "a secret somebody guessed, which is long enough"
    assert await with_token(visitor, supabase.token(algorithm="HS256", key=secret)) == 401
    local = LocalIssuer(f"{supabase.url}/auth/v1", LocalIssuer.from_settings(HOME, KEY).keys)
    token = local.issue(supabase.person.user_id, supabase.person.email, wall_clock(), timedelta(hours=1))
    assert await with_token(visitor, token) == 401


async def test_forged_key_ids_do_not_make_us_knock_each_time(
    visitor: httpx.AsyncClient, supabase: FakeSupabase
) -> None:
    assert await with_token(visitor, supabase.token()) == 200
    supabase.kid = "forged"
    for _ in range(5):
        assert await with_token(visitor, supabase.token()) == 401
    assert supabase.jwks_reads == 1
