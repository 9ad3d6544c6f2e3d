"""House sections 2 and 4: sizes and names."""

import pytest

from tests.architecture import laws_files as laws
from tests.architecture.tree import ENGINE, EVERYTHING, Source, broken, holds, project

GENERATED = (".gen.ts", ".d.ts")


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    files = project(*EVERYTHING, ending=(".py", ".sql")) + project("supabase", ending=".sql")
    pages = [page for page in project("dashboard/src", ending=(".ts", ".tsx")) if not page.name.endswith(GENERATED)]
    holds(*map(laws.too_long, [*files, *pages]))


@pytest.mark.parametrize(
    ("name", "lines"), [("utils/sql.py", 301), ("modules/policy/guards.py", 121), ("dashboard/src/app.tsx", 251)]
)
def test_a_file_one_line_too_long_is_found(name: str, lines: int) -> None:
    assert broken(laws.too_long(Source(name, "\n" * lines)))
    assert not broken(laws.too_long(Source(name, "\n" * (lines - 1))))


def test_every_python_file_is_named_after_what_it_does() -> None:
    holds(*map(laws.empty_name, project(*EVERYTHING)))


@pytest.mark.parametrize("name", ["utils/helpers.py", "modules/core/store.py", "workers/event_handler.py"])
def test_a_name_that_says_nothing_is_found(name: str) -> None:
    assert broken(laws.empty_name(Source(name, "")))


def test_every_function_is_named_by_a_verb_that_was_understood() -> None:
    holds(*map(laws.empty_verb, project(*ENGINE)))


@pytest.mark.parametrize(
    "code", ["async def handle_reply(): ...", "def process_batch(): ...", "class TouchService: ..."]
)
def test_a_verb_that_says_nothing_is_found(code: str) -> None:
    assert broken(laws.empty_verb(Source("workers/sweep.py", code)))


def test_models_and_states_are_frozen() -> None:
    files = [file for file in project("modules") if file.file in ("models.py", "states.py", "ids.py", "labels.py")]
    holds(*map(laws.thawed_dataclass, files))


@pytest.mark.parametrize(
    "decorator", ["@dataclass", "@dataclass()", "@dataclass(slots=True)", "@dataclass(frozen=False)"]
)
def test_a_dataclass_that_can_change_is_found(decorator: str) -> None:
    code = f"from dataclasses import dataclass\n{decorator}\nclass Touch:\n    state: str\n"
    assert broken(laws.thawed_dataclass(Source("modules/touches/models.py", code)))
    frozen = "from dataclasses import dataclass as dc\n@dc(frozen=True)\nclass Touch:\n    state: str\n"
    assert not broken(laws.thawed_dataclass(Source("modules/touches/models.py", frozen)))


def test_every_enum_is_a_lowercase_text_of_the_database() -> None:
    holds(*map(laws.loud_enum, project("modules", "workers")))


@pytest.mark.parametrize("code", ["class Reason(StrEnum):\n    LATE = 'Too late'", "class Reason(Enum):\n    LATE = 1"])
def test_an_enum_of_prose_is_found(code: str) -> None:
    assert broken(laws.loud_enum(Source("modules/labels.py", f"from enum import Enum, StrEnum\n{code}\n")))
