"""Tests are sentences that always run: never skipped, never asleep, never against a mock of what can be run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import Source, dotted, imports, known_names

_SKIPS = re.compile(
    r"(?:pytest\.)?(?:mark\.)?(?:skip|skipif|xfail|importorskip)|pytest\.(?:skip|xfail|importorskip|mark\.(?:skip|skipif|xfail))"
    r"|unittest\.(?:skip\w*|SkipTest|expectedFailure)|\w+\.skipTest"
)
_SLEEPS = ("time.sleep", "asyncio.sleep", "trio.sleep", "anyio.sleep")


def skips(source: Source) -> Iterator[str]:
    names = known_names(source.tree)
    for node in ast.walk(source.tree):
        full = dotted(node, names) if isinstance(node, ast.Attribute | ast.Name) else None
        if full and "." in full and _SKIPS.fullmatch(full):
            yield source.at(node, f"{full}: a skipped test proves nothing; provide what it needs or remove it")


def sleeps(source: Source) -> Iterator[str]:
    """`asyncio.sleep(0)` only lets others run; anything longer waits for luck."""
    names = known_names(source.tree)
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        full = dotted(node.func, names) or ""
        nothing = bool(node.args) and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0
        if (full in _SLEEPS and not nothing) or getattr(node.func, "attr", "") == "wait_for_timeout":
            yield source.at(node, "nothing sleeps in tests; wait for the thing itself")


def mocks(source: Source) -> Iterator[str]:
    for node, full in imports(source):
        if full.startswith(("unittest.mock", "mock.", "pytest_mock")):
            yield source.at(node, f"{full}: run the real thing, or the twin")


def no_sentence(source: Source) -> Iterator[str]:
    """`test_a_reply_stops_the_sequence` says what holds; `test_reply` does not."""
    functions = (node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    for node in functions:
        if node.name.startswith("test") and len(node.name.split("_")) < 5:
            yield source.at(node, f"{node.name} is no sentence; say what holds")
