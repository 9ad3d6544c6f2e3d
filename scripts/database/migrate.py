"""Applies `supabase/migrations/*.sql` and keeps the same ledger as the Supabase CLI, so that either may go on.

The whole text of a file is recorded as one statement. The CLI records its pieces, and compares versions only.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import psycopg

from scripts.database.connect import Connection, connect, require_utf8
from scripts.database.errors import DatabaseProblem
from utils.sql import queries

MIGRATIONS = Path(__file__).resolve().parents[2] / "supabase" / "migrations"
_SQL = queries(__file__)
_FILE_NAME = re.compile(r"(?P<version>\d{14})_(?P<name>[a-z0-9_]+)\.sql")
_OWN_TRANSACTION = re.compile(
    r"^\s*(?:begin|start|commit|rollback)(?:\s+(?:work|transaction))?\s*;", re.MULTILINE | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: `version` is its fourteen digits, `name` what follows them."""

    version: str
    name: str
    text: str

    @property
    def full_name(self) -> str:
        return f"{self.version}_{self.name}"


def read_migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """The migrations of a folder in their order.

    Raises DatabaseProblem when a file cannot be one: its name, a version that stands twice, or its own begin and commit
    (each file is one transaction already, and half of it must not stay).
    """
    if not folder.is_dir():
        raise DatabaseProblem(f"There is no folder {folder} with migrations.")
    migrations = [_read_migration(path) for path in sorted(folder.glob("*.sql"))]
    versions = [migration.version for migration in migrations]
    if twice := {version for version in versions if versions.count(version) > 1}:
        raise DatabaseProblem(
            f"Two migrations in {folder} have the version {min(twice)}: give the newer one a later version."
        )
    return migrations


def migrate(dsn: str, folder: Path = MIGRATIONS) -> list[str]:
    """Applies what is not yet applied, each file in one transaction; the names of the files applied, in order.

    Several may run at once: a lock inside each transaction lets them take turns. Raises DatabaseProblem and leaves the
    failed file undone; the ones before it stay applied.
    """
    migrations = read_migrations(folder)
    with connect(dsn) as connection:
        require_utf8(connection)
        _ensure_ledger(connection)
        applied = [row["version"] for row in connection.execute(_SQL["list_applied"])]
        pending = [migration for migration in migrations if migration.version not in applied]
        _require_agreement(folder, migrations, applied, pending)
        return [migration.full_name for migration in pending if _apply(connection, migration)]


def _read_migration(path: Path) -> Migration:
    match = _FILE_NAME.fullmatch(path.name)
    if match is None:
        raise DatabaseProblem(f"{path.name} is no name of a migration: use <YYYYMMDDHHMMSS>_<verb>_<noun>.sql.")
    text = path.read_text(encoding="utf-8")
    if own := _OWN_TRANSACTION.search(text):
        raise DatabaseProblem(f"{path.name} says {own[0].strip()} but is run as one transaction: take that line out.")
    return Migration(match["version"], match["name"], text)


def _ensure_ledger(connection: Connection) -> None:
    found = connection.execute(_SQL["find_ledger"]).fetchone()
    if found is not None and found["exists"]:
        return
    with connection.transaction():
        connection.execute(_SQL["lock_migrations"])
        connection.execute(_SQL["create_ledger_schema"])
        connection.execute(_SQL["create_ledger"])


def _require_agreement(folder: Path, migrations: list[Migration], applied: list[str], pending: list[Migration]) -> None:
    known = {migration.version for migration in migrations}
    if missing := [version for version in applied if version not in known]:
        raise DatabaseProblem(
            f"The database has the migration {missing[0]}, which {folder} lacks: bring the folder up to date first."
        )
    if applied and pending and pending[0].version < applied[-1]:
        raise DatabaseProblem(
            f"{pending[0].full_name} is older than the applied {applied[-1]}: rename it to a later version."
        )


def _apply(connection: Connection, migration: Migration) -> bool:
    """True when this call applied it, False when another run did while we waited."""
    values = {"version": migration.version, "name": migration.name, "text": migration.text}
    try:
        with connection.transaction():
            connection.execute(_SQL["limit_lock_wait"])
            connection.execute(_SQL["lock_migrations"])
            if connection.execute(_SQL["find_applied"], values).rowcount:
                return False
            connection.execute(migration.text)
            connection.execute(_SQL["record_applied"], values)
            connection.execute(_SQL["forget_settings"])
    except psycopg.Error as error:
        raise DatabaseProblem(_explain(migration, error)) from error
    return True


def _explain(migration: Migration, error: psycopg.Error) -> str:
    position = error.diag.statement_position
    line = f", line {migration.text.count(chr(10), 0, int(position)) + 1}" if position else ""
    reason = error.diag.message_primary or str(error).strip()
    return f"Migration {migration.full_name}.sql{line} failed and changed nothing. PostgreSQL says: {reason}"
