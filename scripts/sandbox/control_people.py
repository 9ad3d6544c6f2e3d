"""The twin's own API for people, mail to us, missed calls, facts of numbers and replies of a model."""

import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from scripts.sandbox.control import JSON_LINES, Asked, InstantText, read
from scripts.sandbox.control_more import plan_event, unknown
from scripts.sandbox.lookups import LINE_TYPES
from scripts.sandbox.personas import known_persona
from scripts.sandbox.resend_receiving import receive_email
from scripts.sandbox.scripted import NumberFacts, ScriptedReply
from scripts.sandbox.twilio_voice import miss_call
from scripts.sandbox.world import World


class PersonAsked(Asked):
    to: str
    persona: Annotated[str, AfterValidator(known_persona)]


class MailAsked(Asked):
    api_key: str
    from_: Annotated[str, Field(alias="from")]
    to: str
    subject: str
    text: str
    in_reply_to: str | None = None
    at: InstantText | None = None
    blind: bool = False


class MissedCallAsked(Asked):
    account_sid: str
    from_: Annotated[str, Field(alias="from")]
    to: str
    url: str
    at: InstantText | None = None


class NumberAsked(Asked):
    number: str
    line_type: str | None = None
    reassigned: bool | None = None
    valid: bool | None = None
    no_data: bool = False
    error_code: str | None = None


class ReplyAsked(Asked):
    reply: str | dict[str, Any]
    match: str = ""
    times: Annotated[int, Field(ge=1)] = 1


class PeopleControlDesk:
    """The endpoints of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            Route("/_twin/people", self.put_person, methods=["POST"]),
            Route("/_twin/inbound/resend", self.mail_us, methods=["POST"]),
            Route("/_twin/inbound/twilio_voice", self.miss_call, methods=["POST"]),
            Route("/_twin/lookups", self.put_number, methods=["POST"]),
            Route("/_twin/lookups", self.looked_up, methods=["GET"]),
            Route("/_twin/openai", self.put_reply, methods=["POST"]),
        ]

    async def put_person(self, request: Request) -> Response:
        """Fix how a person behaves; addresses compare in lower case."""
        asked = await read(request, PersonAsked)
        self._world.personas[asked.to.lower()] = asked.persona
        return JSONResponse({"to": asked.to, "persona": asked.persona})

    async def mail_us(self, request: Request) -> Response:
        asked, world = await read(request, MailAsked), self._world
        account = world.resend_accounts.get(asked.api_key)
        if account is None:
            raise unknown("such Resend account")
        known = account

        async def arrive(at: datetime) -> int:
            words = (asked.from_, asked.to, asked.subject, asked.text, asked.in_reply_to)
            return await receive_email(world, known, *words, at, asked.blind)

        return plan_event(world, f"inbound:{asked.from_}", asked.at, arrive)

    async def miss_call(self, request: Request) -> Response:
        asked, world = await read(request, MissedCallAsked), self._world
        account = world.twilio_accounts.get(asked.account_sid)
        if account is None:
            raise unknown(f"Twilio account {asked.account_sid}")
        known = account

        async def ring_out(at: datetime) -> int:
            return await miss_call(world, known, asked.from_, asked.to, asked.url, at)

        return plan_event(world, f"inbound:{asked.from_}", asked.at, ring_out)

    async def put_number(self, request: Request) -> Response:
        asked = await read(request, NumberAsked)
        if asked.line_type not in (None, *LINE_TYPES):
            return JSONResponse({"error": f"there is no line type '{asked.line_type}'"}, status_code=422)
        self._world.numbers[asked.number] = NumberFacts(
            asked.line_type, asked.reassigned, asked.valid, asked.no_data, asked.error_code
        )
        return JSONResponse({"number": asked.number})

    async def looked_up(self, _: Request) -> Response:
        """Every look-up that came in with good credentials, in order."""
        lines = "".join(json.dumps(one) + "\n" for one in self._world.looked_up)
        return PlainTextResponse(lines, media_type=JSON_LINES)

    async def put_reply(self, request: Request) -> Response:
        """The next reply to a prompt that holds `match`; an object is answered as its JSON text."""
        asked = await read(request, ReplyAsked)
        text = asked.reply if isinstance(asked.reply, str) else json.dumps(asked.reply)
        self._world.model_replies.append(ScriptedReply(text, asked.match, asked.times))
        return JSONResponse({"scripted": asked.times})
