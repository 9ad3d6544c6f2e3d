"""A file of people comes in by the command line: what is good is taken, and for the rest it says why."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.databases import Engine
from tests.flow.house import House, open_house
from tests.flow.importing import ADA, BOB, CLIENT, HEADER, SQL, found, refused, rows_of, take


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "bright-dental", "--name", "Bright Dental")
        yield opened


def test_good_rows_come_in_with_their_texts_as_they_stand_and_nobody_agrees_to_anything(house: House) -> None:
    facts = take(house, HEADER + ADA + BOB)
    assert (facts["read"], facts["added"], facts["rejected"], facts["consents"]) == (2, 2, 0, 0)
    assert facts["mapping"]["E-Mail"] == "email"
    ada, ada_too, bob = found(house, "people")
    assert (ada["value"], ada_too["value"], bob["value"]) == ("ada@x.example", "+12125550101", "+12125550102")
    assert ada["fields"] == {"zip": "02139", "agreed": "2026-02-03"}
    [kept] = found(house, "imports")
    assert (kept["state"], kept["read_rows"], kept["added"], kept["attested_by"]) == ("done", 2, 2, None)
    everything = found(house, "count_everything")[0]
    assert (everything["contacts"], everything["consents"], everything["import_rows"]) == (2, 0, 0)
    assert [one["file_name"] for one in house.ok("imports", *CLIENT)] == ["people.csv"]


def test_each_bad_row_has_its_reason_and_the_good_ones_come_in(house: House) -> None:
    bad = [
        "3,Carl,123,,,",
        "4,Dora,,no address,,",
        "5,Emil,,,,",
        "6,Fred,+12125550106,,,,too,many",
        "7,Gina",
        f'8,Hugo,+12125550108,,"{"x" * 1_000_000}",',
        "9,I\x00da,+12125550109,,,",
        "10,Ada,+1 212 555 0101,,,",
        "11,Jack,212-555-0102,,,",
        "2,Bobby,+12125550111,,,",
    ]
    rejects = house.folder / "rejects.csv"
    facts = take(house, HEADER + ADA + BOB + "\n".join(bad) + "\n", "--rejects", str(rejects))
    assert (facts["added"], facts["rejected"], facts["twice"]) == (2, 7, 3)
    [listed] = house.ok("imports", *CLIENT)
    assert (listed["added"], listed["rejected"], listed["twice"]) == (2, 7, 3)
    told = {one["omnify.row"]: one["omnify.reason"] for one in rows_of(rejects)}
    assert told == {
        "4": "this is not a phone number that exists: '123'",
        "5": "this is not an e-mail address: 'no address'",
        "6": "there is neither a phone number nor an e-mail address",
        "7": "the row has more cells than the header (8 of 6)",
        "8": "the row has fewer cells than the header (2 of 6)",
        "9": "a cell is longer than 10,000 characters",
        "10": "a cell holds a NUL character",
        "11": "another person has the same phone in row 2",
        "12": "another person has the same phone in row 3",
        "13": "twice in this file, first in row 3",
    }
    assert all(one["omnify.way_out"] for one in rows_of(rejects))
    assert rejects.stat().st_mode & 0o777 == 0o600
    assert [one["row"] for one in facts["left_out"]] == list(range(4, 14))


def test_two_contacts_with_one_phone_are_told_apart_from_a_row_that_stands_twice(house: House) -> None:
    text = "Name,First Name,Phone\nx,Ada,+12125550101\nx,Ada,2125550101\nx,Bob,(212) 555-0101\n"
    reasons = [one["reason"] for one in take(house, text)["left_out"]]
    assert reasons == ["twice in this file, first in row 2", "another person has the same phone in row 2"]


def test_the_list_of_rejects_can_be_corrected_and_imported_as_it_is(house: House) -> None:
    first, second = house.folder / "rejects.csv", house.folder / "again.csv"
    take(house, HEADER + ADA + "3,=Carl,123,,,\n4,Dora,124,,,\n", "--rejects", str(first))
    [carl, dora] = rows_of(first)
    assert (carl["First Name"], carl["Phone"]) == ("'=Carl", "123")
    first.write_text(first.read_text(encoding="utf-8").replace(",123,", ",+12125550103,"), encoding="utf-8")
    facts = house.ok("import", str(first), *CLIENT, "--rejects", str(second))
    assert (facts["added"], facts["rejected"]) == (1, 1)
    assert [one["omnify.row"] for one in rows_of(second)] == ["3"]
    assert list(rows_of(second)[0]) == list(dora)
    assert "=Carl" in {one["first_name"] for one in found(house, "people")}


def test_known_people_are_left_as_they_are_by_reference_phone_and_email(house: House) -> None:
    take(house, HEADER + ADA + BOB)
    again = "1,Other,+12125550199,,,\n9,Other,+12125550102,,,\n8,Other,,ADA@x.example,,\n7,New,+12125550107,,,\n"
    before = found(house, "people")
    facts = take(house, HEADER + again)
    assert (facts["known"], facts["added"], facts["rejected"]) == (3, 1, 0)
    assert [one["reason"] for one in facts["left_out"]] == [
        f"known already by the {field}; left as it is" for field in ("reference", "phone", "e-mail")
    ]
    assert [one for one in found(house, "people") if one["external_ref"] != "7"] == before


def test_a_closed_address_stays_closed_and_the_report_says_so(house: House) -> None:
    house.ok("suppress", "+12125550101", *CLIENT)
    done = house.run("import", house.file("people.csv", HEADER + ADA + BOB), *CLIENT)
    assert done.code == 0
    assert "1 of them has a closed number or address, and it stays closed." in done.out
    assert [one["suppressed_reason"] for one in found(house, "people")] == [None, "by_hand", None]
    import_id = house.ok("imports", *CLIENT)[0]["id"]
    house.ok("undo", import_id)
    assert [one["value"] for one in found(house, "closed")] == ["+12125550101"]
    assert take(house, HEADER + ADA)["closed"] == 1


def test_a_dry_run_says_everything_and_writes_nothing(house: House) -> None:
    file = house.file("people.csv", HEADER + ADA + BOB + "3,Carl,123,,,\n")
    done = house.run("import", file, *CLIENT, "--dry-run", "--map", "Agreed=drop")
    assert done.code == 0
    assert "3 rows read, 2 would be added" in done.out
    assert "Nothing was written." in done.out
    assert "E-Mail → email" in done.err
    assert "Agreed → (not taken)" in done.err
    assert (
        "Row 4, Phone: this is not a phone number that exists: '123'. Way out: write it with country code" in done.err
    )
    assert set(found(house, "count_everything")[0].values()) == {0}
    assert found(house, "imports") == []


def test_a_file_that_cannot_be_read_to_its_end_leaves_nothing(house: House) -> None:
    rows = "".join(f"r{one},Zoe,+1212555{one:04d},,,\n" for one in range(3_000))
    assert "0xEB" in refused_bytes(house, (HEADER + rows).encode() + "x,Zoë,+12135550101,,,\n".encode("latin-1"))
    assert "Row 3002 opens a quote" in refused(house, HEADER + rows + '"x,Zoe,+12135550101,,,\n')
    assert "No column is a phone number" in refused(house, "Name,Zip\nAda,02139\n")
    assert "has a header and no rows" in refused(house, HEADER)
    assert "--consent" in refused(house, HEADER + ADA, "--attest", "Eva")
    assert "There is no file" in house.refused("import", str(house.folder / "none.csv"), *CLIENT)
    assert "one of the two" in house.run("import", *CLIENT).err


def refused_bytes(house: House, raw: bytes) -> str:
    path = house.folder / "raw.csv"
    path.write_bytes(raw)
    sentence = house.refused("import", str(path), *CLIENT, "--rejects", str(house.folder / "none.csv"))
    assert set(found(house, "count_everything")[0].values()) == {0}
    assert [one.name for one in house.folder.iterdir() if "none.csv" in one.name] == []
    return sentence


def test_two_imports_of_one_client_do_not_run_at_once(house: House) -> None:
    with psycopg.connect(house.environment["DATABASE_URL"]) as other:
        other.execute(SQL["hold_client"])
        assert "Another import for bright-dental is running" in refused(house, HEADER + ADA)
    assert take(house, HEADER + ADA)["added"] == 1


def test_a_file_of_rejects_is_never_written_over_another(house: House) -> None:
    there = house.file("rejects.csv", "mine")
    assert "--force" in refused(house, HEADER + ADA, "--rejects", there)
    assert Path(there).read_text(encoding="utf-8") == "mine"
    nowhere = house.folder / "nowhere.csv"
    nowhere.symlink_to(house.folder / "gone.csv")
    assert "is there already" in refused(house, HEADER + ADA, "--rejects", str(nowhere))
    assert "would replace the file itself" in refused(
        house, HEADER + ADA, "--rejects", str(house.folder / "people.csv"), "--force"
    )
    assert take(house, HEADER + ADA, "--rejects", there, "--force")["added"] == 1
    assert rows_of(Path(there)) == []


def test_a_file_that_takes_the_database_too_long_is_not_told_as_a_database_that_is_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = house.file("people.csv", "Phone\n" + "".join(f"+1212555{number:04d}\n" for number in range(5_000)))
    with monkeypatch.context() as patched:
        patched.setenv("PGOPTIONS", "-c statement_timeout=50")
        assert "it took longer than its statement_timeout. Nothing" in house.refused("import", people, *CLIENT)
    assert set(found(house, "count_everything")[0].values()) == {0}


def test_an_unknown_zone_is_a_reason_and_a_toll_free_number_is_none(house: House) -> None:
    text = "Phone,Time Zone\n+18005550199,\n+12125550101,Mars/Olympus\n+12125550102,America/Denver\n"
    facts = take(house, text)
    assert facts["added"] == 2
    assert [one["reason"] for one in facts["left_out"]] == ["this is not a time zone: 'Mars/Olympus'"]
