"""A hundred thousand people come in and go out again, in bounded memory."""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from tests.databases import Engine
from tests.flow.house import House, open_house
from tests.flow.measuring import measured
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("import_file.sql"))
ROWS, BAD_EVERY, TWICE_EVERY = 100_000, 1_000, 500
MEGABYTES = 200
AREAS = (212, 213, 214, 215, 216, 217, 218, 219, 312, 313)
WORDING = "I agree to texts and calls, also by an artificial voice, from Bright Dental."


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "bright-dental", "--name", "Bright Dental")
        yield opened


def write_people(path: Path) -> None:
    """ROWS people; every thousandth has a number that does not exist, every five hundredth stands there twice."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Customer ID", "First Name", "Last Name", "Mobile", "E-Mail", "Zip", "Notes", "Agreed On"])
        for number in range(ROWS):
            same = number - 1 if number % TWICE_EVERY == 7 else number
            phone = "123" if number % BAD_EVERY == 3 else f"+1{AREAS[same // 10_000]}555{same % 10_000:04d}"
            day = f"2026-{number % 9 + 1:02d}-{number % 28 + 1:02d}"
            writer.writerow(
                [f"c-{same}", f"Name{same}", "O'Hara", phone, f"p{same}@x.example", f"{same % 99999:05d}", "=1+1", day]
            )


def left(house: House) -> dict[str, int]:
    with psycopg.connect(house.environment["DATABASE_URL"], row_factory=dict_row) as connection:
        row = connection.execute(SQL["count_everything"]).fetchone()
    assert row is not None
    return dict(row)


@pytest.mark.full
def test_a_hundred_thousand_people_need_little_memory_and_an_undo_leaves_nothing(house: House) -> None:
    people, rejects, out = (house.folder / name for name in ("people.csv", "rejects.csv", "out.csv"))
    write_people(people)
    facts, cost = measured(
        house,
        "import",
        str(people),
        "--client",
        "bright-dental",
        "--rejects",
        str(rejects),
        "--consent",
        "sms,voice,email",
        "--wording",
        WORDING,
        "--source",
        "web form",
        "--consented-at-column",
        "Agreed On",
        "--attest",
        "Eva Klein",
    )
    bad, twice = ROWS // BAD_EVERY, ROWS // TWICE_EVERY
    print("import", cost, {k: v for k, v in facts.items() if k not in ("left_out", "mapping")}, file=sys.__stderr__)
    assert (facts["read"], facts["rejected"], facts["twice"]) == (ROWS, bad, twice)
    assert facts["added"] == ROWS - bad - twice
    assert facts["consents"] == 3 * facts["added"]
    assert cost["megabytes"] <= MEGABYTES
    assert len(rejects.read_text(encoding="utf-8").splitlines()) == 1 + bad + twice
    exported, cost = measured(house, "export", str(out), "--client", "bright-dental")
    print("export", cost, file=sys.__stderr__)
    assert exported["contacts"] == facts["added"]
    assert cost["megabytes"] <= MEGABYTES
    again, cost = measured(house, "import", str(people), "--client", "bright-dental", "--dry-run")
    print("again", cost, file=sys.__stderr__)
    assert (again["added"], again["known"]) == (0, facts["added"])
    assert cost["megabytes"] <= MEGABYTES
    undone, cost = measured(house, "undo", facts["import_id"])
    print("undo", cost, file=sys.__stderr__)
    assert undone["contacts"] == facts["added"]
    assert cost["megabytes"] <= MEGABYTES
    assert set(left(house).values()) == {0}
