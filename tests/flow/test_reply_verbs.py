"""The command line's verbs about what people write back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from modules.policy import GuardReason
from modules.preview import GUARDS
from tests.databases import Engine
from tests.flow.house import START, House, open_house
from tests.flow.test_inbox_verbs import PERSON, add_texts, text

HERE = ("--client", "bright-dental")
AGREED = ("--consent", "sms", "--wording", "Yes, text me about my visits", "--source", "web-form")
WORDS = "Yes, come at three!"


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    """A client with an account for texts, and one person who has asked something."""
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "bright-dental", "--name", "Bright Dental")
        url = add_texts(opened)
        opened.ok("client", "set", "bright-dental", "--status", "live")
        opened.ok("client", "register-sender", "bright-dental", "--campaign", "CM1")
        opened.ok("contact", "add", *HERE, "--phone", PERSON, *AGREED)
        assert text(url, "May I come at three?") == 200
        yield opened


def test_it_is_written_once_listed_and_taken_back(house: House) -> None:
    done = house.run("reply", "write", PERSON, WORDS, *HERE, "--by", "Ann")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"Written to {PERSON}. The next sweep sends it, if nothing changes.\n"
    again = house.run("reply", "write", PERSON, WORDS, *HERE)
    assert again.out == f"These words to {PERSON} were written already; nothing was written twice.\n"
    (row,) = house.ok("reply", "list", *HERE)
    assert (row["to"], row["body"], row["written_by"], row["state"]) == (PERSON, WORDS, "Ann", "waiting")
    assert house.run("reply", "take-back", row["id"], *HERE).out == "It will not leave.\n"
    (row,) = house.ok("reply", "list", *HERE)
    assert (row["state"], row["reason"]) == ("closed", "taken_back")
    assert "No reply with this id waits" in house.refused("reply", "take-back", row["id"], *HERE)
    again = house.run("reply", "write", PERSON, WORDS, *HERE)
    assert again.out == (
        f"These words to {PERSON} were written before and will not leave any more. Somebody took the reply back. "
        "Change the words to write back once more.\n"
    )
    facts = house.ok("reply", "write", PERSON, WORDS, *HERE)
    assert (facts["written"], facts["closed_reason"]) == (False, "taken_back")
    facts = house.ok("reply", "write", PERSON, "Yes, three is fine!", *HERE)
    assert (facts["written"], facts["closed_reason"]) == (True, None)


def test_what_has_an_end_is_told_with_it_and_what_has_none_without(house: House) -> None:
    house.clock.set(START + timedelta(hours=12))  # ten in the evening in New York
    night = house.run("reply", "write", PERSON, WORDS, *HERE).out
    assert "As things stand it waits until Tue 24 Nov 2026 13:00 UTC: " in night
    house.ok("client", "set", "bright-dental", "--status", "paused")
    both = house.run("reply", "write", PERSON, "Yes, three is fine!", *HERE).out
    assert both.endswith("As things stand it waits: This client is not live, so nothing leaves to its people.\n")


def test_one_that_nobody_swept_in_time_is_listed_as_late_with_the_reason_in_words(house: House) -> None:
    house.ok("reply", "write", PERSON, WORDS, *HERE)
    (row,) = house.ok("reply", "list", *HERE)
    assert (row["state"], row["reason"], row["why"]) == ("waiting", None, None)
    house.clock.set(START + timedelta(days=9))
    (row,) = house.ok("reply", "list", *HERE)
    assert (row["state"], row["reason"]) == ("late", "too_late")
    assert row["why"] == "Its time was over before it could leave."
    assert "late" in house.run("reply", "list", *HERE).out


def test_the_list_says_what_holds_one_back(house: House) -> None:
    house.ok("reply", "write", PERSON, WORDS, *HERE)
    assert house.ok("reply", "list", *HERE)[0]["why"] is None
    house.ok("client", "set", "bright-dental", "--status", "paused")
    (row,) = house.ok("reply", "list", *HERE)
    assert (row["state"], row["why"]) == ("waiting", GUARDS[GuardReason.tenant_not_live])


def test_nobody_wrote_back_yet(house: House) -> None:
    assert house.run("reply", "list", *HERE).out == "Nobody wrote back yet.\n"


def test_to_a_closed_number_nothing_is_written(house: House) -> None:
    house.ok("suppress", PERSON, *HERE, "--reason", "opted_out")
    assert "They asked to hear no more by text" in house.refused("reply", "write", PERSON, WORDS, *HERE)
    assert house.ok("reply", "list", *HERE) == []


@pytest.mark.parametrize("hours", ["0", "169", "soon"])
def test_hours_out_of_bounds_are_a_usage_error(house: House, hours: str) -> None:
    done = house.run("reply", "write", PERSON, WORDS, *HERE, "--within", hours)
    assert done.code == 2
    assert "from 1 to 168" in done.err


def test_a_client_without_an_account_for_texts_is_told(house: House) -> None:
    house.ok("client", "add", "acme", "--name", "Acme")
    house.ok("contact", "add", "--client", "acme", "--phone", "+12125550177", *AGREED)
    assert "no account that sends texts" in house.refused("reply", "write", "+12125550177", WORDS, "--client", "acme")
