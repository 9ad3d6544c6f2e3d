"""Verbs about checks of ours: messages that leave every so often, to somebody of the house, and must be proven."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from modules.accounts import find_client
from modules.canaries import CanaryLook, list_canaries
from modules.ids import ContactId
from modules.labels import ChannelName
from modules.preview import when
from scripts.cli.contacts import find_one
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, OfClient, OfOneClient, cell, say, show_rows
from scripts.cli.typed import whole
from utils.db import Connection
from workers.accounts_in_use import load_accounts_in_use
from workers.context import Deps
from workers.foretell_canary import Outlook, foretell_canary, why_silent
from workers.start_canary import NAMES, Started, end_canary, start_canary

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

    async def work(deps: Deps, conn: Connection) -> tuple[ContactId, Started, Outlook]:
        client_id, contact_id = await find_one(conn, client, contact)
        started = await start_canary(deps, conn, client_id, contact_id, channel, every * HOUR, by_whom(by))
        accounts, now = await load_accounts_in_use(deps, conn), deps.clock.now()
        looks = await list_canaries(conn, client_id, now - LATELY, MOST)
        [look] = [one for one in looks if one.id == started.id]
        return contact_id, started, await foretell_canary(deps, conn, accounts, look)

    contact_id, started, outlook = in_transaction(work)
    facts = {"canary": started.id, "contact": contact_id, "channel": channel, "started": started.fresh}
    say(_words(contact, channel, started, outlook), as_json, facts | {"held_back": outlook.held_back})


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
        outlooks = {one.id: await foretell_canary(deps, conn, accounts, one) for one in looks if one.stopped_at is None}
        return [_row(one, why_silent(one, outlooks[one.id], now) if one.id in outlooks else None) for one in looks]

    show_rows(in_transaction(work), as_json, nothing="No check was ever started; `scripts/omnify canary start` does.")


def _words(contact: str, channel: ChannelName, started: Started, outlook: Outlook) -> str:
    if not started.fresh:
        return f"Checks of {NAMES[channel]} to {cell(contact)} leave already; nothing was started twice."
    return f"Started: {NAMES[channel]} to {cell(contact)}. {_foretold(outlook)}"


def _foretold(outlook: Outlook) -> str:
    """When the first one leaves, as things stand."""
    if outlook.held_back is None:
        asked = " and the provider's own Do Not Disturb is off" if outlook.asked else ""
        return f"The next sweep sends the first one, if nothing changes{asked}."
    until = f" until {when(outlook.until, 'UTC')}" if outlook.until else ""
    return f"As things stand the first ones are left out{until}: {outlook.held_back}"


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
