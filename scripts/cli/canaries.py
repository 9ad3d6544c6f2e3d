"""Verbs about checks of ours: messages that leave every so often, to somebody of the house, and must be proven."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from modules.accounts import find_client
from modules.canaries import CanaryLook, list_canaries
from modules.contacts import read_addresses, read_contacts
from modules.ids import ContactId
from modules.labels import ChannelName, NextChannel
from modules.policy import Decision
from modules.preview import GUARDS, what_holds, when
from scripts.cli.contacts import find_one
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, OfClient, OfOneClient, cell, say, show_rows
from scripts.cli.typed import whole
from utils.db import Connection
from workers.accounts_in_use import AccountsInUse, load_accounts_in_use
from workers.context import Deps
from workers.start_canary import NAMES, Started, end_canary, foretell_check, start_canary

Who = Annotated[str, typer.Argument(metavar="CONTACT", help="Somebody of the house: id, reference, phone or e-mail.")]
Channel = Annotated[ChannelName, typer.Option("--channel", help="What is checked.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who wants it; whoever runs this, unless given.")]
HOUR, LATELY = timedelta(hours=1), timedelta(hours=24)
MOST = 500


def register(app: typer.Typer) -> None:
    app.command("start")(start)
    app.command("stop")(stop)
    app.command("list")(show)


def start(
    contact: Who,
    channel: Channel,
    client: OfOneClient = None,
    every: Annotated[
        int,
        typer.Option(
            metavar="HOURS",
            help="So often a check leaves: each 1 to 12 hours, e-mails each 1 to 24.",
            parser=whole(1, 24),
        ),
    ] = 1,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Let a check leave every so often by the real way, and be told when it is not proven to arrive."""

    async def work(deps: Deps, conn: Connection) -> tuple[ContactId, Started]:
        client_id, contact_id = await find_one(conn, client, contact)
        started = await start_canary(deps, conn, client_id, contact_id, channel, every * HOUR, by_whom(by))
        return contact_id, started

    contact_id, started = in_transaction(work)
    facts = {"canary": started.id, "contact": contact_id, "channel": channel, "started": started.fresh}
    say(_words(contact, channel, started), as_json, facts)


def stop(client: OfClient, channel: Channel, by: By = None, as_json: AsJson = False) -> None:
    """Let no more checks of a channel leave."""

    async def work(deps: Deps, conn: Connection) -> UUID:
        client_id = (await find_client(conn, client)).id
        return await end_canary(conn, client_id, channel, by_whom(by), deps.clock.now())

    say(f"No more checks of {NAMES[channel]} leave.", as_json, {"canary": in_transaction(work), "channel": channel})


def show(client: OfClient, as_json: AsJson = False) -> None:
    """List a client's checks: the newest of each, how fast the last day's were proven, and what holds them back."""

    async def work(deps: Deps, conn: Connection) -> list[dict[str, Any]]:
        now, accounts = deps.clock.now(), await load_accounts_in_use(deps, conn)
        looks = await list_canaries(conn, (await find_client(conn, client)).id, now - LATELY, MOST)
        return [_row(look, await _held_back(deps, conn, accounts, look)) for look in looks]

    show_rows(in_transaction(work), as_json, nothing="No check was ever started; `scripts/omnify canary start` does.")


def _words(contact: str, channel: ChannelName, started: Started) -> str:
    if not started.fresh:
        return f"Checks of {NAMES[channel]} to {cell(contact)} leave already; nothing was started twice."
    return f"Started: {NAMES[channel]} to {cell(contact)}. {_foretold(started.decision)}"


def _foretold(decision: Decision | None) -> str:
    """When the first one leaves, as things stand."""
    hold = what_holds(decision)
    if hold is None:
        return "The next sweep sends the first one, if nothing changes."
    until = f" until {when(hold.until, 'UTC')}" if hold.until else ""
    return f"As things stand the first ones are left out{until}: {GUARDS[hold.reason]}"


async def _held_back(deps: Deps, conn: Connection, accounts: AccountsInUse, look: CanaryLook) -> str | None:
    """Why a check would not leave this minute; None when it would, was stopped, or the provider has to be asked."""
    if look.stopped_at is not None:
        return None
    account = accounts.of(look.client_id, NextChannel(look.channel))
    if account is None:
        return "The client has no account for this channel."
    contact = (await read_contacts(conn, [look.contact_id])).get(look.contact_id)
    addresses = (await read_addresses(conn, [look.contact_id])).get(look.contact_id, {})
    if contact is None or not addresses:
        return "The person has no address for this channel."
    hold = what_holds(await foretell_check(deps, conn, account, look, (contact, addresses)))
    return GUARDS[hold.reason] if hold else None


def _row(look: CanaryLook, held_back: str | None) -> dict[str, Any]:
    newest: datetime | None = look.newest_at
    return {
        "channel": look.channel,
        "contact": look.contact_id,
        "every_hours": look.every // HOUR,
        "runs": look.stopped_at is None,
        "newest": newest,
        "state": look.newest_state,
        "reason": look.newest_reason,
        "proven_last": look.proven_at,
        "sent_lately": look.sent,
        "proven_lately": look.proven,
        "median_seconds": look.median_seconds,
        "held_back": held_back,
        "started_by": look.started_by,
        "started_at": look.started_at,
        "stopped_by": look.stopped_by,
        "stopped_at": look.stopped_at,
        "canary": look.id,
    }
