"""Retell's calls over HTTP (retell-sdk 6.2.13: create-phone-call, get-call, list-calls, get-concurrency)."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.sandbox.accounts import KeptCall, RetellAccount
from scripts.sandbox.answers import Done, Refused, act_out
from scripts.sandbox.calls import story_of_call
from scripts.sandbox.faults import Fates
from scripts.sandbox.retell_calling import accept, choose_overload, look_up_key, refuses_overload
from scripts.sandbox.retell_checks import check_call, read_object
from scripts.sandbox.retell_errors import REFUSALS, over_concurrency, refuse
from scripts.sandbox.retell_life import lines_in_use
from scripts.sandbox.retell_listing import list_page
from scripts.sandbox.world import World


def authenticate(world: World, request: Request) -> RetellAccount:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    account = world.retell_accounts.get(key)
    if scheme.lower() != "bearer" or account is None:
        raise Refused(refuse(401, "The API key is missing or not valid."))
    return account


class RetellDesk:
    """The endpoints of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            Route("/v2/create-phone-call", self.create, methods=["POST"]),
            Route("/v2/get-call/{call_id}", self.fetch, methods=["GET"]),
            Route("/v3/list-calls", self.list, methods=["POST"]),
            Route("/get-concurrency", self.concurrency, methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        """Take a call, or answer a repeated key with the call it began."""
        world, account = self._world, authenticate(self._world, request)
        content, now = await request.body(), world.clock.now()
        body = check_call(account, content)
        kept = look_up_key(account, body, content, now)
        if isinstance(kept, Response):
            return kept
        story = story_of_call(body["to_number"], str(body.get("retell_llm_dynamic_variables", {}).get("prompt", "")))
        touch = str(body.get("metadata", {}).get("touch", ""))
        traits = {"to": body["to_number"], "from": body["from_number"], "touch": touch}
        fates = world.faults.befall("retell", "send", story, traits)
        if kept is None:
            fates = choose_overload(world, account, story, fates)
            if refuses_overload(fates) and "transport" not in fates:
                return over_concurrency()

        def take_effect(at: datetime) -> Done:
            first = look_up_key(account, body, content, at)
            if isinstance(first, Response):
                return Done(first)
            if isinstance(first, KeptCall):
                return Done(self._created(first.call_id))
            if refuses_overload(fates):
                return Done(over_concurrency())
            call = accept(world, account, body, content, story, fates, at)
            return Done(self._created(call.id), call.id)

        return await act_out(world.schedule, now, fates, REFUSALS, take_effect)

    def _created(self, call_id: str) -> Response:
        return JSONResponse(self._world.retell_calls[call_id].shown_created(), status_code=201)

    async def fetch(self, request: Request) -> Response:
        world, account = self._world, authenticate(self._world, request)
        call = world.retell_calls.get(request.path_params["call_id"])
        if call is None or call.api_key != account.api_key:
            return refuse(404, "There is no such call.")
        fates = world.faults.befall("retell", "fetch", call.id, {"to": call.to_number, "id": call.id})
        return await self._answer(fates, JSONResponse(call.shown()))

    async def list(self, request: Request) -> Response:
        world, account = self._world, authenticate(self._world, request)
        asked = read_object(await request.body())
        fates = world.faults.befall("retell", "list", account.api_key, {})
        return await self._answer(fates, list_page(world, account, asked, fates))

    async def concurrency(self, request: Request) -> Response:
        world, account = self._world, authenticate(self._world, request)
        limit = account.concurrency_limit
        shown = {
            "current_concurrency": lines_in_use(world, account.api_key),
            "concurrency_limit": limit,
            "base_concurrency": limit,
            "purchased_concurrency": 0,
            "concurrency_purchase_limit": 0,
            "remaining_purchase_limit": 0,
            "concurrency_burst_enabled": False,
            "concurrency_burst_limit": min(3 * limit, limit + 300),
            "reserved_inbound_concurrency": 0,
        }
        return await self._answer({}, JSONResponse(shown))

    async def _answer(self, fates: Fates, response: Response) -> Response:
        world = self._world
        return await act_out(world.schedule, world.clock.now(), fates, REFUSALS, lambda _: Done(response))
