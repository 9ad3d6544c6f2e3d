"""The web application: every module's router, the hooks, health, and the dashboard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from pydantic import BaseModel

from modules.accounts import Attempts, Authority, KeySet, LocalAuthority, LocalIssuer, SupabaseAuthority, fetch_jwks
from modules.accounts import api as accounts
from modules.agenda import overdue_since
from modules.reports import Hub
from modules.reports import api as reports
from utils import log
from utils.asgi import BodyLimit, LastWall, SecurityHeaders, WritesFromHome
from utils.clock import monotonic
from utils.config import Settings, database_url_of, read_settings
from utils.db import Database
from utils.errors import SettingsError
from utils.http import read_client
from utils.web import PROBLEMS, Ports, add_error_answers, as_caller
from workers.context import Deps, make_deps
from workers.hooks import HookRoute
from workers.last_sweep import LastSweep
from workers.links import router as links
from workers.pages import refuse_robots, serve_dashboard

DASHBOARD = Path(__file__).resolve().parents[1] / "dashboard" / "dist"


class Alive(BaseModel):
    status: str = "ok"


class Ready(BaseModel):
    """`overdue_seconds`: so long what is due longest waits. The age is "unknown" where others run the sweeps."""

    database: str = "ok"
    last_sweep_age_seconds: float | str = "unknown"
    overdue_seconds: float = 0.0


def build_app(deps: Deps, *, dashboard: Path = DASHBOARD, last_sweep: LastSweep | None = None) -> FastAPI:
    """The whole web function around open `deps`; their owner closes them after it. `last_sweep` is of whoever runs the
    sweeps in this process."""
    app = describe_app()
    attempts = Attempts(deps.database.transaction)
    sign_in = accounts.SignIn(_authority(app, deps.settings, deps.database), deps.sealer, attempts)
    app.state.deps = deps
    app.state.last_sweep = last_sweep or LastSweep()
    app.state.sign_in = sign_in
    app.state.ports = Ports(deps.database, deps.clock, sign_in.identify)
    app.state.hub = Hub(partial(as_caller, deps.database))
    public_url = deps.settings.public_url
    app.add_middleware(WritesFromHome, public_url=public_url)
    app.add_middleware(BodyLimit)
    app.add_middleware(LastWall)
    app.add_middleware(SecurityHeaders, secure=public_url.startswith("https://"))
    refuse_robots(app)
    serve_dashboard(app, dashboard)
    return app


def app_from_environment() -> FastAPI:
    """The web function as Modal serves it; opens its database when it starts. SettingsError names what is missing."""
    log.configure()
    settings = read_settings()
    deps = make_deps(settings, database_url_of(settings))
    app = build_app(deps)
    app.state.opening.append(deps.database.open)
    app.state.closing.append(deps.database.close)
    return app


def describe_app() -> FastAPI:
    """The routes without anything open: what scripts/export_openapi.py describes."""
    app = FastAPI(
        title="Omnify Sequencer",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_open_and_close,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.opening = []
    app.state.closing = []
    add_error_answers(app)
    app.router.routes.insert(0, HookRoute())  # most of all that comes in
    app.include_router(accounts.router)
    app.include_router(reports.router)
    app.include_router(links)

    @app.get("/healthz", tags=["health"])
    async def is_alive() -> Alive:
        """The process answers."""
        return Alive()

    @app.get("/readyz", tags=["health"], responses=PROBLEMS)
    async def is_ready() -> Ready:
        """The database answers too (503 when it does not), and how the sweeps keep up."""
        overdue = await _overdue_seconds(app.state.ports)
        age = app.state.last_sweep.age_seconds
        return Ready(last_sweep_age_seconds="unknown" if age is None else age, overdue_seconds=overdue)

    return app


async def _overdue_seconds(ports: Ports) -> float:
    now = ports.clock.now()
    async with ports.database.transaction() as conn:
        since = await overdue_since(conn, now)
    return round((now - since).total_seconds(), 1) if since else 0.0


def _authority(app: FastAPI, settings: Settings, database: Database) -> Authority:
    """Supabase Auth where SUPABASE_URL is set, else the local issuer. Never both."""
    if settings.supabase_url is None:
        issuer = LocalIssuer.from_settings(settings.public_url, settings.secret_key)
        return LocalAuthority(issuer, database.transaction)
    if settings.supabase_secret_key is None:
        raise SettingsError("SUPABASE_SECRET_KEY is missing beside SUPABASE_URL", field="SUPABASE_SECRET_KEY")
    url = settings.supabase_url.rstrip("/")
    jwks_url = settings.supabase_jwks_url or f"{url}/auth/v1/.well-known/jwks.json"
    http = read_client(settings.http_timeout_seconds)
    app.state.closing.append(http.aclose)
    keys = KeySet(partial(fetch_jwks, http, jwks_url), monotonic)
    return SupabaseAuthority(url, settings.supabase_secret_key, http, keys)


@asynccontextmanager
async def _open_and_close(app: FastAPI) -> AsyncIterator[None]:
    for start in app.state.opening:
        await start()
    yield
    for close in app.state.closing:
        await close()
