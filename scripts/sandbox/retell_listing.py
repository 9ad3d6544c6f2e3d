"""Retell's list-calls: criteria that all must hold, sorted by start_timestamp, in pages.

Source: retell-sdk 6.2.13, types/call_list_params.py. `registered` cannot be filtered for, and a registered call has no
start_timestamp: whoever filters by that does not see it yet.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from starlette.responses import JSONResponse, Response

from scripts.sandbox.accounts import RetellAccount
from scripts.sandbox.answers import Refused
from scripts.sandbox.faults import Fates
from scripts.sandbox.retell_errors import refuse
from scripts.sandbox.retell_records import RetellCall
from scripts.sandbox.world import World

ASKABLE = frozenset(("filter_criteria", "include_total", "limit", "pagination_key", "skip", "sort_order"))
TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: value == wanted,
    "ne": lambda value, wanted: value != wanted,
    "sw": lambda value, wanted: str(value).startswith(wanted),
    "ew": lambda value, wanted: str(value).endswith(wanted),
    "co": lambda value, wanted: wanted in str(value),
    "gt": lambda value, wanted: value > wanted,
    "ge": lambda value, wanted: value >= wanted,
    "lt": lambda value, wanted: value < wanted,
    "le": lambda value, wanted: value <= wanted,
    "bt": lambda value, wanted: wanted[0] <= value <= wanted[1],
    "in": lambda value, wanted: value in wanted,
}
OPS = {
    "string": ("eq", "ne", "sw", "ew", "co"),
    "number": ("eq", "ne", "gt", "ge", "lt", "le"),
    "range": ("bt",),
    "enum": ("in",),
    "boolean": ("eq",),
}
KINDS: dict[str, tuple[str, ...]] = {
    "call_id": ("string", "enum"),
    "call_status": ("enum",),
    "call_type": ("enum",),
    "direction": ("enum",),
    "disconnection_reason": ("enum",),
    "from_number": ("string",),
    "to_number": ("string",),
    "start_timestamp": ("number", "range"),
    "end_timestamp": ("number", "range"),
    "duration_ms": ("number", "range"),
}
LISTS = {"metadata": "metadata", "dynamic_variables": "retell_llm_dynamic_variables"}
WORDS = {
    "call_status": ("not_connected", "ongoing", "ended", "error"),
    "direction": ("inbound", "outbound"),
    "call_type": ("phone_call", "web_call"),
}
VALUES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: is_number(value),
    "range": lambda value: isinstance(value, list) and len(value) == 2 and all(map(is_number, value)),
    "enum": lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
    "boolean": lambda value: isinstance(value, bool),
}
DEFAULT_LIMIT, MOST = 50, 1000


def list_page(world: World, account: RetellAccount, asked: dict[str, Any], fates: Fates) -> Response:
    """One page, or a 422 that names what is wrong with the question."""
    check_question(asked)
    now = world.clock.now()
    until = now - timedelta(seconds=fates["visibility"].delay if "visibility" in fates else 0)
    mine = [call for call in world.retell_calls.values() if call.api_key == account.api_key]
    seen = [call for call in mine if call.visible_at <= now and call.created_at <= until]
    criteria = asked.get("filter_criteria", {})
    found = [call for call in seen if all(meets(call.shown(), name, criteria[name]) for name in criteria)]
    found.sort(key=lambda call: call.started_at or call.created_at, reverse=asked.get("sort_order") != "ascending")
    return JSONResponse(cut_page(found, asked))


def cut_page(found: list[RetellCall], asked: dict[str, Any]) -> dict[str, Any]:
    """`pagination_key` is the last call shown before; the next page begins behind it."""
    ids, key = [call.id for call in found], asked.get("pagination_key")
    if key is not None and key not in ids:
        raise Refused(refuse(422, "pagination_key is not known."))
    rest = found[ids.index(key) + 1 if key is not None else 0 :][asked.get("skip", 0) :]
    shown = rest[: asked.get("limit", DEFAULT_LIMIT)]
    more = len(rest) > len(shown)
    page: dict[str, Any] = {"items": [call.shown_listed() for call in shown], "has_more": more}
    page |= {"pagination_key": shown[-1].id} if more else {}
    return page | ({"total": len(found)} if asked.get("include_total") else {})


def check_question(asked: dict[str, Any]) -> None:
    if unknown := sorted(set(asked) - ASKABLE):
        raise Refused(refuse(422, f"{unknown[0]} is not a known field."))
    limit, skip, criteria = asked.get("limit", DEFAULT_LIMIT), asked.get("skip", 0), asked.get("filter_criteria", {})
    if not is_number(limit) or not 1 <= limit <= MOST or not isinstance(criteria, dict):
        raise Refused(refuse(422, f"limit must be from 1 to {MOST}, filter_criteria an object."))
    if not is_number(skip) or skip < 0 or not isinstance(asked.get("include_total", False), bool):
        raise Refused(refuse(422, "skip must be a number, include_total a boolean."))
    if asked.get("sort_order", "descending") not in ("ascending", "descending"):
        raise Refused(refuse(422, "sort_order must be ascending or descending."))
    for name, criterion in criteria.items():
        check_criterion(name, criterion)


def check_criterion(name: str, criterion: Any) -> None:
    several = name in LISTS
    wrong = Refused(refuse(422, f"filter_criteria.{name} is not a known filter."))
    if not (several or name in KINDS) or isinstance(criterion, list) != several:
        raise wrong
    for one in criterion if several else [criterion]:
        kind = one.get("type") if isinstance(one, dict) else None
        kinds = tuple(OPS) if several else KINDS[name]
        if kind not in kinds or one.get("op") not in OPS[kind] or (several and "key" not in one):
            raise wrong
        if not VALUES[kind](one.get("value")):
            raise wrong
    if name in WORDS and any(word not in WORDS[name] for word in criterion["value"]):
        raise wrong


def is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def meets(shown: dict[str, Any], name: str, criterion: Any) -> bool:
    if name not in LISTS:
        return passes(shown.get(name), criterion)
    given = shown.get(LISTS[name], {})
    return all(passes(given.get(one["key"]), one) for one in criterion)


def passes(value: Any, criterion: dict[str, Any]) -> bool:
    """A field that is absent meets no criterion."""
    return value is not None and TESTS[criterion["op"]](value, criterion["value"])
