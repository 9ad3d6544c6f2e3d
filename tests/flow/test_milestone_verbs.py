"""`milestone add` and `milestone list` as people type them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Engine
from tests.flow.house import House, open_house

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
