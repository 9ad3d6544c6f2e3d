"""What the guardian calls wrong, on plain values."""

from datetime import timedelta
from uuid import uuid4

import pytest

from modules.channels import CHANNELS, POLICIES
from modules.health import Backlog, Checked, Health, Lately, Level, LogEvent, find_troubles
from modules.health.detect import OVERDUE
from modules.labels import ChannelName
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


def canary(channel: ChannelName, age: float, state: str | None) -> Health:
    """One that runs every hour for three days; its newest check left so many minutes ago."""
    begun, newest = NOW - timedelta(days=3), NOW - timedelta(minutes=age)
    proven = state in ("delivered", "completed")
    hour, left = timedelta(hours=1), newest if state else None
    return Health(canaries=(Checked(uuid4(), CLIENT, channel, hour, begun, left, state, None, proven, None),))


@pytest.mark.parametrize(
    ("channel", "age", "state"),
    [
        ("sms", 19, "accepted"),
        ("email", 19, "unknown"),
        ("voice", 39, "accepted"),
        ("sms", 50, "delivered"),
        ("voice", 50, "completed"),
    ],
)
def test_a_check_that_is_proven_or_has_time_is_no_trouble(channel: str, age: float, state: str) -> None:
    assert find_troubles(canary(ChannelName(channel), age, state), NOW) == ()


@pytest.mark.parametrize(
    ("channel", "age", "state"),
    [("sms", 21, "accepted"), ("email", 21, "sending"), ("voice", 41, "accepted"), ("sms", 21, "not_sent")],
)
def test_a_check_that_nothing_proves_is_an_alarm(channel: str, age: float, state: str) -> None:
    (trouble,) = find_troubles(canary(ChannelName(channel), age, state), NOW)
    assert (trouble.event, trouble.level, trouble.client_id) == (LogEvent.canary_unproven, Level.alarm, CLIENT)
    assert (trouble.detail["channel"], trouble.detail["state"]) == (channel, state)


@pytest.mark.parametrize(("state", "age", "told"), [("delivered", 24 * 60, 0), ("delivered", 26 * 60, 1), (None, 0, 1)])
def test_a_canary_of_which_nothing_leaves_is_told_after_a_day(state: str | None, age: float, told: int) -> None:
    troubles = find_troubles(canary(ChannelName.sms, age, state), NOW)
    assert [one.event for one in troubles] == [LogEvent.canary_silent] * told


def test_what_was_never_proven_gives_way_to_the_silence_after_it() -> None:
    """No check can leave any more (the address was closed, say), so none can be the proof that ends the alarm."""
    hour, silent = 60, 25 * 60
    for age in range(hour, 3 * silent, hour):
        (trouble,) = find_troubles(canary(ChannelName.sms, age, "failed"), NOW)
        told = LogEvent.canary_unproven if age <= silent else LogEvent.canary_silent
        assert (trouble.event, age) == (told, age)


def test_nobody_is_told_before_the_provider_was_asked_once() -> None:
    """A text that was handed to a workflow is known by the first look alone, and a look takes a sweep or two."""
    for provider, policy in POLICIES.items():
        channels = [one for one in ChannelName if (provider, one) in CHANNELS]
        assert channels
        for channel in channels:
            assert OVERDUE[channel] >= policy.polls[0] + timedelta(minutes=5)
