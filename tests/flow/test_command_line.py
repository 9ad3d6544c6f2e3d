"""The command line as people use it: the whole journey, and what it says when something is wrong.

Verbs run through `main` in this process, where a whole journey takes seconds; what only a process shows (exit codes,
streams, the shell launcher) is tested with real ones.
"""

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scripts.cli.home import keep_key, read_home_settings
from tests.databases import Engine
from tests.flow.house import START, TOKEN, TOKEN_NAME, House, open_house
from utils.errors import SettingsError

NUMBER, DOMAIN = "+13125550191", "bright-dental.example"
SID, API_KEY = "AC" + "5" * 32, "re_journey"
SIGNING = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
SEQUENCE = """
name: Recall
slug: recall
fallbacks: {contact.first_name: there}
steps:
  - key: text
    channel: sms
    content: {body: "Hi {{ contact.first_name }}, {{ client.name }} here. Reply STOP to opt out."}
  - key: mail
    channel: email
    wait: {hours: 1}
    content: {subject: Your check-up, html: "<p>Hello {{ contact.first_name }}</p>"}
"""
BROKEN = """name: Recall
slug: Not A Slug
steps:
  - key: text
    channel: pigeon
"""


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys, migrated=False) as opened:
        yield opened


def add_accounts(house: House) -> tuple[str, str]:
    """Both accounts, by a variable and by a file, registered at the twin; their webhook addresses."""
    arguments = ("client", "account", "add", "--client", "bright-dental", "--provider")
    settings = ("--setting", f"account_sid={SID}", "--setting", f"from_number={NUMBER}")
    inbound = house.process(
        *(
            *arguments,
            "twilio",
            *settings,
            "--campaign",
            "CM1",
            "--secret-from-env",
            f"auth_token={TOKEN_NAME}",
            "--json",
        )
    ).json()["webhook"]
    key, signing = house.file("key", API_KEY + "\n"), house.file("signing", SIGNING)
    secrets = ("--secret-file", f"api_key={key}", "--secret-file", f"webhook_secret={signing}")
    sender = ("--setting", f"sender=Bright Dental <hello@{DOMAIN}>", "--rate", "10")
    events = house.process(*arguments, "resend", *sender, *secrets, "--json").json()["webhook"]
    house.twin.add_twilio(SID, TOKEN, [NUMBER], inbound_url=inbound)
    house.twin.add_resend(API_KEY, DOMAIN, events, SIGNING)
    return inbound, events


def add_contact(house: House, *more: str) -> str:
    said = ("--wording", "I agree to be written to.", "--source", "web-form")
    agreed = ("--consent", "sms,email", "--consent-kind", "written", *said)
    names = ("contact", "add", "--client", "bright-dental", "--first-name", "Ada")
    return str(house.ok(*names, "--time-zone", "America/New_York", *agreed, *more)["id"])


