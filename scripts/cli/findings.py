"""Verbs about what lists and ledger disagree about: shown as questions, and answered by a person."""

from collections import Counter
from enum import StrEnum
from typing import Annotated, Any

import typer

from modules.accounts import find_client
from modules.health import Settled, list_findings
from modules.ids import ClientId
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, OfOneClient, say, show_rows
from scripts.cli.typed import Incomplete, counted
from utils.db import Connection
from utils.errors import BadInput, NotFound
from workers.context import Deps
from workers.findings import Answered, answer_findings, who_waits

SHORTEST = 4


class Word(StrEnum):
    """What a person may answer."""

    sent = "sent"
    not_ours = "not_ours"
    seen = "seen"


ASKED = {
    "ghost": "The provider took it and we have no row of it: did somebody else use the account?",
    "silent": "The provider took it and its list does not show it.",
    "orphan": "The provider told of it and we have no row of it: did somebody else use the account?",
    "lost": "It left in a gap of our records: was it one of our steps?",
}


def register(app: typer.Typer) -> None:
    app.command("list")(show_all)
    app.command("settle")(settle)


def show_all(
    client: OfOneClient = None,
    settled: Annotated[bool, typer.Option("--settled", help="Also those that have their answer.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what was found; `waiting` is how many enrollments wait for the answer."""

    async def work(deps: Deps, conn: Connection) -> list[dict[str, Any]]:
        client_id = (await find_client(conn, client)).id if client else None
        rows = await list_findings(conn, client_id, settled=settled)
        waiting = {
            one: await who_waits(deps, conn, one) for one in sorted({ClientId(row["client_id"]) for row in rows})
        }
        return [_shown(dict(row), waiting[row["client_id"]]) for row in rows]

    show_rows(in_transaction(work), as_json, nothing="Nothing was found that needs an answer.")


def _shown(row: dict[str, Any], waiting: Counter[tuple[str, bytes]]) -> dict[str, Any]:
    hashed = row.pop("address_hash")
    row.pop("client_id")
    shown = {name: row[name] for name in ("provider_id", "client", "provider", "channel", "kind")}
    whom = (str(row["channel"]), bytes(hashed)) if hashed else None
    asked = {"question": ASKED[row["kind"]], "waiting": waiting[whom] if whom else 0}
    rest = {name: row[name] for name in ("touch_id", "found_at", "detail", "settled_as", "settled_by")}
    return {**shown, **asked, **rest}


def settle(
    finding: Annotated[
        str | None, typer.Argument(metavar="ID", help="The item's id at the provider, or its first letters.")
    ] = None,
    word: Annotated[Word | None, typer.Option("--as", metavar="WORD", help="sent, not_ours or seen.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every finding that this word answers.")] = False,
    client: OfOneClient = None,
    because: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Kept beside the answer.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who answers.")] = None,
    as_json: AsJson = False,
) -> None:
    """Answer a finding: `sent` counts the step that waits as sent, `not_ours` lets it leave, `seen` only notes it."""
    if word is None:
        raise Incomplete("Say what it was: --as sent, not_ours or seen")
    prefix = (finding or "").strip()
    if every == bool(prefix):
        raise typer.BadParameter("give either one finding's id or --all", param_hint="ID")
    if not every and len(prefix) < SHORTEST:
        raise BadInput(f"Give at least {SHORTEST} letters of the id", field="finding")
    answer = Settled(word)

    async def work(deps: Deps, conn: Connection) -> Answered:
        client_id = (await find_client(conn, client)).id if client else None
        now = deps.clock.now()
        try:
            return await answer_findings(deps, conn, client_id, prefix, answer, by_whom(by), because, now, every=every)
        except NotFound:
            if every:
                raise NotFound("No finding is open: there is nothing to answer", field="finding") from None
            raise

    done = in_transaction(work)
    lines = [f"{counted(done.settled, 'finding')} settled as {answer}."]
    if done.moved:
        lines.append(f"{counted(done.moved, 'enrollment')} went on to the step after the one that counts as sent.")
    if done.released:
        lines.append(f"{counted(done.released, 'enrollment')} may go on.")
    if done.left:
        lines.append(f"{counted(done.left, 'finding')} left open: this word does not answer them (yet).")
    say("\n".join(lines), as_json, {"as": answer, "settled": done.settled, "moved": done.moved} | _rest(done))


def _rest(done: Answered) -> dict[str, int]:
    return {"released": done.released, "left": done.left}
