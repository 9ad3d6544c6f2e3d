"""`omnify erase`: nobody by a slip, with a certificate that names nobody, the same one when asked again."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from tests.databases import Engine
from tests.db.erasing import CANARIES, MAIL, PHONE, found_in
from tests.flow.house import House, open_house

HERE = ("--client", "acme")
PERSON = ("--first-name", "Zyxcanary", "--phone", PHONE, "--email", MAIL, "--ref", "canaryref-7")
AGREED = ("--consent", "sms", "--wording", "canarywords, I agree", "--source", "web-form")


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    """One client with one person who agreed to texts and closed their number."""
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "acme", "--name", "Acme")
        opened.ok("contact", "add", *HERE, *PERSON, *AGREED)
        opened.ok("suppress", PHONE, *HERE, "--reason", "opted_out")
        yield opened


def test_without_yes_a_program_erases_nobody(house: House) -> None:
    assert "say --yes" in house.refused("erase", PHONE, *HERE)
    assert [one["phone"] for one in house.ok("contact", "list", *HERE)] == [PHONE]


def test_the_certificate_says_what_was_done_and_names_nobody(house: House) -> None:
    (person,) = house.ok("contact", "list", *HERE)
    done = house.run("erase", "canaryref-7", "--yes")
    assert (done.code, done.err) == (0, "")
    assert "1  consents sealed for five years" in done.out
    assert "1  closed addresses kept as a hash" in done.out
    assert "2  addresses deleted" in done.out
    assert "ask each of them" in done.out
    assert found_in(done.out.lower()) == []
    assert house.ok("contact", "list", *HERE) == []
    again = house.ok("erase", person["id"], "--yes")
    assert (again["repeated"], again["contact"]) == (True, person["id"])
    assert again["counts"]["addresses_deleted"] == 2
    assert str(UUID(again["certificate"])) in done.out


def test_who_has_no_name_on_this_machine_is_told_by_their_number(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As in a container that runs under any number at all: its list of accounts knows nothing of it."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 1000650000)
    pack = house.ok("evidence", PHONE, *HERE)
    assert pack["asked_by"] == "uid:1000650000"
    assert house.ok("erase", PHONE, *HERE, "--yes")["erased_by"] == "by_hand:uid:1000650000"


def test_who_was_erased_is_found_by_nothing_but_the_id(house: House) -> None:
    (person,) = house.ok("contact", "list", *HERE)
    house.ok("erase", PHONE, *HERE, "--yes")
    for who in (PHONE, MAIL, "canaryref-7"):
        assert "No contact answers to" in house.refused("erase", who, *HERE, "--yes")
    shown = house.run("why", person["id"], *HERE)
    assert shown.code == 0
    assert [canary for canary in CANARIES if canary in shown.out.lower()] == []


def test_nobody_is_erased_by_a_slip(house: House) -> None:
    assert "No contact answers to +12025550199; `scripts/omnify contact list" in house.refused(
        "erase", "+12025550199", "--yes"
    )
