"""What happens around the engine: time passes, the database goes and comes back, somebody posts to our hooks."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import psycopg

from modules.labels import Provider
from scripts.conductor.check import count_duplicates, count_unproven
from scripts.conductor.conduct import conduct
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from scripts.sandbox.signing import sign_twilio, svix_headers
from tests.cast import Cast, rows
from tests.databases import Database
from utils.clock import wall_clock
from utils.db import Row
from utils.http import trusted
from utils.sql import Queries
from workers.context import Deps

SQL = Queries(Path(__file__).with_name("weather.sql"))
SID = "SM" + "5e" * 16


async def sweep_at(stage: Stage, instant: datetime) -> dict[str, int]:
    """The clock moves to this instant, the twin speaks, one sweep runs, the twin speaks again."""
    stage.clock.set(instant)
    await asyncio.to_thread(stage.twin.advance, instant)
    report = await run_sweep(stage.deps)
    await asyncio.to_thread(stage.twin.advance, instant)
    return report


async def sweep_after(stage: Stage, **later: float) -> dict[str, int]:
    return await sweep_at(stage, stage.clock.now() + timedelta(**later))


async def sweep_until_idle(deps: Deps) -> None:
    """Sweeps at this instant until one decides nothing: whom one group has locked, another meets a turn later."""
    for _ in range(10):
        if not (await run_sweep(deps)).get("decided"):
            return
    raise AssertionError("ten sweeps at one instant, and there is still something to decide")


async def play_on(stage: Stage) -> list[Row]:
    """To the very end; the touches then, checked against the twin: no double acceptance, no unproven success."""
    async for _ in conduct(stage, lambda: run_sweep(stage.deps)):
        pass
    touches = await rows(stage.deps, "touches")
    truth = stage.twin.ledger()
    assert count_duplicates(touches, truth) == 0, truth
    assert count_unproven(touches, truth) == 0, touches
    return touches


async def states_of(stage: Stage) -> list[str]:
    return [touch["state"] for touch in await rows(stage.deps, "touches")]


async def standing(stage: Stage) -> Counter[str]:
    """How many enrollments stand where, as `status` or `status:reason`."""
    found = await rows(stage.deps, "enrollments")
    return Counter(":".join(filter(None, (row["status"], row["status_reason"]))) for row in found)


def cut_connections(database: Database) -> None:
    """Ends every connection there is; new ones are let in."""
    administration = database.superuser_url.rsplit("/", 1)[0] + "/postgres"
    with psycopg.connect(administration, autocommit=True) as conn:
        conn.execute(SQL["cut_connections"], {"name": database.name})


@contextmanager
def database_down(database: Database) -> Iterator[None]:
    """Cuts every connection and lets none in until the end."""
    administration = database.superuser_url.rsplit("/", 1)[0] + "/postgres"
    name = {"name": database.name}
    with psycopg.connect(administration, autocommit=True) as conn:
        conn.execute(SQL["forbid_connections"], name)
        conn.execute(SQL["cut_connections"], name)
        try:
            yield
        finally:
            conn.execute(SQL["allow_connections"], name)


def post(
    stage: Stage, path: str, content: bytes, headers: Mapping[str, str], client: httpx.Client | None = None
) -> httpx.Response:
    """One POST to our hooks; whoever posts a thousand times brings a client."""
    if client is None:
        return httpx.post(
            stage.url + path, content=content, headers=dict(headers), trust_env=False, verify=trusted(), timeout=20
        )
    return client.post(stage.url + path, content=content, headers=dict(headers), timeout=20)


def post_status(
    stage: Stage,
    cast: Cast,
    status: str,
    sid: str = SID,
    touch: str = "",
    token: str = "",
    client: httpx.Client | None = None,
) -> int:
    """A status callback, signed with the client's own token unless another is given; the answer's status."""
    path = f"/hooks/twilio/status/{cast.keys[Provider.twilio]}" + (f"?touch={touch}" if touch else "")
    form = {"MessageSid": sid, "MessageStatus": status, "AccountSid": cast.sid, "To": "+12125550100"}
    signature = sign_twilio(stage.url + path, form, token or cast.token)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return post(stage, path, str(httpx.QueryParams(form)).encode(), headers, client).status_code


def post_mail_event(stage: Stage, cast: Cast, event: Mapping[str, object], event_id: str = "msg_1") -> int:
    """A Resend webhook, signed with the client's own secret; the answer's status."""
    body = json.dumps(event)
    headers = svix_headers(cast.signing, event_id, wall_clock(), body) | {"Content-Type": "application/json"}
    return post(stage, f"/hooks/resend/{cast.keys[Provider.resend]}", body.encode(), headers).status_code
