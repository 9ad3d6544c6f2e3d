"""Publishing on real databases: versions without gaps, whoever publishes at the same time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from modules.ids import ClientId, SequenceId
from modules.sequences.freeze import definition_from_json, definition_to_json
from modules.sequences.publish import FileRefused, load_version, load_versions, publish_sequence
from modules.sequences.versions_store import find_sequence, list_sequences
from tests.databases import Database
from utils.db import Connection, execute, fetch_all, fetch_one
from utils.db import Database as Pool
from utils.errors import BadInput, NotFound
from utils.sql import Queries
from utils.uuid7 import uuid7

SQL = Queries(Path(__file__).with_name("publish.sql"))
SAMPLES = Path(__file__).parents[2] / "scripts" / "samples"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ACME = ClientId(uuid7(NOW))
OTHER = ClientId(uuid7(NOW))
FILE = (SAMPLES / "new-lead-welcome.yaml").read_text(encoding="utf-8")


@asynccontextmanager
async def opened(database: Database, *, size: int = 2) -> AsyncIterator[Pool]:
    pool = Pool(database.url, max_size=size)
    await pool.open()
    try:
        async with pool.transaction() as conn:
            for client_id, slug in ((ACME, "acme"), (OTHER, "other")):
                await execute(conn, SQL["plant_client"], {"id": client_id, "slug": slug, "now": NOW})
        yield pool
    finally:
        await pool.close()


async def plant_enrollment(conn: Connection, client_id: ClientId, sequence_id: SequenceId, version: int) -> None:
    values = {"client_id": client_id, "sequence_id": sequence_id, "version": version, "now": NOW}
    values |= {"id": uuid7(NOW), "contact_id": uuid7(NOW)}
    await execute(conn, SQL["plant_contact"], values)
    await execute(conn, SQL["plant_enrollment"], values)


async def test_a_first_publication_makes_version_one(database: Database) -> None:
    async with opened(database) as pool:
        async with pool.transaction() as conn:
            published = await publish_sequence(conn, ACME, FILE, NOW)
        async with pool.transaction() as conn:
            found = await find_sequence(conn, ACME, "new-lead-welcome")
            definition = await load_version(conn, published.sequence_id, 1)
    assert (published.slug, published.version, published.unchanged) == ("new-lead-welcome", 1, False)
    assert found is not None
    assert (found.id, found.name, found.current_version) == (published.sequence_id, "New lead welcome", 1)
    assert [step.key for step in definition.steps] == ["hello", "how-we-help", "a-time-to-talk", "door-stays-open"]
    assert definition_from_json(definition_to_json(definition)) == definition


async def test_the_same_text_again_makes_no_new_version(database: Database) -> None:
    async with opened(database) as pool, pool.transaction() as conn:
        first = await publish_sequence(conn, ACME, FILE, NOW)
        again = await publish_sequence(conn, ACME, FILE, NOW + timedelta(days=1))
        assert (again.sequence_id, again.version, again.unchanged) == (first.sequence_id, 1, True)


async def test_a_change_makes_a_new_version_and_leaves_the_old_one_as_it_was(database: Database) -> None:
    changed = FILE.replace("name: New lead welcome", "name: Welcome").replace("days: 1", "days: 2")
    async with opened(database) as pool, pool.transaction() as conn:
        first = await publish_sequence(conn, ACME, FILE, NOW)
        second = await publish_sequence(conn, ACME, changed, NOW)
        back = await publish_sequence(conn, ACME, FILE, NOW)
        assert (first.version, second.version, back.version) == (1, 2, 3)
        keys = [(first.sequence_id, 1), (first.sequence_id, 2), (first.sequence_id, 2), (first.sequence_id, 9)]
        both = await load_versions(conn, keys)
        assert set(both) == {(first.sequence_id, 1), (first.sequence_id, 2)}
        assert both[first.sequence_id, 1].steps[1].wait.days == 1
        assert both[first.sequence_id, 2].steps[1].wait.days == 2
        assert both[first.sequence_id, 2].name == "Welcome"


async def test_a_faulty_file_is_refused_with_every_problem_and_changes_nothing(database: Database) -> None:
    faulty = FILE.replace("channel: email", "channel: fax").replace("slug: new-lead-welcome", "slug: New")
    async with opened(database) as pool, pool.transaction() as conn:
        with pytest.raises(BadInput) as caught:
            await publish_sequence(conn, ACME, faulty, NOW)
        assert isinstance(caught.value, FileRefused)
        assert len(caught.value.problems) == 3
        assert all(str(problem) in caught.value.detail for problem in caught.value.problems)
        assert "line 3: slug:" in caught.value.detail
        assert await list_sequences(conn, ACME) == []


async def test_many_publishers_at_once_make_versions_without_gaps(database: Database) -> None:
    async with opened(database, size=6) as pool:

        async def publish(number: int) -> int:
            async with pool.transaction() as conn:
                text = FILE.replace("name: New lead welcome", f"name: Welcome {number}")
                return (await publish_sequence(conn, ACME, text, NOW)).version

        versions = await asyncio.gather(*(publish(number) for number in range(12)))
        async with pool.transaction() as conn:
            rows = await fetch_all(conn, SQL["versions"], {"client_id": ACME})
            found = await find_sequence(conn, ACME, "new-lead-welcome")
    assert sorted(versions) == [row["version"] for row in rows] == list(range(1, 13))
    assert found is not None
    assert found.current_version == 12


async def test_the_same_text_from_many_publishers_is_one_version(database: Database) -> None:
    async with opened(database, size=6) as pool:

        async def publish() -> bool:
            async with pool.transaction() as conn:
                return (await publish_sequence(conn, ACME, FILE, NOW)).unchanged

        unchanged = await asyncio.gather(*(publish() for _ in range(8)))
    assert sorted(unchanged) == [False] + [True] * 7


async def test_a_publication_that_is_rolled_back_leaves_nothing(database: Database) -> None:
    async with opened(database) as pool:
        async with pool.transaction() as conn:
            await publish_sequence(conn, ACME, FILE, NOW)
            await conn.rollback()
        async with pool.transaction() as conn:
            assert await find_sequence(conn, ACME, "new-lead-welcome") is None
            assert (await publish_sequence(conn, ACME, FILE, NOW)).version == 1


async def test_two_clients_may_use_the_same_slug_and_see_only_their_own(database: Database) -> None:
    async with opened(database) as pool, pool.transaction() as conn:
        ours = await publish_sequence(conn, ACME, FILE, NOW)
        theirs = await publish_sequence(conn, OTHER, FILE, NOW)
        assert ours.sequence_id != theirs.sequence_id
        assert [one.id for one in await list_sequences(conn, ACME)] == [ours.sequence_id]
        assert await find_sequence(conn, OTHER, "patient-recall") is None


async def test_a_list_counts_who_stands_where(database: Database) -> None:
    async with opened(database) as pool, pool.transaction() as conn:
        published = await publish_sequence(conn, ACME, FILE, NOW)
        await publish_sequence(conn, ACME, (SAMPLES / "patient-recall.yaml").read_text(encoding="utf-8"), NOW)
        await plant_enrollment(conn, ACME, published.sequence_id, 1)
        await plant_enrollment(conn, ACME, published.sequence_id, 1)
        listed = await list_sequences(conn, ACME)
    assert [(one.slug, one.step_count, one.by_status, one.published_at) for one in listed] == [
        ("new-lead-welcome", 4, {"active": 2}, NOW),
        ("patient-recall", 4, {}, NOW),
    ]


async def test_a_version_that_does_not_exist_is_not_found(database: Database) -> None:
    async with opened(database) as pool, pool.transaction() as conn:
        with pytest.raises(NotFound):
            await load_version(conn, SequenceId(uuid7(NOW)), 1)


async def test_a_published_version_can_never_be_rewritten(database: Database) -> None:
    async with opened(database) as pool, pool.transaction() as conn:
        published = await publish_sequence(conn, ACME, FILE, NOW)
        with pytest.raises(psycopg.errors.CheckViolation, match="append-only"):
            await fetch_one(conn, SQL["rewrite"], {"sequence_id": published.sequence_id})


async def test_the_steps_of_a_version_can_be_read_as_rows(database: Database) -> None:
    async with opened(database) as pool, pool.transaction() as conn:
        await publish_sequence(conn, ACME, FILE, NOW)
        rows = await fetch_all(conn, SQL["steps"], {"client_id": ACME})
    assert [(row["position"], row["key"], row["channel"]) for row in rows] == [
        (1, "hello", "sms"),
        (2, "how-we-help", "email"),
        (3, "a-time-to-talk", "sms"),
        (4, "door-stays-open", "email"),
    ]
