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


def require_utf8(connection: Connection) -> None:
    """DatabaseProblem where the database cannot keep every letter; asks nothing, the server tells it at the start."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding not in (None, "UTF8"):
        raise DatabaseProblem(
            f"The database {connection.info.dbname} keeps text as {encoding}; names and messages need "
            "UTF8. Nothing was changed. Make another one (CREATE DATABASE name TEMPLATE template0 ENCODING 'UTF8'; an "
            "encoding cannot be changed later) and name it in DATABASE_URL."
        )
