"""Twilio's list of messages: filters, pages and page tokens as the spec has them (ListMessageResponse)."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from scripts.sandbox.accounts import TwilioAccount
from scripts.sandbox.faults import Fault
from scripts.sandbox.messages import API_VERSION, Message
from scripts.sandbox.twilio_errors import refuse
from scripts.sandbox.world import World

DEFAULT_PAGE, LARGEST_PAGE = 50, 1000
KEPT_IN_URIS = ("To", "From", "DateSent", "DateSent<", "DateSent>")


def list_page(world: World, account: TwilioAccount, filters: dict[str, str], fault: Fault | None) -> Response:
    """One page, newest first; `fault` says how it lags or pages wrongly."""
    hidden = fault.delay if fault else 0.0
    try:
        chosen = select(world, account, filters, world.clock.now() - timedelta(seconds=hidden))
        size = whole_number(filters, "PageSize", DEFAULT_PAGE, range(1, LARGEST_PAGE + 1))
        page = whole_number(filters, "Page", 0, range(10**6))
    except ValueError as error:
        return refuse(20001, str(error))
    start = position_after(chosen, filters.get("PageToken")) if "PageToken" in filters else page * size
    shown = chosen[start : start + size]
    body = page_body(world, account, filters, chosen, shown, start, page, size)
    return JSONResponse(body | _spoilt(body, fault.name) if fault else body)


def whole_number(filters: dict[str, str], name: str, usual: int, allowed: range) -> int:
    """ValueError names what is no number, or out of its bounds."""
    number = int(filters.get(name, usual))
    if number not in allowed:
        raise ValueError(name)
    return number


def _spoilt(body: dict[str, Any], fault: str) -> dict[str, Any]:
    lines = body["messages"]
    match fault:
        case "list_repeats":
            return {"messages": [line for line in lines for _ in range(2)]}
        case "list_skips":
            return {"messages": lines[::2]}
        case "list_loops":
            return {"next_page_uri": body["uri"]}
    return {}


def select(world: World, account: TwilioAccount, filters: dict[str, str], seen_until: datetime) -> list[Message]:
    """The account's messages that match every filter. ValueError names a date that is none."""
    now = world.clock.now()
    wanted = [
        message
        for message in world.messages.values()
        if message.account_sid == account.account_sid
        and message.visible_at <= now
        and message.created_at <= seen_until
        and filters.get("To", message.to) == message.to
        and filters.get("From", message.from_) == message.from_
        and sent_within(message.sent_at, filters)
    ]
    newest = wanted[::-1]
    newest.sort(key=lambda message: message.created_at, reverse=True)
    return newest


def sent_within(sent_at: datetime | None, filters: dict[str, str]) -> bool:
    """Dates are GMT days, both ends included; what was not sent yet has no date and fits no date filter."""
    bounds = {name: as_day(filters[name]) for name in ("DateSent", "DateSent<", "DateSent>") if filters.get(name)}
    if not bounds:
        return True
    if sent_at is None:
        return False
    day = sent_at.date()
    return bounds.get("DateSent", day) == day and bounds.get("DateSent>", day) <= day <= bounds.get("DateSent<", day)


def as_day(text: str) -> date:
    return datetime.fromisoformat(text).date()


def position_after(messages: list[Message], token: str | None) -> int:
    """A page token is PA and the last SID of the page before, so new arrivals do not shift what follows."""
    for place, message in enumerate(messages):
        if token == f"PA{message.sid}":
            return place + 1
    return len(messages)


def page_body(
    world: World,
    account: TwilioAccount,
    filters: dict[str, str],
    chosen: list[Message],
    shown: list[Message],
    start: int,
    page: int,
    size: int,
) -> dict[str, object]:
    kept = {name: filters[name] for name in KEPT_IN_URIS if filters.get(name)} | {"PageSize": str(size)}

    def uri(number: int, token: str | None) -> str:
        query = kept | {"Page": str(number)} | ({"PageToken": token} if token else {})
        return f"/{API_VERSION}/Accounts/{account.account_sid}/Messages.json?{urlencode(query)}"

    more = start + size < len(chosen)
    before = chosen[start - size - 1].sid if start > size else None
    now = world.clock.now()
    return {
        "end": start + max(0, len(shown) - 1),
        "first_page_uri": uri(0, None),
        "next_page_uri": uri(page + 1, f"PA{shown[-1].sid}") if more and shown else None,
        "page": page,
        "page_size": size,
        "previous_page_uri": uri(page - 1, f"PA{before}" if before else None) if page > 0 else None,
        "start": start,
        "uri": uri(page, filters.get("PageToken")),
        "messages": [message.shown(now) for message in shown],
    }
