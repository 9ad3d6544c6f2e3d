"""Everybody of a GoHighLevel sub-account comes in by the command line: all or none, and as often as one likes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from scripts.cli import imports_ghl
from tests.cast import story
from tests.databases import Engine
from tests.flow.house import START, TOKEN, TOKEN_NAME, House, open_house
from utils.http import trusted
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("ghl_stage.sql"))
LOCATION, NUMBER = "loc00000000000000dent", "+13125550191"
WORDING = "I agree to hear from Bright Dental."
IMPORT = ("import", "--client", "bright-dental", "--from-ghl")
ADA = {"phone": "+12125550101", "email": "ada@person.example", "firstName": "Ada", "timezone": "America/New_York"}
BOB = {"email": "bob@person.example", "firstName": "Bob", "lastName": "Bell"}
NEW = {"met": 0, "enrolled": 0, "nothing_new": 0}


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    """A client at GoHighLevel who says that its people have agreed."""
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        monkeypatch.setenv("GHL_BASE_URL", opened.twin.ghl_url)
        opened.twin.add_ghl(TOKEN, LOCATION, [NUMBER])
        opened.ok("client", "add", "bright-dental", "--name", "Bright Dental")
        yield opened


def give_ghl(house: House, *settings: str) -> None:
    arguments = ("client", "account", "add", "--client", "bright-dental", "--provider", "ghl")
    own = (f"location_id={LOCATION}", f"from_number={NUMBER}", *settings)
    pairs = [part for one in own for part in ("--setting", one)]
    done = house.run(*arguments, *pairs, "--secret-from-env", f"token={TOKEN_NAME}", "--json")
    assert done.code == 0, done
    assert {one["channel"] for one in done.json()["accounts"]} == {"sms", "email"}


def agreed(house: House) -> None:
    give_ghl(house, f"consent_wording={WORDING}", "consent_kind=written")
    house.ok("client", "register-sender", "bright-dental", "--campaign", "CM1")


def put(house: House, **fields: Any) -> str:
    return house.twin.put_ghl_contact(LOCATION, **fields)


def take(house: House, *more: str) -> dict[str, Any]:
    """What an import says it did; the notes beside it are left out."""
    done = house.run(*IMPORT, "--json", *more)
    assert done.code == 0, done
    facts: dict[str, Any] = done.json()
    return NEW | facts


def stored(house: House, block: str) -> list[dict[str, Any]]:
    with psycopg.connect(house.environment["DATABASE_URL"], row_factory=dict_row) as conn:
        return conn.execute(SQL[block]).fetchall()


def everything(house: House) -> list[list[dict[str, Any]]]:
    return [stored(house, block) for block in ("contacts", "refs", "consents", "enrollments", "clients")]


def test_new_people_come_in_with_their_addresses_their_id_and_what_they_agreed_to(house: House) -> None:
    agreed(house)
    refs = [put(house, **ADA), put(house, **BOB)]
    done = take(house)
    people = {row["first_name"]: row for row in stored(house, "contacts")}
    assert (done["read"], done["usable"], done["met"], done["left_out"]) == (2, 2, 2, [])
    assert (people["Ada"]["addresses"], people["Ada"]["time_zone"]) == (
        [ADA["phone"], ADA["email"]],
        ADA["timezone"],
    )
    assert (people["Bob"]["addresses"], people["Bob"]["last_name"]) == ([BOB["email"]], "Bell")
    assert {row["ref"] for row in stored(house, "refs")} == set(refs)
    given = {(row["contact_id"], row["channel"], row["wording"], row["source"]) for row in stored(house, "consents")}
    by_each = {"Ada": ("sms", "email", "voice"), "Bob": ("email",)}  # Bob has no number to agree for
    assert given == {(people[name]["id"], c, WORDING, "ghl") for name, ways in by_each.items() for c in ways}


def test_without_the_clients_wording_they_come_in_and_have_agreed_to_nothing(house: House) -> None:
    give_ghl(house)
    put(house, **ADA)
    assert take(house)["met"] == 1
    assert stored(house, "consents") == []


def test_run_twice_it_changes_nothing_and_what_changed_at_ghl_is_changed(house: House) -> None:
    agreed(house)
    ada = put(house, **ADA)
    put(house, **BOB)
    take(house)
    before = everything(house)
    again = take(house)
    same = everything(house) == before
    put(house, id=ada, firstName="Adah", phone="+12125550177")
    changed = take(house)
    people = {row["first_name"]: row["addresses"] for row in stored(house, "contacts")}
    assert (again["met"], again["nothing_new"], same) == (0, 2, True)
    assert (changed["met"], changed["nothing_new"]) == (1, 1)
    assert people == {"Adah": ["+12125550177", ADA["email"]], "Bob": [BOB["email"]]}


def test_who_is_known_already_is_found_by_number_and_not_doubled(house: House) -> None:
    agreed(house)
    house.ok("contact", "add", "--client", "bright-dental", "--first-name", "Ada", "--phone", ADA["phone"])
    ref = put(house, **ADA)
    assert take(house)["met"] == 1
    assert [row["addresses"] for row in stored(house, "contacts")] == [[ADA["phone"], ADA["email"]]]
    assert [row["ref"] for row in stored(house, "refs")] == [ref]
    assert stored(house, "consents") == []


def test_who_has_no_address_is_left_out_by_name_and_the_others_come_in(house: House) -> None:
    agreed(house)
    nobody = put(house, firstName="Nobody")
    put(house, **ADA)
    words = house.run(*IMPORT)
    assert words.code == 0
    assert f"Left out {nobody}: neither phone nor e-mail." in words.err
    assert "Read 2 people at GoHighLevel, 1 can be reached: 1 new or changed" in words.out
    assert [row["first_name"] for row in stored(house, "contacts")] == ["Ada"]
    assert take(house)["left_out"] == [nobody]


def test_a_dry_run_says_what_there_is_and_writes_nothing(house: House) -> None:
    agreed(house)
    put(house, **ADA)
    before = everything(house)
    done = take(house, "--dry-run")
    assert (done["read"], done["usable"], done["dry_run"], done["met"]) == (1, 1, True, 0)
    assert "nothing was written" in house.run(*IMPORT, "--dry-run").out
    assert everything(house) == before


def test_a_list_that_breaks_off_on_its_second_page_changes_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports_ghl, "PATIENCE_SECONDS", 0.0)
    agreed(house)
    for number in range(101):
        put(house, phone=f"+1212555{1000 + number}", firstName=f"P{number}")
    house.twin.add_ghl(TOKEN, LOCATION, [NUMBER], rate_enforced=True)
    use_up(house, 99)  # of 100 requests in ten seconds; the clock stands still, so the second page is one too many
    sentence = house.refused(*IMPORT)
    assert sentence == ("GoHighLevel did not give the whole list (http_429). Nothing was changed; try again\n")
    assert stored(house, "contacts") == []
    house.twin.add_ghl(TOKEN, LOCATION, [NUMBER])
    assert take(house)["met"] == 101


def use_up(house: House, requests: int) -> None:
    asked = {"Authorization": f"Bearer {TOKEN}", "Version": "2021-07-28"}
    with httpx.Client(headers=asked, trust_env=False, verify=trusted()) as client:
        for _ in range(requests):
            client.get(f"{house.twin.ghl_url}/contacts/", params={"locationId": LOCATION, "limit": "1"})


@pytest.mark.parametrize("fault", ["500_before_accept", "timeout_after_accept", "unreadable_200"])
def test_a_list_that_cannot_be_read_changes_nothing(house: House, fault: str) -> None:
    agreed(house)
    put(house, **ADA)
    before = everything(house)
    house.twin.script("ghl", fault, op="list", times=9)
    assert "Nothing was changed; try again" in house.refused(*IMPORT)
    assert everything(house) == before


def test_tags_enroll_once_in_a_lifetime_and_what_is_due_leaves(house: House) -> None:
    agreed(house)
    text = story("sms", slug="welcome").replace("Story", "Welcome") + "enroll_when: { ghl_tags: [new-lead] }\n"
    house.ok("publish", house.file("welcome.yaml", text), "--client", "bright-dental")
    put(house, **ADA, tags=["New-Lead"])
    put(house, **BOB, tags=["other"])
    first, second = take(house), take(house)
    assert (first["enrolled"], first["met"]) == (1, 1)
    assert (second["enrolled"], second["nothing_new"]) == (0, 2)
    assert [row["slug"] for row in stored(house, "enrollments")] == ["welcome"]
    assert house.tick(START)["accepted"] == 1
    assert [line["to"] for line in house.twin.ledger("ghl")] == [ADA["phone"]]


def test_a_date_that_has_moved_there_moves_the_step_that_waits_for_it(house: House) -> None:
    agreed(house)
    waits = 'wait: {until: {field: contact.closing_on, days: -3, at: "09:00"}}'
    step = f"  - {{key: a, channel: sms, {waits}, content: {{body: Soon}}}}\n"
    text = "name: Soon\nslug: soon\nenroll_when: {ghl_tags: [new]}\nsteps:\n" + step
    house.ok("publish", house.file("soon.yaml", text), "--client", "bright-dental")
    for day in (20, 10):
        put(house, **ADA, tags=["new"], customFields=[{"id": "closing_on", "value": f"2027-01-{day}"}])
        take(house)
        (run,) = stored(house, "enrollments")
        assert run["due_at"] == datetime(2027, 1, day - 3, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "option",
    [
        ("--rejects", "none.csv"),
        ("--map", "Handy=phone"),
        ("--consent", "sms", "--wording", "I agree.", "--source", "form", "--attest", "Eva"),
        ("--consent-kind", "written"),
    ],
)
def test_what_is_said_of_a_file_is_refused_before_anybody_comes_in(house: House, option: tuple[str, ...]) -> None:
    agreed(house)
    put(house, **ADA)
    done = house.run(*IMPORT, *option)
    assert (done.code, done.out) == (2, "")
    assert option[0] in done.err
    assert "it is for FILE.csv" in done.err
    assert stored(house, "contacts") == []


def test_a_client_without_an_account_there_is_told_how_to_add_one(house: House) -> None:
    assert "scripts/omnify client account add --client bright-dental --provider ghl" in house.refused(*IMPORT)
    assert "--from-ghl" in house.run("import", "--client", "bright-dental").err
