"""What is wrong, told from one snapshot. Each detector takes values and gives values."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from modules.health.models import Backlog, Checked, Health, Level, LogEvent, Trouble
from modules.labels import ChannelName

TOO_LATE = timedelta(minutes=15)
"""A sweep comes every minute and works 45 s of it; fifteen missed ones in a row are no coincidence."""
UNMATCHED_TOO_LONG = timedelta(hours=1)
"""A contact that is being imported may follow its first message by minutes."""
ENOUGH_TRIED = 5
"""Fewer touches that nobody took prove nothing about the provider."""
OVERDUE = {
    ChannelName.sms: timedelta(minutes=20),
    ChannelName.email: timedelta(minutes=20),
    ChannelName.voice: timedelta(minutes=40),
}
"""So long a check may go without a proof before somebody is told. A text or mail of which no webhook tells is known by
the first look, which GoHighLevel's policy has at 15 minutes; a call has to ring, be heard and be reported."""
SILENT_BESIDES = timedelta(hours=24)
"""So long, besides the time between two, none may leave before somebody is told: quiet hours end sooner."""


def find_troubles(health: Health, now: datetime) -> tuple[Trouble, ...]:
    """Everything that a person should look at now; nothing in a healthy world."""
    detectors = (
        *(find_disarmed, find_unswept, find_unsettled, find_provider_down, find_resting_numbers, find_unmatched),
        *(find_unproven_canaries, find_silent_canaries),
    )
    return tuple(trouble for detector in detectors for trouble in detector(health, now))


def find_disarmed(health: Health, now: datetime) -> Iterator[Trouble]:
    """Nothing leaves, for anybody, until a person has armed the engine again."""
    if health.disarmed_since is not None:
        detail = {"since": health.disarmed_since.isoformat(), "way_out": "scripts/omnify arm"}
        yield Trouble(LogEvent.engine_disarmed, Level.alarm, None, "engine", detail)


def find_unswept(health: Health, now: datetime) -> Iterator[Trouble]:
    """Enrollments that nobody has looked at for a while: no sweep runs, or it cannot keep up."""
    for one in health.due_enrollments:
        if now - one.oldest_at > TOO_LATE:
            yield _trouble(LogEvent.enrollments_overdue, Level.alarm, one)


def find_unsettled(health: Health, now: datetime) -> Iterator[Trouble]:
    """Touches that have not ended though their deadline has passed."""
    for one in health.late_touches:
        if now - one.oldest_at > TOO_LATE:
            yield _trouble(LogEvent.touches_overdue, Level.alarm, one)


def find_provider_down(health: Health, now: datetime) -> Iterator[Trouble]:
    """Accounts that took nothing of what they were given lately."""
    for one in health.lately:
        if one.tried >= ENOUGH_TRIED and not one.taken:
            detail = {"account_id": str(one.account_id), "tried": str(one.tried)}
            yield Trouble(LogEvent.provider_down, Level.alarm, one.client_id, str(one.account_id), detail)


def find_resting_numbers(health: Health, now: datetime) -> Iterator[Trouble]:
    """Numbers that could not dial and rest."""
    for one in health.resting_numbers:
        yield _trouble(LogEvent.numbers_resting, Level.warning, one)


def find_unmatched(health: Health, now: datetime) -> Iterator[Trouble]:
    """What somebody wrote and nobody knows who it is."""
    for one in health.unmatched:
        if now - one.oldest_at > UNMATCHED_TOO_LONG:
            yield _trouble(LogEvent.inbound_unmatched, Level.warning, one)


def find_unproven_canaries(health: Health, now: datetime) -> Iterator[Trouble]:
    """Checks of ours that nothing was heard of, or that failed, while the next may still prove the contrary."""
    for one in health.canaries:
        if one.newest_at is None or one.proven or now - one.newest_at <= OVERDUE[one.channel] or _is_silent(one, now):
            continue
        told = {"state": one.state, "reason": one.reason}
        detail = {"left_at": one.newest_at.isoformat(), **{name: text for name, text in told.items() if text}}
        if one.proven_at is not None:
            detail["proven_last"] = one.proven_at.isoformat()
        yield _canary_trouble(LogEvent.canary_unproven, Level.alarm, one, detail)


def find_silent_canaries(health: Health, now: datetime) -> Iterator[Trouble]:
    """Checks of ours that do not leave: something holds them back for longer than any night."""
    for one in health.canaries:
        if _is_silent(one, now):
            since, way_out = _last_of(one).isoformat(), "scripts/omnify canary list says what holds it back"
            detail = {"since": since, "way_out": way_out}
            yield _canary_trouble(LogEvent.canary_silent, Level.warning, one, detail)


def _is_silent(one: Checked, now: datetime) -> bool:
    return now - _last_of(one) > one.every + SILENT_BESIDES


def _last_of(one: Checked) -> datetime:
    return max(one.newest_at or one.started_at, one.started_at)


def _canary_trouble(event: LogEvent, level: Level, one: Checked, detail: dict[str, str]) -> Trouble:
    return Trouble(event, level, one.client_id, str(one.canary_id), {"channel": str(one.channel), **detail})


def _trouble(event: LogEvent, level: Level, backlog: Backlog) -> Trouble:
    detail = {"how_many": str(backlog.how_many), "oldest_at": backlog.oldest_at.isoformat()}
    if backlog.account_id:
        detail["account_id"] = str(backlog.account_id)
    return Trouble(event, level, backlog.client_id, str(backlog.account_id or backlog.client_id), detail)
