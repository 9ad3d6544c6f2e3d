"""The verb that reads a kept event, or a touch's evidence, again with the code of today."""

import asyncio
from typing import Annotated

import typer

from scripts.cli.home import open_home, require_migrated
from scripts.cli.output import AsJson, cell, write_json
from utils.errors import BadInput
from workers.context import open_deps
from workers.replay import Effect, foresee
from workers.replay import replay as replay_for_real


def register(app: typer.Typer) -> None:
    app.command("replay")(replay)


def replay(
    event: Annotated[
        str, typer.Argument(metavar="EVENT", help="An event's key, the id of a message or touch, or a provider's id.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would change; write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read a kept event again, or a touch's evidence, with the code of today."""
    name = event.strip()
    if not name:
        raise BadInput("Say which event: its key, or the id of a message or touch", field="event")

    async def run() -> list[Effect]:
        with open_home() as (settings, dsn):
            async with open_deps(settings, dsn) as deps:
                now = deps.clock.now()
                async with deps.database.transaction() as conn:
                    await require_migrated(conn)
                    if dry_run:
                        return await foresee(deps, conn, name, now)
                return await replay_for_real(deps, name, now)

    effects = asyncio.run(run())
    if as_json:
        told = [{"subject": one.subject, "was": one.was, "would_be": one.would_be} for one in effects]
        write_json({"dry_run": dry_run, "changes": sum(one.changes for one in effects), "effects": told})
        return
    for one in effects:
        became = "would be" if dry_run else "is now"
        print(
            cell(
                f"{one.subject}: {one.was}; {became} {one.would_be}"
                if one.changes
                else f"{one.subject}: {one.was}; stays"
            )
        )
    end = "Nothing was written." if dry_run or not any(one.changes for one in effects) else "It was told as news."
    print(end)
