"""One short connection to PostgreSQL, for the work that comes before the workers: preparing and migrating."""

from typing import TypeAlias

import psycopg
from psycopg.rows import DictRow, dict_row

from scripts.database.errors import DatabaseProblem
from utils.db import readable_dsn

Connection: TypeAlias = psycopg.Connection[DictRow]


def connect(dsn: str) -> Connection:
    """An autocommit connection that also works through Supabase's transaction pooler (no prepared statements).

    Raises SettingsError when the DSN cannot be read, DatabaseProblem when nobody answers or the password is refused; no
    sentence holds a password.
    """
    readable_dsn(dsn)
    try:
        return psycopg.connect(dsn, autocommit=True, prepare_threshold=None, connect_timeout=10, row_factory=dict_row)
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        reason = str(error).strip().splitlines()[0]
        raise DatabaseProblem(f"PostgreSQL cannot be reached ({reason}). Check DATABASE_URL.") from error
