"""Every error of ours says the same in another process: runners of several processes hand them over by pickle."""

import ast
import builtins
import copy
import errno
import importlib
import pickle
from collections.abc import Mapping

import pytest
from starlette.responses import JSONResponse

from modules.content.mail_footer import UnfinishedHtml
from modules.content.render import EmptyMessage, MessageTooLong, MissingVariable
from modules.imports.read import _BadBytes
from modules.sequences.publish import FileRefused
from modules.sequences.read_yaml import Problem
from scripts.cli.stdout import OutputLost
from scripts.sandbox.answers import Refused
from tests.architecture.tree import Source, project
from utils.errors import AppError, BadInput

PROBLEM = Problem(7, "steps[0].channel", "'pigeon' is no channel")
BUILT_IN = {name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, BaseException)}
MADE: Mapping[type[BaseException], BaseException] = {
    type(one): one
    for one in (
        FileRefused([PROBLEM, PROBLEM], "It cannot be compared before its faults are gone"),
        MissingVariable("first_name"),
        EmptyMessage("subject"),
        UnfinishedHtml(),
        OutputLost(OSError(errno.ENOSPC, "No space left on device")),
        MessageTooLong("text", 1700, 1600),
        _BadBytes(5, b"\xff"),
        Refused(JSONResponse({"message": "no"}, status_code=422)),
    )
}
"""Those that are not made of a sentence alone."""


def classes_of(source: Source) -> dict[str, tuple[str, set[str]]]:
    """Each class at the top of a file: its module, and the last words of its bases."""
    module = source.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return {
        node.name: (module, {ast.unparse(base).rpartition(".")[2] for base in node.bases})
        for node in source.tree.body
        if isinstance(node, ast.ClassDef)
    }


def our_errors() -> list[type[BaseException]]:
    """By their bases' names; only the files that hold one are imported."""
    classes = [
        (name, *told)
        for source in project("utils", "modules", "workers", "scripts")
        for name, told in classes_of(source).items()
    ]
    errors, before = set(BUILT_IN), 0
    while len(errors) > before:
        before = len(errors)
        errors |= {name for name, _, bases in classes if bases & errors}
    named = [getattr(importlib.import_module(module), name) for name, module, _ in classes if name in errors]
    return [one for one in named if issubclass(one, BaseException)]


def made(error: type[BaseException]) -> BaseException:
    if error in MADE:
        return MADE[error]
    return error("The way out", field="phone") if issubclass(error, AppError) else error("The way out")


def test_all_our_errors_are_found() -> None:
    found = our_errors()
    assert set(MADE) | {AppError, BadInput} <= set(found)
    assert len(found) > 15


@pytest.mark.parametrize("error", our_errors(), ids=lambda error: error.__name__)
def test_an_error_says_the_same_in_another_process(error: type[BaseException]) -> None:
    one = made(error)
    for copied in (pickle.loads(pickle.dumps(one)), copy.copy(one)):  # noqa: S301 - our own bytes
        assert type(copied) is error
        assert (str(copied), copied.args) == (str(one), one.args)
        assert vars(copied).keys() == vars(one).keys()
        plain = {name: value for name, value in vars(one).items() if not isinstance(value, JSONResponse)}
        assert plain == {name: vars(copied)[name] for name in plain}
