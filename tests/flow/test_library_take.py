"""A ready-made sequence becomes a client's own by one verb, and never over what the client has edited."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from modules.sequences.shelf import library_slugs, library_source
from tests.databases import Engine
from tests.flow.house import House, open_house

CLIENT = ("--client", "harbor-homes")


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "harbor-homes", "--name", "Harbor Homes")
        yield opened


def slugs(house: House) -> list[str]:
    return [one["slug"] for one in house.run("sequence", "list", *CLIENT, "--json").json()]


def test_each_of_the_library_is_taken_as_it_is_and_once(house: House) -> None:
    foretold = house.run("library", "take", "speed-to-lead", *CLIENT, "--dry-run", "--json").json()
    assert foretold == {
        "slug": "speed-to-lead",
        "version": 1,
        "unchanged": False,
        "missing": ["lead-3-7-14-30"],
        "dry_run": True,
    }
    assert slugs(house) == []
    for slug in library_slugs():
        house.ok("library", "take", slug, *CLIENT)
    assert sorted(slugs(house)) == library_slugs()
    assert house.run("show", "buyer-nurture", *CLIENT).out == library_source("buyer-nurture")
    again = house.run("library", "take", "speed-to-lead", *CLIENT)
    assert again.out == "speed-to-lead version 1 is this already; nothing was changed.\n"
    assert again.err == ""


def test_it_says_which_sequence_people_would_be_handed_to_and_is_missing(house: House) -> None:
    taken = house.run("library", "take", "seller-nurture", *CLIENT)
    assert taken.out == "seller-nurture version 1 is what new enrollments take.\n"
    assert taken.err.startswith("It hands people over to re-engagement, which harbor-homes does not have yet")


def test_an_edited_one_is_replaced_only_when_that_is_asked(house: House) -> None:
    edited = library_source("review-request").replace("How did it go with us?", "How was it?")
    house.ok("publish", house.file("review-request.yaml", edited), *CLIENT)
    refused = house.run("library", "take", "review-request", *CLIENT)
    assert refused.code == 1
    assert "The client has a 'review-request' that is not the library's (version 1)" in refused.err
    foretold = house.run("library", "take", "review-request", *CLIENT, "--replace", "--dry-run")
    assert foretold.out == "review-request version 2 would be what new enrollments take.\n"
    assert house.run("show", "review-request", *CLIENT).out == edited
    house.ok("library", "take", "review-request", *CLIENT, "--replace")
    assert house.run("show", "review-request", *CLIENT).out == library_source("review-request")


def test_an_unknown_client_is_refused(house: House) -> None:
    refused = house.run("library", "take", "re-engagement", "--client", "nobody")
    assert refused.code == 1
    assert "nobody" in refused.err
