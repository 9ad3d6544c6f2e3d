"""How many cases the tables of the guards hold, said in every run; each case is a test of its own elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.pure.test_guards import CASES, FREE
from tests.pure.test_hours_to_the_second import DAYS, SECONDS, ZONES
from tests.pure.test_permit_guards import CHECKS, CONSENTS, PERMITS
from tests.pure.test_places import CASES as PLACES
from tests.pure.test_quiet_hours import EXPECTED


def test_the_tables_hold_what_they_held_and_the_run_says_how_much(capsys: pytest.CaptureFixture[str]) -> None:
    tables: dict[str, Sequence[object]] = {"stopped": CASES, "allowed": FREE, "consents": CONSENTS, "checks": CHECKS}
    tables |= {"permits": PERMITS, "windows": EXPECTED, "places": PLACES}
    counts = {name: len(table) for name, table in tables.items()}
    seconds = len(ZONES) * len(DAYS) * len(SECONDS) * 2
    with capsys.disabled():
        print(f"\nguard tables: {sum(counts.values())} cases {counts}, and {seconds} instants to the second")
    assert sum(counts.values()) >= 130
