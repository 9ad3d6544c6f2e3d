"""A check of ours is started and stopped by a person. Nothing is sent here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from modules.canaries import (
    LONGEST,
    SHORTEST,
    Canary,
    keep_canary,
    running_canary,
    stop_canary,
)
from modules.contacts import is_erased
from modules.ids import ClientId, ContactId
from modules.labels import ADDRESS_KIND, ChannelName, NextChannel
from modules.policy import Block
from modules.preview import GUARDS
from utils.db import Connection
from utils.errors import BadInput, Conflict, NotFound
from utils.uuid7 import uuid7
from workers.accounts_in_use import load_accounts_in_use
from workers.context import Deps
from workers.errands import lock_person_whole
from workers.foretell_canary import ADDRESSES, foretell_check

HOUR = timedelta(hours=1)
NAMES = {ChannelName.sms: "texts", ChannelName.email: "e-mails", ChannelName.voice: "calls"}


@dataclass(frozen=True)
class Started:
    """`fresh` False: the very same one runs already."""

    id: UUID
    fresh: bool


async def start_canary(
    deps: Deps,
    conn: Connection,
    client_id: ClientId,
    contact_id: ContactId,
    channel: ChannelName,
    every: timedelta,
    by: str,
) -> Started:
    """From now on a check leaves to this person so often; BadInput and Conflict say what stands in the way.

    Locks the person as an arming does, so that an erasure that is being done is seen.
    """
    now = deps.clock.now()
    _check_every(channel, every)
    account = (await load_accounts_in_use(deps, conn)).of(client_id, NextChannel(channel))
    if account is None:
        raise Conflict(
            f"The client has no account for {NAMES[channel]}; add one with "
            f"`scripts/omnify client account add --client SLUG --provider …`",
            field="channel",
        )
    person = await lock_person_whole(conn, contact_id)
    if await is_erased(conn, client_id, contact_id):
        raise Conflict("This person was erased; nothing is written to them any more", field="contact")
    if person is None:
        raise Conflict("Somebody is working on this person right now; please try again", field="contact")
    kind = ADDRESS_KIND[channel]
    if kind not in person[1]:
        raise Conflict(f"This person has no {ADDRESSES[kind]}", field="contact")
    canary = Canary(uuid7(now), client_id, channel, contact_id, every, by, now)
    if not await keep_canary(conn, canary):
        return await _same(conn, canary)
    decision = await foretell_check(deps, conn, account, canary, person)
    if decision is not None and isinstance(decision.verdict, Block):
        raise Conflict(f"Nothing was started. {GUARDS[decision.verdict.reason]}", field="contact")
    return Started(canary.id, fresh=True)


def _check_every(channel: ChannelName, every: timedelta) -> None:
    longest = LONGEST[channel]
    if every % HOUR or not SHORTEST <= every <= longest:
        most, why = longest // HOUR, "" if channel is ChannelName.email else ", because none leaves at night"
        raise BadInput(
            f"Checks of {NAMES[channel]} leave every 1 to {most} whole hours{why}; give `--every {most}` or less",
            field="every",
        )


async def end_canary(conn: Connection, client_id: ClientId, channel: ChannelName, by: str, now: datetime) -> UUID:
    """No check of this channel leaves any more; NotFound when none runs."""
    running = await running_canary(conn, client_id, channel)
    if running is None:
        raise NotFound(
            f"No check of {NAMES[channel]} runs at this client; `scripts/omnify canary list` shows all", field="channel"
        )
    await stop_canary(conn, running.id, by, now)
    return running.id


async def _same(conn: Connection, wanted: Canary) -> Started:
    """Started twice by the same words: one. In other words: what runs goes on."""
    running = await running_canary(conn, wanted.client_id, wanted.channel)
    if running is None:
        raise Conflict("Somebody stopped one this moment; please try again", field="channel")
    if (running.contact_id, running.every) != (wanted.contact_id, wanted.every):
        raise Conflict(
            f"A check of {NAMES[wanted.channel]} runs already, every {running.every // HOUR} h. Nothing was changed; "
            f"stop it first with `scripts/omnify canary stop --client SLUG --channel {wanted.channel}`",
            field="channel",
        )
    return Started(running.id, fresh=False)
