"""What the command line prints: tables for people, JSON for programs, refusals on stderr."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TextIO
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]
OfClient = Annotated[str, typer.Option("--client", metavar="SLUG", help="The client's slug.")]
OfOneClient = Annotated[str | None, typer.Option("--client", metavar="SLUG", help="Only this client.")]
# A pipe has no width: there, no cell is ever cut.
_PIPE_WIDTH = 10_000


def write_json(value: object) -> None:
    """One JSON document on one line."""
    print(json.dumps(value, default=_plain, ensure_ascii=False))


def show_rows(rows: Iterable[Mapping[str, Any]], as_json: bool, *, nothing: str, at_most: int | None = None) -> None:
    """One JSON array, or a table whose heads are the rows' names; `nothing` is said when there are no rows. What goes
    beyond `at_most` is left out, and that is told: no list looks whole that is not."""
    listed = list(rows)
    if at_most is not None and len(listed) > at_most:
        note(f"There are more; these are the first {at_most:,}.")
        del listed[at_most:]
    if as_json:
        write_json(listed)
        return
    if not listed:
        print(nothing)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in listed[0]:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in listed:
        table.add_row(*(cell(value) for value in row.values()))
    _console(sys.stdout).print(table)


def say(sentence: str, as_json: bool, facts: Mapping[str, Any]) -> None:
    """What was done: a sentence, or the facts of it."""
    if as_json:
        write_json(facts)
    else:
        print(sentence)


def note(sentence: str) -> None:
    """Something to know beside the result; never part of it."""
    print(sentence, file=sys.stderr)


def refuse(sentence: str) -> int:
    """Says why not; the exit code of a refusal. It may quote a file of somebody else's, so it is shown as a cell is."""
    print("\n".join(map(cell, sentence.split("\n"))), file=sys.stderr)
    return 1


def cell(value: object) -> str:
    """A value as a person reads it. What people typed may not steer the terminal: control characters are shown."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}Z"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={cell(one)}" for name, one in value.items()) or "–"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(cell, value)) or "–"
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in str(value))


def read_pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    """`name=value` options as a mapping; a usage error for what is none, or stands twice."""
    found: dict[str, str] = {}
    for pair in given:
        name, separator, value = pair.partition("=")
        if not (name and separator):
            raise typer.BadParameter(f"'{pair}' is not written like name=value", param_hint=option)
        if name in found:
            raise typer.BadParameter(f"'{name}' is given twice", param_hint=option)
        found[name] = value
    return found


def _console(stream: TextIO) -> Console:
    width = None if stream.isatty() else _PIPE_WIDTH
    return Console(file=stream, width=width, markup=False, emoji=False, highlight=False)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, UUID | Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
