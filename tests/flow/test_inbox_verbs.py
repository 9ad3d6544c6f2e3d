"""The command line's verbs about what came in: `inbox` shows it, `release` lets go on what it held."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scripts.cli import inbox
from scripts.sandbox.signing import sign_twilio
from tests.databases import Engine
from tests.flow.house import House, open_house
from utils.http import trusted

SID, TOKEN, NUMBER, PERSON = "AC" + "7" * 32, "token-of-bright", "+12065550188", "+12125550155"


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "bright-dental", "--name", "Bright Dental")
        yield opened


def add_texts(house: House) -> str:
    """A Twilio account; the address of its inbound hook."""
    token = house.file("token", TOKEN + "\n")
    arguments = ["client", "account", "add", "--client", "bright-dental", "--provider", "twilio"]
    settings = ["--setting", f"account_sid={SID}", "--setting", f"from_number={NUMBER}"]
    added = house.run(*arguments, *settings, "--secret-file", f"auth_token={token}", "--json").json()
    return str(added["webhook"]).partition("#")[0]


def text(url: str, body: str, sid: str = "SM" + "1" * 32) -> int:
    form = {"MessageSid": sid, "From": PERSON, "To": NUMBER, "Body": body, "SmsStatus": "received"}
    headers = {"X-Twilio-Signature": sign_twilio(url, form, TOKEN)}
    return httpx.post(url, data=form, headers=headers, trust_env=False, verify=trusted(), timeout=20).status_code


def test_what_came_in_is_shown_and_released(house: House) -> None:
    url = add_texts(house)
    assert house.ok("inbox") == []
    assert text(url, "Hello, is somebody there?") == 200
    (waiting,) = house.ok("inbox", "--unmatched")
    assert (waiting["sender"], waiting["client"], waiting["contact"]) == (PERSON, "bright-dental", None)
    contact = house.ok("contact", "add", "--client", "bright-dental", "--phone", PERSON)["id"]
    assert house.ok("release", PERSON, "--client", "bright-dental") == {"contact": contact, "released": 1}
    assert house.ok("release", contact)["released"] == 0
    assert text(url, "Are you there?", "SM" + "2" * 32) == 200
    assert house.ok("release", contact, "--by", "ada@bright.example")["released"] == 1
    first, second = sorted((row["released_by"] for row in house.ok("inbox", "--client", "bright-dental")), reverse=True)
    assert (first.startswith("by_hand:"), second) == (True, "ada@bright.example")
    assert "Hello, is somebody there?" in house.run("inbox").out
    assert "No contact answers" in house.refused("release", "+12125550199")


def test_a_list_that_ends_before_its_end_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    url = add_texts(house)
    for number in range(3):
        assert text(url, f"Hello {number}", f"SM{number}" + "1" * 31) == 200
    monkeypatch.setattr(inbox, "MOST", 3)
    assert len(house.ok("inbox")) == 3
    monkeypatch.setattr(inbox, "MOST", 2)
    done = house.run("inbox", "--json")
    assert (len(done.json()), done.err) == (2, "There are more; these are the first 2.\n")
