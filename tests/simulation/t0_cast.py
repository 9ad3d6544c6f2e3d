"""Who plays in a seed of T0: one client's accounts, sequences and people, and what people do by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from modules.accounts import Account
from modules.ids import AccountId, AddressId, ClientId, ContactId, EnrollmentId, SequenceId
from modules.labels import ChannelName, OnReply, Provider, UnknownPolicy, WaitsFor
from modules.sequences import Definition, EnrollmentState, Snapshot, Step
from modules.sequences.models import Content, Follow, Next, Wait, Window
from tests.simulation.t0_clock import Agenda, Dice, Steps
from tests.simulation.t0_rows import ZONE, Address, Event, Ledger, Person, numbered

C, P, U = ChannelName, Provider, UnknownPolicy
CLIENT = ClientId(numbered(1))
GO_ON = Follow(Next.next)
WAITS = (
    Wait(minutes=1),
    Wait(minutes=20),
    Wait(hours=3),
    Wait(hours=20),
    Wait(days=1),
    Wait(days=2, at=time(9, 30)),
    Wait(days=7),
)
FAILURES = (
    GO_ON,
    Follow(Next.end),
    Follow(Next.retry, None, 2, timedelta(minutes=15)),
    Follow(Next.retry, None, 1, timedelta(hours=2)),
    Follow(Next.retry, None, 2, ladder=(timedelta(minutes=5), timedelta(minutes=30)), then=Follow(Next.go_to, "last")),
    Follow(Next.go_to, "last"),
)
WORKING_HOURS = (Window((1, 2, 3, 4, 5), time(9), time(18)),)
RATES = (0.2, 0.2, 1.0, 10.0)
PATIENCE = timedelta(days=5)
AGREED_BEFORE = timedelta(days=1)


def accounts(dice: Dice, slow: bool, gated: bool, keyed: bool) -> dict[ChannelName, Account]:
    """Voice by the provider without a key or by the one with; some send again what their list does not show. `gated`:
    texts leave by a provider that keeps a Do-Not-Disturb. `keyed`: calls by one that may be asked again."""
    voice = (P.vapi, P.retell)[dice.below(2)]
    voice = P.retell if keyed else voice
    chosen = ((C.sms, P.ghl if gated else P.twilio), (C.email, P.resend), (C.voice, voice))
    made = {}
    for number, (channel, provider) in enumerate(chosen):
        policy = (
            U.same_key_retry
            if provider in (P.resend, P.retell)
            else (U.never_rearm, U.rearm_after_absent)[dice.happens(0.6)]
        )
        made[channel] = Account(
            *(AccountId(numbered(100 + number)), CLIENT, provider, channel, "key", {}, policy),
            sends_per_second=RATES[0 if slow else dice.below(len(RATES))],
            base_url="",
            secrets={},
            review_unknown=dice.happens(0.15),
        )
    return made


def definition(dice: Dice, slug: str) -> Definition:
    """Three to five steps over every channel."""
    many = 2 + dice.below(3)
    steps = [_step(dice, f"step-{place}", place) for place in range(many)]
    steps.append(_step(dice, "last", many, on_failure=GO_ON))
    windows = WORKING_HOURS if dice.happens(0.4) else ()
    return Definition(slug.title(), slug, windows, tuple(steps), {})


def _step(dice: Dice, key: str, place: int, on_failure: Follow | None = None) -> Step:
    channel = (C.sms, C.sms, C.email, C.voice)[dice.below(4)]
    ended = channel is C.voice or dice.happens(0.4)
    reply = (OnReply.stop, OnReply.stop, OnReply.go_on)[dice.below(3)]
    chosen = on_failure or FAILURES[dice.below(len(FAILURES))]
    wait = WAITS[dice.below(len(WAITS))] if place else Wait()
    waits_for = WaitsFor.ended if ended else WaitsFor.accepted
    return Step(key, channel, wait, waits_for, Content(body=key), GO_ON, chosen, timedelta(days=4), on_reply=reply)


@dataclass
class Act:
    """What one person does, once. `at` None: in the very moment in which something leaves for them."""

    person: Person
    kind: str
    at: datetime | None


KINDS = ("stop_phone", "stop_phone", "stop_mail", "stop_all", "withdraw", "reply", "reply")


def people(dice: Dice, ledger: Ledger, many: int, at: datetime) -> list[Person]:
    """In some houses two of them share a telephone."""
    made: list[Person] = []
    for number in range(many):
        phone = Address(AddressId(numbered(1000 + number)), f"phone-{number}")
        mail = Address(AddressId(numbered(2000 + number)), f"mail-{number}")
        if number == 1 and dice.happens(0.5):
            phone = made[0].phone
        made.append(Person(ContactId(numbered(3000 + number)), phone, mail, at - AGREED_BEFORE))
    ledger.people.update((one.id, one) for one in made)
    return made


def enroll(dice: Dice, ledger: Ledger, who: Sequence[Person], flows: dict[UUID, Definition], at: datetime) -> None:
    """Everybody in one sequence, some in both; most at the same instant."""
    for sequence_id, flow in flows.items():
        for person in who:
            if sequence_id != next(iter(flows)) and dice.happens(0.5):
                continue
            run_id = EnrollmentId(numbered(5000 + len(ledger.runs)))
            first = flow.steps[0]
            due = at if dice.happens(0.6) else at + timedelta(minutes=dice.below(300))
            ids = (run_id, CLIENT, person.id, SequenceId(sequence_id), 1, EnrollmentState.active, first.key, 0)
            ledger.runs[run_id] = Snapshot(
                *ids, first.due_for, due, False, None, ZONE, addresses=2, enrolled_at=at, fields={}
            )


def acts(dice: Dice, who: Sequence[Person], at: datetime) -> list[Act]:
    drawn = []
    for person in who:
        for _ in range(dice.happens(0.55) + dice.happens(0.25)):
            when = at + PATIENCE * dice.number() ** 2 if dice.happens(0.4) else None
            drawn.append(Act(person, KINDS[dice.below(len(KINDS))], when))
    return drawn


def happen(agenda: Agenda, ledger: Ledger, act: Act) -> Steps:
    """A person's word as one transaction: their contact and addresses, in the order of locks; then it is committed."""
    person, owner, stops = act.person, object(), _stopped(act)
    keys = [one.id for one in stops or person.addresses()]
    by_kind: dict[str, list[object]] = {"withdraw": [person.id], "stop_all": [person.id, *keys]}
    wanted = by_kind.get(act.kind, list(keys))
    try:
        yield from ledger.wait_for(wanted, owner)
        yield agenda.dice.between(0.001, 0.05)
        now = agenda.now
        if act.kind == "reply":
            person.replied_at = now
            ledger.history.append(Event(now, "reply", person.id))
        elif act.kind == "withdraw":
            channel = tuple(C)[agenda.dice.below(3)]
            person.withdrawn.add(channel)
            ledger.history.append(Event(now, "withdrawn", (person.id, channel)))
        else:
            if act.kind == "stop_all":
                person.suppressed_at = now
                ledger.history.append(Event(now, "stopped", person.id))
            for address in stops:
                address.stopped_at = address.closed_at = now
                ledger.history.append(Event(now, "closed", address.value, True))
    finally:
        ledger.release(owner)


def _stopped(act: Act) -> tuple[Address, ...]:
    stops = {"stop_phone": (act.person.phone,), "stop_mail": (act.person.mail,), "stop_all": act.person.addresses()}
    return stops.get(act.kind, ())
