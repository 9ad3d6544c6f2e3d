"""Dataclasses of the planner as plain JSON and back, so that a history outlives the code that wrote it.

What has its default is not written, and what is not written takes its default: a field that is added later, with a
default, changes no recorded line. Ids are left out, for no plan may depend on one.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from modules.sequences import Finish, Hold, Move, Plan, Reach, Stay, Step, Stop

Json = dict[str, Any]
KINDS: Mapping[str, type] = {kind.__name__: kind for kind in (Reach, Move, Hold, Finish, Stop, Stay)}


def as_plain(value: object) -> Any:
    """JSON of a value; a step of a sequence by its key."""
    match value:
        case Step():
            return value.key
        case StrEnum():
            return value.value
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Mapping():
            return {str(name): as_plain(one) for name, one in sorted(value.items())}
        case list() | tuple():
            return [as_plain(one) for one in value]
        case _ if is_dataclass(value):
            told = {one.name: getattr(value, one.name) for one in fields(value)}
            return {
                one.name: as_plain(told[one.name])
                for one in fields(value)
                if not isinstance(told[one.name], UUID) and told[one.name] != _default(one)
            }
    return value


def plan_as_plain(plan: Plan) -> Json:
    """What kind of plan it is, and all that it says beyond defaults."""
    return {"plan": type(plan).__name__, **as_plain(plan)}


def from_plain(kind: Any, value: Any) -> Any:
    """The value again. A field that is not recorded takes its default, an id that of nobody; a recorded field that the
    code of today does not have any more is left out."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return from_plain(next(one for one in get_args(kind) if one is not type(None)), value)
    supertype = getattr(kind, "__supertype__", kind)
    if is_dataclass(supertype):
        return _object(cast(type, supertype), value)
    if origin is not None and issubclass(origin, Mapping):
        return {name: from_plain(get_args(kind)[1], one) for name, one in value.items()}
    if supertype is datetime:
        return datetime.fromisoformat(value)
    if isinstance(supertype, type) and issubclass(supertype, StrEnum):
        return supertype(value)
    return value


def _object(kind: type, value: Json) -> Any:
    hints = get_type_hints(kind)
    given: Json = {}
    for one in fields(kind):
        if one.name in value:
            given[one.name] = from_plain(hints[one.name], value[one.name])
        elif _default(one) is MISSING:
            given[one.name] = UUID(int=0) if _is_id(hints[one.name]) else None
    return kind(**given)


def _is_id(hint: Any) -> bool:
    return getattr(hint, "__supertype__", hint) is UUID


def _default(one: "Field[Any]") -> object:
    if one.default is not MISSING:
        return one.default
    return one.default_factory() if one.default_factory is not MISSING else MISSING
