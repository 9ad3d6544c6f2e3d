"""Versions by the command line: drafts, differences, rollbacks, people who are taken over; and what leaves."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Engine
from tests.flow.house import START, TOKEN, TOKEN_NAME, House, open_house

NUMBER, ADA, BOB = "+13125550191", "+12125550123", "+12125550124"
SID = "AC" + "6" * 32
CLIENT = ("--client", "bright-dental")
DAY = timedelta(days=1)
ONE = """
name: Recall
slug: recall
purpose: marketing
steps:
  - key: first
    channel: sms
    content: {body: "Hello from {{ client.name }}. Reply STOP to opt out."}
  - key: second
    channel: sms
    wait: {days: 1}
    content: {body: "Are you there? {{ client.name }}"}
  - key: third
    channel: sms
    wait: {days: 1}
    content: {body: "One last word. {{ client.name }}"}
"""
TWO = ONE.replace("Are you there?", "We have a place for you.")
TURNED = ONE.replace("key: first", "key: x").replace("key: second", "key: first").replace("key: x", "key: second")


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
        publish(opened, ONE)
        opened.ok("enroll", *CLIENT, "--sequence", "recall", "--contact", "P-1")
        yield opened


def publish(house: House, text: str) -> int:
    return int(house.ok("publish", house.file("recall.yaml", text), *CLIENT, "--by", "ada")["version"])


def texts(house: House, phone: str) -> list[str]:
    """What arrived at this number, by the twin's own word, without the sender's name before it."""
    said = [line["body"].split("\n")[0] for line in house.twin.ledger() if line["to"] == phone]
    return [text.removeprefix("Bright Dental: ") for text in said]


def by_step(house: House, *arguments: str) -> dict[str, dict[str, Any]]:
    told = house.ok("sequence", *arguments, *CLIENT)
    return {line["step"]: line for line in told["lines"]}


def test_a_draft_is_saved_looked_at_published_and_gone(house: House) -> None:
    faulty = house.file("draft.yaml", TWO.replace("purpose: marketing\n", "").replace("days: 1", "days: soon"))
    said = house.run("sequence", "draft", faulty, *CLIENT, "--by", "ada")
    assert said.code == 0
    assert said.out.startswith("Saved as the draft of 'recall', begun on version 1. Nothing was published.\n")
    assert "It has 2 problems:\n  line 10: steps.second.wait.days: 'soon' is not" in said.out
    assert "better: purpose: say what it is for" in said.out
    assert "--draft recall" not in said.out
    assert "'soon' is not a whole number" in house.refused("publish", "--draft", "recall", *CLIENT)
    [listed] = house.ok("sequence", "drafts", *CLIENT)
    assert [listed[name] for name in ("slug", "based_on", "current_version", "problems", "saved_by")] == [
        "recall",
        1,
        1,
        2,
        "ada",
    ]

    saved = house.run("sequence", "draft", house.file("draft.yaml", TWO), *CLIENT)
    assert "To publish it: scripts/omnify publish --draft recall --client bright-dental\n" in saved.out
    told = house.run("sequence", "diff", "recall", *CLIENT, "--draft").out
    assert told.startswith("recall version 1 → the draft\n\nStep 'second'\n  content.body:\n    - Are you there?")
    assert publish(house, TURNED) == 2
    refusal = house.refused("publish", "--draft", "recall", *CLIENT)
    assert "begun on version 1, and version 2 is current now" in refusal
    assert "add --over 2" in refusal
    done = house.ok("publish", "--draft", "recall", *CLIENT, "--over", "2")
    assert done == {"slug": "recall", "version": 3, "unchanged": False}
    assert house.run("sequence", "drafts", *CLIENT).out == "bright-dental has no drafts.\n"
    assert "no draft of 'recall'" in house.refused("sequence", "discard", "recall", *CLIENT)


def test_a_draft_that_is_thrown_away_leaves_what_is_published(house: House) -> None:
    house.ok("sequence", "draft", house.file("draft.yaml", "name: ["), *CLIENT, "--slug", "recall")
    house.ok("sequence", "discard", "recall", *CLIENT)
    assert house.ok("sequence", "drafts", *CLIENT) == []
    assert house.ok("sequence", "versions", "recall", *CLIENT)[0]["version"] == 1


def test_versions_tell_what_each_is_and_a_rollback_is_one_more(house: House) -> None:
    assert publish(house, TWO) == 2
    said = house.run("rollback", "recall", *CLIENT, "--to", "1", "--by", "eve").out
    assert said.startswith("recall version 3 is what new enrollments take; it says what version 1 said.")
    told = house.ok("sequence", "versions", "recall", *CLIENT)
    names = ("version", "current", "what", "by", "steps", "running")
    assert [tuple(line[name] for name in names) for line in told] == [
        (3, True, "rolled back to 1", "eve", 3, 0),
        (2, False, "published", "ada", 3, 0),
        (1, False, "published", "ada", 3, 1),
    ]
    assert "says exactly what version 1 says" in house.refused("sequence", "rollback", "recall", *CLIENT, "--to", "1")
    assert "the newest is 3" in house.refused("rollback", "recall", *CLIENT, "--to", "9")
    same = house.run("sequence", "diff", "recall", *CLIENT, "--from", "1", "--to", "3").out
    assert same == "recall version 1 and version 3 mean the same.\n"
    [step] = house.ok("sequence", "diff", "recall", *CLIENT, "--from", "1", "--to", "2")["steps"]
    assert [one["field"] for one in step["changed"]] == ["content.body"]
    assert house.run("sequence", "diff", "recall", *CLIENT).code == 2
    for none in ("9", "99999999999"):
        assert f"no version {none};" in house.refused(
            "sequence", "diff", "recall", *CLIENT, "--from", none, "--to", "1"
        )


def test_who_is_under_way_gets_the_words_of_their_own_version_until_they_are_taken_over(house: House) -> None:
    house.tick(START)
    publish(house, TWO)
    house.ok("enroll", *CLIENT, "--sequence", "recall", "--contact", "P-2")
    house.tick(START + timedelta(minutes=5))
    house.tick(START + DAY + timedelta(minutes=10))
    assert [one.split("?")[0].split(". ")[0] for one in texts(house, ADA)] == [
        "Hello from Bright Dental",
        "Are you there",
    ]
    assert texts(house, BOB)[-1].startswith("We have a place for you.")


def test_a_change_of_words_reaches_those_under_way_by_adopt_and_is_told_by_why(house: House) -> None:
    house.tick(START)
    two = house.file("two.yaml", TWO)
    [line] = by_step(house, "impact", two).values()
    assert (line["version"], line["step"], line["people"], line["likeness"]) == (1, "second", 1, "differs")
    words = house.run("sequence", "impact", two, *CLIENT).out
    assert "Publishing moves nobody; under way on their own versions: 1 enrollment." in words
    assert "the step differs" in words

    publish(house, TWO)
    foreseen = house.ok("sequence", "adopt", "recall", *CLIENT, "--dry-run")
    assert (foreseen["taken_over"], foreseen["stayed"]) == (1, {})
    assert house.ok("sequence", "versions", "recall", *CLIENT)[1]["running"] == 1
    said = house.run("sequence", "adopt", "recall", *CLIENT, "--by", "ada", "--reason", "a better text")
    assert (said.code, said.out) == (0, "Taken over to version 2: 1 enrollment.\n")
    deed = next(one for one in house.ok("why", "P-1")["entries"] if one["kind"] == "deed")
    assert deed["title"] == "By hand, sequence 'recall': taken over from version 1 to version 2"
    assert "ada did it" in deed["sentences"][0]
    assert "The reason given: a better text" in deed["sentences"][0]
    house.tick(START + DAY + timedelta(minutes=10))
    assert [one.split(". ")[0] for one in texts(house, ADA)] == ["Hello from Bright Dental", "We have a place for you"]


def test_who_would_get_a_step_twice_stays_and_is_counted(house: House) -> None:
    house.tick(START)
    publish(house, TURNED)
    done = house.ok("sequence", "adopt", "recall", *CLIENT)
    assert (done["taken_over"], done["stayed"]) == (0, {"would_repeat": 1})
    said = house.run("sequence", "adopt", "recall", *CLIENT).out
    assert "Not taken over: 1 enrollment; they would get again what they have had: first" in said
    for day in (1, 2, 3, 4):
        house.tick(START + day * DAY + timedelta(minutes=10 * day))
    assert len(texts(house, ADA)) == len(set(texts(house, ADA))) == 3


def test_a_touch_on_its_way_keeps_them_until_it_has_settled(house: House) -> None:
    house.twin.script("twilio", "timeout_after_accept")
    house.tick(START)
    publish(house, TWO)
    assert house.ok("sequence", "adopt", "recall", *CLIENT)["stayed"] == {"under_way": 1}
    house.tick(START + timedelta(minutes=6))
    assert house.ok("sequence", "adopt", "recall", *CLIENT)["taken_over"] == 1


def test_a_renamed_step_is_named_and_a_wrong_name_is_refused(house: House) -> None:
    house.tick(START)
    renamed = ONE.replace("key: second", "key: again")
    file = house.file("renamed.yaml", renamed)
    assert by_step(house, "impact", file)["second"]["likeness"] == "gone"
    assert by_step(house, "impact", file, "--step", "second=again")["second"]["likeness"] == "same"
    assert "it has first, again, third" in house.refused("sequence", "impact", file, *CLIENT, "--step", "second=none")
    house.ok("sequence", "draft", file, *CLIENT)
    assert by_step(house, "impact", "--draft", "recall")["second"]["fates"] == {"step_gone": 1}
    publish(house, renamed)
    assert house.ok("sequence", "adopt", "recall", *CLIENT)["stayed"] == {"step_gone": 1}
    assert "No older version of 'recall' has a step 'x'" in house.refused(
        "sequence", "adopt", "recall", *CLIENT, "--step", "x=again"
    )
    assert house.ok("sequence", "adopt", "recall", *CLIENT, "--step", "second=again")["taken_over"] == 1
    house.tick(START + DAY + timedelta(minutes=10))
    assert len(texts(house, ADA)) == 2


def test_nobody_under_way_is_said_in_a_sentence(house: House) -> None:
    file = house.file("other.yaml", ONE.replace("slug: recall", "slug: other"))
    assert house.run("sequence", "impact", file, *CLIENT).out == "Nobody is under way in 'other'.\n"
    assert "no sequence 'other'" in house.refused("sequence", "adopt", "other", *CLIENT)
    assert "no sequence 'other'" in house.refused("sequence", "versions", "other", *CLIENT)


def test_a_wrong_call_ends_with_two(house: House) -> None:
    file = house.file("two.yaml", TWO)
    assert house.run("sequence", "adopt", "recall", *CLIENT, "--step", "again").code == 2
    assert house.run("sequence", "impact", *CLIENT).code == 2
    assert house.run("publish", *CLIENT).code == 2
    assert house.run("publish", file, *CLIENT, "--over", "2").code == 2
    assert house.run("publish", file, *CLIENT, "--draft", "recall").code == 2
    assert house.ok("sequence", "versions", "recall", *CLIENT)[0]["version"] == 1


def test_a_wrong_name_is_refused_before_publishing_as_it_is_after(house: House) -> None:
    fresh = house.file("fresh.yaml", TWO.replace("key: second", "key: renamed"))
    impact = ("sequence", "impact", fresh, *CLIENT, "--step")
    assert "No older version of 'recall' has a step 'secnd'" in house.refused(*impact, "secnd=renamed")
    assert "no step 'nothing'; it has first, renamed, third" in house.refused(*impact, "second=nothing")
    assert house.ok(*impact, "second=renamed")["people"] == 1


def test_what_another_person_kept_as_the_draft_is_not_lost_or_published_without_a_word(house: House) -> None:
    house.ok("sequence", "draft", house.file("a.yaml", TWO), *CLIENT, "--by", "ada")
    again = house.run("sequence", "draft", house.file("a.yaml", TWO), *CLIENT, "--by", "ada").out
    assert "in the place of" not in again
    said = house.run("sequence", "draft", house.file("b.yaml", TURNED), *CLIENT, "--by", "bob").out
    assert "It stands in the place of what ada saved 2026-11-23 15:00Z, which is not kept." in said
    done = house.run("publish", "--draft", "recall", *CLIENT, "--by", "ada").out
    assert done == "recall version 2 is what new enrollments take. The draft was bob's, saved 2026-11-23 15:00Z.\n"
