"""The twin's own API for GoHighLevel: locations, contacts, and what people do there."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.sandbox.accounts import GhlAccount
from scripts.sandbox.answers import Refused
from scripts.sandbox.control import Asked, InstantText, read
from scripts.sandbox.ghl_changes import change, check_fields, create, find_duplicate
from scripts.sandbox.ghl_events import announce_contact
from scripts.sandbox.ghl_inbound import receive, unsubscribe
from scripts.sandbox.ghl_records import GhlContact
from scripts.sandbox.ledger import iso
from scripts.sandbox.world import World
from utils.clock import parse_instant

DATE_VERSION = "2021-07-28"


class GhlAccountAsked(Asked):
    token: str
    location_id: str
    numbers: list[str] = Field(default_factory=list)
    webhook_url: str | None = None
    webhook_private_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")] | None = None
    workflow_hook_url: str | None = None
    workflow_secret: str | None = None
    rate_enforced: bool = False
    delivery_webhooks: bool = True
    workflow: Literal["sends", "drops"] = "sends"


class GhlContactAsked(Asked):
    location_id: str
    id: str | None = None
    phone: str | None = None
    email: str | None = None
    firstName: str | None = None
    customFields: list[dict[str, Any]] | None = None
    lastName: str | None = None
    timezone: str | None = None
    state: str | None = None
    postalCode: str | None = None
    tags: list[str] | None = None
    dnd: bool | None = None
    dndSettings: dict[str, dict[str, Any]] | None = None
    quiet: bool = True


class GhlInboundAsked(Asked):
    location_id: str
    contact_id: str
    channel: Literal["SMS", "Email", "CALL"]
    body: str = ""
    subject: str | None = None
    at: InstantText | None = None


class UnsubscribeAsked(Asked):
    location_id: str
    contact_id: str
    at: InstantText | None = None


def unknown(what: str) -> Refused:
    return Refused(JSONResponse({"error": f"there is no {what} here"}, status_code=404))


def plan_event(world: World, about: str, at: str | None, happen: Callable[[datetime], Awaitable[int]]) -> Response:
    """Queue what a person does, for now or its instant."""
    due = parse_instant(at) if at else world.clock.now()
    world.schedule.add(due, about, happen)
    return JSONResponse({"due": iso(due)}, status_code=202)


class GhlControlDesk:
    """GoHighLevel's side of the control API."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            Route("/_twin/accounts/ghl", self.put_account, methods=["POST"]),
            Route("/_twin/ghl/contacts", self.put_contact, methods=["POST"]),
            Route("/_twin/ghl/unsubscribe", self.unsubscribe, methods=["POST"]),
            Route("/_twin/inbound/ghl", self.write_us, methods=["POST"]),
        ]

    def _account(self, location_id: str) -> GhlAccount:
        account = self._world.ghl_accounts.get(location_id)
        if account is None:
            raise unknown(f"GHL location {location_id}")
        return account

    def _contact(self, account: GhlAccount, contact_id: str) -> GhlContact:
        contact = self._world.ghl_contacts.get(contact_id)
        if contact is None or contact.location_id != account.location_id:
            raise unknown(f"GHL contact {contact_id}")
        return contact

    async def put_account(self, request: Request) -> Response:
        """Upsert: contacts and messages of the location stay."""
        asked = await read(request, GhlAccountAsked)
        fresh = GhlAccount(asked.token, asked.location_id)
        account = self._world.ghl_accounts.setdefault(asked.location_id, fresh)
        for name, value in asked.model_dump().items():
            setattr(account, name, value)
        return JSONResponse({"location_id": asked.location_id})

    async def put_contact(self, request: Request) -> Response:
        """A user at GHL makes or changes a contact; only the given fields move."""
        asked, world = await read(request, GhlContactAsked), self._world
        account = self._account(asked.location_id)
        body = asked.model_dump(exclude={"location_id", "id", "quiet"}, exclude_none=True)
        check_fields(body, (), DATE_VERSION)
        known = find_duplicate(world, account.location_id, asked.email, asked.phone)
        contact = world.ghl_contacts.get(asked.id) if asked.id else known
        if contact is None:
            contact = create(world, account.location_id, body, world.clock.now(), asked.id)
            kinds = {"new"}
        else:
            kinds = change(contact, body, world.clock.now())
        if not asked.quiet:
            announce_contact(world, account, contact, kinds, world.clock.now())
        return JSONResponse({"id": contact.id})

    async def write_us(self, request: Request) -> Response:
        asked, world = await read(request, GhlInboundAsked), self._world
        account = self._account(asked.location_id)
        contact = self._contact(account, asked.contact_id)

        async def arrive(at: datetime) -> int:
            return await receive(world, account, contact, asked.channel, asked.body, asked.subject, at)

        return plan_event(world, f"inbound:{contact.id}", asked.at, arrive)

    async def unsubscribe(self, request: Request) -> Response:
        asked, world = await read(request, UnsubscribeAsked), self._world
        account = self._account(asked.location_id)
        contact = self._contact(account, asked.contact_id)

        async def leave(at: datetime) -> int:
            return await unsubscribe(world, account, contact, at)

        return plan_event(world, f"inbound:{contact.id}", asked.at, leave)
