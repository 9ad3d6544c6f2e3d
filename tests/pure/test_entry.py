"""Who may enter a sequence, by where they ran before."""

from datetime import timedelta

import pytest

from modules.sequences import EntryRefusal
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
