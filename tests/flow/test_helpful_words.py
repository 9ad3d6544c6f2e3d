"""What the command line says when something was not quite right: each sentence leads on, as it is printed."""

import re
import shlex
from collections import Counter

import pytest

from scripts.conductor.__main__ import told
from scripts.conductor.conduct import Beat
from tests.flow.house import START, TOKEN_NAME, House
from tests.flow.test_account_verbs import house as house

CLIENT = ("--client", "bright-dental")
PHONE = "+12125550123"


def test_a_person_named_without_contact_is_told_where_they_belong(house: House) -> None:
    for more in ((), ("--all",)):
        done = house.run("enroll", *CLIENT, "--sequence", "recall", *more, "bob@example.com")
        assert (done.code, done.out) == (2, "")
        assert "'bob@example.com' belongs behind --contact" in done.err
        assert done.err.startswith("Usage: scripts/omnify enroll [OPTIONS]\n")
    assert "Say whom: --all" in house.run("enroll", *CLIENT, "--sequence", "recall").err


def test_who_may_be_meant_is_listed_by_id_and_name_and_the_id_leads_on(house: House) -> None:
    add = ("contact", "add", *CLIENT, "--phone", PHONE)
    ada = house.ok(*add, "--first-name", "Ada", "--last-name", "Love", "--ref", "P-1")["id"]
    nameless = house.ok(*add)["id"]
    house.ok("client", "add", "second", "--name", "Second")
    other = house.ok("contact", "add", "--client", "second", "--phone", PHONE, "--first-name", "Bob")["id"]
    for asked in (("why", PHONE, *CLIENT), ("why", "212-555-0123", *CLIENT)):
        head, *lines = house.refused(*asked).splitlines()
        assert "give the id of the one you mean:" in head
        assert lines == [
            f"  {ada}  Ada Love, bright-dental, reference P-1",
            f"  {nameless}  without a name, bright-dental",
        ]
    assert f"  {other}  Bob, second" in house.refused("why", PHONE)
    for one in (ada, nameless, other):
        assert house.ok("why", one)["contact"] == one
    for _ in range(9):
        house.ok(*add)
    assert house.refused("why", PHONE, *CLIENT).splitlines()[-1] == "  and more"


def test_who_is_to_be_enrolled_and_not_clear_is_listed_too(house: House) -> None:
    ids = {house.ok("contact", "add", *CLIENT, "--phone", PHONE)["id"] for _ in range(2)}
    text = "name: R\nslug: r\nsteps:\n  - {key: a, channel: sms, content: {body: Hello from us}}\n"
    house.ok("publish", house.file("r.yaml", text), *CLIENT)
    lines = house.refused("enroll", *CLIENT, "--sequence", "r", "--contact", PHONE).splitlines()
    assert {line.split()[0] for line in lines[1:]} == ids


@pytest.mark.parametrize("nobody", ["", "  "])
def test_nobody_named_is_asked_for_somebody(house: House, nobody: str) -> None:
    assert house.refused("why", nobody).startswith("Say whom: an id, a reference, a phone or an e-mail;")


def hints(text: str) -> list[list[str]]:
    """The commands that a text prints, as a shell would read them."""
    return [shlex.split(one) for one in re.findall(r"scripts/omnify ([^`\n;]+)", text)]


def test_every_hint_about_sequences_works_as_it_is_printed(house: House) -> None:
    for asked in (
        ("show", "recall"),
        ("rollback", "recall", "--to", "1"),
        ("sequence", "adopt", "recall"),
        ("sequence", "diff", "recall", "--to", "1"),
        ("sequence", "discard", "recall"),
        ("publish", "--draft", "recall"),
    ):
        (hint,) = hints(house.refused(*asked, *CLIENT))
        assert house.ok(*hint) == [], hint
    text = "name: R\nslug: recall\nsteps:\n  - {key: a, channel: sms, content: {body: Hello from us}}\n"
    house.ok("publish", house.file("one.yaml", text), *CLIENT)
    (hint,) = hints(house.refused("sequence", "diff", "recall", "--draft", *CLIENT))
    assert house.ok(*hint) == []
    two = house.file("two.yaml", text.replace("Hello", "Hi"))
    house.ok("sequence", "draft", two, *CLIENT)
    house.ok("publish", two, *CLIENT)
    (hint,) = hints(house.run("sequence", "draft", house.file("one.yaml", text), *CLIENT).out)[:1]
    assert "recall version 2" in house.run(*hint).out
    (hint,) = hints(house.run("rollback", "recall", "--to", "1", *CLIENT).out)
    assert house.ok(*hint)["taken_over"] == 0


