"""Verbs about contacts in sequences."""

from typing import Annotated, Any

import typer
import typer.core

from modules.accounts import find_client
from modules.contacts import list_contacts
from modules.ids import ContactId
from modules.sequences import Enrolled, EntryRefusal, load_version
from modules.sequences import enroll_admitted as put_in
from scripts.cli.contacts import resolve_contacts
from scripts.cli.home import in_transaction
from scripts.cli.output import AsJson, OfClient, say
from scripts.cli.sequences import require_sequence
from scripts.cli.typed import Incomplete
from utils.db import Connection
from workers.context import Deps

_KEPT_OUT = {
    EntryRefusal.ran_before: "nobody enters it twice",
    EntryRefusal.too_soon: "their last run ended too short a while ago",
    EntryRefusal.exclusive: "they run in a sequence that it does not go with",
    EntryRefusal.full: "as many run in it as may run at a time",
    EntryRefusal.gap: "another sequence of theirs runs, or ended too short a while ago",
}


class _WithoutHidden(typer.core.TyperCommand):
    """What is taken only so that a slip is told well stands in no usage line."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        hidden = [piece for one in self.params if one.name == "more" for piece in one.get_usage_pieces(ctx)]
        return [piece for piece in super().collect_usage_pieces(ctx) if piece not in hidden]


def register(app: typer.Typer) -> None:
    app.command("enroll", cls=_WithoutHidden)(enroll)


def enroll(
    client: OfClient,
    sequence: Annotated[str, typer.Option(metavar="SLUG", help="The sequence's slug.")],
    everybody: Annotated[bool, typer.Option("--all", help="Every contact of the client.")] = False,
    contact: Annotated[
        list[str] | None, typer.Option(metavar="WHO", help="Id, reference, phone or e-mail; may be repeated.")
    ] = None,
    more: Annotated[list[str] | None, typer.Argument(metavar="WHO", hidden=True)] = None,
    as_json: AsJson = False,
) -> None:
    """Put contacts into a sequence; those that run in it already, or whom its rules keep out, are left as they are."""
    if more and not contact:
        raise typer.BadParameter(f"'{more[0]}' belongs behind --contact", param_hint="--contact")
    if everybody == bool(contact):
        raise Incomplete("Say whom: --all, or --contact WHO")
    wanted = [*(contact or []), *(more or [])]

    async def work(deps: Deps, conn: Connection) -> tuple[Enrolled, int, int]:
        client_id = (await find_client(conn, client)).id
        found = await require_sequence(conn, client_id, sequence)
        if everybody:
            ids = [ContactId(row["id"]) for row in await list_contacts(conn, client_id)]
        else:
            ids = await resolve_contacts(conn, client_id, wanted)
        definition = await load_version(conn, found.id, found.current_version)
        now = deps.clock.now()
        done = await put_in(conn, client_id, found.id, found.current_version, definition, ids, now)
        return done, len(ids), found.current_version

    done, asked, version = in_transaction(work)
    enrolled, refused = len(done.ids), dict(sorted(done.refused.items()))
    rest = asked - enrolled - sum(refused.values())
    people = "1 contact" if enrolled == 1 else f"{enrolled} contacts"
    already = f"; {rest} {'was' if rest == 1 else 'were'} in it already" if rest else ""
    kept_out = "".join(f"; {count} kept out: {_KEPT_OUT[why]}" for why, count in refused.items())
    facts = {"sequence": sequence, "version": version, "enrolled": enrolled, "already_in_it": rest}
    facts |= {"refused": refused} if refused else {}
    say(f"Enrolled {people} in {sequence} version {version}{already}{kept_out}.", as_json, facts)
