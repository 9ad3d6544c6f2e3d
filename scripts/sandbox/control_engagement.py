"""The twin's own API for what people do of their own accord: they follow a link, they make an appointment."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.sandbox.answers import Refused
from scripts.sandbox.control import Asked, InstantText, read
from scripts.sandbox.control_more import plan_event, unknown
from scripts.sandbox.emails import Email
from scripts.sandbox.ghl_appointments import tell_appointment
from scripts.sandbox.ghl_records import GhlAppointment
from scripts.sandbox.resend_clicks import BROWSER, follow_link
from scripts.sandbox.world import World
from utils.clock import parse_instant


class ClickAsked(Asked):
    to: str
    mail: Annotated[int, Field(ge=1)] | None = None
    user_agent: str = BROWSER
    at: InstantText | None = None
    times: Annotated[int, Field(ge=1)] = 1


class AppointmentAsked(Asked):
    location_id: str
    contact_id: str
    id: str | None = None
    starts_at: InstantText | None = None
    status: Literal["new", "confirmed", "cancelled", "showed", "noshow", "invalid"] = "confirmed"
    deleted: bool = False
    at: InstantText | None = None
    times: Annotated[int, Field(ge=1)] = 1


class EngagementControlDesk:
    """The endpoints of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            Route("/_twin/clicks", self.click_link, methods=["POST"]),
            Route("/_twin/ghl/appointments", self.put_appointment, methods=["POST"]),
        ]

    async def click_link(self, request: Request) -> Response:
        """In the mail of this number (1 is the first to this address), else in the last one."""
        asked, world = await read(request, ClickAsked), self._world
        email = self._mail(asked.to.lower(), asked.mail)

        async def click(at: datetime) -> int:
            return await follow_link(world, email, asked.user_agent, asked.times, at)

        return plan_event(world, f"click:{email.id}", asked.at, click)

    def _mail(self, to: str, number: int | None) -> Email:
        found = [one for one in self._world.emails.values() if one.acceptance.to.lower() == to]
        if not found or (number is not None and number > len(found)):
            raise unknown("such mail of Resend")
        return found[-1] if number is None else found[number - 1]

    async def put_appointment(self, request: Request) -> Response:
        """Made, changed or deleted at `at`; what is not named stays as it was."""
        asked, world = await read(request, AppointmentAsked), self._world
        account, contact = world.ghl_accounts.get(asked.location_id), world.ghl_contacts.get(asked.contact_id)
        if account is None or contact is None or contact.location_id != asked.location_id:
            raise unknown(f"GHL contact {asked.contact_id}")
        known = world.ghl_appointments.get(asked.id or "")
        if known is None and asked.starts_at is None:
            raise Refused(JSONResponse({"error": "say when it is: `starts_at`"}, status_code=422))
        due = parse_instant(asked.at) if asked.at else world.clock.now()
        starts_at = parse_instant(asked.starts_at) if asked.starts_at else known.starts_at if known else due
        fresh = GhlAppointment(
            id=asked.id or world.fresh_digest("ghl", "appointment", contact.id)[:20],
            contact_id=contact.id,
            status=asked.status,
            starts_at=starts_at,
            added_at=known.added_at if known else due,
            updated_at=due,
        )
        world.ghl_appointments[fresh.id] = fresh
        kind = "AppointmentDelete" if asked.deleted else "AppointmentUpdate" if known else "AppointmentCreate"
        tell_appointment(world, account, kind, fresh, due, asked.times)
        return JSONResponse({"id": fresh.id}, status_code=202)
