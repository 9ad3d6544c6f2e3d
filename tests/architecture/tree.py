"""The project as the laws see it: named texts, so that a broken law can be planted without writing a file.

A checker takes one `Source` (or several) and returns one sentence a violation, beginning with where it stands.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What tools make; nothing in there is ours.
MADE_BY_TOOLS = frozenset({"__pycache__", "node_modules", "dist", ".git", ".venv", ".data", ".cache", ".demo"})
ENGINE = ("utils", "modules", "workers", "modal_app.py")
EVERYTHING = (*ENGINE, "scripts", "tests")


@dataclass(frozen=True)
class Source:
    """One file: its path from the project's root, with forward slashes, and its text."""

    name: str
    text: str

    @property
    def file(self) -> str:
        return self.name.rsplit("/", 1)[-1]

    @property
    def folder(self) -> str:
        return self.name.rpartition("/")[0]

    @property
    def module(self) -> str | None:
        """`accounts` for anything in modules/accounts or for modules/accounts.py; None outside modules."""
        parts = self.name.split("/")
        return parts[1].removesuffix(".py") if parts[0] == "modules" and len(parts) > 1 else None

    @property
    def is_face(self) -> bool:
        return re.fullmatch(r"modules/[a-z0-9_]+/__init__\.py", self.name) is not None

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.name)

    def at(self, node: ast.AST, sentence: str) -> str:
        return f"{self.name}:{getattr(node, 'lineno', 1)}: {sentence}"

    def says(self, sentence: str) -> str:
        return f"{self.name}: {sentence}"


def project(*starts: str, ending: str | tuple[str, ...] = ".py", root: Path = ROOT) -> list[Source]:
    """Every file under these files and folders whose name ends so; one that does not exist yet holds nothing."""
    return [
        Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(_paths(root / start for start in starts))
        if path.name.endswith(ending)
    ]


def _paths(starts: Iterable[Path]) -> Iterator[Path]:
    for start in starts:
        if start.is_file():
            yield start
        elif start.is_dir() and start.name not in MADE_BY_TOOLS:
            yield from _paths(start.iterdir())


def known_names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for: `dt` → `datetime.datetime` after `from datetime import datetime as dt`."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                shown = alias.asname or alias.name.split(".")[0]
                names[shown] = alias.name if alias.asname else shown
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def dotted(node: ast.AST, names: dict[str, str]) -> str | None:
    """The full name of `a.b.c` with its imports resolved; None for what is not a plain chain of names."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        before = dotted(node.value, names)
        return f"{before}.{node.attr}" if before else None
    return None


def imports(source: Source) -> Iterator[tuple[ast.stmt, str]]:
    """Each imported thing by its full name: `from modules.touches import arm_touch` is `modules.touches.arm_touch`."""
    package = source.name.removesuffix(".py").removesuffix("/__init__").split("/")
    if not source.name.endswith("__init__.py"):
        package = package[:-1]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*start, *filter(None, [node.module])])
            yield from ((node, f"{stem}.{alias.name}") for alias in node.names)


def docstrings(tree: ast.Module) -> set[int]:
    """The identities of the nodes that are documentation, not data."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, owners) and node.body and isinstance(node.body[0], ast.Expr)
    }


def sections(source: Source, *wanted: str) -> dict[str, str]:
    """The parts of a docstring that begin with `Word:` at the start of a line, by word."""
    text = ast.get_docstring(source.tree) or ""
    pieces = re.split(rf"^({'|'.join(wanted)}):", text, flags=re.MULTILINE)
    return {word: body.strip() for word, body in zip(pieces[1::2], pieces[2::2], strict=True)}


def broken(*found: Iterable[str]) -> str:
    """All sentences of all checkers, one a line; the empty text when the law holds."""
    return "\n".join(sentence for sentences in found for sentence in sentences)


def holds(*found: Iterable[str]) -> None:
    """Fails with nothing but the violations, so that a red law reads as a list of what to mend."""
    __tracebackhide__ = True
    sentences = broken(*found)
    if sentences:
        raise AssertionError(f"the law is broken here:\n{sentences}")
