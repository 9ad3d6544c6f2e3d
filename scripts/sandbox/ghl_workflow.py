"""A workflow's inbound webhook trigger at GoHighLevel: 200 is a hand-over, and perhaps nothing follows.

Unpublished workflows, filters, re-entry rules and DND all end in 200 and silence (public reports, 2025).
"""

import json
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.sandbox.accounts import GhlAccount
from scripts.sandbox.answers import Done, Refused, act_out
from scripts.sandbox.ghl_changes import find_duplicate
from scripts.sandbox.ghl_errors import REFUSALS, refuse
from scripts.sandbox.ghl_records import GhlContact
from scripts.sandbox.ghl_sending import accept, draft_of
from scripts.sandbox.ledger import hash_body
from scripts.sandbox.world import World

HANDED_OVER = "Success: request sent to trigger execution server"
PAUSE = timedelta(seconds=5)


class WorkflowDesk:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        path = "/hooks/{location_id}/webhook-trigger/{trigger_id}"
        return [Route(path, self.trigger, methods=["POST"])]

    async def trigger(self, request: Request) -> Response:
        """No token: the address itself is the secret."""
        world = self._world
        account = world.ghl_accounts.get(request.path_params["location_id"])
        if account is None:
            return refuse(404, "Trigger not found")
        body = read_any(await request.body())
        person = str(body.get("phone") or body.get("email") or body.get("contactId") or "")
        words = str(body.get("message") or body.get("html") or "")
        fates = world.faults.befall("ghl", "send", f"workflow:{person}|{hash_body(words)}", {"to": person})

        def take_effect(at: datetime) -> Done:
            if account.workflow == "sends":
                plan_workflow(world, account, body, at + PAUSE)
            new_id = world.fresh_digest("ghl", "trigger", person, words)[:20]
            return Done(JSONResponse({"status": HANDED_OVER, "id": new_id}))

        return await act_out(world.schedule, world.clock.now(), fates, REFUSALS, take_effect)


def read_any(raw: bytes) -> dict[str, Any]:
    """The trigger takes whatever comes; what is no object names nobody."""
    try:
        body = json.loads(raw)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def find_mapped(world: World, account: GhlAccount, body: dict[str, Any]) -> GhlContact | None:
    known = world.ghl_contacts.get(str(body.get("contactId") or body.get("contact_id") or ""))
    return known or find_duplicate(world, account.location_id, body.get("email"), body.get("phone"))


def plan_workflow(world: World, account: GhlAccount, body: dict[str, Any], due: datetime) -> None:
    """The workflow's own step: an SMS with `message`, or an e-mail with `html`, to the mapped contact."""

    async def run(at: datetime) -> int:
        contact = find_mapped(world, account, body)
        if contact is None:
            return 0
        step = {"type": "Email" if body.get("html") else "SMS", "message": body.get("message") or ""}
        step |= {name: body[name] for name in ("html", "subject") if body.get(name)}
        try:
            draft = draft_of(account, contact, step)
        except Refused:
            return 0  # a refused step of a workflow is silent: that is what the caller has to learn
        accept(world, account, draft, {}, at, source="workflow")
        return 0

    world.schedule.add(due, f"workflow:{account.location_id}", run)
