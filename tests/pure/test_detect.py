"""What the guardian calls wrong, on plain values."""

from datetime import timedelta

import pytest

from modules.health import Backlog, Health, Lately, Level, LogEvent, find_troubles
from tests.pure.touches import ACCOUNT, CLIENT, NOW


def backlog(minutes: float, account: bool = True) -> tuple[Backlog]:
    return (Backlog(CLIENT, ACCOUNT if account else None, 3, NOW - timedelta(minutes=minutes)),)


def lately(tried: int, taken: int) -> tuple[Lately]:
    return (Lately(CLIENT, ACCOUNT, tried, taken),)


def test_a_healthy_world_has_no_troubles() -> None:
    assert find_troubles(Health(), NOW) == ()
    busy = Health(
        due_enrollments=backlog(14, account=False),
        late_touches=backlog(14),
        lately=lately(20, 1),
        unmatched=backlog(59, account=False),
    )
    assert find_troubles(busy, NOW) == ()


@pytest.mark.parametrize(
    ("health", "event", "level"),
    [
        (Health(due_enrollments=backlog(16, account=False)), LogEvent.enrollments_overdue, Level.alarm),
        (Health(late_touches=backlog(16)), LogEvent.touches_overdue, Level.alarm),
        (Health(lately=lately(20, 0)), LogEvent.provider_down, Level.alarm),
        (Health(resting_numbers=backlog(1)), LogEvent.numbers_resting, Level.warning),
        (Health(unmatched=backlog(61, account=False)), LogEvent.inbound_unmatched, Level.warning),
    ],
)
def test_each_trouble_is_told_with_its_subject(health: Health, event: LogEvent, level: Level) -> None:
    (trouble,) = find_troubles(health, NOW)
    assert (trouble.event, trouble.level, trouble.client_id) == (event, level, CLIENT)
    assert trouble.subject in (str(CLIENT), str(ACCOUNT))


def test_a_few_refusals_prove_nothing_about_a_provider() -> None:
    assert find_troubles(Health(lately=lately(4, 0)), NOW) == ()
    assert len(find_troubles(Health(lately=lately(5, 0)), NOW)) == 1


def test_a_disarmed_engine_concerns_the_whole_house_and_names_the_way_out() -> None:
    (trouble,) = find_troubles(Health(disarmed_since=NOW), NOW)
    assert (trouble.event, trouble.level, trouble.client_id) == (LogEvent.engine_disarmed, Level.alarm, None)
    assert trouble.detail["way_out"] == "scripts/omnify arm"
