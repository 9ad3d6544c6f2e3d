"""Vapi's calls over HTTP (spec of 2026-08-18: /call, /call/{id}, /phone-number/{id})."""

import json
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.sandbox.accounts import VapiAccount
from scripts.sandbox.answers import Done, Refused, act_out
from scripts.sandbox.calls import story_of_call
from scripts.sandbox.faults import Fates, Fault
from scripts.sandbox.vapi_calling import accept, choose_overload
from scripts.sandbox.vapi_checks import LONGEST_NAME, check_call
from scripts.sandbox.vapi_errors import REFUSALS, over_concurrency, refuse
from scripts.sandbox.vapi_records import ORG, VapiCall, stamp, words_in
from scripts.sandbox.world import World
from utils.clock import parse_instant

QUERY = words_in(
    "id assistantId phoneNumberId limit createdAtGt createdAtLt createdAtGe createdAtLe updatedAtGt"
    " updatedAtLt updatedAtGe updatedAtLe"
)
DEFAULT_LIMIT, MOST = 100, 1000


def authenticate(world: World, request: Request) -> VapiAccount:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    account = world.vapi_accounts.get(key)
    if scheme.lower() != "bearer" or account is None:
        words = "Invalid Key. Hot tip, you may be using the public key instead of the private key, or vice versa."
        raise Refused(refuse(401, words if key else "Missing Authorization header."))
    return account


async def read_body(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError:
        raise Refused(refuse(400, "The body is not valid JSON.")) from None


class VapiDesk:
    """The endpoints of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            Route("/call", self.create, methods=["POST"]),
            Route("/call", self.list, methods=["GET"]),
            Route("/call/{call_id}", self.fetch, methods=["GET"]),
            Route("/call/{call_id}", self.rename, methods=["PATCH"]),
            Route("/phone-number/{number_id}", self.fetch_number, methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        """Take a call. There is no idempotency here: the same body twice dials twice."""
        world, account = self._world, authenticate(self._world, request)
        body, now = check_call(account, await read_body(request)), world.clock.now()
        number = body["customer"]["number"]
        variables = (body.get("assistantOverrides") or {}).get("variableValues") or {}
        story = story_of_call(number, str(variables.get("prompt", "")))
        traits = {"to": number, "touch": body.get("name") or "", "from": account.phone_numbers[body["phoneNumberId"]]}
        fates = world.faults.befall("vapi", "send", story, traits)
        fates = choose_overload(world, account, body, story, fates, now)
        if "outcome" in fates and fates["outcome"].name == "over_concurrency" and "transport" not in fates:
            return over_concurrency()

        def take_effect(at: datetime) -> Done:
            if "outcome" in fates and fates["outcome"].name == "over_concurrency":
                return Done(over_concurrency())
            call = accept(world, account, body, story, fates, at)
            return Done(JSONResponse(call.shown_created(), status_code=201), call.id)

        return await act_out(world.schedule, now, fates, REFUSALS, take_effect)

    async def list(self, request: Request) -> Response:
        """Newest first, as a plain array. There is no filter on status, number or name."""
        world, account = self._world, authenticate(self._world, request)
        query = dict(request.query_params)
        if unknown := [name for name in query if name not in QUERY]:
            return refuse(400, [f"property {name} should not exist" for name in unknown])
        traits = {"phoneNumberId": query.get("phoneNumberId", "")}
        fates = world.faults.befall("vapi", "list", account.api_key, traits)
        return await self._answer(fates, self._page(account, query, fates.get("visibility")))

    def _page(self, account: VapiAccount, query: dict[str, str], lag: Fault | None) -> Response:
        limit = query.get("limit", str(DEFAULT_LIMIT))
        if not limit.isdecimal() or int(limit) > MOST:
            return refuse(400, [f"limit must not be greater than {MOST}"])
        now = self._world.clock.now()
        seen_until = now - timedelta(seconds=lag.delay if lag else 0)
        mine = [call for call in self._world.vapi_calls.values() if call.api_key == account.api_key]
        try:
            found = [call for call in mine[::-1] if fits(call, query)]
        except ValueError as error:
            return refuse(400, [str(error)])
        seen = [call for call in found if call.visible_at <= now and call.created_at <= seen_until]
        seen.sort(key=lambda call: call.created_at, reverse=True)
        return JSONResponse([call.shown() for call in seen[: int(limit)]])

    def _find(self, account: VapiAccount, request: Request) -> VapiCall:
        call = self._world.vapi_calls.get(request.path_params["call_id"])
        if call is None or call.api_key != account.api_key:
            raise Refused(refuse(404, "Call not found"))
        return call

    async def fetch(self, request: Request) -> Response:
        call = self._find(authenticate(self._world, request), request)
        fates = self._world.faults.befall("vapi", "fetch", call.id, {"to": call.number, "id": call.id})
        return await self._answer(fates, JSONResponse(call.shown()))

    async def rename(self, request: Request) -> Response:
        """Only the name of a call can be changed."""
        call, body = self._find(authenticate(self._world, request), request), await read_body(request)
        name = body.get("name") if isinstance(body, dict) else None
        if not isinstance(name, str) or len(name) > LONGEST_NAME or set(body) != {"name"}:
            return refuse(400, [f"name must be a string of at most {LONGEST_NAME} characters, and nothing else"])
        call.name = name
        return JSONResponse(call.shown())

    async def fetch_number(self, request: Request) -> Response:
        world, account = self._world, authenticate(self._world, request)
        number_id = request.path_params["number_id"]
        if number_id not in account.phone_numbers:
            return refuse(404, "Phone number not found")
        now = stamp(world.clock.now())
        shown = {"id": number_id, "orgId": ORG, "provider": "twilio", "number": account.phone_numbers[number_id]}
        fates = world.faults.befall("vapi", "fetch", number_id, {"id": number_id})
        return await self._answer(fates, JSONResponse(shown | {"status": "active", "createdAt": now, "updatedAt": now}))

    async def _answer(self, fates: Fates, response: Response) -> Response:
        world = self._world
        return await act_out(world.schedule, world.clock.now(), fates, REFUSALS, lambda _: Done(response))


def fits(call: VapiCall, query: dict[str, str]) -> bool:
    """Whether a call is asked for; ValueError names a date that is none."""
    given = {"id": call.id} | {name: call.request.get(name) for name in ("assistantId", "phoneNumberId")}
    if any(query[name] != value for name, value in given.items() if name in query):
        return False
    return all(
        holds(instant, query[f"{field}{edge}"], edge)
        for field, instant in (("createdAt", call.created_at), ("updatedAt", call.updated_at))
        for edge in ("Gt", "Ge", "Lt", "Le")
        if f"{field}{edge}" in query
    )


def holds(instant: datetime, text: str, edge: str) -> bool:
    bound = parse_instant(text)
    return {"Gt": instant > bound, "Ge": instant >= bound, "Lt": instant < bound, "Le": instant <= bound}[edge]
