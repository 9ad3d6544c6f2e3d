"""House section 3: faces, the module template, the tables of moves."""

import importlib
from enum import StrEnum

import pytest

from tests.architecture import laws_faces as laws
from tests.architecture.tree import ENGINE, Source, broken, holds, project

MODULES = project("modules")
FACES = [source for source in MODULES if source.is_face]
FILES = {source.name for source in MODULES}
PARAGRAPH = "Why this module exists, in words."
SOUND = f'"""{PARAGRAPH}\n\nTables: touches\nVerbs: arm_touch\nImports: contacts, policy\n"""\n'


def face(text: str) -> Source:
    return Source("modules/touches/__init__.py", text)


def test_each_face_says_why_and_what() -> None:
    holds(*map(laws.silent_face, FACES))
    assert not broken(laws.silent_face(face(SOUND)))


@pytest.mark.parametrize(
    "gone", [PARAGRAPH, "Tables: touches", "Verbs: arm_touch", "Imports: contacts, policy", " arm_touch"]
)
def test_a_face_that_leaves_something_out_is_found(gone: str) -> None:
    assert broken(laws.silent_face(face(SOUND.replace(gone, ""))))


def test_each_face_tells_whom_its_module_asks() -> None:
    holds(*(laws.untold_imports(one, [file for file in MODULES if file.module == one.module]) for one in FACES))


def test_an_untold_import_is_found() -> None:
    arm = Source("modules/touches/arm.py", "from modules.contacts import x\nfrom modules import memory, ids\n")
    assert broken(laws.untold_imports(face(SOUND), [arm])).count("\n") == 0
    assert "modules.memory" in broken(laws.untold_imports(face(SOUND), [arm]))


def test_modules_and_workers_see_only_faces() -> None:
    holds(*(laws.behind_a_face(source, FILES) for source in project(*ENGINE)))


@pytest.mark.parametrize(
    "code",
    [
        "from modules.contacts.store import find",
        "from modules.contacts import store",
        "import modules.contacts.store",
        "from ..contacts import store",
        "from ..contacts.store import find",
    ],
)
def test_an_import_behind_a_face_is_found(code: str) -> None:
    known = {"modules/contacts/store.py"}
    assert broken(laws.behind_a_face(Source("modules/touches/arm.py", code), known))
    assert not broken(laws.behind_a_face(Source("modules/contacts/find.py", code.replace("..contacts", ".")), known))


def test_a_face_a_shared_name_and_the_routers_may_be_imported() -> None:
    code = (
        "from modules.contacts import find_contact\nfrom modules.ids import TouchId\nfrom modules.labels import Channel"
    )
    assert not broken(laws.behind_a_face(Source("modules/touches/arm.py", code), {"modules/contacts/store.py"}))
    router = "from modules.contacts import api"
    assert not broken(laws.behind_a_face(Source("workers/api.py", router), {"modules/contacts/api.py"}))
    assert broken(laws.behind_a_face(Source("workers/sweep.py", router), {"modules/contacts/api.py"}))


def test_no_face_imports_its_api() -> None:
    holds(*map(laws.face_with_api, FACES))


@pytest.mark.parametrize(
    "code", ["from modules.touches.api import router", "from modules.touches import api", "from . import api"]
)
def test_a_face_that_imports_its_api_is_found(code: str) -> None:
    assert broken(laws.face_with_api(face(code)))


def test_models_states_and_stores_import_only_what_stands_below_them() -> None:
    holds(*map(laws.climbs_the_template, MODULES))


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("models.py", "from pydantic import BaseModel"),
        ("models.py", "from modules.contacts import Contact"),
        ("models.py", "from modules.touches.store import arm"),
        ("states.py", "from .decide import decide"),
        ("store.py", "from modules.touches.arm import arm"),
        ("store.py", "import fastapi"),
    ],
)
def test_a_file_that_imports_from_above_is_found(file: str, code: str) -> None:
    assert broken(laws.climbs_the_template(Source(f"modules/touches/{file}", code)))


def test_a_store_may_import_its_models_and_the_database() -> None:
    code = "from modules.ids import TouchId\nfrom utils.db import fetch_all\nfrom modules.touches.models import Touch"
    assert not broken(laws.climbs_the_template(Source("modules/touches/store.py", code)))


def test_each_states_file_holds_one_table_of_moves_and_forgets_no_state() -> None:
    states = [source for source in MODULES if source.file == "states.py"]
    holds(*map(laws.tables_without_moves, states))
    for source in states:
        module = importlib.import_module(source.name.removesuffix(".py").replace("/", "."))
        holds(laws.unreachable_members(source.name, module.TRANSITIONS))


def test_a_states_file_without_its_table_is_found() -> None:
    assert broken(laws.tables_without_moves(Source("modules/touches/states.py", "def advance(): ...")))
    assert broken(laws.tables_without_moves(Source("modules/touches/states.py", "TRANSITIONS = {}")))
    assert not broken(
        laws.tables_without_moves(Source("modules/touches/states.py", "TRANSITIONS: D = {}\ndef advance(): ..."))
    )


def test_a_forgotten_state_is_found() -> None:
    class State(StrEnum):
        SENDING = "sending"
        ACCEPTED = "accepted"
        FAILED = "failed"

    assert broken(laws.unreachable_members("states.py", {State.SENDING: frozenset({State.ACCEPTED})}))
    assert not broken(laws.unreachable_members("states.py", {(State.SENDING, "x"): [State.ACCEPTED, State.FAILED]}))
