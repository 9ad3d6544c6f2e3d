"""Queries live in queries.sql beside their store.py, write only what their module owns, and read no clock."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from tests.architecture.tree import Source, docstrings, sections

# A statement, not a sentence: SQL is written in one case throughout, "Select a client" is English.
_STATEMENT = re.compile(
    r"""\s*(?:
    select\s+(?:\*|[\w.]+\s*[,(]|\d+\b|(?s:.)+?\sfrom\s)
  | insert\s+into\s | update\s+[\w.]+\s+(?:\w+\s+)?set\s | delete\s+from\s | merge\s+into\s | truncate\s+\w
  | with\s+(?:recursive\s+)?\w+\s+as\s | copy\s+[\w.]+\s*(?:\(|from|to)\s | lock\s+table\s
  | (?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:unique\s+)?
    (?:table|index|view|role|user|schema|database|function|trigger|type|extension|policy|sequence|materialized|default)\b
  | (?:grant|revoke)\s+\w.*\s(?:to|from)\s | set\s+(?:local\s+|session\s+)?[\w.]+\s*(?:=|\sto\s)
  | reset\s+(?:all|role)\b | explain\s+(?:\(|analyze|select)
  | (?:begin|commit|rollback|vacuum|checkpoint)\s*;?\s*$ | (?:listen|notify)\s+\w+\s*;?\s*$
)""",
    re.VERBOSE | re.IGNORECASE,
)
_NAME = re.compile(r"^-- ([a-z][a-z0-9_]*) --$", re.MULTILINE)
_WRITES = re.compile(
    r"\b(?:insert\s+into|delete\s+from|merge\s+into|truncate(?:\s+table)?)\s+(?:only\s+)?([a-z_][\w.]*)"
    r"|\bupdate\s+(?:only\s+)?([a-z_][\w.]*)(?:\s+(?:as\s+)?(?!set\b)\w+)?\s+set\b",
    re.IGNORECASE,
)
BANNED = re.compile(
    r"\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|gen_random_uuid|uuidv4|uuidv7"
    r"|uuid_generate_v\w+|random)\s*\(|\bcurrent_(?:date|timestamp|time|user|role|catalog|schema|setting)\b"
    r"|\blocal(?:time|timestamp)\b",
    re.IGNORECASE,
)
# What a transaction pooler loses between two statements, and what belongs to migrations.
_SESSION = re.compile(
    r"\b(?:pg_(?:try_)?advisory_lock\w*\s*\(|listen\s|set\s+session\b|prepare\s+\w+\s+as\b)", re.IGNORECASE
)
_DDL = re.compile(r"(?:^|;)\s*(?:create|alter|drop|grant|revoke|truncate)\s", re.IGNORECASE)


def bare(sql: str) -> str:
    """SQL without comments and without the insides of its quoted texts."""
    return re.sub(
        r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", lambda found: "''" if found[0][0] == "'" else "", sql, flags=re.DOTALL
    )


def blocks(source: Source) -> dict[str, str]:
    """The named blocks of a queries.sql, comments and quoted texts taken out."""
    pieces = _NAME.split(source.text)
    return {name: bare(body).strip() for name, body in zip(pieces[1::2], pieces[2::2], strict=True)}


def sql_in_python(source: Source) -> Iterator[str]:
    """No query stands in Python; in tests, none is run from there (a planted migration is data, not a query)."""
    told = docstrings(source.tree)
    nodes = _run_at_once(source.tree) if source.name.startswith("tests/") else ast.walk(source.tree)
    for node in nodes:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in told:
            continue
        if _is_sql(node.value):
            yield source.at(
                node, f"SQL in Python ({' '.join(node.value.split())[:40]} …); it belongs in a .sql file beside"
            )


def _run_at_once(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("execute", "executemany", "fetch_all", "fetch_one", "copy", "stream"):
                yield from (part for argument in node.args for part in ast.walk(argument))


def _is_sql(text: str) -> bool:
    text = re.sub(r"^(?:\s*--[^\n]*\n)+", "", text)
    match = re.match(r"\s*([A-Za-z]+)", text)
    return bool(match and (match[1].islower() or match[1].isupper()) and _STATEMENT.match(text))


def unpaired(queries: Source, store: Source | None) -> Iterator[str]:
    """One name through all layers: each block has one function of its name in store.py, which runs that block."""
    names = set(blocks(queries))
    functions: Mapping[str, ast.AST] = {
        node.name: node
        for node in (store.tree.body if store else [])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
    }
    for name in sorted(names - set(functions)):
        yield queries.says(f"-- {name} -- has no function store.{name}")
    if store is None:
        return
    for name in sorted(set(functions) - names):
        yield store.at(functions[name], f"{name} has no block -- {name} -- in queries.sql")
    for name in sorted(set(functions) & names):
        asked = {part.value for part in ast.walk(functions[name]) if isinstance(part, ast.Constant)}
        if name not in asked:
            yield store.at(functions[name], f"{name} does not run the block of its own name")


def owned_tables(face: Source) -> list[str]:
    """What a face's `Tables:` section names: the first word between commas or of a line; parentheses explain."""
    text = re.sub(r"\([^)]*\)", "", sections(face, "Tables", "Verbs", "Imports").get("Tables", ""))
    words = [
        re.match(r"[\s`*-]*((?:auth\.)?[a-z][a-z0-9_]+)`?(?=\s|$|[.;:])", piece) for piece in re.split(r"[,\n]", text)
    ]
    return [word[1] for word in words if word and word[1] not in ("none", "no", "and")]


def writes_foreign_tables(queries: Source, owned: Sequence[str]) -> Iterator[str]:
    """A query may read any table; only its owner module writes it."""
    for name, statement in blocks(queries).items():
        for match in _WRITES.finditer(statement):
            table = (match[1] or match[2]).removeprefix("public.")
            if table not in owned and table != "set":
                yield queries.says(f"-- {name} -- writes {table}, which this module's face does not own")


def owned_twice(faces: Sequence[Source]) -> Iterator[str]:
    owners: dict[str, str] = {}
    for face in faces:
        for table in owned_tables(face):
            if table in owners:
                yield face.says(f"{table} already belongs to {owners[table]}")
            owners[table] = face.folder


def untold(queries: Source) -> Iterator[str]:
    """Every query is named and described: a comment line stands under its name, and a name stands once."""
    pieces = _NAME.split(queries.text)
    for name, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if not re.match(r"\s*--\s*\w", body):
            yield queries.says(f"-- {name} -- says nothing about itself")
        if pieces[1::2].count(name) > 1:
            yield queries.says(f"-- {name} -- stands twice")
    if bare(pieces[0]).strip():
        yield queries.says("a statement stands before the first name")


def banned_sql(queries: Source) -> Iterator[str]:
    """Time, ids and chance are parameters; a pooler keeps no session; a timeline is asked by client or contact."""
    for name, statement in blocks(queries).items():
        for match in BANNED.finditer(statement):
            yield queries.says(f"-- {name} -- uses {match[0].strip()}; pass it as a parameter")
        for match in _SESSION.finditer(statement):
            yield queries.says(f"-- {name} -- uses {match[0].strip()}; the transaction pooler keeps no session")
        if _DDL.search(statement):
            yield queries.says(f"-- {name} -- changes the schema; that is a migration's work")
        if "contact_interactions" in statement and not re.search(r"client_id|contact_id", statement):
            yield queries.says(f"-- {name} -- reads contact_interactions without client_id or contact_id")
