"""What T0's processes share: one client's house, and each guard of the protocol that is no rule of its own.

The functions below are one line each on purpose: mutations_t0.py takes them away one at a time, and the checker has to
notice.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from modules.accounts import Account
from modules.channels import Fact
from modules.ids import ContactId, EnrollmentId
from modules.labels import ChannelName, NextChannel, UnknownPolicy
from modules.policy import Allow, Candidate, Facts, OpenWindow, guard
from modules.sequences import Definition, Snapshot, first_due
from modules.touches import News, Touch
from tests.simulation.t0_clock import Agenda, Steps
from tests.simulation.t0_provider import Provider
from tests.simulation.t0_rows import Ledger, Person, Thing
from utils.frozen import changed
from workers.candidate import is_gated
from workers.conclude import may_repeat
from workers.gate import FRESH
from workers.repeat import waits_for

Permissions = dict[ContactId, tuple[bool, datetime]]
PURSE = "purse"
SLOW_SECONDS = (0.5, 2.0, 8.0, 20.0, 60.0, 110.0)


@dataclass
class House:
    """One client's whole operation. `slow`: how often a process stands still at a step."""

    agenda: Agenda
    ledger: Ledger
    definitions: dict[UUID, Definition]
    providers: dict[ChannelName, Provider]
    slow: float
    touches_made: int = 0
    taken: list[Fact] = field(default_factory=list)
    """Webhooks that were answered 2xx."""
    permissions: Permissions = field(default_factory=dict)
    """What a provider with a Do-Not-Disturb of its own has said, and when it was asked."""

    def pause(self) -> float:
        """Between two steps of a process: mostly nothing, sometimes the whole process stands still."""
        dice = self.agenda.dice
        if dice.happens(self.slow):
            return SLOW_SECONDS[dice.below(len(SLOW_SECONDS))]
        return dice.between(0.001, 0.1)

    def candidate(self, run: Snapshot, channel: ChannelName, now: datetime) -> Candidate:
        """As workers/candidate.py asks about a step that wants to leave."""
        definition, account = self.definitions[run.sequence_id], self.ledger.accounts[channel]
        step, address = definition.step(run.step or ""), self.ledger.people[run.contact_id].address(channel)
        windows = tuple(
            OpenWindow(one.days, one.start.hour * 60 + one.start.minute, one.end.hour * 60 + one.end.minute)
            for one in definition.windows
        )
        whose = (account.client_id, run.contact_id, account.id, address.id, channel)
        when = (first_due(run, now), step.max_lateness, windows)
        plain = Candidate(*whose, *when, since=run.enrolled_at, on_reply=step.on_reply, purpose=definition.purpose)
        gated = is_gated(account.provider, channel)
        return changed(plain, gated=gated, abroad=address.abroad) if gated or address.abroad else plain


def locks_contact(ledger: Ledger, person: Person, owner: object) -> bool:
    return ledger.lock((person.id,), owner)


def locks_addresses(ledger: Ledger, person: Person, owner: object) -> bool:
    """All of them: an opt-out on one ends what is planned on all."""
    return ledger.lock([one.id for one in person.addresses()], owner)


def locks_sender(ledger: Ledger, account_id: object, owner: object) -> bool:
    return ledger.lock((account_id,), owner)


def locks_purse(ledger: Ledger, owner: object) -> bool:
    """Where a client has a daily budget, one arming at a time counts what is left of it."""
    return ledger.so.get((Thing.budget, None)) is None or ledger.lock((PURSE,), owner)


def locks_run(ledger: Ledger, run_id: EnrollmentId, owner: object) -> bool:
    return ledger.lock((run_id,), owner)


def facts_before(_house: House, _group: NextChannel, _now: datetime) -> dict[EnrollmentId, Facts]:
    """Nothing is read outside of the transaction that arms."""
    return {}


def asks_gate(house: House, account: Account | None, now: datetime, told: dict[ContactId, bool]) -> Steps:
    """What the provider says of who is due, before the locks; an answer counts for ten minutes (workers/gate.py)."""
    if account is None or not is_gated(account.provider, account.channel):
        return
    for contact_id, (_, at) in list(house.permissions.items()):
        if now - at > FRESH:
            del house.permissions[contact_id]
    due = {one.contact_id: None for one in house.ledger.due(NextChannel(account.channel), now)}
    if any(one not in house.permissions for one in due):
        yield house.agenda.dice.between(0.05, 1.5)
    for contact_id in due:
        if contact_id not in house.permissions:
            answer = house.providers[account.channel].may_send(house.ledger, contact_id)
            if answer is None:
                continue
            house.permissions[contact_id] = (answer, now)
        told[contact_id] = house.permissions[contact_id][0]


def with_early(facts: Facts, early: Facts | None) -> Facts:
    """What was read before instead, of what a person may take back."""
    if early is None:
        return facts
    return changed(
        facts,
        contact_suppressed=early.contact_suppressed,
        address_suppressed=early.address_suppressed,
        consent=early.consent,
        replied=early.replied,
    )


def writes_row(ledger: Ledger, touch: Touch, now: datetime) -> None:
    """The row before the request."""
    ledger.insert(touch, now)


def writes_row_late(_ledger: Ledger, _touch: Touch, _now: datetime) -> None:
    """The row is there already."""


def is_in_time(now: datetime, send_by: datetime) -> bool:
    return now <= send_by


def words_of(touch: Touch) -> Touch:
    """What leaves is what was stored."""
    return touch


def is_latest(snapshot: Snapshot, touch: Touch) -> bool:
    """Only news of the latest touch moves an enrollment."""
    return snapshot.last_touch is not None and snapshot.last_touch.id == touch.id


def closes(news: News) -> bool:
    """Whether this news closes the address it is about."""
    return news.suppress is not None


def is_due_for_a_look(touch: Touch, polls: bool) -> bool:
    """`polls`: at an instant of the policy; else past the quarantine, or past the deadline."""
    return True


def may_ask(_touch: Touch) -> bool:
    """Whether the provider is asked before anything is concluded."""
    return True


def taken_ids(ledger: Ledger, touch: Touch) -> frozenset[str]:
    """The same words twice are two messages."""
    return frozenset(name for name, owner in ledger.by_provider_id.items() if owner != touch.id)


def still_waits(run: Snapshot, touch: Touch) -> bool:
    """Only what its enrollment still waits for is repeated."""
    return waits_for(run, touch)


def repeat_allowed(facts: Facts, candidate: Candidate, now: datetime) -> bool:
    """All guards again, in the transaction that decides to repeat."""
    return isinstance(guard(facts, candidate, now).verdict, Allow)


def key_still_lives(touch: Touch, allowed: UnknownPolicy, until: timedelta | None, now: datetime) -> bool:
    return may_repeat(touch, allowed, until, now)
