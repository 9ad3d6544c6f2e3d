"""What a file says people agreed to: only with words, source and a name who vouches, and only where a row says so."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import Engine
from tests.flow.house import START, House, open_house
from tests.flow.importing import ADA, BOB, CLIENT, HEADER, PROOF, WORDING, found, refused, take
from utils.uuid7 import uuid7

ALL = ("--consent", "sms,voice,email", *PROOF)
DATED = (*ALL, "--consented-at-column", "Agreed")


CLAIMS = (
    (("--consent", "sms", "--source", "form", "--attest", "Eva"), "--wording"),
    (("--consent", "sms", "--wording", "Yes", "--attest", "Eva"), "--source"),
    (("--consent", "sms", "--wording", "Yes", "--source", "form"), "--attest"),
    (
        ("--consent", "sms", "--wording", "Yes", "--wording-column", "Zip", "--source", "f", "--attest", "E"),
        "one of",
    ),
    (("--consent", "pigeon", *PROOF), "'pigeon' is none"),
    (("--consent", "sms", *PROOF, "--consent-kind", "soft_opt_in"), "express or written"),
    (("--consent", "sms", *PROOF, "--consented-at-column", "When"), "names a column 'When'"),
    (("--consent", "sms", *PROOF, "--consent-if", "Agreed"), "COLUMN=yes"),
    (("--wording", "Yes"), "--wording speaks of consent"),
    (("--source", "form"), "--source speaks of consent"),
    (("--consent-kind", "written"), "--consent-kind speaks of consent"),
)


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "bright-dental", "--name", "Bright Dental", "--legal-name", "Bright Dental Care LLC")
        yield opened


def test_a_claim_without_its_proof_is_refused(house: House) -> None:
    for options, missing in CLAIMS:
        assert missing in refused(house, HEADER + ADA, *options)


def test_a_consent_carries_its_words_its_number_and_its_proof(house: House) -> None:
    text = HEADER.strip() + ",Page\n" + ADA.strip() + ",/offer\n"
    more = ("--consent-kind", "written", "--wording-version", "v3", "--proof-column", "Page")
    facts = take(house, text, *DATED, *more)
    assert facts["consents"] == 3
    email, sms, voice = found(house, "consents")
    assert {one["channel"] for one in (email, sms, voice)} == {"email", "sms", "voice"}
    assert (email["address"], sms["address"], voice["address"]) == ("ada@x.example", "+12125550101", "+12125550101")
    assert [one["covers_ai_voice"] for one in (email, sms, voice)] == [False, False, True]
    assert sms["at"] == datetime(2026, 2, 3, tzinfo=UTC)
    assert (sms["kind"], sms["seller"], sms["source"]) == ("written", "Bright Dental Care LLC", "web form")
    assert (sms["wording"], sms["wording_version"]) == (WORDING, "v3")
    assert sms["wording_hash"] == hashlib.sha256(WORDING.encode()).hexdigest()
    assert str(sms["import_id"]) == facts["import_id"]
    assert sms["proof"] == {
        "file": "people.csv",
        "row": "2",
        "file_sha256": facts["sha256"],
        "attested_by": "Eva Klein",
        "Page": "/offer",
    }
    assert found(house, "imports")[0]["attested_by"] == "Eva Klein"


def test_a_proof_is_kept_whole(house: House) -> None:
    certificate = "https://cert.trustedform.example/" + "0123456789abcdef" * 3 + "?session=" + "x" * 2_000
    text = f"{HEADER.strip()},Certificate\n{ADA.strip()},{certificate}\n"
    take(house, text, "--consent", "sms", *PROOF, "--proof-column", "Certificate")
    assert [one["proof"]["Certificate"] for one in found(house, "consents")] == [certificate]


def test_words_that_do_not_name_an_artificial_voice_do_not_cover_one(house: House) -> None:
    proof = ("--wording", "I agree to be called.", "--source", "form", "--attest", "Eva")
    take(house, HEADER + ADA, "--consent", "voice", *proof)
    assert [one["covers_ai_voice"] for one in found(house, "consents")] == [False]


def test_each_row_may_have_words_of_its_own(house: House) -> None:
    text = "First Name,Phone,Words\nAda,+12125550101,Yes to artificial voice calls\nBob,+12125550102,\n"
    proof = ("--wording-column", "Words", "--source", "form", "--attest", "Eva")
    facts = take(house, text, "--consent", "voice", *proof)
    assert (facts["added"], facts["consents"], facts["without_consent"]) == (2, 1, 1)
    assert facts["left_out"][0]["reason"] == "taken without consent: its words are empty"
    [only] = found(house, "consents")
    assert (only["wording"], only["covers_ai_voice"]) == ("Yes to artificial voice calls", True)


def test_only_rows_that_say_yes_agree(house: House) -> None:
    text = "First Name,Phone,OK\nAda,+12125550101,YES\nBob,+12125550102,no\nCarl,+12125550103,\nDora,+12125550104,y\n"
    facts = take(house, text, "--consent", "sms", *PROOF, "--consent-if", "OK=yes|y")
    assert (facts["added"], facts["consents"], facts["left_out"]) == (4, 2, [])
    assert [one["first_name"] for one in found(house, "consents")] == ["Ada", "Dora"]


def test_a_row_whose_day_cannot_be_comes_in_without_consent_and_is_listed(house: House) -> None:
    days = ("2024-02-29", "2023-02-29", "2031-01-01", "", "03/04/2026")
    rows = "".join(f"{at},N{at},+1212555010{at},,,{day}\n" for at, day in enumerate(days))
    facts = take(house, HEADER + rows, *DATED)
    assert (facts["added"], facts["without_consent"]) == (5, 4)
    assert [one["reason"].split(":")[0] for one in facts["left_out"]] == ["taken without consent"] * 4
    assert {one["outcome"] for one in facts["left_out"]} == {"without consent"}
    assert {(one["external_ref"], one["at"].isoformat()) for one in found(house, "consents")} == {
        ("0", "2024-02-29T00:00:00+00:00")
    }


def test_a_known_person_gets_the_consent_that_the_file_brings_once(house: House) -> None:
    take(house, HEADER + ADA + BOB)
    facts = take(house, HEADER + ADA + "9,Bob,+12125550102,,,2026-02-05\n", *DATED)
    assert (facts["added"], facts["known"], facts["consents"]) == (0, 2, 5)
    assert [one["channel"] for one in found(house, "consents")] == ["email", "sms", "voice", "sms", "voice"]
    assert take(house, HEADER + ADA + "9,Bob,+12125550102,,,2026-02-05\n", *DATED)["consents"] == 0
    assert take(house, HEADER + ADA, *ALL)["consents"] == 0


def test_words_that_were_known_unsigned_are_taken_once_more_when_they_are_signed(house: House) -> None:
    signed = ("--consent-kind", "written")
    take(house, HEADER + ADA, *ALL)
    assert take(house, HEADER + ADA, *ALL, *signed)["consents"] == 3
    kinds = sorted((one["channel"], one["kind"]) for one in found(house, "consents"))
    assert kinds == [(channel, kind) for channel in ("email", "sms", "voice") for kind in ("express", "written")]
    assert [take(house, HEADER + ADA, *more)["consents"] for more in (ALL, (*ALL, *signed))] == [0, 0]
    dated = (DATED, (*DATED, *signed), (*DATED, *signed), DATED)
    assert [take(house, HEADER + ADA, *more)["consents"] for more in dated] == [3, 3, 0, 0]


def test_a_consent_for_a_number_that_is_not_theirs_is_not_taken(house: House) -> None:
    take(house, HEADER + ADA)
    facts = take(house, HEADER + "1,Ada,+12125550199,ada@x.example,,2026-02-03\n", *DATED)
    assert (facts["known"], facts["consents"], facts["without_consent"]) == (1, 0, 1)
    assert "with another number or address" in facts["left_out"][0]["reason"]


def test_a_consent_without_a_day_undoes_no_withdrawal_and_an_older_one_stays_older(house: House) -> None:
    take(house, HEADER + ADA)
    found(house, "withdraw", {"id": uuid7(START), "channel": "sms", "ref": "1", "at": datetime(2026, 6, 1, tzinfo=UTC)})
    facts = take(house, HEADER + ADA, *ALL)
    assert (facts["consents"], facts["left_out"][0]["outcome"]) == (0, "known")
    assert "withdrew a consent" in facts["left_out"][0]["reason"]
    assert take(house, HEADER + ADA, "--consent", "sms", *PROOF, "--consented-at-column", "Agreed")["consents"] == 1
    assert [one["event"] for one in found(house, "consents")] == ["granted", "withdrawn"]


@pytest.mark.parametrize("erased", [False, True])
def test_after_a_stop_a_consent_counts_only_with_its_day(house: House, erased: bool) -> None:
    house.ok("contact", "add", *CLIENT, "--phone", "+12125550101", "--email", "ada@x.example")
    house.ok("suppress", "+12125550101", *CLIENT, "--reason", "opted_out")
    if erased:
        house.ok("erase", "+12125550101", *CLIENT, "--yes")
    facts = take(house, HEADER + ADA + BOB, *ALL)
    assert (facts["closed"], facts["consents"], facts["without_consent"]) == (1, 2, 1)
    assert facts["left_out"][0]["reason"].startswith("the consent was not taken: the person said stop")
    assert {one["first_name"] for one in found(house, "consents")} == {"Bob"}
    assert take(house, HEADER + ADA, "--consent", "sms", *PROOF, "--consented-at-column", "Agreed")["consents"] == 1


def test_what_was_closed_by_hand_or_on_another_way_takes_no_consent_away(house: House) -> None:
    house.ok("suppress", "+12125550101", *CLIENT)
    house.ok("suppress", "ada@x.example", *CLIENT, "--reason", "complained")
    facts = take(house, HEADER + ADA, "--consent", "sms,voice", *PROOF)
    assert (facts["closed"], facts["consents"], facts["without_consent"]) == (1, 2, 0)
