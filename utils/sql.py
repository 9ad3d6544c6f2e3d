"""Named queries from the `queries.sql` beside a module.

A block begins with a line `-- name --`; comment lines that follow describe it; then comes one statement. The file is
read at the first use, not at import.
"""

import re
from functools import cached_property
from pathlib import Path
from typing import LiteralString

_NAME = re.compile(r"^-- ([a-z][a-z0-9_]*) --$", re.MULTILINE)


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


class Queries:
    """The blocks of one `queries.sql`, loaded once at the first use."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def blocks(self) -> dict[str, str]:
        return parse_blocks(self._path.read_text(encoding="utf-8"))

    def __getitem__(self, name: str) -> LiteralString:
        # psycopg asks for literal text so that no value is ever pasted in; our files are as literal as the source.
        return self.blocks[name]


def without_lock(statement: LiteralString) -> LiteralString:
    """The same question without its row locks (`for no key update …` at its end)."""
    return statement.split("for no key update")[0]


def queries(module_file: str) -> Queries:
    """The `queries.sql` beside the calling file: `SQL = queries(__file__)`."""
    return Queries(Path(module_file).with_name("queries.sql"))
