"""Reads all that is known of one contact, asks the guards about what is still to come, and has it told."""

from dataclasses import replace
from datetime import datetime, timedelta

from modules.channels import Gate, channel_for
from modules.ids import ClientId, ContactId
from modules.labels import ADDRESS_KIND, AddressKind, ChannelName
from modules.labels import SuppressionReason as S
from modules.policy import (
    Block,
    Candidate,
    Decision,
    Defer,
    GuardReason,
    Place,
    guard,
    load_facts,
    place_of_person,
)
from modules.preview.models import Answer, Closed, Entry, Kind, Person, Run
from modules.preview.store import list_closed, list_deeds, list_heard, list_runs, list_sent, load_person
from modules.preview.tell import tell_closed, tell_heard, tell_run, tell_touch
from modules.preview.tell_actions import tell_deed
from modules.preview.words import AFTER_WINDOW
from modules.sequences import Definition, Step, load_versions, not_worth_waiting, windows_of
from utils.address import is_abroad, is_time_zone, phone_time_zones
from utils.config import Redirect
from utils.db import Connection
from utils.errors import NotFound
from utils.signing import Pepper

LOOK_AGAIN = timedelta(minutes=30)
_FIRST = {Kind.enrollment: 0, Kind.inbound: 1, Kind.closed: 2, Kind.deed: 3, Kind.touch: 4}


async def explain(
    conn: Connection,
    pepper: Pepper,
    client_id: ClientId,
    contact_id: ContactId,
    now: datetime,
    redirect: Redirect | None = None,
) -> Answer:
    """Everything that can be said of why, newest first. NotFound when the client has no such contact. Only reads.

    `redirect` is where a test sends everything (OMNIFY_TEST_REDIRECT); None in real life.
    """
    person = await load_person(conn, client_id, contact_id)
    if person is None:
        raise NotFound("No such contact", field="contact")
    zone = zone_of(person)
    runs = await list_runs(conn, client_id, contact_id)
    entries = [await _tell(conn, pepper, redirect, person, run, zone, now) for run in runs]
    entries += [tell_touch(one, zone) for one in await list_sent(conn, client_id, contact_id)]
    entries += [tell_heard(one, zone, runs) for one in await list_heard(conn, client_id, contact_id)]
    entries += [tell_closed(one, zone) for one in await list_closed(conn, client_id, contact_id)]
    entries += [tell_closed(one, zone) for one in _whole_person(person)]
    entries += [tell_deed(one, zone) for one in await list_deeds(conn, client_id, contact_id)]
    entries.sort(key=lambda entry: _FIRST[entry.kind])
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return Answer(person, zone, tuple(entries))


def zone_of(person: Person) -> str:
    """The person's own clock: the stated zone, else the first that the number may be in, else UTC."""
    if person.time_zone and is_time_zone(person.time_zone):
        return person.time_zone
    return next((one for one in phone_time_zones(person.phone or "") if is_time_zone(one)), "UTC")


def place_of(person: Person, channel: ChannelName, zone: str) -> Place:
    """Everywhere the person may be, by the same facts as when a touch is armed."""
    return place_of_person(channel, person.phone, person.fields, person.time_zone, zone)


async def _tell(
    conn: Connection, pepper: Pepper, redirect: Redirect | None, person: Person, run: Run, zone: str, now: datetime
) -> Entry:
    if run.status != "active" or run.waiting or run.step is None or run.next_channel not in tuple(ChannelName):
        return tell_run(run, zone, now)
    versions = await load_versions(conn, [(run.sequence_id, run.version)])
    definition = versions[run.sequence_id, run.version]
    step = definition.step(run.step)
    outlook = await _outlook(conn, pepper, redirect, person, run, definition, step, zone, now)
    asks = run.provider is not None and isinstance(channel_for(run.provider, ChannelName(run.next_channel)), Gate)
    latest = _first_due(run, now) + step.max_lateness
    return tell_run(run, zone, now, outlook, step.on_reply, asks_provider=asks, latest=latest)


def _first_due(run: Run, now: datetime) -> datetime:
    since = (run.decision or {}).get("since")
    return datetime.fromisoformat(since) if since else run.due_at or now


async def _outlook(
    conn: Connection,
    pepper: Pepper,
    redirect: Redirect | None,
    person: Person,
    run: Run,
    definition: Definition,
    step: Step,
    zone: str,
    now: datetime,
) -> Decision:
    """What the guards say of the instant at which the step is due. The provider's own Do-Not-Disturb is not asked."""
    at = max(run.due_at or now, now)
    if run.account_id is None:
        return Decision(Defer(at + LOOK_AGAIN if at <= now else at, GuardReason.no_account), (), None)
    channel = ChannelName(run.next_channel)
    kind = ADDRESS_KIND[channel]
    value = person.email if kind is AddressKind.email else person.phone
    candidate = Candidate(
        client_id=person.client_id,
        contact_id=person.id,
        account_id=run.account_id,
        address_id=run.address_id,
        channel=channel,
        due_at=_first_due(run, now),
        max_lateness=step.max_lateness,
        windows=windows_of(definition),
        since=run.enrolled_at,
        on_reply=step.on_reply,
        purpose=definition.purpose,
        abroad=kind is AddressKind.phone and value is not None and is_abroad(value),
        own_hash=pepper.hash(person.client_id, kind, value) if value else None,
        platform_hash=pepper.platform_hash(kind, value or ""),
        target=(redirect.of(kind) or "") if redirect else None,
    )
    places, rates = [place_of(person, channel, zone)], {run.account_id: run.sends_per_second}
    (facts,) = await load_facts(conn, [candidate], places, rates, at)
    decision = guard(facts, candidate, at)
    unless = not_worth_waiting(step, decision, candidate.due_at)
    if unless is None or not isinstance(decision.verdict, Defer):
        return decision
    rule = decision.verdict.rule if unless is decision.verdict.reason else None
    return replace(decision, verdict=Block(unless, rule, AFTER_WINDOW))


def _whole_person(person: Person) -> list[Closed]:
    if person.suppressed_at is None:
        return []
    return [Closed("of this person, every one", person.suppressed_reason or S.by_hand, person.suppressed_at)]
