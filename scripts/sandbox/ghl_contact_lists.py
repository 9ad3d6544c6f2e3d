"""GoHighLevel's lists of contacts: pages, cursors and search filters.

Sources: spec ghl-contacts.json (GET /contacts/), docs "Search Contacts" (filters, searchAfter); `pageLimit` is
demanded (issue 31 of highlevel-api-docs), `dndSettings` is not shown (issue 43), the index lags (issue 5).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from starlette.responses import JSONResponse, Response

from scripts.sandbox.accounts import GhlAccount
from scripts.sandbox.faults import Fates
from scripts.sandbox.ghl_errors import refuse_fields
from scripts.sandbox.ghl_records import GhlContact, milliseconds
from scripts.sandbox.world import World

LARGEST_PAGE, LARGEST_SEARCH = 100, 500
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda found, value: bool(found == value),
    "not_eq": lambda found, value: bool(found != value),
    "contains": lambda found, value: value in (found or ""),
}


def indexed(world: World, account: GhlAccount, fates: Fates) -> list[GhlContact]:
    """What the index knows, newest first."""
    lag = timedelta(seconds=fates["visibility"].delay if "visibility" in fates else 0)
    seen_until = world.clock.now() - lag
    mine = [one for one in world.ghl_contacts.values() if one.location_id == account.location_id]
    seen = [one for one in mine if one.added_at <= seen_until][::-1]
    return sorted(seen, key=lambda one: one.added_at, reverse=True)


def limit_of(text: Any, default: int, largest: int) -> int | None:
    number = str(default if text is None else text)
    return int(number) if number.isdecimal() and 1 <= int(number) <= largest else None


def list_page(world: World, account: GhlAccount, query: dict[str, str], fates: Fates) -> Response:
    limit = limit_of(query.get("limit"), 20, LARGEST_PAGE)
    if limit is None:
        return refuse_fields(f"limit must not be greater than {LARGEST_PAGE}")
    words = query.get("query", "").lower()
    found = [one for one in indexed(world, account, fates) if words in text_of(one)]
    rest = after(found, query.get("startAfterId"), query.get("startAfter"))
    shown = rest[:limit]
    more = len(rest) > len(shown)
    last = shown[-1] if more and shown else None
    meta = {
        "total": len(found),
        "startAfterId": last.id if last else None,
        "startAfter": milliseconds(last.added_at) if last else None,
    }
    return JSONResponse({"contacts": [one.listed() for one in shown], "count": len(found), "meta": meta})


def text_of(contact: GhlContact) -> str:
    return " ".join(str(value) for value in (contact.name, contact.email, contact.phone) if value).lower()


def after(found: list[GhlContact], last_id: str | None, last_at: str | None) -> list[GhlContact]:
    places = {one.id: place for place, one in enumerate(found)}
    if last_id in places:
        return found[places[last_id] + 1 :]
    if last_at and last_at.isdecimal():
        return [one for one in found if milliseconds(one.added_at) < int(last_at)]
    return found


def search_page(world: World, account: GhlAccount, body: dict[str, Any], fates: Fates) -> Response:
    limit = limit_of(body.get("pageLimit"), 0, LARGEST_SEARCH)
    if limit is None:
        return refuse_fields("pageLimit must not be less than 1", "pageLimit should not be empty")
    filters, wrong = body.get("filters") or [], []
    for item in filters:
        if item.get("operator") not in OPERATORS:
            wrong.append(f"filters: operator must be one of the following values: {', '.join(OPERATORS)}")
    if wrong:
        return refuse_fields(*wrong)
    words = str(body.get("query") or "").lower()
    found = [
        one
        for one in indexed(world, account, fates)
        if words in text_of(one)
        and all(
            OPERATORS[item["operator"]](value_of(one, item.get("field", "")), item.get("value")) for item in filters
        )
    ]
    cursor = body.get("searchAfter") or []
    start = (int(body.get("page") or 1) - 1) * limit
    rest = after(found, str(cursor[-1]), None) if cursor else found[start:]
    shown = [one.listed() | {"searchAfter": [milliseconds(one.added_at), one.id]} for one in rest[:limit]]
    return JSONResponse({"contacts": shown, "total": len(found)})


def value_of(contact: GhlContact, name: str) -> Any:
    """The value a filter's dotted field names, such as dndSettings.SMS.status."""
    value: Any = contact.shown("") | {"id": contact.id}
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
