"""The twin's own API for what happens to a mail after its delivery: the mailbox's button, a scanner, a complaint."""

from typing import Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.sandbox.answers import Refused
from scripts.sandbox.control import Asked, read
from scripts.sandbox.control_more import unknown
from scripts.sandbox.emails import Email
from scripts.sandbox.resend_events import move
from scripts.sandbox.resend_unsubscribing import Malformed, click, scan
from scripts.sandbox.world import World


class MailboxAsked(Asked):
    to: str | None = None
    provider_id: str | None = None
    how: Literal["one_click", "get", "complaint"] = "one_click"


class MailControlDesk:
    """The endpoints of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [Route("/_twin/unsubscribe", self.unsubscribe, methods=["POST"])]

    async def unsubscribe(self, request: Request) -> Response:
        """Done at once, and answered when we have answered; 422 for a mail whose headers a mailbox does not take."""
        asked, world = await read(request, MailboxAsked), self._world
        email = self._find(asked)
        if asked.how == "complaint":
            fired = await move(world, world.resend_accounts[email.api_key], email, "complained", world.clock.now())
            return JSONResponse({"status": None, "fired": fired})
        if asked.how == "get":
            answer = await scan(world, email.acceptance)
        else:
            answer = await click(world, email.acceptance, world.clock.now())
        if isinstance(answer, Malformed):
            return JSONResponse({"error": answer.reason}, status_code=422)
        return JSONResponse({"status": answer.shown, "fired": 1})

    def _find(self, asked: MailboxAsked) -> Email:
        """The mail of this id, else the last one that was taken for this address."""
        if (asked.to is None) == (asked.provider_id is None):
            raise Refused(JSONResponse({"error": "name the mail by `to` or by `provider_id`"}, status_code=422))
        to = (asked.to or "").lower()
        fits = (
            one for one in self._world.emails.values() if one.id == asked.provider_id or one.acceptance.to.lower() == to
        )
        found = list(fits)
        if not found:
            raise unknown("such mail of Resend")
        return found[-1]
