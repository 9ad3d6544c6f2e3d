"""What goes out in a file is text in every spreadsheet, and comes back as it was."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Engine
from tests.flow.house import House, open_house
from tests.flow.importing import CLIENT, found, rows_of
from tests.pure.test_import_cells import PAYLOADS

AGREED = ("--consent", "sms,email", "--wording", "I agree.", "--source", "web form")
STORED = [one for one in PAYLOADS if "\x00" not in one and one.strip()]


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "bright-dental", "--name", "Bright Dental")
        yield opened


def add(house: House, number: int, *more: str) -> None:
    house.ok("contact", "add", *CLIENT, "--phone", f"+12125550{number:03d}", *more)


def export(house: House, name: str = "out.csv") -> Path:
    path = house.folder / name
    house.ok("export", str(path), *CLIENT)
    return path


def test_an_export_tells_addresses_consent_and_what_is_closed_for_its_owners_eyes(house: House) -> None:
    add(house, 100, "--first-name", "Ada", "--email", "ada@x.example", "--field", "pet=cat", *AGREED)
    add(house, 101, "--ref", "P-2")
    house.ok("suppress", "+12125550101", *CLIENT)
    path = export(house)
    assert path.stat().st_mode & 0o777 == 0o600
    ada, other = sorted(rows_of(path), key=lambda row: row["reference"])
    assert (ada["first_name"], ada["phone"], ada["email"]) == ("Ada", "'+12125550100", "ada@x.example")
    assert (ada["fields.pet"], other["fields.pet"]) == ("cat", "")
    assert ada["omnify.consent_sms"].startswith("granted express 2026-11-23T15:00:00")
    assert (ada["omnify.consent_voice"], ada["omnify.phone_closed"]) == ("", "")
    assert (other["reference"], other["omnify.phone_closed"]) == ("P-2", "by_hand")
    assert b"\r\n" in path.read_bytes()


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_what_is_no_file_is_never_replaced_by_people(house: House, force: tuple[str, ...]) -> None:
    add(house, 100)
    pipe, file, link = (house.folder / name for name in ("pipe", "file.csv", "link"))
    os.mkfifo(pipe)
    file.write_text("mine", encoding="utf-8")
    link.symlink_to(file)
    assert "is no file but a device or a pipe" in house.refused("export", str(pipe), *CLIENT, *force)
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    assert ("is a link" if force else "say --force") in house.refused("export", str(link), *CLIENT, *force)
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == "mine"
    link.unlink()
    link.symlink_to(pipe)  # as /dev/stdout leads to one
    assert "is no file but" in house.refused("export", str(link), *CLIENT, *force)
    assert {one.name for one in house.folder.iterdir()} >= {"pipe", "link"}
    assert not [one for one in house.folder.iterdir() if one.name.startswith(".")]


def test_a_dash_names_no_file_for_people(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    add(house, 100)
    monkeypatch.chdir(house.folder)
    people = house.file("people.csv", "phone\n+12125550123\n")
    assert "- is no name for a file" in house.refused("export", "-", *CLIENT)
    assert "- is no name for a file" in house.refused("import", people, *CLIENT, "--rejects", "-")
    assert not (house.folder / "-").exists()


def test_a_file_that_is_there_is_replaced_only_on_demand(house: House) -> None:
    add(house, 100)
    path = export(house)
    assert "say --force" in house.refused("export", str(path), *CLIENT)
    assert house.ok("export", str(path), *CLIENT, "--force")["contacts"] == 1
    assert "no folder" in house.refused("export", str(house.folder / "none" / "out.csv"), *CLIENT)
    assert "no client 'nobody'" in house.refused("export", str(house.folder / "new.csv"), "--client", "nobody")
    assert not (house.folder / "new.csv").exists()


def test_every_payload_leaves_as_text_in_every_column_and_comes_back_exactly(house: House) -> None:
    for number, payload in enumerate(STORED):
        add(
            house,
            number,
            "--first-name",
            payload,
            "--last-name",
            payload,
            "--field",
            f"note={payload}",
            "--ref",
            str(number),
        )
    before = {row["external_ref"]: (row["first_name"], row["fields"]) for row in found(house, "people")}
    path = export(house)
    for row in rows_of(path):
        for name in ("first_name", "last_name", "fields.note", "phone"):
            bare = row[name].lstrip(" \u00a0")
            assert bare[:1] not in tuple("=+-@\t\r\n＝＋－＠"), (name, row[name])
    house.ok("client", "add", "second", "--name", "Second")
    facts = house.ok("import", str(path), "--client", "second")
    assert (facts["added"], facts["left_out"]) == (len(STORED), [])
    second = export_of(house, "second")
    assert {row["reference"]: row["fields.note"] for row in second} == {
        row["reference"]: row["fields.note"] for row in rows_of(path)
    }
    assert before["0"][1] == {"note": STORED[0]}


def export_of(house: House, client: str) -> list[dict[str, str]]:
    path = house.folder / f"{client}.csv"
    house.ok("export", str(path), "--client", client)
    return rows_of(path)
