"""Who may ask GoHighLevel what: bearer token, `Version` header, location and the rate of requests.

Sources: the specs' `Version` parameters (contacts 2021-07-28, conversations 2021-04-15, the v3 files `v3`); docs
oauth/Authorization.md and the rate-limit page (100 requests in 10 s for an app and location; five headers).
"""

import json
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from scripts.sandbox.accounts import GhlAccount
from scripts.sandbox.answers import Done, Refused, act_out
from scripts.sandbox.faults import Fates
from scripts.sandbox.ghl_errors import REFUSALS, refuse, refuse_fields, too_many
from scripts.sandbox.world import World

CONTACTS_VERSION, CONVERSATIONS_VERSION = "2021-07-28", "2021-04-15"
MOST, WINDOW_SECONDS, MOST_A_DAY = 100, 10, 200_000


def authenticate(world: World, request: Request, version: str | None) -> GhlAccount:
    """The location's account; `version` is the date this product demands, None where the spec demands none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused(refuse(401, "Missing access token"))
    given = request.headers.get("version")
    if version is not None and given is None:
        raise Refused(refuse(401, "version header was not found."))
    if version is not None and given not in (version, "v3"):
        raise Refused(refuse(401, "version header is invalid"))
    account = next((found for found in world.ghl_accounts.values() if found.token == token), None)
    if account is None:
        raise Refused(refuse(401, "Invalid token: access token is invalid"))
    count_request(account, world.clock.now())
    if account.rate_enforced and account.used_in_window > MOST:
        raise Refused(with_rate(account, too_many()))
    return account


def count_request(account: GhlAccount, now: datetime) -> None:
    """Counts by business time; enforced only on the account's wish: a stepped second never passes."""
    window, day = int(now.timestamp()) // WINDOW_SECONDS, now.toordinal()
    account.used_in_window = account.used_in_window + 1 if account.window == window else 1
    account.used_today = account.used_today + 1 if account.day == day else 1
    account.window, account.day = window, day


def with_rate(account: GhlAccount, response: Response) -> Response:
    limits = {
        "X-RateLimit-Limit-Daily": str(MOST_A_DAY),
        "X-RateLimit-Daily-Remaining": str(max(0, MOST_A_DAY - account.used_today)),
        "X-RateLimit-Interval-Milliseconds": str(WINDOW_SECONDS * 1000),
        "X-RateLimit-Max": str(MOST),
        "X-RateLimit-Remaining": str(max(0, MOST - account.used_in_window)),
    }
    response.headers.update(limits)
    return response


def check_location(account: GhlAccount, location_id: Any) -> None:
    """422 without a location, 403 for one that is not the token's."""
    if not isinstance(location_id, str) or not location_id:
        raise Refused(refuse_fields("locationId should not be empty", "locationId must be a string"))
    if location_id != account.location_id:
        raise Refused(refuse(403, "The token does not have access to this location."))


def version_of(request: Request) -> str:
    return request.headers.get("version", "")


async def read_object(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise Refused(refuse(400, "The request body is not valid JSON")) from None
    if not isinstance(body, dict):
        raise Refused(refuse_fields("the request body must be an object"))
    return body


def check_query(request: Request, known: tuple[str, ...]) -> dict[str, str]:
    """The query, if the spec knows all of its names."""
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise Refused(refuse_fields(*(f"property {name} should not exist" for name in unknown)))
    return dict(request.query_params)


async def answer_read(world: World, account: GhlAccount, fates: Fates, response: Response) -> Response:
    now = world.clock.now()
    return with_rate(account, await act_out(world.schedule, now, fates, REFUSALS, lambda _: Done(response)))
