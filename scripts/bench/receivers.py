"""Two web applications in processes of their own: ours as it is served, and the barest one that keeps what it is told.

Both are one process under the same server with the same settings and as many connections to the same PostgreSQL; Modal
too serves one process a container, of which there is one as long as one is enough.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qs

import uvicorn
from fastapi import FastAPI, Request, Response
from psycopg_pool import AsyncConnectionPool

from scripts.bench.provider import READY, in_a_process
from scripts.serve import listen, url_of
from utils.config import database_url_of, read_settings
from utils.sql import Queries
from workers.api import app_from_environment

SQL = Queries(Path(__file__).with_name("ingest.sql"))
CONNECTIONS = 2


class Side(StrEnum):
    ours = "ours"
    bare = "bare"


class Telling(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for place in sockets or ():
            print(f"{READY}{url_of(place)}", flush=True)


def bare_app(dsn: str) -> FastAPI:
    """No signature, no reading beyond the key, no log: one INSERT that commits by itself."""
    pool = AsyncConnectionPool(
        dsn, min_size=0, max_size=CONNECTIONS, open=False, kwargs={"autocommit": True, "prepare_threshold": None}
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with pool:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/hooks/twilio/status/{account_key}")
    async def keep(request: Request) -> Response:
        payload = (await request.body()).decode()
        form = parse_qs(payload)
        key = f"{form['MessageSid'][0]}:{form['MessageStatus'][0]}"
        async with pool.connection() as conn:
            await conn.execute(SQL["keep_raw_hook"], {"event_key": key, "payload": payload})
        return Response(status_code=204)

    return app


@contextmanager
def receiving(side: Side, environment: Mapping[str, str]) -> Iterator[str]:
    """The application's own address on 127.0.0.1."""
    with in_a_process("scripts.bench.receivers", side, environment=environment) as url:
        yield url


def serve(side: Side) -> None:
    app = app_from_environment() if side is Side.ours else bare_app(database_url_of(read_settings()))
    config = uvicorn.Config(app, log_level="warning", log_config=None, access_log=False)
    asyncio.run(Telling(config).serve(sockets=[listen()]))


if __name__ == "__main__":
    serve(Side(sys.argv[1]))
