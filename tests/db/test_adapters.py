"""Lists reach PostgreSQL as they are, by our shorter way as by psycopg's own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.databases import Database
from utils import db
from utils.db import fetch_one
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("adapters.sql"))
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LISTS: dict[str, list[list[Any]]] = {
    "text": [[], [""], ["a", None, 'q"u\\o{t}e', "ünï ✓", "NULL"], [None, "a"], [None, None], ["same"] * 3],
    "uuid": [[], [UUID(int=1), UUID(int=2**127)], [None, UUID(int=3), None]],
    "int": [[], [0, -1, 2**31 - 1], [None, 7], [1000, 7, 1000]],
    "bigint": [[2**62, 1, -(2**62)], [5, None]],
    "timestamptz": [[NOON, NOON, None, NOON - timedelta(days=20000, microseconds=1)]],
    "bytea": [[b"", b"\x00\xff", None]],
    "boolean": [[True, None, False]],
    "jsonb": [
        [Jsonb({"a": [1, None], "q": 'x"y', "ü": "✓ \n"}), None, Jsonb([])],
        [None, Jsonb({"longer": 2**70, "than": -(2**64)})],
    ],
}
EVERY = [(kind, one) for kind, lists in LISTS.items() for one in lists]


@pytest.mark.parametrize(("kind", "values"), EVERY)
async def test_a_list_comes_back_as_it_went(database: Database, kind: str, values: list[Any]) -> None:
    pool = db.Database(database.url, max_size=1)
    await pool.open()
    try:
        async with pool.transaction() as conn:
            row = await fetch_one(conn, SQL[f"echo_{kind}"], {"values": values})
    finally:
        await pool.close()
    expected = [one.obj if isinstance(one, Jsonb) else one for one in values]
    assert row is not None
    assert row["values"] == expected
    assert row["places"] == list(range(1, len(values) + 1))


async def test_lists_of_lists_and_lists_as_text_go_psycopgs_own_way(database: Database) -> None:
    pool = db.Database(database.url, max_size=1)
    await pool.open()
    try:
        async with pool.transaction() as conn:
            row = await fetch_one(conn, SQL["echo_nested"], {"nested": [[1, 2], [3, 4]], "plain": ["a", None]})
            assert row == {"nested": [[1, 2], [3, 4]], "plain": ["a", None]}
        async with pool.transaction() as conn:
            with pytest.raises(psycopg.DataError):
                await fetch_one(conn, SQL["echo_nested"], {"nested": [[1, 2], 3], "plain": []})
    finally:
        await pool.close()


@pytest.mark.parametrize("value", ["\ud83d", "\x00", float("nan"), {"inside": [float("inf")]}])
async def test_what_json_cannot_hold_is_refused(database: Database, value: object) -> None:
    pool = db.Database(database.url, max_size=1)
    await pool.open()
    try:
        async with pool.transaction() as conn:
            with pytest.raises(psycopg.DataError):
                await fetch_one(conn, SQL["echo_jsonb"], {"values": [Jsonb(value)]})
    finally:
        await pool.close()


@pytest.mark.parametrize("values", [["a", 1], [UUID(int=1), "a"], [NOON, "a"]])
async def test_a_list_of_mixed_types_is_refused(database: Database, values: list[Any]) -> None:
    pool = db.Database(database.url, max_size=1)
    await pool.open()
    try:
        async with pool.transaction() as conn:
            with pytest.raises(psycopg.DataError):
                await fetch_one(conn, SQL["echo_text"], {"values": values})
    finally:
        await pool.close()
