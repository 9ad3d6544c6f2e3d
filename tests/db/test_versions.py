"""Drafts, publications and rollbacks on real databases: nothing is published that nobody has seen, nothing is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest

from modules.accounts import add_client
from modules.ids import ClientId
from modules.sequences import (
    FileRefused,
    drop_draft,
    find_draft,
    find_sequence,
    keep_draft,
    list_drafts,
    list_versions,
    publish_draft,
    publish_sequence,
    rollback_sequence,
)
from modules.sequences.versions_store import SQL as VERSIONS_SQL
from modules.sequences.versions_store import add_version
from tests.cast import gather_cast, join, story
from tests.databases import Database
from tests.db.rig import MONDAY, open_rig
from utils.db import Connection, execute, fetch_all
from utils.errors import BadInput, Conflict, NotFound
from utils.sql import Queries
from workers.context import Deps

SQL = Queries(Path(__file__).with_name("versions.sql"))
ONE, TWO, THREE = story("sms"), story("sms", "sms"), story("sms", "email")
FAULTY = ONE.replace("channel: sms", "channel: pigeon")
T = TypeVar("T")


@pytest.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


@pytest.fixture
async def client(deps: Deps) -> ClientId:
    return await do(deps, lambda conn: _client(conn, "acme"))


async def _client(conn: Connection, slug: str) -> ClientId:
    return (await add_client(conn, slug, slug.title(), MONDAY)).id


async def do(deps: Deps, work: Callable[[Connection], Awaitable[T]]) -> T:
    async with deps.database.transaction() as conn:
        return await work(conn)


async def save(deps: Deps, client: ClientId, text: str, slug: str | None = None) -> int:
    return (await do(deps, lambda conn: keep_draft(conn, client, text, "ada", MONDAY, slug))).based_on


async def publish(deps: Deps, client: ClientId, text: str) -> int:
    return (await do(deps, lambda conn: publish_sequence(conn, client, text, MONDAY, by="ada"))).version


async def release(deps: Deps, client: ClientId, over: int | None = None) -> int:
    return (await do(deps, lambda conn: publish_draft(conn, client, "story", "bob", MONDAY, over))).version


async def back(deps: Deps, client: ClientId, to: int) -> int:
    return (await do(deps, lambda conn: rollback_sequence(conn, client, "story", to, "eve", MONDAY))).version


async def test_a_draft_is_kept_faulty_or_not_one_for_each_client_and_slug(deps: Deps, client: ClientId) -> None:
    other = await do(deps, lambda conn: _client(conn, "other"))
    for text in (FAULTY, ONE):
        assert await save(deps, client, text) == 0
    await save(deps, other, FAULTY)
    await save(deps, other, "no yaml: [", "story-two")
    rows = await do(deps, lambda conn: fetch_all(conn, SQL["drafts"]))
    assert {(row["client_id"], row["slug"]): row["source"] for row in rows} == {
        (client, "story"): ONE,
        (other, "story"): FAULTY,
        (other, "story-two"): "no yaml: [",
    }
    assert await do(deps, lambda conn: find_sequence(conn, client, "story")) is None
    assert [one.draft.slug for one in await do(deps, lambda conn: list_drafts(conn, other))] == ["story", "story-two"]


async def test_what_cannot_be_kept_is_refused_with_the_way_out(deps: Deps, client: ClientId) -> None:
    for text, slug, words in (
        ("no yaml: [", None, "--slug SLUG"),
        (ONE, "other", "The file says slug: story"),
        ("name: A\n", "Not a slug", "is no slug"),
        (ONE + "#" * 300_000, None, "larger than 256 KB"),
        ("steps: 'a\0b'\n", "story", "NUL"),
    ):
        with pytest.raises(BadInput, match=words):
            await save(deps, client, text, slug)
    assert await do(deps, lambda conn: fetch_all(conn, SQL["drafts"])) == []


async def test_a_published_draft_is_a_version_and_a_draft_no_more(deps: Deps, client: ClientId) -> None:
    await save(deps, client, ONE)
    assert await release(deps, client) == 1
    assert await save(deps, client, TWO) == 1
    assert await release(deps, client) == 2
    assert await do(deps, lambda conn: find_draft(conn, client, "story")) is None
    rows = await do(deps, lambda conn: fetch_all(conn, SQL["versions"]))
    assert [(row["version"], row["source"], row["published_by"]) for row in rows] == [(1, ONE, "bob"), (2, TWO, "bob")]
    with pytest.raises(NotFound, match="no draft of 'story'"):
        await release(deps, client)


async def test_a_faulty_draft_is_refused_with_its_problems_and_stays(deps: Deps, client: ClientId) -> None:
    await save(deps, client, FAULTY)
    with pytest.raises(FileRefused, match="pigeon"):
        await release(deps, client)
    assert await do(deps, lambda conn: find_draft(conn, client, "story")) is not None
    assert await do(deps, lambda conn: fetch_all(conn, SQL["versions"])) == []


async def test_a_draft_takes_nothing_back_that_somebody_else_has_published_since(deps: Deps, client: ClientId) -> None:
    await publish(deps, client, ONE)
    await save(deps, client, TWO)
    await publish(deps, client, THREE)
    # saving again changes nothing about what it was begun on
    assert await save(deps, client, TWO + "# again\n") == 1
    with pytest.raises(Conflict, match="begun on version 1, and version 2 is current now"):
        await release(deps, client)
    with pytest.raises(Conflict, match="Version 1 is not current"):
        await release(deps, client, over=1)
    assert await release(deps, client, over=2) == 3


async def test_of_many_who_publish_one_draft_one_does(database: Database) -> None:
    async with open_rig(database.url) as deps:
        client = await do(deps, lambda conn: _client(conn, "acme"))
        await publish(deps, client, ONE)
        await save(deps, client, TWO)
        outcomes = await asyncio.gather(*(release(deps, client) for _ in range(6)), return_exceptions=True)
        rows = await do(deps, lambda conn: fetch_all(conn, SQL["versions"]))
    assert sorted(type(one).__name__ for one in outcomes) == ["NotFound"] * 5 + ["int"]
    assert [row["version"] for row in rows] == [1, 2]


async def test_a_draft_beside_a_publication_is_never_published_over_what_it_does_not_know(database: Database) -> None:
    async with open_rig(database.url) as deps:
        client = await do(deps, lambda conn: _client(conn, "acme"))
        current = await publish(deps, client, ONE)
        for turn in range(12):
            await save(deps, client, f"{TWO}# {turn}\n")
            text = f"{THREE}# {turn}\n"
            done, other = await asyncio.gather(
                release(deps, client), publish(deps, client, text), return_exceptions=True
            )
            assert isinstance(other, int)
            assert isinstance(done, Conflict) or done == current + 1
            current += 1 if isinstance(done, Conflict) else 2
            await do(deps, lambda conn: drop_draft(conn, client, "story"))
        rows = await do(deps, lambda conn: fetch_all(conn, SQL["versions"]))
    assert [row["version"] for row in rows] == list(range(1, current + 1))


async def test_a_rollback_is_a_new_version_that_says_what_the_old_one_said(deps: Deps, client: ClientId) -> None:
    for text in (ONE, TWO, THREE):
        await publish(deps, client, text)
    assert await back(deps, client, 1) == 4
    assert await back(deps, client, 2) == 5
    rows = await do(deps, lambda conn: fetch_all(conn, SQL["versions"]))
    assert [row["source"] for row in rows] == [ONE, TWO, THREE, ONE, TWO]
    assert [(row["published_by"], row["restores"]) for row in rows[2:]] == [("ada", None), ("eve", 1), ("eve", 2)]
    found = await do(deps, lambda conn: find_sequence(conn, client, "story"))
    assert found is not None
    assert found.current_version == 5


async def test_a_rollback_that_would_change_nothing_or_lead_nowhere_is_refused(deps: Deps, client: ClientId) -> None:
    with pytest.raises(NotFound, match="no sequence 'story'"):
        await back(deps, client, 1)
    for text in (ONE, TWO):
        await publish(deps, client, text)
    for to, words in ((2, "Version 2 is current already"), (3, "no version 3; the newest is 2"), (0, "no version 0")):
        with pytest.raises((Conflict, NotFound), match=words):
            await back(deps, client, to)
    assert await back(deps, client, 1) == 3
    with pytest.raises(Conflict, match="Version 3, which is current, says exactly what version 1 says"):
        await back(deps, client, 1)


async def test_a_version_that_the_rules_of_today_refuse_does_not_come_back(deps: Deps, client: ClientId) -> None:
    await publish(deps, client, ONE)
    found = await do(deps, lambda conn: find_sequence(conn, client, "story"))
    assert found is not None
    # as if it had been published before there was such a rule
    old = do(deps, lambda conn: add_version(conn, client, found.id, 2, FAULTY, {"steps": []}, MONDAY))
    await old
    values = {"client_id": client, "sequence_id": found.id, "version": 2, "name": "Story"}
    await do(deps, lambda conn: execute(conn, VERSIONS_SQL["make_current"], values))
    assert await publish(deps, client, TWO) == 3
    with pytest.raises(FileRefused, match=r"(?s)Version 2 can no longer be published.*1 problem.*pigeon"):
        await back(deps, client, 2)
    assert await back(deps, client, 1) == 4


async def test_many_who_roll_back_at_once_make_versions_without_gaps(database: Database) -> None:
    async with open_rig(database.url) as deps:
        client = await do(deps, lambda conn: _client(conn, "acme"))
        for text in (ONE, TWO, THREE):
            await publish(deps, client, text)
        outcomes = await asyncio.gather(
            *(back(deps, client, 1 + turn % 2) for turn in range(8)), return_exceptions=True
        )
        rows = await do(deps, lambda conn: fetch_all(conn, SQL["versions"]))
    made = sorted(one for one in outcomes if isinstance(one, int))
    assert all(isinstance(one, int | Conflict) for one in outcomes), outcomes
    assert made == list(range(4, 4 + len(made)))
    assert [row["version"] for row in rows] == list(range(1, 4 + len(made)))


async def test_a_version_brings_back_only_one_that_came_before_it(deps: Deps, client: ClientId) -> None:
    await publish(deps, client, ONE)
    with pytest.raises(psycopg.errors.CheckViolation):
        await do(deps, lambda conn: execute(conn, SQL["restore_later"]))


async def test_the_versions_are_listed_newest_first_with_who_is_under_way(deps: Deps) -> None:
    cast = await gather_cast(deps, None, ONE, 3)
    await join(deps, cast.client_id, TWO, [])
    await do(deps, lambda conn: rollback_sequence(conn, cast.client_id, "story", 1, "eve", MONDAY + timedelta(days=1)))
    found = await do(deps, lambda conn: find_sequence(conn, cast.client_id, "story"))
    assert found is not None
    listed = await do(deps, lambda conn: list_versions(conn, cast.client_id, found.id))
    assert [(one.version, one.restores, one.step_count, one.running) for one in listed] == [
        (3, 1, 1, 0),
        (2, None, 2, 0),
        (1, None, 1, 3),
    ]
    assert listed[0].published_at == MONDAY + timedelta(days=1)
