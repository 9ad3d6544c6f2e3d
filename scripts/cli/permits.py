"""Verbs about permits: senders, states, emergencies."""

from typing import Annotated, Any

import typer

from modules.accounts import find_client
from modules.ids import AccountId
from modules.labels import ChannelName
from modules.permits import (
    Clearance,
    RegistrationStatus,
    StateBlock,
    add_state_block,
    clear_state,
    end_state_blocks,
    list_clearances,
    list_registrations,
    list_state_blocks,
    register_sender,
)
from modules.policy.us_states import state_code
from scripts.cli.home import by_whom, in_transaction
from scripts.cli.output import AsJson, OfClient, say, show_rows
from scripts.cli.profile import Slug
from scripts.cli.typed import read_instant
from utils.db import Connection
from utils.errors import BadInput, NotFound
from utils.uuid7 import uuid7
from workers.context import Deps

By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who says so; without it, who runs this.")]
OfState = Annotated[str, typer.Option("--state", metavar="TX", help="Two letters, or the state's name.")]


def register_on_clients(app: typer.Typer) -> None:
    app.command("register-sender")(register_one)


def register_clearances(app: typer.Typer) -> None:
    app.command("add")(clear)
    app.command("list")(show_clearances)


def register_emergencies(app: typer.Typer) -> None:
    app.command("add")(add_emergency)
    app.command("list")(show_emergencies)
    app.command("end")(end_emergency)


def register_one(
    slug: Slug,
    campaign: Annotated[str, typer.Option(metavar="ID", help="The campaign's id, as the carriers gave it.")],
    channel: Annotated[ChannelName, typer.Option(help="Whose sender.")] = ChannelName.sms,
    status: Annotated[RegistrationStatus, typer.Option(help="What the carriers say.")] = RegistrationStatus.approved,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Say that the client's sender in service belongs to a campaign; SMS leaves only from an approved one."""

    async def work(deps: Deps, conn: Connection) -> bool:
        client = await find_client(conn, slug)
        senders = [
            row
            for row in await list_registrations(conn, client.id)
            if row["retired_at"] is None and row["channel"] == channel
        ]
        if not senders:
            raise NotFound(
                f"{slug} has no account in service for {channel}; add it first: "
                f"scripts/omnify client account add --client {slug} --provider …",
                field="channel",
            )
        account, now = AccountId(senders[0]["account_id"]), deps.clock.now()
        return await register_sender(conn, client.id, account, campaign, status, by_whom(by), now)

    fresh = in_transaction(work)
    facts = {"client": slug, "channel": channel, "campaign": campaign.strip(), "status": status, "changed": fresh}
    words = "" if status is RegistrationStatus.approved else " Nothing leaves from it until it is approved."
    say(f"The {channel} sender of {slug} belongs to campaign {campaign.strip()}, {status}.{words}", as_json, facts)


def clear(
    client: OfClient,
    state: OfState,
    reference: Annotated[str, typer.Option(help="The registration's number, or who confirmed that none is needed.")],
    until: Annotated[str | None, typer.Option(metavar="ISO", help="When it runs out.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Say that a client may write to people of a state in which sellers have to register."""
    code, ends_at = read_state(state), None if until is None else read_instant("--until", until)

    async def work(deps: Deps, conn: Connection) -> bool:
        client_id = (await find_client(conn, client)).id
        return await clear_state(conn, Clearance(client_id, code, reference, by_whom(by), ends_at), deps.clock.now())

    fresh = in_transaction(work)
    facts = {"client": client, "state": code, "reference": reference.strip(), "ends_at": ends_at, "changed": fresh}
    say(f"{client} may write to people in {code} ({reference.strip()}).", as_json, facts)


def show_clearances(client: OfClient, as_json: AsJson = False) -> None:
    """List the states a client may write to."""

    async def work(_: Deps, conn: Connection) -> list[dict[str, Any]]:
        return [dict(row) for row in await list_clearances(conn, (await find_client(conn, client)).id)]

    show_rows(in_transaction(work), as_json, nothing=f"{client} is cleared for no state yet.")


def add_emergency(
    state: OfState,
    until: Annotated[str, typer.Option(metavar="ISO", help="When it ends, such as 2026-12-01T00:00:00-06:00.")],
    reason: Annotated[str, typer.Option(help="What was declared.")],
    source: Annotated[str, typer.Option(help="Where it can be read.")],
    begins: Annotated[
        str | None, typer.Option("--from", metavar="ISO", help="When it begins; without it, now.")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Call and text nobody in a state for a while, whoever the client is."""
    code, until_at = read_state(state), read_instant("--until", until)
    from_at = None if begins is None else read_instant("--from", begins)

    async def work(deps: Deps, conn: Connection) -> StateBlock:
        now = deps.clock.now()
        block = StateBlock(uuid7(now), code, from_at or now, until_at, reason, source, by_whom(by))
        await add_state_block(conn, block, now)
        return block

    block = in_transaction(work)
    facts = {"id": block.id, "state": code, "from": block.from_at, "until": until_at, "reason": reason.strip()}
    say(f"Nobody in {code} is called or texted until {until_at.isoformat()}.", as_json, facts)


def show_emergencies(
    past: Annotated[bool, typer.Option("--past", help="Also those that are over.")] = False, as_json: AsJson = False
) -> None:
    """List the states in which nobody is called or texted for a while."""

    async def work(deps: Deps, conn: Connection) -> list[dict[str, Any]]:
        return [
            {
                "state": one.state,
                "from": one.from_at,
                "until": one.until_at,
                "reason": one.reason,
                "source": one.source,
                "added_by": one.added_by,
            }
            for one in await list_state_blocks(conn, past, deps.clock.now())
        ]

    show_rows(in_transaction(work), as_json, nothing="No state is closed.")


def end_emergency(state: OfState, as_json: AsJson = False) -> None:
    """End what holds a state back, and take away what was to come."""
    code = read_state(state)

    async def work(deps: Deps, conn: Connection) -> int:
        return await end_state_blocks(conn, code, deps.clock.now())

    ended = in_transaction(work)
    if not ended:
        raise NotFound(f"Nothing holds {code} back; scripts/omnify emergency list shows what does", field="state")
    say(f"People in {code} may be called and texted again.", as_json, {"state": code, "ended": ended})


def read_state(text: str) -> str:
    """Two letters; BadInput for what is no state or territory of the United States."""
    code = state_code(text)
    if code is None:
        raise BadInput(f"'{text}' is no state or territory; write two letters such as TX", field="state")
    return code
