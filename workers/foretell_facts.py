"""What the guards look at when a sweep is foretold: read without a lock, and as if earlier batches had been sent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from modules.accounts import Account, unit_price_micros
from modules.channels import channel_for
from modules.contacts import Address, Contact, read_addresses, read_contacts
from modules.ids import AccountId, ClientId, ContactId, EnrollmentId
from modules.labels import ADDRESS_KIND, AddressKind, ChannelName
from modules.policy import Candidate, Facts, Place, load_facts
from utils.config import Redirect
from utils.db import Connection
from utils.signing import Pepper
from workers.candidate import Wish, candidate_of, place_of
from workers.quarantine import POISON
from workers.senders import Senders

SOON = timedelta(minutes=1)


@dataclass(frozen=True)
class Asked:
    """A wish with everything the guards look at."""

    wish: Wish
    candidate: Candidate
    facts: Facts
    contact: Contact
    address: Address | None

    @property
    def target(self) -> str | None:
        """Where it would go."""
        return self.candidate.target or (self.address.value if self.address else None)


@dataclass
class Sent:
    """What this run would have sent so far."""

    by_account: Counter[AccountId] = field(default_factory=Counter)
    to_address: Counter[tuple[ClientId, str]] = field(default_factory=Counter)
    to_person: Counter[ContactId] = field(default_factory=Counter)
    micros: Counter[ClientId] = field(default_factory=Counter)
    called: dict[ContactId, timedelta] = field(default_factory=dict)
    """Who would be on a call, and after how long it is first asked whether it has ended."""

    def add(self, account: Account, batch: Sequence[Asked]) -> None:
        """Counts what leaves, as the next batch's facts would count it."""
        for one in batch:
            if one.address is None:
                continue
            self.by_account[account.id] += 1
            self.to_address[one.candidate.client_id, one.address.value] += 1
            self.micros[one.candidate.client_id] += unit_price_micros(account.settings) or 0
            if one.address.kind is AddressKind.phone:
                self.to_person[one.candidate.contact_id] += 1
            if account.channel is ChannelName.voice:
                self.called[one.candidate.contact_id] = channel_for(account.provider, account.channel).policy.polls[0]


def facts_after(
    one: Asked, account: Account, senders: Senders, sent: Sent, leaving: Sequence[Asked], now: datetime
) -> Facts:
    """The facts as they would be after what `sent` and, in this very batch, `leaving` hold."""
    client_id, price = one.candidate.client_id, unit_price_micros(account.settings) or 0
    spent = one.facts.permits.after(sent.micros[client_id] + price * len(leaving), now)
    facts = replace(one.facts, permits=spent)
    if one.target is not None and one.target in {other.target for other in leaving}:
        facts = replace(facts, in_flight_until=now + SOON)
    if (asked_after := sent.called.get(one.candidate.contact_id)) is not None:
        facts = replace(facts, on_call_until=max(facts.on_call_until or now, now + asked_after))
    to_address = sent.to_address[client_id, one.address.value] if one.address else 0
    to_person = sent.to_person[one.candidate.contact_id]
    return replace(
        facts,
        sender_broken_until=senders.none_until,
        sent_just_now=_plus(facts.sent_just_now, sent.by_account[account.id]),
        sent_last_day=_plus(facts.sent_last_day, to_address),
        oldest_in_day=facts.oldest_in_day or (now if to_address else None),
        sent_to_person=_plus(facts.sent_to_person, to_person),
        oldest_to_person=facts.oldest_to_person or (now if to_person else None),
    )


def _plus(known: int | None, more: int) -> int | None:
    """What could not be loaded stays unknown."""
    return None if known is None else known + more


async def ask_facts(
    conn: Connection, pepper: Pepper, redirect: Redirect | None, account: Account, wishes: Sequence[Wish], now: datetime
) -> dict[EnrollmentId, Asked]:
    """Facts of many wishes by one question; whoever cannot be placed is missing."""
    contacts = await read_contacts(conn, [wish.snapshot.contact_id for wish in wishes])
    addresses = await read_addresses(conn, list(contacts))
    kind = ADDRESS_KIND[account.channel]
    kept: list[tuple[Wish, Candidate, Contact, Address | None]] = []
    places: list[Place] = []
    for wish in wishes:
        contact = contacts[wish.snapshot.contact_id]
        address = addresses[contact.id].get(kind)
        try:
            # only the real sweep asks the provider's own Do-Not-Disturb
            candidate = replace(candidate_of(wish, account, address, pepper, redirect, now), gated=False)
            places.append(place_of(account.channel, contact, address, wish.snapshot.zone))
        except POISON:
            continue
        kept.append((wish, candidate, contact, address))
    rates: Mapping[AccountId, float] = {account.id: account.sends_per_second}
    facts = await load_facts(conn, [candidate for _, candidate, _, _ in kept], places, rates, now)
    return {
        wish.snapshot.enrollment_id: Asked(wish, candidate, known, contact, address)
        for (wish, candidate, contact, address), known in zip(kept, facts, strict=True)
    }
