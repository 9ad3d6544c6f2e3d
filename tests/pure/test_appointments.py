"""Which news of an appointment is news, and what it says of the person."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from modules.appointments import Appointment, is_news
from modules.channels import AppointmentSeen
from modules.ids import ClientId, ContactId
from modules.labels import AppointmentStatus, Provider
from utils.uuid7 import uuid7
from workers.appointments import milestones_of

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLIENT, ADA, BOB = ClientId(uuid7(NOW)), ContactId(uuid7(NOW)), ContactId(uuid7(NOW))
S = AppointmentStatus


def seen(
    status: AppointmentStatus = S.booked, told_at: datetime | None = NOW, starts_at: datetime | None = NOW + DAY
) -> AppointmentSeen:
    return AppointmentSeen("APP1", "CON1", status, starts_at, NOW, told_at, "key")


def known(news: AppointmentSeen, contact_id: ContactId = ADA) -> Appointment:
    told_at = news.told_at or NOW
    return Appointment(CLIENT, Provider.ghl, news.ref, contact_id, news.status, news.starts_at, NOW, told_at)


def test_the_first_word_is_news_and_its_repeat_is_not() -> None:
    assert is_news(None, seen(), ADA)
    assert not is_news(known(seen()), seen(), ADA)
    assert not is_news(known(seen()), seen(told_at=None), ADA)


def test_what_is_older_is_no_news_and_what_is_newer_is() -> None:
    moved = known(seen(told_at=NOW, starts_at=NOW + 2 * DAY))
    assert not is_news(moved, seen(told_at=NOW - HOUR), ADA)
    assert is_news(moved, seen(told_at=NOW + HOUR), ADA)


@pytest.mark.parametrize("told_at", [NOW, None])
def test_of_two_that_differ_at_one_instant_the_later_to_arrive_counts(told_at: datetime | None) -> None:
    assert is_news(known(seen()), seen(S.called_off, told_at), ADA)
    assert is_news(known(seen()), seen(told_at=told_at, starts_at=None), ADA)
    assert is_news(known(seen()), seen(told_at=told_at), BOB)


def test_a_deletion_is_news_whenever_it_was_told_and_nothing_is_after_it() -> None:
    for told_at in (NOW - DAY, NOW, None):
        assert is_news(known(seen()), seen(S.deleted, told_at), ADA)
    gone = known(seen(S.deleted))
    for status in S:
        assert not is_news(gone, seen(status, NOW + DAY), ADA)


def test_any_order_of_the_same_news_ends_alike() -> None:
    words = [
        seen(told_at=NOW),
        seen(told_at=NOW + HOUR, starts_at=NOW + 3 * DAY),
        seen(S.called_off, told_at=NOW + 2 * HOUR),
        seen(told_at=NOW + 3 * HOUR, starts_at=NOW + 5 * DAY),
    ]
    ends = set()
    for order in permutations(words):
        last: Appointment | None = None
        for word in (*order, *order):
            last = known(word) if is_news(last, word, ADA) else last
        ends.add(last)
    assert ends == {known(words[-1])}


def test_what_stands_is_booked_and_has_its_time_and_what_was_called_off_is_nothing() -> None:
    assert milestones_of(known(seen()), NOW) == {"booked": NOW, "appointment": NOW + DAY}
    assert milestones_of(known(seen(starts_at=None)), NOW) == {"booked": NOW}
    for status in (S.called_off, S.deleted):
        assert milestones_of(known(seen(status)), NOW) == {}


def test_who_came_did_so_at_its_time_and_never_later_than_now() -> None:
    assert milestones_of(known(seen(S.showed, starts_at=NOW - HOUR)), NOW)["showed"] == NOW - HOUR
    assert milestones_of(known(seen(S.showed)), NOW)["showed"] == NOW
    assert milestones_of(known(seen(S.showed, starts_at=None)), NOW)["showed"] == NOW
