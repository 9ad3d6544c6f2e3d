"""Sizes and names: a file that does not fit on a few screens, or is named after nothing, is not understood yet."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import Source, dotted, known_names

LONGEST = 300
LONGEST_HEART = 120
LONGEST_PAGE = 250  # the dashboard's own rule
HEART = frozenset({"decide.py", "guards.py", "states.py"})
SAYS_NOTHING = frozenset(
    {"helper", "common", "misc", "base", "manager", "handler", "processor", "core", "type", "service"}
)
CLASS_SAYS_NOTHING = ("Helper", "Manager", "Handler", "Processor", "Service")


def too_long(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    limit = LONGEST_HEART if source.file in HEART else LONGEST_PAGE if source.name.startswith("dashboard/") else LONGEST
    if lines > limit:
        yield source.says(f"{lines} lines; at most {limit}. Cut it where one sentence can say what each half promises.")


def empty_name(source: Source) -> Iterator[str]:
    """A file or folder named helpers, base, service … tells nobody what is in it."""
    for part in source.name.split("/"):
        words = part.split(".")[0].split("_")
        if any(word in SAYS_NOTHING or word.removesuffix("s") in SAYS_NOTHING for word in words):
            yield source.says(f"'{part}' names nothing; a verb would say more")


def empty_verb(source: Source) -> Iterator[str]:
    """`handle_*` and `process_*` have not been understood; functions, not service classes."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and re.match(r"_?(handle|process)_", node.name):
            yield source.at(node, f"{node.name}: say what it does")
        if isinstance(node, ast.ClassDef) and node.name.endswith(CLASS_SAYS_NOTHING):
            yield source.at(node, f"class {node.name}: functions, not service classes")


def thawed_dataclass(source: Source) -> Iterator[str]:
    """Values inside are frozen, so that a decision cannot change what it was given."""
    names = known_names(source.tree)
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for decorator in node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            if dotted(call.func if call else decorator, names) != "dataclasses.dataclass":
                continue
            words = {word.arg: word.value for word in call.keywords} if call else {}
            frozen = words.get("frozen")
            if not (isinstance(frozen, ast.Constant) and frozen.value is True):
                yield source.at(node, f"dataclass {node.name} is not frozen")


def loud_enum(source: Source) -> Iterator[str]:
    """Enums are lowercase StrEnum equal to the database text; a reason is an enum, never prose."""
    names = known_names(source.tree)
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        bases = {dotted(base, names) for base in node.bases}
        if "enum.Enum" in bases:
            yield source.at(node, f"{node.name} is an Enum; use StrEnum, equal to the database text")
        if "enum.StrEnum" not in bases:
            continue
        for item in node.body:
            value = item.value if isinstance(item, ast.Assign) else None
            if isinstance(value, ast.Constant) and not re.fullmatch(r"[a-z][a-z0-9_]*", str(value.value)):
                yield source.at(item, f"{node.name}: {value.value!r} is not a lowercase word")
