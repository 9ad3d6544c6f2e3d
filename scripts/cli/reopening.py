"""The verb that opens a closed address again: never without a new agreement of the person, recorded with it."""

from typing import Annotated
from uuid import UUID

import typer

from modules.accounts import find_client
from modules.consents import ConsentGiven, insert_consent
from modules.contacts import close_address, closed_address, lock_person, read_address, reopen_address
from modules.ids import ClientId, ContactId
from modules.labels import ADDRESS_KIND, AddressKind, ChannelName, ConsentKind, SuppressionReason
from modules.suppressions import take_kept
from scripts.cli.contacts import find_people
from scripts.cli.home import in_transaction
from scripts.cli.output import AsJson, OfClient, cell, say
from utils.db import Connection
from utils.errors import BadInput, Conflict, NotFound
from utils.uuid7 import uuid7
from workers.context import Deps

USUAL = {AddressKind.phone: (ChannelName.sms,), AddressKind.email: (ChannelName.email,)}
STRONG = (ConsentKind.written, ConsentKind.express)
NEEDS_A_WORD = {
    SuppressionReason.bounced: "mail to it came back",
    SuppressionReason.provider_suppressed: "the mail provider refuses to write to it",
    SuppressionReason.complained: "the person called a message spam",
}
"""Closed for something that an agreement alone does not mend: whoever opens it says that they know."""
STILL_BLOCKED = {
    AddressKind.phone: "A block of the phone provider stays until the person texts START to your number.",
    AddressKind.email: "A block of the mail provider stays until you take the address off its list there.",
}


def register(app: typer.Typer) -> None:
    app.command("reopen")(reopen)


def reopen(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The closed phone number or e-mail.")],
    client: OfClient,
    wording: Annotated[str, typer.Option(help="The exact words the person agreed to, after it was closed.")],
    source: Annotated[str, typer.Option(help="Where they agreed, such as web-form.")],
    by: Annotated[str, typer.Option(metavar="NAME", help="Who opens it.")],
    kind: Annotated[ConsentKind, typer.Option(help="written or express.")] = ConsentKind.written,
    wording_version: Annotated[str | None, typer.Option(help="Your name for this version of the words.")] = None,
    consent: Annotated[
        str | None, typer.Option(metavar="sms,voice", help="Channels they agreed to; texts or mail unless given.")
    ] = None,
    contact: Annotated[str | None, typer.Option(metavar="ID", help="Whose it is, where several share it.")] = None,
    even_though: Annotated[
        SuppressionReason | None, typer.Option(metavar="REASON", help="Say again why it was closed, for mail.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Open a closed address again because the person has agreed anew. Both are kept, with what it was closed for."""
    if kind not in STRONG:
        raise BadInput("Only a written or an express agreement opens a closed address", field="kind")
    for name, text in (("wording", wording), ("source", source), ("by", by)):
        if not text.strip():
            raise BadInput(f"--{name} must not be empty", field=name)

    async def work(deps: Deps, conn: Connection) -> tuple[AddressKind, str, str]:
        where, value = read_address(address)
        channels = _channels(consent, where)
        client_id = (await find_client(conn, client)).id
        person, now = await _whose(conn, client_id, value, contact), deps.clock.now()
        await lock_person(conn, [person])
        await _whose(conn, client_id, value, str(person))  # who was erased while we waited has no address any more
        await _recall(deps, conn, client_id, where, value)
        closed_for = await _closed_for(conn, client_id, where, value, client, even_though)
        consents: list[UUID] = []
        for channel in channels:
            given = ConsentGiven(
                channel, wording, source, kind=kind, version=wording_version, address=value, proof={"recorded_by": by}
            )
            consents.append(uuid7(now))
            await insert_consent(conn, consents[-1], client_id, person, given, now)
        await reopen_address(conn, client_id, where, value, consents[0], by, now)
        return where, value, closed_for

    where, value, closed_for = in_transaction(work)
    facts = {"address": value, "client": client, "was_closed_for": closed_for, "reopened_by": by}
    say(f"{value} is open again at {client}. {STILL_BLOCKED[where]}", as_json, facts)


async def _recall(deps: Deps, conn: Connection, client_id: ClientId, where: AddressKind, value: str) -> None:
    """What was closed before an erasure is closed by its hash alone; here it becomes a closed address again."""
    pepper = await deps.pepper(conn)
    kept = await take_kept(conn, client_id, pepper.hash(client_id, where, value))
    if kept:
        reason = SuppressionReason(kept.reason)
        await close_address(conn, pepper, client_id, where, value, reason, kept.suppressed_at)


def _channels(consent: str | None, where: AddressKind) -> tuple[ChannelName, ...]:
    names = [part.strip() for part in (consent or "").split(",") if part.strip()]
    fitting = tuple(one for one in ChannelName if ADDRESS_KIND[one] is where)
    if unknown := [name for name in names if name not in fitting]:
        raise BadInput(
            f"'{cell(unknown[0])}' does not reach this address; one of {', '.join(fitting)}", field="consent"
        )
    return tuple(ChannelName(name) for name in dict.fromkeys(names)) or USUAL[where]


async def _whose(conn: Connection, client_id: ClientId, value: str, contact: str | None) -> ContactId:
    """The one person behind the address, for an agreement is a person's."""
    having = await find_people(conn, client_id, value)
    found = having & await find_people(conn, client_id, contact) if contact else having
    if not found:
        whose = f"{cell(contact)} does not have {value}" if contact else f"Nobody has {value}"
        raise NotFound(f"{whose} here; nothing was changed", field="address")
    if len(found) > 1:
        raise Conflict(f"More than one person has {value}; say whose agreement it is: --contact ID", field="contact")
    return next(iter(found))


async def _closed_for(
    conn: Connection,
    client_id: ClientId,
    where: AddressKind,
    value: str,
    slug: str,
    even_though: SuppressionReason | None,
) -> str:
    closed = await closed_address(conn, client_id, where, value)
    if closed is None:
        raise Conflict(f"{value} is not closed at {slug}; nothing was changed", field="address")
    reason = SuppressionReason(closed["suppressed_reason"])
    if reason in NEEDS_A_WORD and even_though is not reason:
        raise Conflict(
            f"{value} was closed because {NEEDS_A_WORD[reason]}. If you are sure, add --even-though {reason}",
            field="even_though",
        )
    return reason
