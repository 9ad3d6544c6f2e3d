"""Who may enter a sequence, by where they ran before, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.sequences import EntryRefusal, went_in_a_circle
from modules.sequences.admit import refusal
from modules.sequences.models_of_rules import ANYBODY, Entry, PastRun, ReEntry
from tests.pure.touches import NOW

WEEK, MONTH = timedelta(days=7), timedelta(days=30)


def ran(
    days_ago: float, *, same: bool = True, running: bool = False, slug: str = "x", group: str | None = None
) -> PastRun:
    return PastRun(same, slug, group, running, NOW - timedelta(days=days_ago))


def other(days_ago: float, *, running: bool = False, slug: str = "x", group: str | None = None) -> PastRun:
    return ran(days_ago, same=False, running=running, slug=slug, group=group)


R = EntryRefusal


@pytest.mark.parametrize(
    ("entry", "runs", "why"),
    [
        (ANYBODY, [ran(0), ran(9, running=True), other(0, running=True, group="sales")], None),
        (Entry(ReEntry.never), [], None),
        (Entry(ReEntry.never), [ran(900)], R.ran_before),
        (Entry(ReEntry.never), [ran(9, running=True), other(0)], None),
        (Entry(MONTH), [ran(29)], R.too_soon),
        (Entry(MONTH), [ran(30)], None),
        (Entry(MONTH), [ran(90), ran(2)], R.too_soon),
        (Entry(exclusive_with=("x", "y")), [other(5, running=True)], R.exclusive),
        (Entry(exclusive_with=("x", "y")), [other(5), other(5, running=True, slug="z")], None),
        (Entry(exclusive="sales"), [other(5, running=True, group="sales")], R.exclusive),
        (Entry(exclusive="sales"), [other(5, group="sales"), other(5, running=True, group="care")], None),
        (Entry(exclusive="sales"), [ran(5, running=True, group="sales")], None),
        (Entry(gap=WEEK), [other(6)], R.gap),
        (Entry(gap=WEEK), [other(7), ran(1)], None),
        (Entry(gap=WEEK), [other(90, running=True)], R.gap),
    ],
)
def test_each_rule_keeps_out_whom_it_names(entry: Entry, runs: list[PastRun], why: EntryRefusal | None) -> None:
    assert refusal(entry, runs, NOW) == why


@pytest.mark.parametrize(
    ("run", "circles"),
    [
        (replace(ran(0.9), handed_over=True), True),
        (replace(ran(1), handed_over=True), False),
        (ran(0.1), False),
        (replace(other(0.1), handed_over=True), False),
    ],
)
def test_only_who_was_handed_on_by_it_within_a_day_goes_in_a_circle(run: PastRun, circles: bool) -> None:
    assert went_in_a_circle([ran(9, running=True), run], NOW) is circles


def handed_on(*days_ago: float) -> list[PastRun]:
    return [replace(ran(one), handed_over=True) for one in days_ago]


@pytest.mark.parametrize(
    ("runs", "circles"),
    [
        (handed_on(2, 4, 6, 8, 10, 12), True),
        (handed_on(2, 4, 6, 8, 10), False),
        (handed_on(1, 8, 15, 22, 29, 36), False),  # once a week is a rhythm, and no circle
        (handed_on(2, 4, 6, 8, 10, 31), False),
        ([*handed_on(2, 4, 6, 8, 10), ran(12)], False),  # one of them ended by itself
        ([replace(one, same=False) for one in handed_on(2, 4, 6, 8, 10, 12)], False),
    ],
)
def test_who_was_handed_on_by_it_six_times_in_a_month_goes_in_a_circle_too(runs: list[PastRun], circles: bool) -> None:
    assert went_in_a_circle(runs, NOW) is circles
