"""`why` answers for one contact: what went and by which proof, what waits until when, what ended, what closed."""

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
SEQUENCE = """
name: Recall
slug: recall
steps:
  - key: text
    channel: sms
    content: {body: "Hello from {{ client.name }}. Reply STOP to opt out."}
  - key: evening
    channel: sms
    wait: {hours: 13}
    content: {body: "Are you there? {{ client.name }}"}
"""

NIGHTS = """
name: {slug}
slug: {slug}
steps:
  - {{key: text, channel: sms, content: {{body: "Hello from {{{{ client.name }}}}"}}}}
  - {{key: evening, channel: sms, wait: {{hours: 13}}, {bears}, content: {{body: "Are you there?"}}}}
  - {{key: week, channel: sms, wait: {{days: 7}}, content: {{body: "Good-bye"}}}}
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
        yield opened


def told(house: House, who: str) -> list[dict[str, Any]]:
    return list(house.ok("why", who)["entries"])


def said(entry: dict[str, Any]) -> str:
    return " ".join([entry["title"], *entry["sentences"]])


def test_a_text_is_told_with_the_consent_it_rested_on_not_with_a_newer_weaker_one(house: House) -> None:
    signed = ("--consent-kind", "written", "--wording", "I agree to be texted.", "--source", "web-form")
    house.ok("contact", "add", *CLIENT, "--phone", ADA, "--consent", "sms", *signed)
    house.clock.set(START + timedelta(minutes=1))
    proof = ("--wording", "Yes, text me.", "--source", "fair", "--attest", "Eva Klein")
    people = house.file("people.csv", f"Phone\n{ADA}\n")
    assert house.ok("import", people, *CLIENT, "--consent", "sms", *proof)["consents"] == 1
    house.ok("publish", house.file("recall.yaml", SEQUENCE), *CLIENT)
    house.ok("enroll", *CLIENT, "--sequence", "recall", "--all")
    house.tick(START + timedelta(minutes=2))

    (touch,) = [one for one in told(house, ADA) if one["kind"] == "touch"]
    assert "by web-form: “I agree to be texted.”" in said(touch)
    (consent,) = [one["consent"] for one in house.ok("evidence", ADA)["sections"]["touches"]["records"]]
    assert consent["as_judged"]["consent_kind"] == consent["on_record"]["kind"] == "written"
    assert consent["as_judged"]["consented_at"] == consent["on_record"]["at"]


def test_what_went_what_waits_what_ended_and_what_closed_is_told_newest_first(house: House) -> None:
    person = ("contact", "add", *CLIENT, "--time-zone", "America/New_York", "--phone")
    words_agreed_to = ("--wording", "I agree to be texted.", "--source", "web-form")
    agreed = ("--consent", "sms", "--consent-kind", "written", *words_agreed_to)
    house.ok(*person, ADA, "--first-name", "Ada", "--ref", "P-1", *agreed)
    house.ok(*person, BOB, "--first-name", "Bob")
    assert "Nothing was sent" in house.run("why", "P-1").out
    assert "No contact answers" in house.refused("why", "+12125550199")
    house.ok("publish", house.file("recall.yaml", SEQUENCE), *CLIENT)
    house.ok("enroll", *CLIENT, "--sequence", "recall", "--all")

    house.tick(START)
    house.tick(START + timedelta(minutes=5))
    waits, touch = told(house, ADA)
    assert "Text to +12125550123, step 'text' of 'recall' (version 1): delivered" in touch["title"]
    for words in ("“I agree to be texted.”", "by web-form", "America/New_York", "those of NY", ":delivered, recorded"):
        assert words in said(touch)
    # eleven at night in New York is no hour to text: the guards say so before anything has waited
    assert "at step 'evening': active" in waits["title"]
    assert "outside the hours" in said(waits)
    (skipped,) = told(house, BOB)
    assert "Step 'text' was skipped on Mon 23 Nov 2026 10:00 America/New_York (15:00 UTC)" in said(skipped)
    assert "There is no consent for this channel that holds. None is on record, or it was withdrawn." in said(skipped)
    assert "this step will be skipped" in said(skipped)
    assert skipped["next_at"] is None

    house.tick(START + timedelta(hours=13, minutes=5))
    waits = told(house, ADA)[0]
    assert "It was put off on Mon 23 Nov 2026 23:05 America/New_York (Tue 24 Nov 04:05 UTC)" in said(waits)
    assert waits["next_at"] == "2026-11-24T13:00:00+00:00"
    assert "Next eligible: Tue 24 Nov 2026 08:00 America/New_York (13:00 UTC)." in said(waits)

    late = START + timedelta(hours=14)
    house.clock.set(late)
    house.twin.text_us(SID, ADA, NUMBER, "Who is this?", late)
    house.twin.advance(late)
    waits, heard = told(house, ADA)[:2]
    assert "this step ends the sequence" in said(waits)
    assert waits["next_at"] is None
    assert "They wrote to us" in said(heard)
    assert "It counts for 'recall'." in said(heard)

    house.tick(START + timedelta(hours=23))
    house.clock.set(START + timedelta(hours=24))
    house.ok("suppress", ADA, *CLIENT, "--reason", "by_hand")
    entries = told(house, "P-1")
    assert [one["kind"] for one in entries] == ["closed", "enrollment", "inbound", "touch"]
    assert "somebody closed it by hand" in said(entries[0])
    assert "It ended because the person wrote or called." in said(entries[1])
    assert "Step 'evening' did not leave" in said(entries[1])
    assert [one["at"] for one in entries] == sorted((one["at"] for one in entries), reverse=True)
    words = house.run("why", ADA, *CLIENT).out
    assert words.startswith("Ada, a contact of bright-dental. Times are in America/New_York and UTC.")
    assert all(sentence in words for one in entries for sentence in one["sentences"])


def test_a_step_that_its_night_will_skip_is_told_so_before_and_then_is(house: House) -> None:
    agreed = ("--consent", "sms", "--consent-kind", "written", "--wording", "I agree to be texted.", "--source", "form")
    bears = {"urgent": (ADA, "after_window: skip"), "brief": (BOB, "max_lateness: {hours: 2}")}
    for slug, (phone, words) in bears.items():
        house.ok("contact", "add", *CLIENT, "--time-zone", "America/New_York", "--phone", phone, *agreed)
        house.ok("publish", house.file(f"{slug}.yaml", NIGHTS.format(slug=slug, bears=words)), *CLIENT)
        house.ok("enroll", *CLIENT, "--sequence", slug, "--contact", phone)
    house.tick(START)
    house.tick(START + timedelta(minutes=5))

    for phone, why in ((ADA, "skip the step rather than wait"), (BOB, "By then the step is later than it may be.")):
        waits = told(house, phone)[0]
        assert "at step 'evening': active" in waits["title"]
        assert why in said(waits)
        assert "this step will be skipped" in said(waits)
        assert waits["next_at"] is None

    house.tick(START + timedelta(hours=13, minutes=5))
    house.tick(START + timedelta(hours=22, minutes=5))
    for phone in (ADA, BOB):
        waits = told(house, phone)[0]
        assert "at step 'week': active" in waits["title"]
        assert "Step 'evening' was skipped" in said(waits)
        assert "Next eligible" in said(waits)


def test_a_stop_that_no_webhook_told_is_read_by_the_reconciliation_and_told_as_what_ended_it(house: House) -> None:
    agreed = ("--consent", "sms", "--consent-kind", "written", "--wording", "I agree.", "--source", "web-form")
    house.ok("contact", "add", *CLIENT, "--time-zone", "America/New_York", "--phone", ADA, *agreed)
    house.ok("publish", house.file("recall.yaml", SEQUENCE), *CLIENT)
    house.ok("enroll", *CLIENT, "--sequence", "recall", "--all")
    house.tick(START)
    house.tick(START + timedelta(minutes=5))
    house.twin.script("twilio", "webhook_lost", op="webhook", match={"status": "received"})
    house.twin.text_us(SID, ADA, NUMBER, "STOP", START + timedelta(minutes=10))
    read_at = START + timedelta(minutes=15)
    house.clock.set(read_at)
    house.twin.advance(read_at)
    assert "inbound" not in [one["kind"] for one in told(house, ADA)]
    report = house.ok("tick", "--job", "reconcile", "--at", read_at.isoformat())["jobs"]["reconcile"]
    assert report["heard"] == 1

    house.tick(START + timedelta(days=1))
    entries = told(house, ADA)
    assert [one["kind"] for one in entries].count("touch") == 1
    (heard,) = [one for one in entries if one["kind"] == "inbound"]
    assert heard["at"] == "2026-11-23T15:10:00+00:00"
    assert "They wrote to us" in said(heard)
    assert "closed" in " ".join(said(one) for one in entries)
