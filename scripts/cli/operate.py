"""Verbs that run the house: the database's tables, the engine, one tick of it, and the proof ledger."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Annotated

import typer
import uvloop

from modules.accounts import stored_accounts
from modules.reports import ledger_lines
from scripts.cli.foretelling import show_dry_run
from scripts.cli.home import database_url, in_transaction, open_home, require_migrated
from scripts.cli.output import AsJson, say, write_json
from scripts.cli.typed import read_instant, usage_errors, whole
from scripts.database.launcher import open_database
from scripts.database.migrate import migrate as apply_migrations
from utils.clock import clock_from, wall_clock
from utils.config import Settings, is_loopback
from utils.db import Connection
from utils.errors import BadInput
from workers.context import Deps, open_deps
from workers.jobs import Report, run_job, schedule_of

NEARLY_NOW = timedelta(minutes=1)


def register(app: typer.Typer) -> None:
    app.command("up")(up)
    app.command("migrate")(migrate)
    app.command("tick")(tick)
    app.command("ledger")(ledger)


def up(
    port: Annotated[
        int, typer.Option(help="Where to listen on 127.0.0.1.", parser=whole(0, 65535), metavar="PORT")
    ] = 8400,
) -> None:
    """Run everything on the real clock: API, hooks, dashboard and workers. Ctrl-C stops it."""
    from scripts.cli.serving import run_house  # the web application takes a second to load; only this verb pays

    run_house(port)


def migrate(as_json: AsJson = False) -> None:
    """Bring the database's tables up to date."""
    with open_database(database_url()) as dsn:
        applied = apply_migrations(dsn)
    words = "\n".join([*(f"Applied {name}." for name in applied), "The database is up to date."])
    say(words, as_json, {"applied": applied})


def tick(
    at: Annotated[
        str | None, typer.Option(metavar="ISO", help="The instant, such as 2026-11-21T09:00:00+00:00.")
    ] = None,
    job: Annotated[str | None, typer.Option(metavar="NAME", help="This job only, due or not.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what a sweep would do with what is due.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run each job that is due at an instant (now, unless given) once, and say what it did.

    Where messages really leave, another instant than now is refused: hours would be judged at a time that is not."""
    instant = None if at is None else read_instant("--at", at)
    if dry_run:
        if job not in (None, "sweep"):
            raise typer.BadParameter("only the sweep can be foretold", param_hint="--job")
        show_dry_run(instant, as_json)
        return
    if job is not None:
        _check_job(job)
    with open_home() as (settings, dsn):
        now = instant or clock_from(settings.clock).now()
        done = uvloop.run(_run_due(replace(settings, database_url=dsn, clock=f"at:{now.isoformat()}"), dsn, now, job))
    words = [f"{name}: {_what(report)}" for name, report in done.items()] or ["No job is due at this instant."]
    say("\n".join(words), as_json, {"at": now, "jobs": done})


def _check_job(name: str) -> None:
    with usage_errors("--job"):
        schedule_of(name)


async def _run_due(settings: Settings, dsn: str, now: datetime, only: str | None) -> dict[str, Report]:
    async with open_deps(settings, dsn) as deps, deps.database.transaction() as conn:
        await require_migrated(conn)
        if abs(now - wall_clock()) > NEARLY_NOW:
            await _require_a_twin(settings, conn)
    return {name: await run_job(name, settings) for name in ([only] if only else _due_at(now))}


async def _require_a_twin(settings: Settings, conn: Connection) -> None:
    used = {row.provider for row in await stored_accounts(conn) if row.retired_at is None}
    if real := sorted(one for one in used if not is_loopback(settings.base_urls[one])):
        raise BadInput(
            f"At another time than now nothing is sent for real ({', '.join(real)}); `--dry-run` says what would be",
            field="--at",
        )


def _due_at(now: datetime) -> list[str]:
    from scripts.cli.timetable import due_at  # the scheduler library is needed only here and in `up`

    return [schedule.name for schedule in due_at(now)]


def _what(report: Report) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in report.items()) or "nothing to do"


def ledger(
    client: Annotated[str | None, typer.Option("--client", metavar="SLUG", help="One client's only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="It is JSON anyway: one line a touch.")] = True,
) -> None:
    """Print the proof of every touch, newest first, one JSON line each."""

    async def work(_: Deps, conn: Connection) -> None:
        async for line in ledger_lines(conn, client):
            write_json(asdict(line))

    in_transaction(work)
