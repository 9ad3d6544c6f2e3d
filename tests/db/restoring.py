"""Backups as people make and restore them (pg_dump and pg_restore of the engine under test), and life around them."""

import asyncio
import subprocess
from collections import Counter
from datetime import timedelta
from pathlib import Path

import psycopg
from psycopg import sql

from modules.contacts import ContactDraft, add_contact
from modules.health import Settled
from modules.ids import ContactId
from scripts.conductor.stage import Stage
from tests.cast import SQL as CAST
from tests.cast import Cast, rows
from tests.databases import Database, Engine
from utils.db import Row, execute, fetch_all
from utils.sql import Queries
from utils.uuid7 import uuid7
from workers.findings import Answered, answer_findings
from workers.rearm import Rearming, rearm
from workers.sweep import sweep

BY = "ada"
SQL = Queries(Path(__file__).with_name("restoring.sql"))


def dump(engine: Engine, database: Database, file: Path) -> None:
    """A backup of the whole database in pg_dump's own format."""
    _run(engine, "pg_dump", "--format=custom", f"--file={file}", database.superuser_url)


def restore_in_place(engine: Engine, database: Database, file: Path) -> None:
    """The backup over the database that is there: every object dropped and made again."""
    _run(
        engine, "pg_restore", "--clean", "--if-exists", "--single-transaction", "-d", database.superuser_url, str(file)
    )


def restore_anew(engine: Engine, database: Database, file: Path) -> None:
    """The backup into an empty database of the same name; every connection to the old one breaks."""
    with psycopg.connect(engine.cluster.superuser_url(), autocommit=True) as connection:
        for block in ("drop_database", "make_database"):
            connection.execute(sql.SQL(SQL[block]).format(database=sql.Identifier(database.name)))
    _run(engine, "pg_restore", "--exit-on-error", "-d", database.superuser_url, str(file))


def _run(engine: Engine, program: str, *arguments: str) -> None:
    command = [engine.cluster.binaries.program(program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


async def pass_time(stage: Stage, **span: float) -> None:
    stage.clock.set(stage.clock.now() + timedelta(**span))
    await asyncio.to_thread(stage.twin.advance, stage.clock.now())


async def live_on(stage: Stage, **span: float) -> None:
    """Time goes on, and what is due then leaves and is confirmed."""
    await pass_time(stage, **span)
    await sweep(stage.deps)
    await pass_time(stage, minutes=2)
    await sweep(stage.deps)


async def ask(stage: Stage, block: str) -> list[Row]:
    async with stage.deps.database.transaction() as conn:
        return await fetch_all(conn, SQL[block])


async def do(stage: Stage, block: str) -> None:
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL[block])


async def armed(stage: Stage) -> bool:
    [state] = await ask(stage, "engine_state")
    return bool(state["armed"])


async def standing(stage: Stage) -> Counter[str]:
    return Counter(
        f"{row['status']}:{row['status_reason']}" if row["status_reason"] else row["status"]
        for row in await rows(stage.deps, "enrollments")
    )


async def answer(stage: Stage, word: Settled, prefix: str = "", *, every: bool = True) -> Answered:
    async with stage.deps.database.transaction() as conn:
        return await answer_findings(stage.deps, conn, None, prefix, word, BY, None, stage.clock.now(), every=every)


async def let_leave_again(stage: Stage) -> Rearming:
    """The restore is noticed, the quarantine passes, and a person arms."""
    await sweep(stage.deps)
    await pass_time(stage, minutes=6)
    return await rearm(stage.deps, BY, "restored")


def taken(stage: Stage) -> Counter[tuple[str, str]]:
    """What the providers accepted, by person and words."""
    return Counter((line["to"], line["body_hash"]) for line in stage.twin.ledger())


async def add_people(stage: Stage, cast: Cast, *phones: str) -> list[ContactId]:
    now = stage.clock.now()
    async with stage.deps.database.transaction() as conn:
        contacts = [
            await add_contact(conn, cast.client_id, ContactDraft(first_name="Grace", phone=one), now) for one in phones
        ]
        parameters = {"client_id": cast.client_id, "now": now, "id": [uuid7(now) for _ in contacts]}
        await execute(conn, CAST["plant_consents"], parameters | {"contact_id": contacts})
    return contacts
