"""Ids that sort by time, clocks that say what they were told, chance that repeats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.chance import Draw, fraction
from utils.clock import FileClock, FixedClock, SystemClock, clock_from, parse_instant
from utils.errors import SettingsError
from utils.uuid7 import random_key, uuid7

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
instants = st.integers(0, 7 * 10**15).map(lambda micros: EPOCH + timedelta(microseconds=micros))


@given(instants)
def test_an_id_is_of_version_seven_and_begins_with_its_millisecond(now: datetime) -> None:
    made = uuid7(now)
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == (now - EPOCH) // timedelta(milliseconds=1)


@given(instants, st.integers(1, 10**9))
def test_a_later_id_sorts_after_as_number_and_as_text(now: datetime, milliseconds: int) -> None:
    earlier, later = uuid7(now), uuid7(now + timedelta(milliseconds=milliseconds))
    assert earlier < later
    assert str(earlier) < str(later)


def test_ids_of_one_instant_are_all_different() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert len({uuid7(now) for _ in range(2000)}) == 2000
    assert len({random_key() for _ in range(100)}) == 100
    assert len(random_key()) == 32


def test_a_draw_repeats_and_depends_on_every_name() -> None:
    one = Draw("seed")
    assert one.number("a", "b") == Draw("seed").number("a", "b")
    others = [one.number("a"), one.number("b", "a"), one.number("ab"), Draw("other").number("a", "b")]
    assert len({one.number("a", "b"), *others}) == 5


@given(st.text(max_size=20), st.lists(st.text(max_size=10), max_size=3))
def test_a_draw_is_a_number_from_zero_to_just_under_one(seed: str, names: list[str]) -> None:
    if not any("\ud800" <= letter <= "\udfff" for letter in "".join((seed, *names))):
        assert 0 <= Draw(seed).number(*names) < 1


def test_even_the_highest_draw_is_under_one() -> None:
    assert fraction(b"\xff" * 32) < 1
    assert fraction(b"\x00" * 32) == 0


def test_draws_spread_evenly_over_all_tenths() -> None:
    numbers = [Draw("spread").number(str(n)) for n in range(4000)]
    for tenth in range(10):
        assert 320 < sum(tenth <= number * 10 < tenth + 1 for number in numbers) < 480


def test_an_instant_is_read_as_utc_from_any_offset() -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    for text in ("2026-11-21T12:00:00+00:00", "2026-11-21T12:00:00Z", "2026-11-21T07:00:00-05:00", "20261121T120000Z"):
        assert parse_instant(text) == noon
        assert parse_instant(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "2026-11-21", "2026-11-21T12:00:00", "2026-13-01T00:00:00Z"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_what_is_no_instant_is_refused_with_its_words(text: str) -> None:
    with pytest.raises(ValueError, match="'"):
        parse_instant(text)


def test_the_setting_chooses_the_clock(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    assert clock_from("system") == SystemClock()
    assert clock_from("at:2026-11-21T12:00:00Z") == FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
    assert clock_from(f"file:{path}") == FileClock(path)
    assert SystemClock().now().tzinfo is UTC


@pytest.mark.parametrize("setting", ["", "System", "at", "at:", "file:", "sundial:noon"])
def test_a_clock_that_does_not_exist_is_refused_by_name(setting: str) -> None:
    with pytest.raises(ValueError, match="OMNIFY_CLOCK"):
        clock_from(setting)


def test_a_clock_in_a_file_says_what_was_set_last_and_leaves_no_half(tmp_path: Path) -> None:
    clock = FileClock(tmp_path / "clock")
    for hour in (1, 2, 3):
        clock.set(datetime(2026, 11, 21, hour, tzinfo=UTC))
        assert clock.now() == datetime(2026, 11, 21, hour, tzinfo=UTC)
    assert [one.name for one in tmp_path.iterdir()] == ["clock"]


def test_a_clock_without_an_instant_names_its_file_and_shows_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("ada@example.com", encoding="utf-8")
    for name in ("people.csv", "nowhere"):
        with pytest.raises(SettingsError, match=name) as refused:
            FileClock(tmp_path / name).now()
        assert refused.value.field == "OMNIFY_CLOCK"
        assert "ada" not in refused.value.detail
