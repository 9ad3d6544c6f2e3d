"""Named queries from the `queries.sql` beside a module.

A block begins with a line `-- name --`; comment lines that follow describe it; then comes one statement. The file is
read at the first use, not at import. Of a block that says `-- Kept as house.FUNCTION.` the database keeps the plan
(utils/kept.py).
"""

import re
from functools import cache, cached_property
from pathlib import Path
from typing import LiteralString

from utils.kept import function_name, parameters_of

_NAME = re.compile(r"^-- ([a-z][a-z0-9_]*) --$", re.MULTILINE)
KEPT = re.compile(r"^-- Kept as (house\.[a-z][a-z0-9_]*)\.$", re.MULTILINE)


def parse_blocks(text: str) -> dict[str, str]:
    """The blocks of one file by name; ValueError when a name stands twice or a block is empty."""
    pieces = _NAME.split(text)
    blocks: dict[str, str] = {}
    for name, body in zip(pieces[1::2], pieces[2::2], strict=True):
        lines = [line for line in body.splitlines() if not line.lstrip().startswith("--")]
        statement = "\n".join(lines).strip().rstrip(";")
        if name in blocks or not statement:
            raise ValueError(f"block '{name}' is empty or stands twice")
        blocks[name] = statement
    return blocks


def parse_kept(text: str) -> dict[str, str]:
    """The functions by which the blocks say that they are kept, by the blocks' names."""
    pieces = _NAME.split(text)
    found = {name: KEPT.search(body) for name, body in zip(pieces[1::2], pieces[2::2], strict=True)}
    return {name: kept[1] for name, kept in found.items() if kept}


class Queries:
    """The blocks of one `queries.sql`, loaded once at the first use."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _text(self) -> str:
        return self._path.read_text(encoding="utf-8")

    @cached_property
    def blocks(self) -> dict[str, str]:
        return parse_blocks(self._text)

    @cached_property
    def kept(self) -> dict[str, str]:
        return parse_kept(self._text)

    def __getitem__(self, name: str) -> LiteralString:
        """The statement, or the call of the function that keeps its plan."""
        statement = self.blocks[name]
        if name in self.kept and self.kept[name] == function_name(name, statement):
            return call_of(name, statement)
        # psycopg asks for literal text so that no value is ever pasted in; our files are as literal as the source.
        return statement

    def without_lock(self, name: str) -> LiteralString:
        """The same question without its row locks (`for no key update …` at its end)."""
        return self.blocks[name].split("for no key update")[0]


@cache
def call_of(block: str, statement: str) -> LiteralString:
    """The question that stands for a kept statement: the same values, the same rows."""
    values = ", ".join(f"%({one.name}){one.letter}::{one.type}" for one in parameters_of(statement))
    return _KEPT.blocks["call_kept"].format(function=function_name(block, statement), values=values)


def queries(module_file: str) -> Queries:
    """The `queries.sql` beside the calling file: `SQL = queries(__file__)`."""
    return Queries(Path(module_file).with_name("queries.sql"))


_KEPT = Queries(Path(__file__).with_name("kept.sql"))
