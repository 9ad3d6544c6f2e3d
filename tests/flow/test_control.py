"""A person's orders by the command line, against a twin: what leaves, what waits, and what `why` tells of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Engine
from tests.flow.house import START, TOKEN, TOKEN_NAME, House, open_house

NUMBER, ADA, BOB = "+13125550191", "+12125550123", "+12125550124"
SID = "AC" + "4" * 32
CLIENT = ("--client", "bright-dental")
DAY = timedelta(days=1)
STEPS = """
name: Recall
slug: {slug}
steps:
  - key: first
    channel: sms
    content: {{body: "Hello from {{{{ client.name }}}}. Reply STOP to opt out."}}
  - key: second
    channel: sms
    wait: {{days: 1}}
    max_lateness: {{hours: 2}}
    content: {{body: "Are you there? {{{{ client.name }}}}"}}
  - key: third
    channel: sms
    wait: {{days: 1}}
    content: {{body: "One last word. {{{{ client.name }}}}"}}
"""


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "bright-dental", "--name", "Bright Dental")
        settings = ("--setting", f"account_sid={SID}", "--setting", f"from_number={NUMBER}")
        secret = ("--secret-from-env", f"auth_token={TOKEN_NAME}")
        account = ("client", "account", "add", *CLIENT, "--provider", "twilio")
        added = opened.run(*account, *settings, *secret, "--json").json()
        opened.ok("client", "register-sender", "bright-dental", "--campaign", "CMADEUP")
        opened.twin.add_twilio(SID, TOKEN, [NUMBER], inbound_url=added["webhook"])
        words = ("--wording", "I agree to be texted.", "--source", "web-form")
        agreed = ("--consent", "sms", "--consent-kind", "written", *words)
        for phone, ref in ((ADA, "P-1"), (BOB, "P-2")):
            zone = ("--time-zone", "America/New_York")
            opened.ok("contact", "add", *CLIENT, *zone, "--phone", phone, "--ref", ref, *agreed)
        for slug in ("recall", "nurture"):
            opened.ok("publish", opened.file(f"{slug}.yaml", STEPS.format(slug=slug)), *CLIENT)
        opened.ok("enroll", *CLIENT, "--sequence", "recall", "--contact", "P-1")
        yield opened


def sent(house: House) -> list[str]:
    """Steps in the order in which they left, by the twin's own word."""
    steps = {line["id"]: line["step"] for line in house.ledger()}
    return [steps[line["touch"]] for line in house.twin.ledger()]


def place(house: House) -> dict[str, Any]:
    """Where Ada stands."""
    return next(one for one in house.ok("why", "P-1")["entries"] if one["kind"] == "enrollment")


def test_a_pause_of_three_days_lets_nothing_leave_and_what_came_due_leaves_at_its_end(house: House) -> None:
    house.tick(START)
    done = house.ok("pause", "P-1", *CLIENT, "--by", "ada@bright.example", "--reason", "asked to wait until Thursday")
    assert (done["verb"], done["from"]["status"], done["to"]["status"]) == ("pause", "active", "paused")
    house.tick(START + DAY)
    house.tick(START + 2 * DAY)
    assert sent(house) == ["first"]
    assert "is paused since" in " ".join(place(house)["sentences"])

    # a day and three hours late for a step that bears two hours: the pause is not its fault
    house.clock.set(START + 2 * DAY + timedelta(hours=3))
    assert "already" in house.refused("pause", "P-1", "--sequence", "recall")
    said = house.run("resume", "P-1", "--sequence", "recall").out
    assert said.startswith("Resumed. In 'recall' it is active now. Step 'second' is due 2026-11-25 18:00Z.")
    house.tick(START + 2 * DAY + timedelta(hours=3, minutes=1))
    assert sent(house) == ["first", "second"]


