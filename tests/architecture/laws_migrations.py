"""Migrations: named by what they do, explained before they act, never waiting long for a lock, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tests.architecture.laws_sql import BANNED, bare
from tests.architecture.tree import Source

VERBS = frozenset(
    {
        "add",
        "allow",
        "alter",
        "backfill",
        "change",
        "create",
        "drop",
        "forbid",
        "grant",
        "guard",
        "index",
        "limit",
        "link",
    }
    | {
        "loosen",
        "merge",
        "move",
        "narrow",
        "protect",
        "record",
        "rename",
        "replace",
        "restrict",
        "revoke",
        "split",
        "widen",
    }
)
_NAMED = re.compile(r"\d{14}_([a-z]+)_[a-z0-9_]*[a-z0-9]\.sql")
_HEADER = {"why": "why", "lock risk": "the lock risk", "undo": "how to undo it"}
_COLUMN = re.compile(r"^\s+(\w+)\s+(timestamptz|timestamp|date)\b", re.MULTILINE | re.IGNORECASE)


def ill_named(source: Source) -> Iterator[str]:
    match = _NAMED.fullmatch(source.file)
    if not match:
        yield source.says("named <14 digits>_<verb>_<noun>.sql")
    elif match[1] not in VERBS:
        yield source.says(f"'{match[1]}' is not a verb of a migration (one of {', '.join(sorted(VERBS))})")


def same_instant(sources: Sequence[Source]) -> Iterator[str]:
    stamps = [source.file[:14] for source in sources]
    yield from (
        source.says("another migration has the same 14 digits")
        for source in sources
        if stamps.count(source.file[:14]) > 1
    )


def unexplained(source: Source) -> Iterator[str]:
    """The header says why, what may be locked, and how to undo it, each with words behind it."""
    head = re.match(r"(?:--[^\n]*\n)*", source.text)
    said = {
        match[1].lower()
        for match in re.finditer(r"^--\s*(?:how to )?([a-z ]+):\s*\S", head[0] if head else "", re.M | re.I)
    }
    yield from (
        source.says(f"the header does not say {words}") for label, words in _HEADER.items() if label not in said
    )


def waits_for_locks(source: Source) -> Iterator[str]:
    """lock_timeout is set before the first statement that could wait."""
    if not re.match(
        r"\s*(?:begin\s*;\s*)?set\s+(?:local\s+)?lock_timeout\s*(?:=|to)\s*", bare(source.text), re.IGNORECASE
    ):
        yield source.says("the first statement is not: set lock_timeout = …")


def banned_defaults(source: Source) -> Iterator[str]:
    for default in re.finditer(r"\bdefault\s+([^,\n;]+)", bare(source.text), re.IGNORECASE):
        if BANNED.search(default[1]):
            yield source.says(f"default {default[1].strip()}: time and ids come from the program")


def needs_more_than_plain_postgres(source: Source) -> Iterator[str]:
    """No contrib extension, nothing that only PostgreSQL 18 has (production is 17), no role made twice."""
    text = bare(source.text)
    if re.search(r"\bcreate\s+extension\b", text, re.IGNORECASE):
        yield source.says("needs an extension; plain PostgreSQL must do")
    if re.search(r"\buuidv[47]\s*\(|\)\s*virtual\b", text, re.IGNORECASE):
        yield source.says("needs PostgreSQL 18; production is 17")
    if re.search(r"\bcreate\s+role\b", text, re.IGNORECASE) and not re.search(r"pg_roles|duplicate_object", text):
        yield source.says("creates a role without asking whether it is there")


def ill_named_time(source: Source) -> Iterator[str]:
    """Instants are timestamptz and end in _at (or name a bound: _until, _by); dates end in _on."""
    for table in re.finditer(r"\bcreate\s+table\s+[^;]*;", bare(source.text), re.IGNORECASE):
        for column in _COLUMN.finditer(table[0]):
            name, kind = column[1], column[2].lower()
            if kind == "timestamp":
                yield source.says(f"{name} has no time zone; instants are timestamptz")
            elif kind == "date" and not name.endswith("_on"):
                yield source.says(f"{name} is a date; dates end in _on")
            elif kind == "timestamptz" and name != "at" and not name.endswith(("_at", "_until", "_by")):
                yield source.says(f"{name} is an instant; instants end in _at")
