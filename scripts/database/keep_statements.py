"""Has the database keep the plans of the statements that say so: `python -m scripts.database.keep_statements`.

Mark a block of a module's `queries.sql` with the comment `-- Kept as house.NAME.` and run this; run it again whenever
such a block was changed. It writes the functions' names into those comments, and a new migration that creates what is
missing. What it created before stays, so that a deployment disturbs no sweep: the code before calls it until its end.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg.pq import ExecStatus

from scripts.database.connect import Connection, connect
from scripts.database.errors import DatabaseProblem
from scripts.database.launcher import PROJECT
from scripts.database.migrate import MIGRATIONS, read_migrations
from scripts.database.scratch import scratch_database
from utils.kept import body_of, function_name, parameters_of
from utils.sql import KEPT, Queries

MODULES = PROJECT / "modules"
SQL = Queries(Path(__file__).with_name("kept.sql"))
HEADER = """\
-- Why: the database keeps the plans of these statements (utils/kept.py). Written by scripts.database.keep_statements.
-- Lock risk: none; functions only.
-- Undo: take the marks `Kept as` out of the queries.sql, then drop the functions.
"""
_CREATED = re.compile(r"^create function (house\.\w+_[0-9a-f]{8})\(", re.MULTILINE)
_DROPPED = re.compile(r"^drop function (house\.\w+_[0-9a-f]{8});", re.MULTILINE)


@dataclass(frozen=True)
class Kept:
    """A block that is to be kept, and the file in which it stands."""

    file: Path
    block: str
    statement: str

    @property
    def module(self) -> str:
        return self.file.parent.name

    @property
    def function(self) -> str:
        return function_name(self.block, self.statement)


def list_kept() -> list[Kept]:
    """Every block under modules/ that says that it is kept."""
    files = sorted(MODULES.rglob("*queries.sql"))
    found = [(file, Queries(file)) for file in files]
    return [Kept(file, block, each.blocks[block]) for file, each in found for block in each.kept]


def write_function(connection: Connection, kept: Kept) -> str:
    """`create function` for one block; its columns are what the database itself says that the statement returns."""
    try:
        parameters = parameters_of(kept.statement)
    except ValueError as error:
        raise DatabaseProblem(f"{kept.file}: -- {kept.block} -- {error}") from error
    body = body_of(kept.statement)
    columns = describe(connection, kept)
    if not columns:
        # as many rows as were written, so that the caller can count them
        columns, body = ["written boolean"], f"{body}\nreturning true"
    takes = ", ".join(f"{one.name}_ {one.type}" for one in parameters)
    return SQL["create_function"].format(function=kept.function, takes=takes, columns=", ".join(columns), body=body)


def describe(connection: Connection, kept: Kept) -> list[str]:
    """The result's columns with their types; none of a statement that only writes. It is parsed, and never run."""
    parsed = connection.pgconn.prepare(b"", body_of(kept.statement).encode())
    if parsed.status != ExecStatus.COMMAND_OK:
        raise DatabaseProblem(f"{kept.file}: -- {kept.block} -- {parsed.error_message.decode()}")
    told = connection.pgconn.describe_prepared(b"")
    return [f'"{(told.fname(n) or b"").decode()}" {_type_of(connection, told.ftype(n))}' for n in range(told.nfields)]


def _type_of(connection: Connection, code: int) -> str:
    (row,) = connection.execute(SQL["name_type"], {"code": code})
    return str(row["name"])


def standing(texts: Sequence[str]) -> list[str]:
    """The functions that these migrations leave, the oldest first."""
    left: dict[str, None] = {}
    for text in texts:
        for gone in _DROPPED.findall(text):
            del left[gone]
        left |= dict.fromkeys(_CREATED.findall(text))
    return list(left)


def read_standing() -> list[str]:
    """What the migrations leave, all of them applied."""
    return standing([one.text for one in read_migrations()])


def main() -> None:
    kept, there = list_kept(), read_standing()
    missing = [one for one in kept if one.function not in there]
    if missing:
        with scratch_database() as dsn, connect(dsn) as connection:
            written = [(one, write_function(connection, one)) for one in missing]
        for module in dict.fromkeys(one.module for one in missing):
            _write_migration(module, [text for one, text in written if one.module == module])
    for one in kept:
        _name_in_place(one)


def _write_migration(module: str, pieces: Sequence[str]) -> None:
    latest = read_migrations()[-1].version
    target = MIGRATIONS / f"{int(latest) + 100}_add_kept_{module}.sql"
    statements = SQL["write_migration"].format(pieces=";\n\n".join(pieces))
    target.write_text(f"{HEADER}{statements};\n", encoding="utf-8")
    print(f"wrote {target}")


def _name_in_place(kept: Kept) -> None:
    text = kept.file.read_text(encoding="utf-8")
    begin = text.index(f"-- {kept.block} --\n")
    named = KEPT.sub(f"-- Kept as {kept.function}.", text[begin:], count=1)
    kept.file.write_text(text[:begin] + named, encoding="utf-8")


if __name__ == "__main__":
    main()