def test_what_was_done_by_hand_is_told_newest_first_with_who_and_why(house: House) -> None:
    house.tick(START)
    house.clock.set(START + timedelta(hours=1))
    house.ok("pause", "P-1", "--by", "ada", "--reason", "on holiday")
    house.clock.set(START + timedelta(hours=2))
    house.ok("skip", "P-1", "--by", "bob")
    house.clock.set(START + timedelta(hours=3))
    house.ok("resume", "P-1", "--reason", "back again")
    resumed, skipped, paused = [one for one in house.ok("why", "P-1")["entries"] if one["kind"] == "deed"]
    assert paused["title"] == "By hand, sequence 'recall': paused"
    assert paused["sentences"][0].startswith("ada did it Mon 23 Nov 2026 11:00 America/New_York (16:00 UTC).")
    assert "The reason given: on holiday" in paused["sentences"][0]
    assert (skipped["facts"]["by"], skipped["facts"]["from"]["step"], skipped["facts"]["to"]["step"]) == (
        "bob",
        "second",
        "third",
    )
    assert "No reason was given." in skipped["sentences"][0]
    assert resumed["facts"]["by"].startswith("by_hand:")
    assert resumed["facts"]["to"]["status"] == "active"
    house.tick(START + DAY + timedelta(hours=2))
    assert sent(house) == ["first", "third"]


def test_a_jump_waits_for_the_proof_of_what_is_under_way_and_then_is_a_visit_of_its_own(house: House) -> None:
    house.twin.script("twilio", "timeout_after_accept")
    house.tick(START)
    refusal = house.refused("jump", "P-1", "third", "--now")
    assert "not settled yet" in refusal
    assert "settled by 2026-11-23 20:00 UTC at the latest" in refusal
    house.clock.set(START + timedelta(hours=6))  # and nobody swept
    assert "was to be settled by 2026-11-23 20:00 UTC" in house.refused("jump", "P-1", "third", "--now")
    house.tick(START + timedelta(minutes=6))
    done = house.ok("jump", "P-1", "third", "--now")
    assert (done["to"]["step"], done["to"]["visit"]) == ("third", 2)
    for unknown in ("fourth", ""):
        assert "It has first, second, third." in house.refused("jump", "P-1", unknown)
    house.tick(START + timedelta(minutes=7))
    assert sent(house) == ["first", "third"]


def test_an_instant_is_told_in_utc_where_the_database_keeps_another_zone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGTZ", "Asia/Tokyo")
    house.twin.script("twilio", "timeout_after_accept")
    house.tick(START)
    assert "settled by 2026-11-23 20:00 UTC at the latest" in house.refused("jump", "P-1", "third", "--now")
    assert "By 2026-11-23 20:00 UTC it is settled" in house.refused("erase", "P-1", "--yes")
    house.ok("disarm", "--reason", "restore")
    assert "after 2026-11-23 15:05:00Z" in house.refused("arm")
    people = house.file("people.csv", "Phone\n+12125550177\n")
    taken = house.ok("import", people, *CLIENT)["import_id"]
    house.ok("undo", taken)
    assert "on 2026-11-23 at 15:00Z already" in house.refused("undo", taken)


def test_a_step_goes_back_by_a_jump_and_is_sent_once_more_and_only_once(house: House) -> None:
    house.tick(START)
    house.clock.set(START + timedelta(minutes=5))
    house.ok("jump", "P-1", "first", "--now")
    for minute in (6, 7, 8):
        house.tick(START + timedelta(minutes=minute))
    assert sent(house) == ["first", "first"]


def test_a_pause_is_told_since_it_began_whatever_is_proven_or_changed_in_it(house: House) -> None:
    house.clock.set(START)
    house.ok("pause", "P-1")
    house.clock.set(START + timedelta(hours=2))
    house.ok("reschedule", "P-1", "--in", "3h")
    told = " ".join(place(house)["sentences"])
    assert "It is paused since Mon 23 Nov 2026 10:00 America/New_York (15:00 UTC)" in told
    house.ok("move", "P-1", "--to", "nurture")
    assert "is paused since Mon 23 Nov 2026 12:00" in " ".join(place(house)["sentences"])


def test_an_enrollments_id_may_stand_beside_its_sequence_and_no_other(house: House) -> None:
    run = str(place(house)["facts"]["enrollment"])
    refusal = house.refused("pause", run, "--sequence", "nurture")
    assert f"{run} is an enrollment in 'recall', not in 'nurture'; nothing was changed" in refusal
    assert house.ok("pause", run, "--sequence", "recall")["to"]["status"] == "paused"


