"""The telephone's part of the twin's own API: accounts at Vapi and Retell, and people who call us."""

from datetime import datetime
from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.sandbox.accounts import RetellAccount, VapiAccount
from scripts.sandbox.calls import tell_inbound
from scripts.sandbox.control import Asked, InstantText, read
from scripts.sandbox.control_more import plan_event, unknown
from scripts.sandbox.retell_calling import receive_call as receive_at_retell
from scripts.sandbox.vapi_calling import receive_call as receive_at_vapi
from scripts.sandbox.world import World

Number = Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")]


class PhoneNumber(Asked):
    id: str
    number: Number


class VapiAccountAsked(Asked):
    api_key: str
    phone_numbers: list[PhoneNumber]
    concurrency_limit: Annotated[int, Field(ge=1)] = 10
    inbound_url: str | None = None
    inbound_headers: Annotated[dict[str, str], Field(default_factory=dict)]
    webhook_secret: str | None = None


class RetellAccountAsked(Asked):
    api_key: str
    numbers: list[Number]
    agent_ids: list[str]
    webhook_url: str | None = None
    concurrency_limit: Annotated[int, Field(ge=1)] = 20


class VapiCallAsked(Asked):
    api_key: str
    phone_number_id: str
    from_: Annotated[str, Field(alias="from")]
    spoke: bool = True
    at: InstantText | None = None


class RetellCallAsked(Asked):
    api_key: str
    to: str
    from_: Annotated[str, Field(alias="from")]
    spoke: bool = True
    at: InstantText | None = None


class VoiceControlDesk:
    """The endpoints of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            Route("/_twin/accounts/vapi", self.put_vapi, methods=["POST"]),
            Route("/_twin/accounts/retell", self.put_retell, methods=["POST"]),
            Route("/_twin/inbound/vapi", self.call_vapi, methods=["POST"]),
            Route("/_twin/inbound/retell", self.call_retell, methods=["POST"]),
        ]

    async def put_vapi(self, request: Request) -> Response:
        """Upsert: calls of the account go on."""
        asked = await read(request, VapiAccountAsked)
        account = self._world.vapi_accounts.setdefault(asked.api_key, VapiAccount(asked.api_key))
        for name, value in asked.model_dump(exclude={"phone_numbers"}).items():
            setattr(account, name, value)
        account.phone_numbers = {number.id: number.number for number in asked.phone_numbers}
        return JSONResponse({"phone_numbers": account.phone_numbers})

    async def put_retell(self, request: Request) -> Response:
        asked = await read(request, RetellAccountAsked)
        account = self._world.retell_accounts.setdefault(asked.api_key, RetellAccount(asked.api_key))
        for name, value in asked.model_dump().items():
            setattr(account, name, value)
        return JSONResponse({"numbers": account.numbers})

    async def call_vapi(self, request: Request) -> Response:
        """A person calls one of our numbers at Vapi, speaks or not, and hangs up."""
        asked, world = await read(request, VapiCallAsked), self._world
        account = world.vapi_accounts.get(asked.api_key)
        if account is None or asked.phone_number_id not in account.phone_numbers:
            raise unknown("such account or phone number at Vapi")
        known = account

        async def ring(at: datetime) -> int:
            call_id = world.fresh_uuid("vapi", known.api_key, "inbound", asked.from_)
            line = tell_inbound(world, call_id, asked.from_, asked.spoke)
            receive_at_vapi(world, known, asked.phone_number_id, asked.from_, line, call_id, at)
            return 0

        return plan_event(world, f"inbound:{asked.from_}", asked.at, ring)

    async def call_retell(self, request: Request) -> Response:
        """A person calls one of our numbers at Retell, speaks or not, and hangs up."""
        asked, world = await read(request, RetellCallAsked), self._world
        account = world.retell_accounts.get(asked.api_key)
        if account is None or asked.to not in account.numbers:
            raise unknown("such account or number at Retell")
        known = account

        async def ring(at: datetime) -> int:
            call_id = "call_" + world.fresh_digest("retell", known.api_key, "inbound", asked.from_)
            line = tell_inbound(world, call_id, asked.from_, asked.spoke)
            receive_at_retell(world, known, asked.to, asked.from_, line, call_id, at)
            return 0

        return plan_event(world, f"inbound:{asked.from_}", asked.at, ring)