def test_a_fresh_accounts_hint_registers_its_sender_as_it_is_printed(house: House) -> None:
    settings = ("--setting", "account_sid=AC" + "5" * 32, "--setting", "from_number=+13125550191")
    secret = ("--secret-from-env", f"auth_token={TOKEN_NAME}")
    said = house.run("client", "account", "add", *CLIENT, "--provider", "twilio", *settings, *secret).out
    (hint,) = hints(said)
    assert house.ok(*hint)["campaign"] == "ID"


def test_what_help_is_answered_with_must_lead_somewhere(house: House) -> None:
    for wrong in ("not a contact", "call us", "@", "+1", "https://", "help@acme.example or us"):
        for verb in (("client", "add", "second", "--name", "Second"), ("client", "set", "bright-dental")):
            said = house.refused(*verb, "--help-contact", wrong)
            assert "is neither a phone, an e-mail nor a page; write one such as +13125550100" in said, wrong
    assert [one["slug"] for one in house.ok("client", "list")] == ["bright-dental"]
    for right in (
        "+13125550100",
        "(312) 555-0100",
        "help@acme.example",
        "https://acme.example/help?from=sms",
        "acme.example/help",
        "help@acme.example or 312-555-0100, acme.example",
    ):
        assert house.ok("client", "set", "bright-dental", "--help-contact", right)["help_contact"] == right


def test_what_publish_hands_people_over_to_and_the_client_lacks_is_told(house: House) -> None:
    step = "  - {key: a, channel: sms, content: {body: Hello from us}, on_failure: {hand_over: later}}\n"
    file = house.file("now.yaml", f"name: N\nslug: now\nsteps:\n{step}")
    lacks = "It hands people over to later, which bright-dental does not have yet: publish that too.\n"
    done = house.run("publish", file, *CLIENT)
    assert (done.code, done.out, done.err) == (0, "now version 1 is what new enrollments take.\n", lacks)
    house.ok("sequence", "draft", house.file("new.yaml", f"name: New\nslug: now\nsteps:\n{step}"), *CLIENT)
    assert house.run("publish", "--draft", "now", *CLIENT).err == lacks
    assert house.ok("publish", file, *CLIENT)["missing"] == ["later"]
    later = "name: L\nslug: later\nsteps:\n  - {key: a, channel: sms, content: {body: Hello from us}}\n"
    house.ok("publish", house.file("later.yaml", later), *CLIENT)
    assert "missing" not in house.ok("publish", file, *CLIENT)
    assert house.run("publish", file, *CLIENT).err == ""


def test_one_of_a_kind_is_told_in_the_singular(house: House) -> None:
    agreed = ("--consent", "sms", "--wording", "I agree.", "--source", "form", "--attest", "Ada")
    done = house.ok("import", house.file("one.csv", f"phone\n{PHONE}\n"), *CLIENT, *agreed)
    said = house.run("export", str(house.folder / "out.csv"), *CLIENT).out
    assert said.startswith("1 contact of bright-dental is in ")
    said = house.run("undo", done["import_id"]).out
    assert ": 1 person, 0 enrollments and 1 consent are gone." in said


def test_nothing_to_answer_is_said_as_such(house: House) -> None:
    assert (
        house.refused("findings", "settle", "--all", "--as", "seen")
        == "No finding is open: there is nothing to answer\n"
    )
    assert "begins with 'SM123'" in house.refused("findings", "settle", "SM123", "--as", "seen")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("task", "done", "x"), "'x' is not an id; it looks like 0193"),
        (("rollback", "r", *CLIENT, "--to", "x"), "'x' is not a whole number of 0 or more"),
        (("show", "r", *CLIENT, "--version", "1.5"), "'1.5' is not a whole number of 1 or more"),
        (("publish", *CLIENT, "--draft", "r", "--over", "-1"), "'-1' is not a whole number of 0 or more"),
        (("sequence", "diff", "r", *CLIENT, "--to", "9" * 19), f"'{'9' * 19}' is not a whole number of 0 or more"),
        (("sequence", "adopt", "r", *CLIENT, "--from", "x"), "'x' is not a whole number of 0 or more"),
        (("bench", "--rounds", "101"), "'101' is not a whole number from 1 to 100"),
    ],
)
def test_what_is_no_number_or_id_is_told_in_plain_words(house: House, typed: tuple[str, ...], words: str) -> None:
    done = house.run(*typed)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert not any(jargon in done.err for jargon in ("UUID", "integer", "parse"))


@pytest.mark.parametrize(("webhooks", "words"), [(0, "0 webhooks"), (1, "1 webhook"), (2, "2 webhooks")])
def test_the_demo_counts_webhooks_as_people_do(webhooks: int, words: str) -> None:
    assert told(Beat(START, Counter(), webhooks, {})) == f"Mon 23 Nov 15:00:00 UTC  {words}"
    assert told(Beat(START, Counter(armed=1), webhooks, {})).endswith("  armed 1")