def test_a_rescheduled_step_leaves_at_its_new_instant(house: House) -> None:
    house.tick(START)
    assert "in the future" in house.refused("reschedule", "P-1", "--at", "2026-11-01T09:00:00+00:00")
    assert "365 days" in house.refused("reschedule", "P-1", "--in", "366d")
    assert "30m, 2h or 3d" in house.refused("reschedule", "P-1", "--in", "soon")
    assert house.run("reschedule", "P-1").code == 2
    done = house.ok("reschedule", "P-1", "--in", "2h")
    assert done["to"]["due_at"] == "2026-11-23T17:00:00+00:00"
    house.tick(START + timedelta(hours=1))
    assert sent(house) == ["first"]
    house.tick(START + timedelta(hours=2))
    assert sent(house) == ["first", "second"]


def test_a_move_stops_here_and_goes_on_in_another_sequence(house: House) -> None:
    house.tick(START)
    assert "no sequence 'none'" in house.refused("move", "P-1", "--to", "none")
    done = house.ok("move", "P-1", "--to", "nurture", "--step", "third", "--by", "ada")
    assert (done["to"]["status"], done["sequence"]) == ("stopped", "recall")
    assert "does not run in 'recall'" in house.refused("pause", "P-1", "--sequence", "recall")
    assert house.ok("pause", done["moved_to"])["sequence"] == "nurture"
    house.ok("resume", "P-1", "--sequence", "nurture")
    house.tick(START + DAY)
    assert sent(house) == ["first", "third"]
    told = [one["title"] for one in house.ok("why", "P-1")["entries"] if one["kind"] == "deed"]
    assert "By hand, sequence 'recall': moved to 'nurture'" in told


def test_a_stop_ends_it_and_an_unclear_person_is_asked_for_again(house: House) -> None:
    house.ok("enroll", *CLIENT, "--sequence", "nurture", "--contact", "P-1")
    assert "runs more than once; give --sequence or the id" in house.refused("stop", "P-1")
    assert "No contact answers" in house.refused("stop", "P-9")
    assert "does not run in any sequence" in house.refused("stop", "P-2")
    house.ok("stop", "P-1", "--sequence", "nurture")
    done = house.ok("stop", "P-1")
    assert (done["sequence"], done["to"]["status"]) == ("recall", "stopped")
    assert "has ended" in house.refused("resume", str(done["enrollment"]))
    house.tick(START)
    assert sent(house) == []


def test_what_is_no_text_is_refused_by_every_verb_and_changes_nothing(house: House) -> None:
    """A shell hands over whatever bytes stand there: a name in Latin-1, half a character that was cut off."""
    bad, before = "Ren\udce9", house.ok("contact", "list", *CLIENT)
    add = ("contact", "add", *CLIENT, "--phone", "+12125550125", "--first-name", bad)
    for words in (add, ("pause", "P-1", "--by", bad), ("why", bad), ("publish", "--draft", bad, *CLIENT)):
        done = house.run(*words)
        assert (done.code, done.out) == (2, ""), done
        assert "'Ren\\udce9' is no text in UTF-8; nothing was changed" in done.err
    assert (house.ok("contact", "list", *CLIENT), place(house)["facts"]["status"]) == (before, "active")


def test_a_dry_run_tells_what_is_due_and_leaves_everything_as_it_is(house: House) -> None:
    at = ("--at", (START + timedelta(hours=14)).isoformat())
    told = house.ok("tick", "--dry-run", *at)
    [step] = told["steps"]
    assert (told["due"], step["client"], step["sequence"], step["step"]) == (1, "bright-dental", "recall", "first")
    [outcome] = step["outcomes"]
    assert (outcome["outcome"], outcome["reason"], outcome["count"]) == ("wait", "quiet_hours", 1)
    assert outcome["first_until"] == "2026-11-24T13:00:00+00:00"
    words = house.run("tick", "--dry-run", *at).out
    assert "1 due at 2026-11-24 05:00Z. Nothing was written." in words
    assert "1 would wait (quiet_hours), until 2026-11-24 13:00Z" in words
    assert house.run("tick", "--dry-run", "--job", "learn").code == 2
    assert sent(house) == []
    house.tick(START)
    assert house.run("tick", "--dry-run").out.startswith("Nothing is due")
    assert sent(house) == ["first"]
