"""The command line's verbs about checks of ours."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.databases import Engine
from tests.flow.house import START, House, open_house
from tests.flow.test_inbox_verbs import NUMBER, PERSON, SID, TOKEN, add_texts

HERE = ("--client", "bright-dental")
AGREED = ("--consent", "sms", "--wording", "Yes, check my phone every hour", "--source", "office")
TEXTS = ("--channel", "sms")


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    """A client with an account for texts, and one person of the house who agreed."""
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "bright-dental", "--name", "Bright Dental")
        opened.twin.add_twilio(SID, TOKEN, [NUMBER], inbound_url=add_texts(opened))
        opened.ok("client", "set", "bright-dental", "--status", "live")
        opened.ok("client", "register-sender", "bright-dental", "--campaign", "CM1")
        opened.ok("contact", "add", *HERE, "--phone", PERSON, *AGREED)
        yield opened


def test_it_is_started_once_listed_and_stopped(house: House) -> None:
    done = house.run("canary", "start", PERSON, *TEXTS, *HERE, "--by", "Ann")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"Started: texts to {PERSON}. The next sweep sends the first one, if nothing changes.\n"
    again = house.run("canary", "start", PERSON, *TEXTS, *HERE)
    assert again.out == f"Checks of texts to {PERSON} leave already; nothing was started twice.\n"
    (row,) = house.ok("canary", "list", *HERE)
    assert (row["channel"], row["every_hours"], row["runs"], row["started_by"]) == ("sms", 1, True, "Ann")
    assert (row["newest"], row["sent_lately"], row["held_back"]) == (None, 0, None)
    refused = house.refused("canary", "start", PERSON, *TEXTS, *HERE, "--every", "6")
    assert "every 1 h. Nothing was changed; stop it first" in refused
    assert "`scripts/omnify canary stop --client SLUG --channel sms`" in refused
    assert house.run("canary", "stop", *TEXTS, *HERE).out == "No more checks of texts leave.\n"
    (row,) = house.ok("canary", "list", *HERE)
    assert (row["runs"], row["stopped_by"].startswith("by_hand:")) == (False, True)
    assert "No check of texts runs at this client" in house.refused("canary", "stop", *TEXTS, *HERE)


def test_what_left_is_listed_and_told_by_why(house: House) -> None:
    house.ok("canary", "start", PERSON, *TEXTS, *HERE)
    assert house.tick(START)["canaries_armed"] == 1
    (row,) = house.ok("canary", "list", *HERE)
    assert (row["state"], row["sent_lately"]) in {("accepted", 1), ("delivered", 1)}
    assert "a check of ours" in house.run("why", PERSON, *HERE).out
    [line] = house.twin.ledger()
    assert "a check of ours that texts arrive" in line["body"]


def test_none_was_ever_started(house: House) -> None:
    out = house.run("canary", "list", *HERE).out
    assert out == "No check was ever started; `scripts/omnify canary start` does.\n"


def test_the_list_says_what_holds_a_check_back(house: House) -> None:
    house.ok("canary", "start", PERSON, *TEXTS, *HERE)
    house.ok("suppress", PERSON, *HERE, "--reason", "opted_out")
    (row,) = house.ok("canary", "list", *HERE)
    assert row["held_back"] == "The person asked to hear no more, or the address is closed."


def test_a_disarmed_engine_holds_them_back_in_words(house: House) -> None:
    house.ok("canary", "start", PERSON, *TEXTS, *HERE)
    house.ok("disarm", "--reason", "restore")
    (row,) = house.ok("canary", "list", *HERE)
    assert "nothing leaves until somebody runs `scripts/omnify arm`" in (row["held_back"] or "")
    house.ok("canary", "stop", *TEXTS, *HERE)
    again = house.run("canary", "start", PERSON, *TEXTS, *HERE).out
    assert "the first ones are left out: The engine is disarmed" in again


def test_whoever_did_not_agree_is_checked_nothing(house: House) -> None:
    house.ok("contact", "add", *HERE, "--phone", "+12125550199")
    refused = house.refused("canary", "start", "+12125550199", *TEXTS, *HERE)
    assert refused.startswith("Nothing was started.")
    assert "no account for e-mails" in house.refused("canary", "start", PERSON, "--channel", "email", *HERE)
    assert house.ok("canary", "list", *HERE) == []


def test_texts_more_than_half_a_day_apart_are_refused_with_the_way_out(house: House) -> None:
    refused = house.refused("canary", "start", PERSON, *TEXTS, *HERE, "--every", "13")
    assert "every 1 to 12 whole hours, because none leaves at night; give `--every 12` or less" in refused


def test_what_has_an_end_is_told_with_it_and_what_has_none_without(house: House) -> None:
    house.clock.set(START + timedelta(hours=12))  # ten in the evening in New York
    night = house.run("canary", "start", PERSON, *TEXTS, *HERE).out
    assert "the first ones are left out until Tue 24 Nov 2026 13:00 UTC: " in night
    house.ok("canary", "stop", *TEXTS, *HERE)
    house.ok("client", "set", "bright-dental", "--status", "paused")
    both = house.run("canary", "start", PERSON, *TEXTS, *HERE).out
    assert both.endswith(
        "are left out: This client is not live, so nothing leaves to its people. "
        "`scripts/omnify client set SLUG --status live` makes it live.\n"
    )


@pytest.mark.parametrize(
    ("option", "value", "said"), [("--every", "0", "from 1 to 24"), ("--every", "25", "from 1 to 24")]
)
def test_hours_out_of_bounds_are_a_usage_error(house: House, option: str, value: str, said: str) -> None:
    done = house.run("canary", "start", PERSON, *TEXTS, *HERE, option, value)
    assert done.code == 2
    assert said in done.err
