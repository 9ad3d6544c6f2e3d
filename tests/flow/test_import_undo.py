"""An import is taken back whole, unless somebody was written to because of it."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.databases import Engine
from tests.flow.house import START, House, open_house
from tests.flow.importing import ADA, BOB, CLIENT, HEADER, PROOF, SQL, found, take
from tests.flow.test_command_line import SEQUENCE, add_accounts
from tests.flow.test_inbox_verbs import PERSON, add_texts, text

AGREED = ("--consent", "sms,email", "--consent-kind", "written", *PROOF)
NOTHING = "01a208eb-c980-7e9c-9e09-feeed7fba4ca"


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "bright-dental", "--name", "Bright Dental", "--postal-address", "1 Main St, Albany")
        yield opened


def enroll_all(house: House) -> None:
    house.ok("publish", house.file("recall.yaml", SEQUENCE), *CLIENT)
    house.ok("enroll", *CLIENT, "--sequence", "recall", "--all")


def test_an_undo_leaves_nothing_and_a_second_one_says_so(house: House) -> None:
    facts = take(house, HEADER + ADA + BOB, *AGREED)
    enroll_all(house)
    undone = house.ok("undo", facts["import_id"])
    assert (undone["contacts"], undone["enrollments"], undone["consents"]) == (2, 2, 3)
    assert set(found(house, "count_everything")[0].values()) == {0}
    assert found(house, "imports")[0]["state"] == "undone"
    assert "was taken back on 2026-11-23 at 15:00Z already" in house.refused("undo", facts["import_id"])
    assert "no such import" in house.refused("undo", NOTHING)
    assert "is not the id of an import" in house.refused("undo", "people.csv")
    assert take(house, HEADER + ADA + BOB)["added"] == 2


def test_an_undo_waits_for_the_end_of_an_import_that_may_count_its_people_as_known(house: House) -> None:
    facts = take(house, HEADER + ADA + BOB)
    with psycopg.connect(house.environment["DATABASE_URL"]) as other:
        other.execute(SQL["hold_client"])
        assert "An import for bright-dental is running" in house.refused("undo", facts["import_id"])
    assert house.ok("undo", facts["import_id"])["contacts"] == 2


def test_a_line_in_the_log_about_an_enrollment_does_not_keep_an_import_and_stays(house: House) -> None:
    facts = take(house, HEADER + ADA + BOB, *AGREED)
    enroll_all(house)
    found(house, "plant_logs")
    assert house.ok("undo", facts["import_id"])["enrollments"] == 2
    assert [one["enrollment_id"] for one in found(house, "logs")] == [None, None]


def test_an_undo_leaves_other_peoples_addresses_and_what_was_known_before(house: House) -> None:
    before = take(house, HEADER + ADA)
    facts = take(house, HEADER + ADA + BOB, *AGREED)
    house.ok("contact", "add", *CLIENT, "--first-name", "Rob", "--phone", "+12125550102")
    assert len(found(house, "consents")) == 3
    undone = house.ok("undo", facts["import_id"])
    assert (undone["contacts"], undone["consents"]) == (1, 3)
    assert sorted((one["first_name"], one["value"]) for one in found(house, "people")) == [
        ("Ada", "+12125550101"),
        ("Ada", "ada@x.example"),
        ("Rob", "+12125550102"),
    ]
    assert house.ok("undo", before["import_id"])["contacts"] == 1


def test_who_was_closed_since_stays_closed(house: House) -> None:
    facts = take(house, HEADER + ADA + BOB)
    house.ok("suppress", "+12125550102", *CLIENT)
    house.ok("undo", facts["import_id"])
    assert [one["value"] for one in found(house, "closed")] == ["+12125550102"]
    assert found(house, "count_everything")[0]["contacts"] == 0


def test_an_import_whose_people_were_written_to_stays(house: House) -> None:
    add_accounts(house)
    facts = take(house, HEADER + ADA + BOB, *AGREED)
    kind = ("--consent", "sms", "--consent-kind", "written")
    known = take(house, HEADER + BOB, *kind, "--wording", "Yes again", *PROOF[2:])
    enroll_all(house)
    assert house.tick(START)["accepted"] >= 1
    everything = found(house, "count_everything")
    sentence = house.refused("undo", facts["import_id"])
    assert "cannot be taken back any more: of its people 2 were written to" in sentence
    assert "scripts/omnify erase CONTACT" in sentence
    assert "1 were known before and written to since" in house.refused("undo", known["import_id"])
    assert found(house, "count_everything") == everything


def test_an_import_stays_whose_people_somebody_wrote_back_to_before_their_text_was_known_to_be_theirs(
    house: House,
) -> None:
    assert text(add_texts(house), "Is there a place on Tuesday?") == 200
    facts = take(house, HEADER + f"9,Eve,{PERSON},,,\n", *AGREED)
    house.ok("client", "set", "bright-dental", "--status", "live")
    house.ok("client", "register-sender", "bright-dental", "--campaign", "CM1")
    assert house.ok("inbox", "--unmatched")[0]["sender"] == PERSON
    house.ok("reply", "write", PERSON, "Yes, at three!", *CLIENT)
    everything = found(house, "count_everything")
    sentence = house.refused("undo", facts["import_id"])
    assert "cannot be taken back any more: of its people 1 were written back to" in sentence
    assert found(house, "count_everything") == everything


def test_an_import_stays_to_whose_people_checks_of_ours_leave(house: House) -> None:
    add_texts(house)
    facts = take(house, HEADER + f"9,Eve,{PERSON},,,\n", *AGREED)
    house.ok("client", "set", "bright-dental", "--status", "live")
    house.ok("client", "register-sender", "bright-dental", "--campaign", "CM1")
    house.ok("canary", "start", PERSON, "--channel", "sms", *CLIENT)
    sentence = house.refused("undo", facts["import_id"])
    assert "cannot be taken back any more: of its people 1 get checks of yours" in sentence
