"""A step that wants to leave, as the guards are asked about it. No database, no network."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from modules.accounts import Account
from modules.channels import Gate, channel_for
from modules.contacts import Address, Contact
from modules.labels import ADDRESS_KIND, AddressKind, ChannelName, Provider
from modules.policy import Candidate, Place, place_of_person
from modules.sequences import Definition, Snapshot, Step, first_due, windows_of
from utils.address import is_abroad
from utils.config import Redirect
from utils.frozen import quickly_made
from utils.signing import Pepper

NO_ADDRESS = bytes(32)
"""Stands for the hash where there is no address to ask about; another guard says that there is none."""
NOBODY = ""
"""A test names no place for this channel: nothing of it leaves."""


@quickly_made
@dataclass(frozen=True)
class Wish:
    """A step that wants to leave."""

    snapshot: Snapshot
    definition: Definition
    step: Step
    attempt: int


def candidate_of(
    wish: Wish, account: Account, address: Address | None, pepper: Pepper, redirect: Redirect | None, now: datetime
) -> Candidate:
    return Candidate(
        client_id=wish.snapshot.client_id,
        contact_id=wish.snapshot.contact_id,
        account_id=account.id,
        address_id=address.id if address else None,
        channel=account.channel,
        due_at=first_due(wish.snapshot, now),
        max_lateness=wish.step.max_lateness,
        windows=windows_of(wish.definition),
        since=wish.snapshot.enrolled_at,
        on_reply=wish.step.on_reply,
        gated=is_gated(account.provider, account.channel),
        purpose=wish.definition.purpose,
        own_hash=pepper.hash(account.client_id, address.kind, address.value) if address else None,
        platform_hash=pepper.platform_hash(address.kind, address.value) if address else NO_ADDRESS,
        abroad=bool(address and address.kind is AddressKind.phone and is_abroad(address.value)),
        target=(redirect.of(ADDRESS_KIND[account.channel]) or NOBODY) if redirect else None,
    )


@cache
def is_gated(provider: Provider, channel: ChannelName) -> bool:
    """The provider keeps a Do-Not-Disturb of its own."""
    return isinstance(channel_for(provider, channel), Gate)


def place_of(channel: ChannelName, contact: Contact, address: Address | None, otherwise: str) -> Place:
    """Everywhere the person may be; `otherwise` is the zone in which a sequence's own hours count."""
    return place_of_person(channel, address.value if address else None, contact.fields, contact.time_zone, otherwise)
