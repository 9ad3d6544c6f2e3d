"""`omnify reopen`: a closed address opens by a new agreement only, and a person answers for it by name."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.databases import Engine
from tests.flow.answering import SQL
from tests.flow.house import House, open_house

PHONE, MAIL = "+12125550100", "ada@example.com"
AGREED = ("--wording", "I agree to texts again", "--source", "web-form", "--by", "Grace")
HERE = ("--client", "acme")


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    """One client with one person, closed in every way."""
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "acme", "--name", "Acme")
        opened.ok("contact", "add", *HERE, "--first-name", "Ada", "--phone", PHONE, "--email", MAIL)
        opened.ok("suppress", PHONE, *HERE, "--reason", "opted_out")
        yield opened


def reopenings(house: House) -> list[tuple[object, ...]]:
    with psycopg.connect(house.environment["DATABASE_URL"], row_factory=psycopg.rows.dict_row) as conn:
        found = conn.execute(SQL["reopenings"]).fetchall()
    names = ("closed_reason", "reopened_by", "wording", "kind", "wording_version", "address")
    return [tuple(row[name] for name in names) for row in found]


def test_a_fresh_agreement_opens_the_number_and_both_are_kept(house: House) -> None:
    facts = house.ok("reopen", PHONE, *HERE, *AGREED, "--wording-version", "v2", "--consent", "sms,voice")

    assert facts == {"address": PHONE, "client": "acme", "was_closed_for": "opted_out", "reopened_by": "Grace"}
    assert reopenings(house) == [("opted_out", "Grace", "I agree to texts again", "written", "v2", PHONE)]
    assert f"{PHONE} is not closed at acme" in house.refused("reopen", PHONE, *HERE, *AGREED)


def test_it_says_that_the_providers_own_block_stays(house: House) -> None:
    done = house.run("reopen", PHONE, *HERE, *AGREED)
    assert (done.code, "until the person texts START to your number" in done.out) == (0, True)


@pytest.mark.parametrize("reason", ["bounced", "provider_suppressed", "complained"])
def test_what_an_agreement_alone_does_not_mend_has_to_be_named(house: House, reason: str) -> None:
    house.ok("suppress", MAIL, *HERE, "--reason", reason)
    other = "bounced" if reason != "bounced" else "complained"
    assert f"--even-though {reason}" in house.refused("reopen", MAIL, *HERE, *AGREED)
    assert f"--even-though {reason}" in house.refused("reopen", MAIL, *HERE, *AGREED, "--even-though", other)
    assert reopenings(house) == []
    house.ok("reopen", MAIL, *HERE, *AGREED, "--even-though", reason)

    assert [(row[0], row[5]) for row in reopenings(house)] == [(reason, MAIL)]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--kind", "soft_opt_in"), "Only a written or an express agreement"),
        (("--consent", "email"), "'email' does not reach this address; one of sms, voice"),
        (("--by", " "), "--by must not be empty"),
        (("--wording", ""), "--wording must not be empty"),
        (("--contact", "nobody"), f"nobody does not have {PHONE} here; nothing was changed"),
    ],
)
def test_an_agreement_that_is_not_whole_opens_nothing(house: House, more: tuple[str, ...], sentence: str) -> None:
    assert sentence in house.refused("reopen", PHONE, *HERE, *AGREED, *more)
    assert reopenings(house) == []


def test_where_several_people_share_a_number_the_one_who_agreed_is_named(house: House) -> None:
    other = house.ok("contact", "add", *HERE, "--first-name", "Bob", "--phone", PHONE)
    assert "--contact ID" in house.refused("reopen", PHONE, *HERE, *AGREED)
    house.ok("reopen", PHONE, *HERE, *AGREED, "--contact", str(other["id"]))

    assert len(reopenings(house)) == 1
    assert "Nobody has +12125550199 here" in house.refused("reopen", "+12125550199", *HERE, *AGREED)
    assert json.dumps(house.ok("contact", "list", *HERE)).count(PHONE) == 2


def test_what_was_closed_before_an_erasure_opens_by_a_new_agreement_too(house: House) -> None:
    house.ok("erase", PHONE, *HERE, "--yes")
    house.ok("contact", "add", *HERE, "--first-name", "Ada", "--phone", PHONE)

    assert house.ok("reopen", PHONE, *HERE, *AGREED)["was_closed_for"] == "opted_out"

    assert reopenings(house) == [("opted_out", "Grace", "I agree to texts again", "written", None, PHONE)]
    assert f"{PHONE} is not closed at acme" in house.refused("reopen", PHONE, *HERE, *AGREED)
