"""What T0's guards are told: the ledger as `load_facts` would answer; tests/db hold that query against its rules."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from modules.labels import ChannelName, CheckAnswer, TouchState
from modules.policy import Agreement, Candidate, Facts, Permits
from modules.policy.models import THROTTLE_SECONDS
from modules.touches import OPEN
from tests.simulation.t0_rows import ZONE, Ledger, Person, Thing
from utils.frozen import changed

S, T = TouchState, Thing
DAY = timedelta(hours=24)
NEVER_LEFT = (S.not_sent, S.suppressed, S.cancelled)
ON_A_CALL = OPEN | {S.accepted}
HOME = "NY"
ZONES, STATES = frozenset({ZONE}), frozenset({HOME})
CENTRAL = "America/Chicago"
ZONE_OF = {HOME: ZONE, "AL": CENTRAL, "NE": CENTRAL, "TX": CENTRAL}
PERMITS = Permits(platform_held=False, registered=True, postal_address=True)
PRICES = {ChannelName.sms: 8_000, ChannelName.email: 1_000, ChannelName.voice: 90_000}
HELD, KEPT = "held", "kept"
BLIND: Mapping[str, tuple[str, ...]] = {
    "stops": ("contact_suppressed", "address_suppressed"),
    "consent": ("consent",),
    "replies": ("replied",),
    "counts": ("sent_last_day", "sent_to_person"),
    "switch": ("sending_stopped",),
    "gaps": ("possibly_sent",),
    "closed": ("has_address",),
    "platform": (),
}
"""Facts that fail together. The last is one of the permits."""


def said_stop(stopped: Iterable[datetime], since: datetime) -> bool:
    """A word about one of their addresses ends what is planned on all."""
    return any(at >= since for at in stopped)


def load(ledger: Ledger, candidate: Candidate, person: Person, now: datetime) -> Facts:
    channel, since = candidate.channel, candidate.since or now
    address, account = person.address(channel), ledger.accounts[channel]
    flights, calls, here, theirs, burst = [], [], [], [], 0
    just_now, day_ago = now - timedelta(seconds=THROTTLE_SECONDS), now - DAY
    for one in ledger.touches.values():
        if one.channel is channel and one.armed_at > just_now:
            burst += 1
        until = one.look_at or one.confirm_by
        if one.channel is channel and one.to_address == address.value and one.state in OPEN:
            flights.append(until)
        mine = one.contact_id == person.id
        if mine and one.channel is ChannelName.voice and one.state in ON_A_CALL:
            calls.append(until)
        if one.armed_at > day_ago and one.state not in NEVER_LEFT:
            if one.to_address == address.value:
                here.append(one.armed_at)
            if mine and one.channel is not ChannelName.email:
                theirs.append(one.armed_at)
    stopped = [one.stopped_at for one in person.addresses() if one.stopped_at is not None]
    facts = Facts(
        client_status="live",
        sending_stopped=False,
        contact_suppressed=person.suppressed_at is not None or said_stop(stopped, since),
        address_suppressed=address.stopped_at is not None,
        consent=channel not in person.withdrawn,
        held_until=None,
        in_flight_until=max(flights, default=None),
        sent_last_day=len(here),
        oldest_in_day=min(here, default=None),
        sent_just_now=burst,
        sends_per_second=account.sends_per_second,
        zones=ZONES,
        states=STATES,
        sent_to_person=len(theirs),
        oldest_to_person=min(theirs, default=None),
        replied=person.replied_at is not None and person.replied_at >= since,
        on_call_until=max(calls, default=None),
        has_address=address.closed_at is None or address.stopped_at is not None,
        agreement=Agreement(person.kind, person.agreed_at, covers_ai_voice=True),
        permits=PERMITS,
    )
    return _as_it_stands(facts, ledger, channel, person, now) if ledger.so else facts


def _as_it_stands(facts: Facts, ledger: Ledger, channel: ChannelName, person: Person, now: datetime) -> Facts:
    """The same with what has turned in this story."""
    so = ledger.so.get
    places: frozenset[str] = so((T.place, person.id), STATES)
    told = changed(
        facts,
        client_status=so((T.status, None), "live"),
        sending_stopped=so((T.halted, None), False),
        held_until=so((T.handled, person.id)),
        possibly_sent=so((T.gap, person.address(channel).value), False),
        zones=ZONES if channel is ChannelName.email else frozenset(ZONE_OF[one] for one in places),
        states=STATES if channel is ChannelName.email else places,
        emergencies=tuple((str(about), until) for (thing, about), until in ledger.so.items() if thing is T.emergency),
        permits=_permits(ledger, person.address(channel).value, now),
    )
    group = so((T.blind, None))
    if group is None:
        return told
    if not BLIND[group]:
        return changed(told, permits=changed(told.permits, platform_held=None))
    blind: dict[str, Any] = dict.fromkeys(BLIND[group])
    return changed(told, **blind)


def _permits(ledger: Ledger, address: str, now: datetime) -> Permits:
    so = ledger.so.get
    held = so((T.platform, address))
    answer, asked_at = so((T.checked, address), (None, None))
    budget = so((T.budget, None))
    spent = [one for one in ledger.touches.values() if now - one.armed_at < DAY] if budget is not None else []
    return Permits(
        platform_held=held == HELD,
        platform_kept=held == KEPT,
        dnc_listed=so((T.listed, address)),
        reassigned=CheckAnswer(answer) if answer else None,
        checked_at=asked_at,
        cleared_states=frozenset(str(about) for (thing, about), yes in ledger.so.items() if thing is T.cleared and yes),
        registered=so((T.registered, None), True),
        postal_address=so((T.postal, None), True),
        daily_budget_micros=budget,
        spent_micros=sum(PRICES[one.channel] for one in spent),
        oldest_spent_at=min((one.armed_at for one in spent), default=None),
    )
