"""Mail to us at Resend: email.received holds no body, which comes by GET /emails/receiving/{id}.

Source: spec resend.yaml (ReceivedEmail, ListReceivedEmails, EmailReceivedEvent); docs dashboard/receiving.
"""

import json
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.sandbox.accounts import ResendAccount
from scripts.sandbox.answers import Done, act_out
from scripts.sandbox.ledger import Acceptance, hash_body, iso
from scripts.sandbox.received_emails import ReceivedEmail
from scripts.sandbox.resend import authenticate, with_rate
from scripts.sandbox.resend_errors import REFUSALS, refuse
from scripts.sandbox.resend_events import tell
from scripts.sandbox.world import World

LARGEST_PAGE, DEFAULT_PAGE = 100, 20


async def receive_email(
    world: World,
    account: ResendAccount,
    sender: str,
    to: str,
    subject: str,
    text: str,
    in_reply_to: str | None,
    at: datetime,
    blind: bool = False,
) -> int:
    """Keep the mail and tell the webhook. Answers the attempts made now."""
    new_id = world.fresh_uuid("resend", account.domain, "received", sender, text, iso(at))
    notes = Acceptance(
        *("resend", new_id, "email", iso(at), account.domain, to, sender, subject, text, hash_body(text), None, None)
    )
    received = ReceivedEmail(new_id, account.api_key, sender, to, subject, text, in_reply_to, at, notes, blind)
    world.received_emails[new_id] = received
    body = json.dumps(received.event(), separators=(",", ":"))
    event_id = "msg_" + world.fresh_digest("svix", new_id, "received")[:27]
    return await tell(world, account, received, "received", event_id, body, at)


class ReceivingDesk:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            Route("/emails/receiving", self.list, methods=["GET"]),
            Route("/emails/receiving/{email_id}", self.fetch, methods=["GET"]),
        ]

    async def fetch(self, request: Request) -> Response:
        world, account = self._world, authenticate(self._world, request)
        received = world.received_emails.get(request.path_params["email_id"])
        if received is None or received.api_key != account.api_key:
            return with_rate(account, refuse("not_found", "Email not found"))
        fates = world.faults.befall("resend", "fetch", received.id, {"to": received.to, "id": received.id})
        response = JSONResponse(received.shown())
        return with_rate(
            account, await act_out(world.schedule, world.clock.now(), fates, REFUSALS, lambda _: Done(response))
        )

    async def list(self, request: Request) -> Response:
        """Newest first; `after` goes on behind an id."""
        world, account = self._world, authenticate(self._world, request)
        limit = request.query_params.get("limit", str(DEFAULT_PAGE))
        if not limit.isdecimal() or not 1 <= int(limit) <= LARGEST_PAGE:
            return with_rate(account, refuse("validation_error", "Invalid pagination parameters."))
        mine = [one for one in world.received_emails.values() if one.api_key == account.api_key][::-1]
        mine.sort(key=lambda one: one.received_at, reverse=True)
        places = {one.id: place + 1 for place, one in enumerate(mine)}
        rest = mine[places.get(request.query_params.get("after", ""), 0) :]
        shown = [one.listed() for one in rest[: int(limit)]]
        fates = world.faults.befall("resend", "list", f"receiving:{account.domain}", {})
        response = JSONResponse({"object": "list", "has_more": len(rest) > len(shown), "data": shown})
        return with_rate(
            account, await act_out(world.schedule, world.clock.now(), fates, REFUSALS, lambda _: Done(response))
        )
