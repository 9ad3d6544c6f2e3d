"""disarm, arm, findings and replay as people type them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.databases import Engine
from tests.flow.house import START, House, open_house
from tests.flow.test_inbox_verbs import SID, TOKEN, add_texts, text


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        monkeypatch.setenv("GHL_BASE_URL", opened.twin.ghl_url)
        opened.ok("client", "add", "bright-dental", "--name", "Bright Dental")
        yield opened


def later(house: House, minutes: int) -> None:
    house.clock.set(house.clock.now() + timedelta(minutes=minutes))


def test_the_engine_is_disarmed_by_a_word_and_armed_after_every_account_was_read(house: House) -> None:
    house.twin.add_twilio(SID, TOKEN, ["+12065550188"])
    add_texts(house)
    assert house.ok("arm")["was_armed"] is True
    assert "Say why: --reason" in house.refused("disarm", "--reason", " ")
    assert house.ok("disarm", "--reason", "restore", "--by", "ada") == {"armed": False, "changed": True}
    assert "disarmed already" in house.run("disarm", "--reason", "again").out
    assert "The engine is disarmed: nothing leaves" in house.run("tick", "--dry-run").err
    assert "too early" in house.refused("arm")
    assert "2026-11-23 15:05:00Z" in house.refused("arm")
    later(house, 6)
    done = house.run("arm", "--reason", "restored and read")
    assert (done.code, done.err) == (0, "")
    assert "The engine is armed: messages leave again with the next sweep." in done.out
    assert "unsubscribing by link" in done.out
    assert house.ok("arm")["was_armed"] is True


def test_an_account_that_cannot_be_read_is_named_and_a_person_may_leave_it_out(house: House) -> None:
    add_texts(house)  # the twin does not know it, so its list answers 401
    house.ok("disarm", "--reason", "restore")
    later(house, 6)
    done = house.run("arm")
    assert done.code == 1
    assert "The engine stays disarmed" in done.err
    account = done.err.split("\n")[1].split()[0]
    assert "Say why these accounts do not matter" in house.refused("arm", "--without", account)
    assert "is no account's id" in house.refused("arm", "--without", "twilio", "--reason", "x")
    told = house.ok("arm", "--without", account, "--reason", "closed last week")
    assert (told["armed"], [one["account_id"] for one in told["left_out"]]) == (True, [account])


def test_an_account_that_hands_its_texts_to_a_workflow_is_named_with_the_way_out(house: House) -> None:
    location, secret = "loc4f0c", house.file("ghl", "pit-bright\n")
    house.twin.add_ghl("pit-bright", location, ["+12065550188"])
    hook = f"{house.twin.ghl_url}/hooks/{location}/webhook-trigger/5f0c"
    settings = ["--setting", f"location_id={location}", "--setting", f"workflow_hook={hook}"]
    add = ["client", "account", "add", "--client", "bright-dental", "--provider", "ghl", "--channel", "sms", *settings]
    house.run(*add, "--secret-file", f"token={secret}")
    house.ok("disarm", "--reason", "restore")
    later(house, 6)
    told = house.run("arm").err
    assert "texts are handed to a workflow there" in told
    assert "scripts/omnify skip" in told
    account = told.split("\n")[1].split()[0]
    assert house.ok("arm", "--without", account, "--reason", "skipped them by hand")["armed"] is True


def test_the_gap_may_be_said_to_begin_earlier(house: House) -> None:
    house.twin.add_twilio(SID, TOKEN, ["+12065550188"])
    add_texts(house)
    house.ok("disarm", "--reason", "restore")
    later(house, 6)
    since = (START - timedelta(days=2)).isoformat()
    assert house.run("arm", "--since", "yesterday").code == 2
    assert house.ok("arm", "--since", since)["since"] == since


def test_findings_are_listed_and_answered_by_a_person(house: House) -> None:
    assert house.ok("findings", "list") == []
    assert "Nothing was found" in house.run("findings", "list").out
    assert house.run("findings", "settle", "SM123").code == 2
    assert house.run("findings", "settle", "--as", "seen").code == 2
    assert house.run("findings", "settle", "SM123", "--all", "--as", "seen").code == 2
    assert "at least 4 letters" in house.refused("findings", "settle", "SM", "--as", "seen")
    assert "No open finding begins with 'SM123'" in house.refused("findings", "settle", "SM123", "--as", "seen")


def test_replay_says_what_it_would_change_and_writes_only_without_dry_run(house: House) -> None:
    url = add_texts(house)
    assert text(url, "Hello, is somebody there?") == 200
    (waiting,) = house.ok("inbox", "--unmatched")
    told = house.ok("replay", waiting["id"], "--dry-run")
    assert (told["dry_run"], told["changes"]) == (True, 0)
    contact = house.ok("contact", "add", "--client", "bright-dental", "--phone", waiting["sender"])["id"]
    told = house.ok("replay", waiting["id"], "--dry-run")
    assert [one["would_be"] for one in told["effects"] if one["was"] != one["would_be"]] == [f"contact {contact}"]
    assert "Nothing was written." in house.run("replay", waiting["id"], "--dry-run").out
    assert [one["contact"] for one in house.ok("inbox")] == [None]
    assert house.ok("replay", waiting["id"])["changes"] == 1
    assert [one["contact"] for one in house.ok("inbox")] == [contact]
    assert house.ok("replay", waiting["id"])["changes"] == 0
    assert "Nothing was kept under 'nowhere'" in house.refused("replay", "nowhere")
    assert "Say which event" in house.refused("replay", " ")
