"""GoHighLevel's contacts over HTTP (spec ghl-contacts.json; `Version: 2021-07-28`)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.sandbox.accounts import GhlAccount
from scripts.sandbox.answers import Done, Refused, act_out
from scripts.sandbox.ghl_access import (
    CONTACTS_VERSION,
    answer_read,
    authenticate,
    check_location,
    check_query,
    read_object,
    version_of,
    with_rate,
)
from scripts.sandbox.ghl_changes import change, check_fields, create, find_duplicate
from scripts.sandbox.ghl_contact_lists import list_page, search_page
from scripts.sandbox.ghl_errors import REFUSALS, refuse, refuse_fields
from scripts.sandbox.ghl_events import announce_contact
from scripts.sandbox.ghl_records import GhlContact, plain_phone
from scripts.sandbox.world import World


def find_contact(world: World, account: GhlAccount, contact_id: str) -> GhlContact:
    contact = world.ghl_contacts.get(contact_id)
    if contact is None or contact.location_id != account.location_id:
        raise Refused(refuse(400, "Contact not found"))
    return contact


class ContactsDesk:
    """The endpoints of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            Route("/contacts/search", self.search, methods=["POST"]),
            Route("/contacts/search/duplicate", self.duplicate, methods=["GET"]),
            Route("/contacts/upsert", self.upsert, methods=["POST"]),
            Route("/contacts/", self.list, methods=["GET"]),
            Route("/contacts/", self.create, methods=["POST"]),
            Route("/contacts/{contact_id}", self.fetch, methods=["GET"]),
            Route("/contacts/{contact_id}", self.update, methods=["PUT"]),
            Route("/contacts/{contact_id}/tags", self.add_tags, methods=["POST"]),
            Route("/contacts/{contact_id}/tags", self.remove_tags, methods=["DELETE"]),
        ]

    def _enter(self, request: Request) -> GhlAccount:
        return authenticate(self._world, request, CONTACTS_VERSION)

    async def fetch(self, request: Request) -> Response:
        world, account = self._world, self._enter(request)
        contact = find_contact(world, account, request.path_params["contact_id"])
        traits = {"to": contact.phone or "", "email": contact.email or "", "contact": contact.id}
        fates = world.faults.befall("ghl", "fetch", f"contact:{contact.id}", traits)
        return await answer_read(world, account, fates, JSONResponse({"contact": contact.shown(version_of(request))}))

    async def list(self, request: Request) -> Response:
        world, account = self._world, self._enter(request)
        query = check_query(request, ("locationId", "limit", "startAfterId", "startAfter", "query"))
        check_location(account, query.get("locationId"))
        fates = world.faults.befall("ghl", "list", "contacts", {"location": account.location_id})
        return await answer_read(world, account, fates, list_page(world, account, query, fates))

    async def search(self, request: Request) -> Response:
        world, account = self._world, self._enter(request)
        body = await read_object(request)
        check_location(account, body.get("locationId"))
        fates = world.faults.befall("ghl", "list", "contacts", {"location": account.location_id})
        return await answer_read(world, account, fates, search_page(world, account, body, fates))

    async def duplicate(self, request: Request) -> Response:
        world, account = self._world, self._enter(request)
        query = check_query(request, ("locationId", "number", "email"))
        check_location(account, query.get("locationId"))
        if not query.get("number") and not query.get("email"):
            return with_rate(account, refuse_fields("number or email should not be empty"))
        found = find_duplicate(world, account.location_id, query.get("email"), self._phone(query.get("number")))
        fates = world.faults.befall("ghl", "list", "duplicate", {"location": account.location_id})
        shown = None if found is None else found.shown(version_of(request))
        return await answer_read(world, account, fates, JSONResponse({"contact": shown}))

    def _phone(self, text: str | None) -> str | None:
        try:
            return plain_phone(text) if text else None
        except ValueError:
            raise Refused(refuse(400, "number is not a valid phone number")) from None

    async def upsert(self, request: Request) -> Response:
        """Changes the contact the duplicate rule finds, or makes one. DND moves only when the body names it."""
        return await self._write(request, always_new=False)

    async def create(self, request: Request) -> Response:
        return await self._write(request, always_new=True)

    async def _write(self, request: Request, always_new: bool) -> Response:
        world, account, body = self._world, self._enter(request), await read_object(request)
        check_location(account, body.get("locationId"))
        also = ("locationId",) if always_new else ("locationId", "createNewIfDuplicateAllowed")
        check_fields(body, also, version_of(request))
        phone = self._phone(body.get("phone"))
        found = find_duplicate(world, account.location_id, body.get("email"), phone)
        if always_new and found is not None:
            return with_rate(account, refuse(400, "This location does not allow duplicated contacts."))

        def effect(at: Any) -> tuple[int, dict[str, Any]]:
            if found is None:
                contact, kinds = create(world, account.location_id, body, at), {"new"}
            else:
                contact, kinds = found, change(found, keep_other_identity(world, found, body), at)
            announce_contact(world, account, contact, kinds, at)
            shown = {"contact": contact.shown(version_of(request))}
            return (201, shown) if always_new else (200, {"new": found is None} | shown)

        return await self._act(account, "contact", str(phone or body.get("email")), effect)

    async def update(self, request: Request) -> Response:
        world, account, body = self._world, self._enter(request), await read_object(request)
        contact = find_contact(world, account, request.path_params["contact_id"])
        check_fields(body, (), version_of(request))

        def effect(at: Any) -> tuple[int, dict[str, Any]]:
            announce_contact(world, account, contact, change(contact, body, at), at)
            return 200, {"succeded": True, "contact": contact.shown(version_of(request))}

        return await self._act(account, "contact", contact.id, effect)

    async def add_tags(self, request: Request) -> Response:
        return await self._tag(request, adding=True)

    async def remove_tags(self, request: Request) -> Response:
        return await self._tag(request, adding=False)

    async def _tag(self, request: Request, adding: bool) -> Response:
        world, account, body = self._world, self._enter(request), await read_object(request)
        contact = find_contact(world, account, request.path_params["contact_id"])
        tags = body.get("tags")
        if not isinstance(tags, list) or not tags or not all(isinstance(tag, str) for tag in tags):
            return with_rate(account, refuse_fields("tags should not be empty", "each value in tags must be a string"))

        def effect(at: Any) -> tuple[int, dict[str, Any]]:
            kept = [tag for tag in contact.tags if tag not in tags]
            announce_contact(
                world, account, contact, change(contact, {"tags": kept + tags if adding else kept}, at), at
            )
            return (201 if adding else 200), {"tags": contact.tags}

        return await self._act(account, "contact", contact.id, effect)

    async def _act(self, account: GhlAccount, about: str, reference: str, effect: Any) -> Response:
        """A write with its weather; faults of contact writes are scripted with op `fetch`, sends alone are `send`."""
        world = self._world
        fates = world.faults.befall("ghl", "fetch", f"{about}:write:{reference}", {"write": about})

        def take_effect(at: Any) -> Done:
            status, shown = effect(at)
            return Done(JSONResponse(shown, status_code=status))

        return with_rate(account, await act_out(world.schedule, world.clock.now(), fates, REFUSALS, take_effect))


def keep_other_identity(world: World, found: GhlContact, body: dict[str, Any]) -> dict[str, Any]:
    """Where e-mail and phone name two contacts, the second one's field is left out (spec, upsert description)."""
    phone = body.get("phone")
    if not phone:
        return body
    owner = find_duplicate(world, found.location_id, None, plain_phone(phone))
    strange = owner is not None and owner.id != found.id
    return {name: value for name, value in body.items() if not (strange and name == "phone")}
