"""Verbs about numbers that asked several clients to stop: left alone by all until a person decides."""

import re
from enum import StrEnum
from typing import Annotated, Any

import typer

from modules.suppressions import decide_platform_hold, list_platform_holds
from scripts.cli.home import in_transaction
from scripts.cli.output import AsJson, cell, say, show_rows
from utils.db import Connection
from utils.errors import BadInput, Conflict, NotFound
from workers.context import Deps

SHORTEST_PREFIX = 6


class Word(StrEnum):
    """What a person decides."""

    release = "release"
    keep = "keep"


_DECISION = {Word.release: "released", Word.keep: "kept"}


def register(app: typer.Typer) -> None:
    app.command("list")(show_all)
    app.command("decide")(decide)


def show_all(
    decided: Annotated[bool, typer.Option("--decided", help="Also those that somebody has decided.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the holds; they name no number and no client."""

    async def work(_: Deps, conn: Connection) -> list[dict[str, Any]]:
        return [dict(row) for row in await list_platform_holds(conn, decided)]

    show_rows(in_transaction(work), as_json, nothing="Nothing waits for a decision.")


def decide(
    prefix: Annotated[str, typer.Argument(metavar="HASH", help="The first letters of the hash, six or more.")],
    word: Annotated[Word, typer.Argument(metavar="WORD", help="release or keep.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.")],
    as_json: AsJson = False,
) -> None:
    """Decide over a hold: `release` opens the number to clients it did not tell to stop, `keep` leaves it closed."""
    start = prefix.strip().lower()
    if not re.fullmatch(rf"[0-9a-f]{{{SHORTEST_PREFIX},64}}", start):
        raise BadInput(
            f"'{cell(prefix)}' is no beginning of a hash; copy at least {SHORTEST_PREFIX} letters from: "
            "scripts/omnify platform-hold list",
            field="hash",
        )
    if not by.strip():
        raise BadInput("Say who decides: --by NAME", field="by")

    async def work(deps: Deps, conn: Connection) -> str:
        found = [row["hash"] for row in await list_platform_holds(conn, True) if row["hash"].startswith(start)]
        if not found:
            raise NotFound(f"No hold begins with {start}; scripts/omnify platform-hold list shows all", field="hash")
        if len(found) > 1:
            raise Conflict(f"{len(found)} holds begin with {start}; give more letters of the hash", field="hash")
        await decide_platform_hold(conn, found[0], _DECISION[word], by.strip(), deps.clock.now())
        return str(found[0])

    hashed = in_transaction(work)
    words = "is open to other clients again" if word is Word.release else "stays closed for all clients"
    say(f"The number {hashed[:12]}… {words}.", as_json, {"hash": hashed, "decision": _DECISION[word], "by": by.strip()})
