"""Twilio's Messages over HTTP (spec twilio_api_v2010.json, paths …/Messages.json and …/Messages/{Sid}.json)."""

import base64
import binascii
from datetime import datetime
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.sandbox.accounts import TwilioAccount
from scripts.sandbox.answers import Done, Refused, act_out
from scripts.sandbox.faults import Fates
from scripts.sandbox.messages import TERMINAL, Message
from scripts.sandbox.twilio_callbacks import announce, settle
from scripts.sandbox.twilio_errors import REFUSALS, refuse
from scripts.sandbox.twilio_listing import list_page
from scripts.sandbox.twilio_sending import accept, check_create
from scripts.sandbox.world import World


def authenticate(world: World, request: Request) -> TwilioAccount:
    """Basic auth by account SID and token, for that account's own path."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refused(refuse(20003)) from None
    account = world.twilio_accounts.get(request.path_params["account_sid"])
    if scheme.lower() != "basic" or account is None or (user, password) != (account.account_sid, account.auth_token):
        raise Refused(refuse(20003))
    return account


async def read_form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8"), keep_blank_values=True))


def find_message(world: World, account: TwilioAccount, request: Request) -> Message:
    message = world.messages.get(request.path_params["sid"])
    if message is None or message.account_sid != account.account_sid:
        raise Refused(refuse(20404, request.url.path.removeprefix("/twilio")))
    return message


class TwilioDesk:
    """The endpoints of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        stem = "/2010-04-01/Accounts/{account_sid}/Messages"
        return [
            Route(f"{stem}.json", self.create, methods=["POST"]),
            Route(f"{stem}.json", self.list, methods=["GET"]),
            Route(f"{stem}/{{sid}}.json", self.fetch, methods=["GET"]),
            Route(f"{stem}/{{sid}}.json", self.update, methods=["POST"]),
            Route(f"{stem}/{{sid}}.json", self.delete, methods=["DELETE"]),
        ]

    async def create(self, request: Request) -> Response:
        world, account = self._world, authenticate(self._world, request)
        draft = check_create(account, await read_form(request), world.clock.now())
        if isinstance(draft, int):
            return refuse(draft)
        traits = {"to": draft.to, "from": draft.from_ or "", "touch": draft.touch or ""}
        fates = world.faults.befall("twilio", "send", draft.reference, traits)
        known = draft

        def take_effect(at: datetime) -> Done:
            message = accept(world, account, known, fates, at)
            return Done(JSONResponse(message.shown(at), status_code=201), message.sid)

        return await act_out(world.schedule, world.clock.now(), fates, REFUSALS, take_effect)

    async def list(self, request: Request) -> Response:
        world, account = self._world, authenticate(self._world, request)
        filters = dict(parse_qsl(request.url.query))
        fates = world.faults.befall("twilio", "list", filters.get("To", "*"), {"to": filters.get("To", "")})
        return await self._answer_read(fates, list_page(world, account, filters, fates.get("visibility")))

    async def fetch(self, request: Request) -> Response:
        world, account = self._world, authenticate(self._world, request)
        message = find_message(world, account, request)
        fates = world.faults.befall("twilio", "fetch", message.sid, {"to": message.to, "sid": message.sid})
        return await self._answer_read(fates, JSONResponse(message.shown(world.clock.now())))

    async def update(self, request: Request) -> Response:
        """`Status=canceled` stops what has not left; an empty `Body` redacts the text."""
        world, account = self._world, authenticate(self._world, request)
        message, form, now = find_message(world, account, request), await read_form(request), self._world.clock.now()
        if "Status" in form:
            if form["Status"] != "canceled":
                return refuse(20001, "Status")
            if message.status not in ("accepted", "scheduled", "queued") or message.direction == "inbound":
                return refuse(30409)
            self._cancel(account, message)
        elif form.get("Body") == "":
            message.body, message.updated_at = "", now
        else:
            return refuse(20001, "Body")
        return JSONResponse(message.shown(now))

    def _cancel(self, account: TwilioAccount, message: Message) -> None:
        """Cancelled now; the callback goes out with the next advance, after this answer."""
        world = self._world
        world.schedule.forget(message.sid)
        settle(world, account, message, "canceled", world.clock.now(), None)

        async def tell_canceled(at: datetime) -> int:
            return await announce(world, account, message, at)

        world.schedule.add(world.clock.now(), message.sid, tell_canceled)

    async def delete(self, request: Request) -> Response:
        world, account = self._world, authenticate(self._world, request)
        message = find_message(world, account, request)
        if message.status not in TERMINAL and message.status != "sent":
            return refuse(20009)
        del world.messages[message.sid]
        return Response(status_code=204)

    async def _answer_read(self, fates: Fates, response: Response) -> Response:
        world = self._world
        return await act_out(world.schedule, world.clock.now(), fates, REFUSALS, lambda _: Done(response))
