"""What providers post to us: verified on the raw bytes before anything else, then taken in, then 2xx.

Bad signature 401; an event or a touch we do not know is kept and answered 2xx; a duplicate changes nothing. On a
failure of our own (the database is away, a hint could not be read again) the answer makes the provider come again:
GoHighLevel repeats only what was answered 429, all others a 5xx (delivery protocol, section 5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import psycopg
from starlette.exceptions import HTTPException
from starlette.requests import Request as WebRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from modules.labels import Provider
from utils.errors import AppError
from utils.log import logger

LOG = logger("hooks")
PREFIX = "/hooks/"
TAKEN = Response(status_code=204)
OK = Response(status_code=200)
NO_MESSAGE = Response('<?xml version="1.0" encoding="UTF-8"?><Response/>', media_type="text/xml")
COME_AGAIN = Response(status_code=429)


@dataclass(frozen=True)
class Hook:
    """One address that a provider posts to: what it tells there (a HookKind), and what it hears when that is kept."""

    provider: Provider
    kind: Literal["status", "inbound", "missed_call"] = "status"
    answer: Response = TAKEN


HOOKS: Mapping[str, Hook] = {
    "twilio/status": Hook(Provider.twilio),
    "twilio/inbound": Hook(Provider.twilio, "inbound", NO_MESSAGE),
    # a status callback of a number's own calls, or the action of a `<Dial>`, which wants TwiML back
    "twilio/voice-missed": Hook(Provider.twilio, "missed_call", NO_MESSAGE),
    "resend": Hook(Provider.resend),
    "ghl": Hook(Provider.ghl, answer=OK),
    "vapi": Hook(Provider.vapi),
    "retell": Hook(Provider.retell),
}


class HookRoute(BaseRoute):
    """POST `/hooks/NAME` and `/hooks/NAME/ACCOUNT_KEY` for every name in HOOKS.

    One route beside FastAPI's: a provider tells thousands of facts within seconds, and there is nothing here that
    FastAPI would read or describe; its own way to such a function took longer than all that is done in it.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path: str = scope["path"]
        if scope["type"] != "http" or not path.startswith(PREFIX):
            return Match.NONE, {}
        hook, account_key = find_hook(path.removeprefix(PREFIX))
        if hook is None:
            return Match.NONE, {}
        matched = Match.FULL if scope["method"] == "POST" else Match.PARTIAL
        return matched, {"endpoint": hook, "path_params": {"account_key": account_key}}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            raise HTTPException(status_code=405, headers={"Allow": "POST"})
        hook: Hook = scope["endpoint"]
        answer = await _answer(WebRequest(scope, receive), hook, scope["path_params"]["account_key"])
        await answer(scope, receive, send)


def find_hook(name: str) -> tuple[Hook | None, str | None]:
    """The hook of this name and the account key behind it, if one is; None for a name that nobody has."""
    if hook := HOOKS.get(name):
        return hook, None
    name, _, account_key = name.rpartition("/")
    return (HOOKS.get(name), account_key) if account_key else (None, None)


async def _answer(web: WebRequest, hook: Hook, account_key: str | None) -> Response:
    from workers.receive import receive  # heavy: half the engine, and no page of the dashboard needs it

    try:
        await receive(web, hook.provider, hook.kind, account_key)
    except (AppError, psycopg.Error) as error:
        if hook.provider is not Provider.ghl or (isinstance(error, AppError) and error.status_code < 500):
            raise
        # GoHighLevel drops what was answered 5xx
        LOG.warning("hook_put_off", provider=Provider.ghl, kind=type(error).__name__)
        return COME_AGAIN
    return hook.answer
