"""Makes a plain PostgreSQL look like Supabase to our migrations, so that their revokes are tested for real."""

from pathlib import Path

from psycopg import sql

from scripts.database.connect import Connection, connect, require_utf8
from scripts.database.errors import DatabaseProblem
from utils.sql import queries

OWNER = "omnify_owner"
_SCRIPT = Path(__file__).with_name("bootstrap.sql")
_SQL = queries(__file__)


def bootstrap(dsn: str, owner: str | None = None) -> bool:
    """Creates the roles, schemas and functions of Supabase in one transaction; False when there was nothing to do.

    `owner` is the role that will migrate; without it, the role of the DSN. A real Supabase is left alone. Raises
    DatabaseProblem when something is missing and the DSN's role may not create it, or when text is not kept as UTF-8.
    """
    with connect(dsn) as connection, connection.transaction():
        seen = connection.execute(_SQL["look_around"]).fetchone()
        if seen is None or seen["is_supabase"]:
            return False
        if not seen["is_superuser"]:
            if seen["is_ready"]:
                return False
            raise DatabaseProblem(
                f"This PostgreSQL lacks the roles and the auth schema of Supabase, and {seen['me']} may not create "
                "them: put a superuser's address into DATABASE_URL once."
            )
        if not seen["is_ready"]:
            require_utf8(connection)
        connection.execute(_SQL["lock_preparation"])
        script = sql.SQL(_SCRIPT.read_text(encoding="utf-8"))
        connection.execute(script.format(owner=sql.Identifier(owner or seen["me"])))
    return True


def ensure_owner(dsn: str, password: str) -> None:
    """The role `omnify_owner` with this password; `dsn` is a superuser's."""
    with connect(dsn) as connection, connection.transaction():
        connection.execute(_SQL["lock_preparation"])
        owner = sql.Identifier(OWNER)
        if not _exists(connection, "find_role", OWNER):
            connection.execute(sql.SQL(_SQL["create_owner"]).format(owner=owner))
            connection.execute(sql.SQL(_SQL["set_search_path"]).format(owner=owner))
        connection.execute(sql.SQL(_SQL["set_password"]).format(owner=owner, password=sql.Literal(password)))


def ensure_database(dsn: str, database: str) -> None:
    """The database, owned by `omnify_owner`; `dsn` is a superuser's."""
    with connect(dsn) as connection:
        if not _exists(connection, "find_database", database):
            names = {"database": sql.Identifier(database), "owner": sql.Identifier(OWNER)}
            connection.execute(sql.SQL(_SQL["create_database"]).format(**names))


def _exists(connection: Connection, query: str, name: str) -> bool:
    return connection.execute(_SQL[query], {"name": name}).rowcount > 0
