"""`milestone add` and `milestone list` as people type them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from modules.milestones import ListedMilestone
from scripts.cli.milestones import choose
from tests.databases import Engine
from tests.flow.house import House, open_house
from utils.errors import Conflict

CLIENT = ("--client", "bright-dental")


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "bright-dental", "--name", "Bright Dental")
        opened.ok("contact", "add", *CLIENT, "--phone", "+12125550123", "--ref", "P-1")
        yield opened


def test_a_milestone_is_written_and_listed_and_one_of_an_erased_person_is_refused(house: House) -> None:
    house.ok("milestone", "add", "P-1", "showing", *CLIENT, "--by", "jo")
    (listed,) = house.ok("milestone", "list", "P-1", *CLIENT)
    assert (listed["name"], listed["noted_by"]) == ("showing", "jo")
    person = house.ok("why", "P-1")["contact"]
    assert house.run("erase", person, *CLIENT, "--yes").code == 0
    refused = house.run("milestone", "add", person, "offer", *CLIENT)
    assert (refused.code, "was erased" in refused.err) == (1, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("Show ing",), 2, "lower-case letters"),
        (("showing", "--at", "9999-12-31T00:00:00Z"), 1, "ten years away"),
        (("showing", "--at", "0001-01-01T00:00:00+14:00"), 2, "years 1 to 9999"),
        (("showing", "--at", "2026-12-01"), 2, "has no hour"),
    ],
)
def test_what_is_no_milestone_is_refused_and_says_how_to_write_it(
    house: House, words: tuple[str, ...], code: int, said: str
) -> None:
    refused = house.run("milestone", "add", "P-1", *words, *CLIENT)
    assert refused.code == code
    assert said in " ".join(refused.err.replace("│", " ").split())
    assert house.ok("milestone", "list", "P-1", *CLIENT) == []


def test_what_was_written_by_mistake_is_taken_back_with_who_and_why(house: House) -> None:
    house.ok("milestone", "add", "P-1", "showing", *CLIENT, "--by", "jo")
    done = house.ok("milestone", "remove", "P-1", "showing", *CLIENT, "--by", "kim", "--reason", "wrong person")
    assert done["milestone"] == "showing"
    (listed,) = house.ok("milestone", "list", "P-1", *CLIENT)
    assert (listed["noted_by"], listed["taken_back_by"], listed["taken_back_for"]) == ("jo", "kim", "wrong person")
    assert listed["taken_back_at"] is not None
    again = house.run("milestone", "remove", "P-1", "showing", *CLIENT, "--reason", "again")
    assert (again.code, "No 'showing' is written down about this contact; there is: nothing" in again.err) == (1, True)
    house.ok("milestone", "add", "P-1", "showing", *CLIENT)
    assert len(house.ok("milestone", "list", "P-1", *CLIENT)) == 2


def test_of_several_of_one_name_the_instant_says_which(house: House) -> None:
    for day in ("01", "02"):
        house.ok("milestone", "add", "P-1", "showing", *CLIENT, "--at", f"2026-12-{day}T10:00:00Z")
    which = house.run("milestone", "remove", "P-1", "showing", *CLIENT, "--reason", "moved")
    assert (which.code, "say which one by --at: 2026-12-0" in which.err) == (1, True)
    never = house.run(
        "milestone", "remove", "P-1", "showing", *CLIENT, "--reason", "moved", "--at", "2026-12-05T10:00:00Z"
    )
    assert (never.code, "there is: showing (2026-12-01T10:00:00+00:00), showing (2026-12-02" in never.err) == (1, True)
    house.ok("milestone", "remove", "P-1", "showing", *CLIENT, "--reason", "moved", "--at", "2026-12-02T10:00:00Z")
    counted = [one["at"] for one in house.ok("milestone", "list", "P-1", *CLIENT) if one["taken_back_at"] is None]
    assert [at[:10] for at in counted] == ["2026-12-01"]


def test_a_reason_is_asked_for(house: House) -> None:
    house.ok("milestone", "add", "P-1", "showing", *CLIENT)
    for more in ((), ("--reason", " ")):
        assert house.run("milestone", "remove", "P-1", "showing", *CLIENT, *more).code == 2
    assert house.ok("milestone", "list", "P-1", *CLIENT)[0]["taken_back_at"] is None


def test_what_a_provider_told_is_taken_back_where_it_was_told() -> None:
    now = datetime(2026, 12, 1, 10, tzinfo=UTC)
    told = ListedMilestone(UUID(int=1), "booked", now, "ghl", None, now, None, None, None)
    own = replace(told, source="person", at=now + timedelta(seconds=20))
    with pytest.raises(Conflict, match="was told by ghl; cancel the appointment there"):
        choose([told], "booked", None)
    assert choose([told, own], "booked", None) == own
    assert choose([own, replace(own, at=own.at + timedelta(seconds=9))], "booked", own.at) == own
