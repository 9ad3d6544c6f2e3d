"""What a stretch of work costs a database, in the database's own count: row-writes, statements, commits, bytes of WAL.

One piece for the benchmark and for the tests that gate it, so that both mean the same by a number.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from psycopg import sql

from scripts.database.connect import Connection, connect
from scripts.database.launcher import Cluster
from utils.clock import monotonic
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("economy.sql"))
PATIENCE_SECONDS, LOOK_SECONDS = 20.0, 0.02
STATEMENT = re.compile(rb"^\d{4}-[^\n]*? LOG:  (?:statement|execute [^:\n]*): ", re.MULTILINE)
"""How the server's log tells of a statement that stood by itself, or of one with parameters; a line that goes on begins
with a tab."""


@dataclass
class Spent:
    """Filled in when all is over. `statements` are all that the server was asked, `begin` and `commit` among them."""

    rows: Counter[str] = field(default_factory=Counter)
    statements: int = 0
    commits: int = 0
    wal_bytes: int = 0

    @property
    def row_writes(self) -> int:
        return self.rows.total()


@dataclass(frozen=True)
class Bill:
    """Of each confirmed touch, or at most so much of each."""

    row_writes: float
    statements: float
    commits: float
    wal_bytes: float

    def exceeds(self, most: "Bill") -> list[str]:
        """What is more than that, in words; empty when nothing is."""
        return [
            f"{name} {value:g} > {limit:g}"
            for name, value in vars(self).items()
            if value > (limit := getattr(most, name))
        ]


def bill_of(spent: Spent, touches: int) -> Bill:
    """Each touch's share."""
    return Bill(*(n / touches for n in (spent.row_writes, spent.statements, spent.commits, spent.wal_bytes)))


def count_row_writes(superuser_url: str) -> Counter[str]:
    """By table, since the database was made. A backend hands in its last counts when it goes: all have to be gone."""
    with connect(superuser_url) as conn:
        _wait_until_alone(conn, conn.info.dbname)
        return Counter({row["name"]: row["n"] for row in conn.execute(SQL["row_writes"]).fetchall()})


@contextmanager
def metered(cluster: Cluster, database: str) -> Iterator[Spent]:
    """Counts what is done to one database of a scratch server in this block; nobody is connected before and after it.

    Commits and WAL come from PostgreSQL's counters, row-writes from its tables' statistics, statements from its log (it
    counts them nowhere without an extension). Autovacuum rests, a checkpoint has just been, and a scratch server writes
    no images of whole pages (`full_page_writes` is off): these are the bytes of the changes themselves. Nobody may be
    at work in another database meanwhile, for there is one WAL for all.
    """
    spent, url, named = Spent(), cluster.superuser_url(database), {"name": sql.Identifier(database)}
    with connect(cluster.superuser_url()) as conn:  # to another database: what it asks is not counted
        try:
            conn.execute(SQL["rest_autovacuum"])
            conn.execute(SQL["read_settings"])
            rows = count_row_writes(url)
            conn.execute(sql.SQL(SQL["note_statements"]).format(**named))
            conn.execute(SQL["write_back"])
            before, place = _counters(conn, database), cluster.log.stat().st_size
            yield spent
            after = _counters(conn, database)
            with cluster.log.open("rb") as log:
                log.seek(place)
                spent.statements = len(STATEMENT.findall(log.read()))
        finally:
            conn.execute(sql.SQL(SQL["note_nothing"]).format(**named))
            conn.execute(SQL["wake_autovacuum"])
            conn.execute(SQL["read_settings"])
    spent.commits, spent.wal_bytes = (now - then for now, then in zip(after, before, strict=True))
    spent.rows = count_row_writes(url) - rows


def _counters(conn: Connection, database: str) -> tuple[int, int]:
    """Commits and bytes of WAL so far, once everybody has left."""
    _wait_until_alone(conn, database)
    [row] = conn.execute(SQL["spent_so_far"], {"name": database}).fetchall()
    return row["commits"], row["wal_bytes"]


def _wait_until_alone(conn: Connection, database: str) -> None:
    until = monotonic() + PATIENCE_SECONDS
    while True:
        [row] = conn.execute(SQL["others"], {"name": database}).fetchall()
        if not row["n"]:
            return
        if monotonic() > until:
            raise RuntimeError(f"{row['n']} connections to {database} do not end")
        time.sleep(LOOK_SECONDS)