def test_the_whole_journey_goes_by_command_line_and_ends_in_proven_successes(house: House) -> None:
    assert "run: scripts/omnify migrate" in house.refused("client", "list")
    assert len(house.ok("migrate")["applied"]) >= 7
    assert house.ok("migrate") == {"applied": []}
    house.ok("client", "add", "bright-dental", "--name", "Bright Dental", "--postal-address", "1 Main Street, Albany")
    inbound, events = add_accounts(house)
    assert "/hooks/twilio/inbound/" in inbound
    assert "/hooks/resend/" in events
    listed = house.run("client", "account", "list", "--json")
    assert sorted(one["provider"] for one in listed.json()) == ["resend", "twilio"]
    assert not any(secret in listed.out for secret in (TOKEN, API_KEY, SIGNING))
    ada = add_contact(house, "--phone", "(212) 555-0123", "--email", "ada@post.example", "--ref", "P-1")
    add_contact(house, "--phone", "+12125550124", "--field", "pet=cat")
    # both came in the same instant, so their order is chance
    assert sorted(one["phone"] for one in house.ok("contact", "list", "--client", "bright-dental")) == [
        "+12125550123",
        "+12125550124",
    ]
    file = house.file("recall.yaml", SEQUENCE)
    assert house.ok("publish", file, "--client", "bright-dental")["version"] == 1
    assert house.ok("sequence", "publish", file, "--client", "bright-dental")["unchanged"] is True
    assert house.run("show", "recall", "--client", "bright-dental").out == SEQUENCE
    assert house.ok("sequence", "show", "recall", "--client", "bright-dental", "--version", "1")["source"] == SEQUENCE
    enroll = ("enroll", "--client", "bright-dental", "--sequence", "recall")
    assert house.ok(*enroll, "--contact", ada, "P-1", "212-555-0123", "ADA@post.example")["enrolled"] == 1
    assert house.ok(*enroll, "--all") == {"sequence": "recall", "version": 1, "enrolled": 1, "already_in_it": 1}
    apart = house.file("apart.yaml", SEQUENCE.replace("slug: recall", "slug: winter") + "exclusive_with: [recall]\n")
    house.ok("publish", apart, "--client", "bright-dental")
    kept_out = house.ok("enroll", "--client", "bright-dental", "--sequence", "winter", "--all")
    assert (kept_out["enrolled"], kept_out["already_in_it"], kept_out["refused"]) == (0, 0, {"exclusive": 2})
    assert house.ok("suppress", "212 555 0124", "--client", "bright-dental", "--reason", "by_hand")["changed"] is True

    assert house.tick(START)["accepted"] == 1
    house.tick(START + timedelta(minutes=30))
    assert house.tick(START + timedelta(hours=1))["accepted"] == 1
    house.tick(START + timedelta(hours=3))

    lines = house.ledger()
    assert [(one["channel"], one["state"], one["step"]) for one in lines] == [
        ("email", "delivered", "mail"),
        ("sms", "delivered", "text"),
    ]
    for line in lines:
        proof = next(one for one in house.twin.ledger(line["provider"]) if one["provider_id"] == line["provider_id"])
        assert line["evidence_id"] in [one for fact in proof["facts"] for one in fact["evidence_ids"]]
        assert (line["body_hash"], line["to_address"]) == (proof["body_hash"], proof["to"])
        assert (line["client"], line["sequence"], line["contact"]) == ("bright-dental", "recall", ada)
    counts = house.ok("list", "--client", "bright-dental")[0]["enrollments"]
    assert counts.get("finished", 0) >= 1


def test_a_faulty_sequence_file_is_refused_with_every_problem_and_its_line(house: House) -> None:
    house.ok("migrate")
    house.ok("client", "add", "bright-dental", "--name", "Bright Dental")
    words = house.refused("publish", house.file("broken.yaml", BROKEN), "--client", "bright-dental")
    assert "nothing was published" in words
    assert "line 2:" in words
    assert "line 5:" in words
    assert "there is no such file" in house.refused("publish", "/nowhere.yaml", "--client", "bright-dental")
    assert "it is a folder" in house.refused("publish", str(house.folder), "--client", "bright-dental")
    assert house.ok("list", "--client", "bright-dental") == []


