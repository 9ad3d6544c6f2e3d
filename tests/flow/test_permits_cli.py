"""What has to be registered before people may be reached, by command line; every refusal names the way out."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from tests.databases import Engine
from tests.flow.house import START, TOKEN_NAME, House, open_house
from tests.flow.measuring import measured
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("permits_cli.sql"))
SLUG = "bright-dental"
OF = ("--client", SLUG)
SET = ("client", "set", SLUG)
DAY = START.date().isoformat()
FIRST, SECOND = "ab" * 32, "abab" + "cd" * 30


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", SLUG, "--name", "Bright Dental")
        yield opened


def add_texts(house: House, *more: str) -> str:
    """The words of adding an account for SMS."""
    settings = ("--setting", "account_sid=AC" + "5" * 32, "--setting", "from_number=+13125550191")
    secret = ("--secret-from-env", f"auth_token={TOKEN_NAME}")
    done = house.run("client", "account", "add", *OF, "--provider", "twilio", *settings, *secret, *more)
    assert done.code == 0, done
    return done.out


def test_what_is_told_of_a_client_is_kept_shown_and_taken_back(house: House) -> None:
    missing = house.ok("client", "show", SLUG)["missing"]
    assert [words.split(":")[0] for words in missing] == [
        "There is no account at a provider, so nothing can leave",
        "E-mail waits for a postal address",
        "HELP cannot be answered without a help contact",
    ]
    told = house.ok(*SET, "--legal-name", " Bright  Dental LLC ", "--postal-address", "1 Main Street, Albany, NY 12207")
    assert (told["legal_name"], told["status"], told["daily_budget"]) == ("Bright Dental LLC", "live", None)
    told = house.ok(*SET, "--help-contact", "help@bright.example", "--daily-budget", "25.5", "--status", "paused")
    assert (told["daily_budget"], told["legal_name"], told["status"]) == ("25.50", "Bright Dental LLC", "paused")
    assert "paused, so nothing leaves" in house.ok("client", "show", SLUG)["missing"][0]
    assert [one["status"] for one in house.ok("client", "list")] == ["paused"]
    assert house.ok(*SET, "--daily-budget", "none", "--status", "live")["daily_budget"] is None
    assert "client account add --client" in " ".join(house.ok("client", "show", SLUG)["missing"])
    add_texts(house, "--campaign", "C0ABCDE")
    assert "Nothing is missing." in house.run("client", "show", SLUG).out
    whole = ("--legal-name", "Two Inc.", "--postal-address", "2 Main Street", "--help-contact", "+13125550100")
    house.ok("client", "add", "two", "--name", "Two", *whole, "--daily-budget", "0")
    shown = house.ok("client", "show", "two")
    assert (shown["legal_name"], shown["daily_budget"], len(shown["missing"])) == ("Two Inc.", "0.00", 1)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--daily-budget", "much", "write dollars and cents such as 25.00, or none"),
        ("--daily-budget", "-1", "write dollars and cents"),
        ("--daily-budget", "1.005", "write dollars and cents"),
        ("--daily-budget", "NaN", "write dollars and cents"),
        ("--daily-budget", "1e30", "write dollars and cents"),
        ("--daily-budget", "1000000.01", "between 0 and 1,000,000"),
        ("--postal-address", "  ", "such as 12 Main Street"),
        ("--legal-name", "x" * 201, "at most 200 characters"),
        ("--help-contact", "a\x1b[31mb", "one line"),
    ],
)
def test_what_cannot_be_told_of_a_client_is_refused_by_its_field(
    house: House, option: str, value: str, words: str
) -> None:
    assert words in house.refused(*SET, f"{option}={value}")
    assert words in house.refused("client", "add", "two", "--name", "Two", f"{option}={value}")
    assert [one["slug"] for one in house.ok("client", "list")] == [SLUG]


def test_a_sender_of_texts_is_registered_with_the_account_or_afterwards(house: House) -> None:
    register = ("client", "register-sender", SLUG)
    assert "has no account in service for sms; add it first" in house.refused(*register, "--campaign", "C0ABC")
    assert "Nothing leaves before its campaign is registered" in add_texts(house)
    assert "the sender at twilio is not registered" in house.ok("client", "show", SLUG)["missing"][-1]
    told = house.ok(*register, "--campaign", "C0ABC", "--status", "pending")
    assert (told["campaign"], told["status"], told["changed"]) == ("C0ABC", "pending", True)
    assert "the sender at twilio is pending" in house.ok("client", "show", SLUG)["missing"][-1]
    assert house.ok(*register, "--channel", "sms", "--campaign", "C0ABC")["status"] == "approved"
    assert [one["campaign"] for one in house.ok("client", "show", SLUG)["senders"]] == ["C0ABC"]
    assert "The campaign is missing" in house.refused(*register, "--campaign", " ")
    assert "Nothing leaves" not in add_texts(house, "--campaign", "C0NEW")
    senders = house.ok("client", "show", SLUG)["senders"]
    assert [(one["campaign"], one["status"]) for one in senders] == [("C0NEW", "approved")]
    mail = ("--provider", "resend", "--setting", "sender=a@b.example", "--campaign", "C0")
    assert "leave --campaign away" in house.refused("client", "account", "add", *OF, *mail)


def test_a_state_is_cleared_by_its_letters_or_its_name(house: House) -> None:
    assert house.ok("clearance", "list", *OF) == []
    add = ("clearance", "add", *OF, "--reference", "SOS 4711", "--by", "Ada", "--state")
    assert house.ok(*add, "texas")["state"] == "TX"
    assert house.ok(*add, "TX")["changed"] is False
    ends = (START + timedelta(days=30)).isoformat()
    assert house.ok(*add, "FL", "--until", ends)["ends_at"] == ends
    shown = [(one["state"], one["reference"], one["cleared_by"]) for one in house.ok("clearance", "list", *OF)]
    assert shown == [("FL", "SOS 4711", "Ada"), ("TX", "SOS 4711", "Ada")]
    assert "write two letters such as TX" in house.refused(*add, "Bavaria")
    assert "still to come" in house.refused(*add, "TX", "--until", START.isoformat())
    assert house.run(*add, "TX", "--until", "tomorrow").code == 2
    assert "no client 'nobody'" in house.refused("clearance", "list", "--client", "nobody")


def test_an_emergency_is_declared_for_a_while_listed_and_ended(house: House) -> None:
    told = ("--reason", "Hurricane", "--source", "https://gov.example/142", "--by", "Ada")
    until = (START + timedelta(days=3)).isoformat()
    add = ("emergency", "add", *told, "--until")
    assert house.ok(*add, until, "--state", "LA")["until"] == until
    assert "must be still to come" in house.refused(*add, START.isoformat(), "--state", "LA")
    [shown] = house.ok("emergency", "list")
    assert (shown["state"], shown["until"], shown["added_by"]) == ("LA", until, "Ada")
    house.clock.set(START + timedelta(hours=1))
    assert house.ok("emergency", "end", "--state", "Louisiana")["ended"] == 1
    assert house.ok("emergency", "list") == []
    assert len(house.ok("emergency", "list", "--past")) == 1
    assert "emergency list shows what does" in house.refused("emergency", "end", "--state", "LA")


def test_the_do_not_call_list_is_loaded_whole_and_every_refusal_keeps_what_was_there(house: House) -> None:
    load = ("dnc", "load", house.file("list.txt", "212,5550123\n2125550124\n646,5550100\n"), *OF, "--issued-on")
    assert house.ok(*load, DAY)["area_codes"] == {"212": 2, "646": 1}
    good_until = f"{(START.date() + timedelta(days=31)).isoformat()}T00:00:00+00:00"
    before = house.ok("dnc", "list", *OF)
    assert [(one["area_code"], one["numbers"], one["good_until"]) for one in before] == [
        ("212", 2, good_until),
        ("646", 1, good_until),
    ]
    assert "older than 31 days" in house.refused(*load, "2026-10-01")
    assert "still to come" in house.refused(*load, "2026-12-01")
    assert house.run(*load, "yesterday").code == 2
    wrong = house.file("changes.txt", "212,5550123,A\n")
    assert "Line 1 is no number of a whole list" in house.refused("dnc", "load", wrong, *OF, "--issued-on", DAY)
    Path(wrong).write_bytes(b"PK\x03\x04" + bytes(range(256)) * 40)
    assert "Line 1 is no number" in house.refused("dnc", "load", wrong, *OF, "--issued-on", DAY)
    assert "holds no number" in house.refused("dnc", "load", house.file("no.txt", ""), *OF, "--issued-on", DAY)
    assert "cannot be read" in house.refused("dnc", "load", "/nowhere.txt", *OF, "--issued-on", DAY)
    assert house.ok("dnc", "list", *OF) == before
    house.ok("client", "add", "two", "--name", "Two")
    assert "has loaded no Do Not Call list" in house.run("dnc", "list", "--client", "two").out


@pytest.mark.full
def test_a_million_numbers_are_loaded_by_a_process_that_stays_small(house: House) -> None:
    with open(house.file("list.txt", ""), "w", encoding="ascii") as file:
        file.writelines(f"{200 + n % 5},{n * 7 % 10_000_000:07d}\n" for n in range(1_000_000))
    said, cost = measured(house, "dnc", "load", file.name, *OF, "--issued-on", DAY)
    print(f"\n1,000,000 numbers: {cost}")
    assert said["numbers"] == 1_000_000
    assert cost["megabytes"] < 200


def test_a_person_decides_over_a_number_that_asked_several_clients_to_stop(house: House) -> None:
    with psycopg.connect(house.environment["DATABASE_URL"]) as conn:
        for hashed in (FIRST, SECOND):
            conn.execute(SQL["plant_hold"], {"hash": hashed, "at": START})
    assert {one["hash"] for one in house.ok("platform-hold", "list")} == {FIRST, SECOND}
    decide = ("platform-hold", "decide")
    by = ("--by", "Ada")
    assert "no beginning of a hash" in house.refused(*decide, "%", "release", *by)
    assert "no beginning of a hash" in house.refused(*decide, "abab", "release", *by)
    assert "No hold begins with" in house.refused(*decide, "123456", "release", *by)
    assert "Say who decides" in house.refused(*decide, SECOND[:6], "release", "--by", " ")
    assert house.run(*decide, SECOND[:6], "perhaps", *by).code == 2
    assert house.run(*decide, SECOND[:6], "release").code == 2
    assert house.ok(*decide, SECOND[:6].upper(), "release", *by)["decision"] == "released"
    assert house.ok(*decide, FIRST[:8], "keep", *by)["decision"] == "kept"
    assert house.ok("platform-hold", "list") == []
    shown = {
        one["hash"]: (one["decision"], one["decided_by"]) for one in house.ok("platform-hold", "list", "--decided")
    }
    assert shown == {FIRST: ("kept", "Ada"), SECOND: ("released", "Ada")}


def test_two_holds_that_begin_alike_need_more_letters(house: House) -> None:
    with psycopg.connect(house.environment["DATABASE_URL"]) as conn:
        for hashed in ("ab" * 32, "ab" * 31 + "00"):
            conn.execute(SQL["plant_hold"], {"hash": hashed, "at": START})
    assert "give more letters" in house.refused("platform-hold", "decide", "ab" * 8, "release", "--by", "Ada")
    assert len(house.ok("platform-hold", "list")) == 2
