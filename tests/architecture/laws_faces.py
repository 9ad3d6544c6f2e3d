"""A module is known by its face: why it exists, what it owns, what it can do, and whom it asks."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum

from tests.architecture.tree import ROOT, Source, imports, sections

SECTIONS = ("Tables", "Verbs", "Imports")
# What all siblings share; it is no module with a face.
SHARED = frozenset({"ids", "labels"})
# House section 3: beside utils and what all siblings share, these import only such parts of their own module.
_MAY_IMPORT = {
    "models.py": ("models", "states"),
    "states.py": ("models", "states"),
    "store.py": ("models", "states", "queries"),
}
_EDGES = ("fastapi", "starlette", "pydantic", "pydantic_settings")


def silent_face(face: Source) -> Iterator[str]:
    """A paragraph why it exists, then Tables, Verbs, Imports, each with words."""
    text = ast.get_docstring(face.tree) or ""
    if len(re.split(rf"^(?:{'|'.join(SECTIONS)}):", text, flags=re.MULTILINE)[0].split()) < 5:
        yield face.says("the docstring does not say in a paragraph why this module exists")
    said = sections(face, *SECTIONS)
    yield from (face.says(f"the docstring has no words under '{name}:'") for name in SECTIONS if not said.get(name))


def untold_imports(face: Source, files: Collection[Source]) -> Iterator[str]:
    """Which other modules it really imports is what `Imports:` says; a list that drifts is worse than none."""
    told = set(re.findall(r"[a-z_]+", sections(face, *SECTIONS).get("Imports", "")))
    real = {full.split(".")[1] for file in files for _, full in imports(file) if re.match(r"modules\.\w", full)}
    for name in sorted(real - told - SHARED - {face.module or ""}):
        yield face.says(f"imports modules.{name} and does not say so under 'Imports:'")


def behind_a_face(source: Source, files: Collection[str]) -> Iterator[str]:
    """Other modules and the workers import faces only; workers/api.py alone mounts the routers (modules/*/api.py)."""
    for node, full in imports(source):
        parts = full.split(".")
        if parts[0] != "modules" or len(parts) < 3 or parts[1] in SHARED or parts[1] == source.module:
            continue
        inner = parts[2]
        if len(parts) == 3 and inner in exported(parts[1]):
            continue
        inside = (
            len(parts) > 3
            or f"modules/{parts[1]}/{inner}.py" in files
            or f"modules/{parts[1]}/{inner}/__init__.py" in files
        )
        if not inside or (inner == "api" and source.name == "workers/api.py"):
            continue
        yield source.at(node, f"{full} is behind the face of modules.{parts[1]}; import from the face")


def exported(module: str) -> frozenset[str]:
    """What a face offers under `__all__`; a verb may have the name of the file it lives in."""
    face = ROOT / "modules" / module / "__init__.py"
    if not face.is_file():
        return frozenset()
    for node in ast.parse(face.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


def face_with_api(face: Source) -> Iterator[str]:
    """A face never imports api.py: the sweep must not load FastAPI."""
    for node, full in imports(face):
        if full.startswith(f"modules.{face.module}.api"):
            yield face.at(node, "a face never imports api.py")


def climbs_the_template(source: Source) -> Iterator[str]:
    """models and states import utils and one another, store also the query file; none of them knows the edges."""
    allowed = _MAY_IMPORT.get(source.file)
    if allowed is None or source.module is None:
        return
    for node, full in imports(source):
        parts = full.split(".")
        if parts[0] in _EDGES:
            yield source.at(node, f"{parts[0]} stays at the edges")
        if (
            parts[0] != "modules"
            or parts[1] in SHARED
            or full.startswith(tuple(f"modules.{source.module}.{a}" for a in allowed))
        ):
            continue
        yield source.at(node, f"{source.file} may not import {full}")


def tables_without_moves(source: Source) -> Iterator[str]:
    """states.py holds the table of moves, TRANSITIONS, and the one function that reads it, advance."""
    names = {node.name for node in source.tree.body if isinstance(node, ast.FunctionDef)}
    for node in source.tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    yield from (source.says(f"exports no {name}") for name in ("TRANSITIONS", "advance") if name not in names)


def unreachable_members(name: str, transitions: object) -> Iterator[str]:
    """Every member of every enum that the table speaks of occurs in it, so that no state or event was forgotten."""
    seen = set(_members(transitions))
    for enum in sorted({type(member) for member in seen}, key=lambda kind: kind.__name__):
        for member in enum:
            if member not in seen:
                yield f"{name}: TRANSITIONS never mentions {enum.__name__}.{member.name}"


def _members(part: object) -> Iterator[StrEnum]:
    if isinstance(part, StrEnum):
        yield part
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield from _members(key)
            yield from _members(value)
    elif isinstance(part, Iterable) and not isinstance(part, str):
        for item in part:
            yield from _members(item)