def test_what_does_not_exist_or_is_not_clear_is_refused_and_nothing_is_done(house: House) -> None:
    house.ok("migrate")
    assert "no client 'nobody'" in house.refused("contact", "list", "--client", "nobody")
    assert "no client 'nobody'" in house.refused("ledger", "--client", "nobody")
    house.ok("client", "add", "bright-dental", "--name", "Bright Dental")
    assert "choose another slug" in house.refused("client", "add", "bright-dental", "--name", "Again")
    ada = add_contact(house, "--phone", "+12125550123")
    add_contact(house, "--phone", "+12125550123")
    client = ("--client", "bright-dental")
    assert "no sequence 'recall'" in house.refused("enroll", *client, "--sequence", "recall", "--all")
    house.ok("publish", house.file("recall.yaml", SEQUENCE), *client)
    enroll = ("enroll", *client, "--sequence", "recall")
    assert "More than one contact" in house.refused(*enroll, "--contact", ada, "--contact", "+12125550123")
    assert "nobody" in house.refused(*enroll, "--contact", ada, "nobody")
    assert house.ok("list", *client)[0]["enrollments"] == {}
    assert "its proof" in house.refused("contact", "add", *client, "--phone", "+12125550125", "--consent", "sms")
    said = ("--wording", "Yes", "--source", "form")
    words = house.refused("contact", "add", *client, "--email", "bob@post.example", "--consent", "email,sms", *said)
    assert "Consent to sms is for a phone number, and none is given" in words
    stray = {"--wording": "Yes", "--source": "form", "--consent-kind": "written", "--wording-version": "v2"}
    for option, value in stray.items():
        words = house.refused("contact", "add", *client, "--phone", "+12125550126", option, value)
        assert f"{option} speaks of consent; say for which channels" in words
    assert len(house.ok("contact", "list", *client)) == 2
    assert "not a phone number" in house.refused("suppress", "not-an-address", *client)


def test_a_file_that_the_machine_does_not_give_or_take_is_refused_in_words(house: House) -> None:
    house.ok("migrate")
    client = ("--client", "bright-dental")
    house.ok("client", "add", "bright-dental", "--name", "Bright Dental")
    people, long = house.file("people.csv", "phone\n+12125550123\n"), str(house.folder / ("x" * 300))
    # nobody's rights differ here: a name that is too long fails for root as well
    assert "cannot be read: File name too long" in house.refused("import", long, *client)
    assert "cannot be read: File name too long" in house.refused("publish", long, *client)
    assert "cannot be read: File name too long" in house.refused(
        "dnc", "load", long, *client, "--issued-on", "2026-11-20"
    )
    assert "cannot be written: File name too long" in house.refused("import", people, *client, "--rejects", long)
    assert "cannot be written: File name too long" in house.refused("export", long, *client)
    assert house.ok("contact", "list", *client) == []


def test_an_account_that_is_not_whole_is_refused_by_the_field_that_is_missing(house: House) -> None:
    house.ok("migrate")
    house.ok("client", "add", "bright-dental", "--name", "Bright Dental")
    add = ("client", "account", "add", "--client", "bright-dental", "--provider")
    token = ("--secret-from-env", f"auth_token={TOKEN_NAME}")
    sid = ("--setting", f"account_sid={SID}")
    assert "`account_sid`" in house.refused(*add, "twilio", *token)
    assert "`messaging_service_sid` or `from_number`" in house.refused(*add, "twilio", *token, *sid)
    assert "`api_key`" in house.refused(*add, "resend", "--setting", "sender=a@b.example")
    assert "NO_SUCH_NAME" in house.refused(*add, "twilio", *sid, "--secret-from-env", "auth_token=NO_SUCH_NAME")
    assert "no place in a command" in house.refused(*add, "twilio", "--setting", f"auth_token={TOKEN}")
    assert "TWILIO_" in house.refused(*add, "twilio", "--from-environment")
    assert "begin with TWILIO_" in house.refused("client", "add", "second", "--name", "2", "--use-environment")
    assert house.ok("client", "account", "list") == []
    assert [one["slug"] for one in house.ok("client", "list")] == ["bright-dental"]


