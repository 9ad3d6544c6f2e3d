"""The twin's own API under /_twin: accounts, time, faults, inbound texts and the books, as JSON or JSON lines."""

from datetime import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from scripts.sandbox.accounts import ResendAccount, TwilioAccount
from scripts.sandbox.answers import Refused
from scripts.sandbox.faults import Script, make_fault
from scripts.sandbox.ledger import iso
from scripts.sandbox.twilio_callbacks import receive_text
from scripts.sandbox.world import World
from utils.clock import parse_instant

JSON_LINES = "application/jsonl"


def _instant_text(text: str) -> str:
    return iso(parse_instant(text))


InstantText = Annotated[str, AfterValidator(_instant_text)]


class Asked(BaseModel):
    """Every body refuses fields it does not know: a misspelt fault must not silently be no fault."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class TwilioAccountAsked(Asked):
    account_sid: Annotated[str, Field(pattern=r"^AC[0-9a-fA-F]{32}$")]
    auth_token: str
    numbers: list[str]
    messaging_service_sid: Annotated[str, Field(pattern=r"^MG[0-9a-fA-F]{32}$")] | None = None
    inbound_url: str | None = None
    advanced_opt_out: bool = False


class ResendAccountAsked(Asked):
    api_key: str
    domain: str
    webhook_url: str | None = None
    webhook_secret: str | None = None
    sending_only: bool = False
    rate_enforced: bool = False


class AdvanceAsked(Asked):
    to: InstantText


class FaultAsked(Asked):
    provider: Literal["twilio", "resend", "vapi", "retell", "ghl", "openai", "lookups"]
    op: str = "send"
    fault: str
    times: Annotated[int, Field(ge=1)] = 1
    match: dict[str, str] = {}
    delay: float | None = None
    code: str | int | None = None


class TextAsked(Asked):
    account_sid: str
    from_: Annotated[str, Field(alias="from")]
    to: str
    body: str
    at: InstantText | None = None


Body = TypeVar("Body", bound=BaseModel)


async def read(request: Request, shape: type[Body]) -> Body:
    try:
        return shape.model_validate_json(await request.body())
    except ValidationError as error:
        raise Refused(
            JSONResponse({"error": error.errors(include_url=False, include_context=False)}, status_code=422)
        ) from error


def _next(world: World) -> str | None:
    due = world.schedule.next_due()
    return None if due is None else iso(due)


class ControlDesk:
    """The endpoints of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            Route("/_twin/accounts/twilio", self.put_twilio, methods=["POST"]),
            Route("/_twin/accounts/resend", self.put_resend, methods=["POST"]),
            Route("/_twin/advance", self.advance, methods=["POST"]),
            Route("/_twin/next", self.next, methods=["GET"]),
            Route("/_twin/ledger", self.ledger, methods=["GET"]),
            Route("/_twin/opt_outs", self.opt_outs, methods=["GET"]),
            Route("/_twin/auto_replies", self.auto_replies, methods=["GET"]),
            Route("/_twin/faults", self.script_fault, methods=["POST"]),
            Route("/_twin/faults", self.clear_faults, methods=["DELETE"]),
            Route("/_twin/inbound/twilio", self.text_us, methods=["POST"]),
        ]

    async def put_twilio(self, request: Request) -> Response:
        """Upsert: a changed token or URL holds from now on; who opted out stays opted out."""
        asked = await read(request, TwilioAccountAsked)
        fresh = TwilioAccount(asked.account_sid, asked.auth_token, [])
        account = self._world.twilio_accounts.setdefault(asked.account_sid, fresh)
        for name, value in asked.model_dump().items():
            setattr(account, name, value)
        return JSONResponse({"account_sid": asked.account_sid})

    async def put_resend(self, request: Request) -> Response:
        asked = await read(request, ResendAccountAsked)
        account = self._world.resend_accounts.setdefault(asked.api_key, ResendAccount(asked.api_key, asked.domain))
        for name, value in asked.model_dump().items():
            setattr(account, name, value)
        return JSONResponse({"domain": asked.domain})

    async def advance(self, request: Request) -> Response:
        """Fire everything due up to an instant; answered only after every webhook was answered."""
        asked = await read(request, AdvanceAsked)
        fired = await self._world.schedule.run_until(parse_instant(asked.to))
        return JSONResponse({"fired": fired, "next": _next(self._world)})

    async def next(self, request: Request) -> Response:
        return JSONResponse({"next": _next(self._world)})

    async def ledger(self, request: Request) -> Response:
        provider, to = request.query_params.get("provider"), request.query_params.get("to")
        return PlainTextResponse(self._world.ledger.acceptance_lines(provider, to), media_type=JSON_LINES)

    async def opt_outs(self, request: Request) -> Response:
        return PlainTextResponse(self._world.ledger.opt_out_lines(), media_type=JSON_LINES)

    async def auto_replies(self, request: Request) -> Response:
        return PlainTextResponse(self._world.ledger.auto_reply_lines(), media_type=JSON_LINES)

    async def script_fault(self, request: Request) -> Response:
        asked = await read(request, FaultAsked)
        code = None if asked.code is None else str(asked.code)
        fault = make_fault(asked.fault, asked.delay, code)
        try:
            self._world.faults.script(Script(asked.provider, asked.op, fault, asked.times, asked.match))
        except ValueError as error:
            return JSONResponse({"error": str(error)}, status_code=422)
        return JSONResponse({"scripted": asked.fault, "times": asked.times})

    async def clear_faults(self, request: Request) -> Response:
        self._world.faults.clear()
        return JSONResponse({"cleared": True})

    async def text_us(self, request: Request) -> Response:
        """A person texts us: queued for its instant, which is now unless `at` says otherwise."""
        asked, world = await read(request, TextAsked), self._world
        account = world.twilio_accounts.get(asked.account_sid)
        if account is None:
            return JSONResponse({"error": f"there is no Twilio account {asked.account_sid} here"}, status_code=404)
        due = parse_instant(asked.at) if asked.at else world.clock.now()
        known = account

        async def arrive(at: datetime) -> int:
            return await receive_text(world, known, asked.from_, asked.to, asked.body, at)

        world.schedule.add(due, f"inbound:{asked.from_}", arrive)
        return JSONResponse({"due": iso(due)}, status_code=202)