def test_the_environments_own_account_serves_a_new_client_at_the_bare_address(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.ok("migrate")
    monkeypatch.setenv("RESEND_API_KEY", API_KEY)
    assert "RESEND_WEBHOOK_SECRET" in house.refused("client", "list")
    monkeypatch.setenv("RESEND_WEBHOOK_SECRET", SIGNING)
    monkeypatch.setenv("RESEND_FROM", f"hello@{DOMAIN}")
    added = house.ok("client", "add", "bright-dental", "--name", "Bright Dental", "--use-environment")
    assert [one["webhook"].endswith("/hooks/resend") for one in added["accounts"]] == [True]


def test_a_member_signs_in_with_the_password_from_stdin_and_keys_rotate(house: House) -> None:
    house.ok("migrate")
    house.ok("client", "add", "bright-dental", "--name", "Bright Dental")
    house.ok("client", "add", "second", "--name", "Second")
    member = ("client", "member", "add", "--email", "Eva@example.com", "--json", "--client")
    assert house.process(*member, "bright-dental", stdin="short\n").code == 1
    first = house.process(*member, "bright-dental", stdin="a long password\n").json()
    again = house.process(*member, "second", "--role", "owner", stdin="")
    assert (again.code, again.json()["id"]) == (0, first["id"])
    add_accounts(house)
    new = "another-key-for-tests-0123456789abcdef012345"
    old = house.environment["OMNIFY_SECRET_KEY"]
    assert house.process("client", "reseal", "--json", OMNIFY_SECRET_KEY=f"{new},{old}").json() == {"resealed": 2}
    assert house.process("client", "reseal", "--json", OMNIFY_SECRET_KEY=new).json() == {"resealed": 0}


def test_an_address_is_closed_where_it_is_known_and_nothing_is_guessed(house: House) -> None:
    house.ok("migrate")
    house.ok("client", "add", "bright-dental", "--name", "Bright Dental")
    assert house.ok("suppress", "+12125550199")["client"] == "bright-dental"
    house.ok("client", "add", "second", "--name", "Second")
    assert "name one by --client" in house.refused("suppress", "+12125550123")
    house.ok("contact", "add", "--client", "second", "--phone", "+12125550123")
    assert house.ok("suppress", "+12125550123")["client"] == "second"
    add_contact(house, "--phone", "+12125550123")
    assert "bright-dental, second" in house.refused("suppress", "+12125550123")


def test_wrong_use_ends_with_two_and_a_refusal_with_one_sentence_and_one(house: House) -> None:
    for wrong in (
        ["frobnicate"],
        ["tick", "--at", "tomorrow"],
        ["tick", "--at", "2026-11-23T15:00:00"],
        ["enroll", "--client", "a", "--sequence", "b"],
        ["client", "account", "add", "--client", "a", "--provider", "resend", "--setting", "no-value"],
        ["suppress", "a@b.example", "--client", "a", "--reason", "mood"],
        ["tick", "--job", "dance"],
        ["import", "--client", "a"],
        ["bench", "nothing"],
        ["prove", "--seeds", "0"],
        ["client", "set", "a"],
    ):
        done = house.run(*wrong)
        assert (done.code, done.out) == (2, ""), (wrong, done)
        assert "Error:" in done.err
    mood = house.run("suppress", "a@b.example", "--client", "a", "--reason", "mood")
    assert "Invalid value for '--reason': 'mood' is not one of" in mood.err
    assert "offset" in house.process("tick", "--at", "2026-11-23T15:00:00").err
    assert "there is: sweep" in house.run("tick", "--job", "dance").err
    assert "Nothing is to change" in house.run("client", "set", "a").err
    away = house.process("list", "--client", "a", DATABASE_URL="postgresql://a:hidden@127.0.0.1:1/b")
    assert (away.code, away.out, len(away.err.splitlines())) == (1, "", 1)
    assert "cannot be reached" in away.err
    assert "hidden" not in away.err
    assert "OMNIFY_SECRET_KEY" in house.process("client", "list", OMNIFY_SECRET_KEY="").err


def test_a_machine_at_home_makes_its_key_once_and_a_foreign_database_demands_one(tmp_path: Path) -> None:
    key = keep_key(tmp_path / "data")
    assert len(key) == 64
    assert keep_key(tmp_path / "data") == key
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret-key"]
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o777 == 0o600
    assert read_home_settings({}, tmp_path / "data").secret_key == key
    with pytest.raises(SettingsError, match="OMNIFY_SECRET_KEY is missing"):
        read_home_settings({"DATABASE_URL": "postgresql://127.0.0.1/x"}, tmp_path / "data")
