"""What a provider's calendar tells becomes milestones of the person, and whoever waits for them goes on."""

from datetime import datetime

from modules.appointments import Appointment, find_appointment, is_news, write_appointment
from modules.channels import AppointmentSeen
from modules.contacts import find_ref, is_erased
from modules.ids import ClientId
from modules.labels import BOOKED, AppointmentStatus
from modules.milestones import APPOINTMENT, Source
from utils.db import Connection
from workers.context import Deps
from workers.meet import Origin
from workers.note import Told, lock_whom_it_moves, note_event, take_back

SHOWED = "showed"
MILESTONES = (BOOKED, APPOINTMENT, SHOWED)


async def take_appointment(deps: Deps, conn: Connection, post: Origin, seen: AppointmentSeen) -> str | None:
    """What became of it, in a word; None when no client of the account knows the person.

    In this order, as everywhere: enrollments, the person, then what is written of them.
    """
    clients = [post.client_id] if post.client_id else sorted({one.client_id for one in post.places})
    outcomes = [await _take_at(deps, conn, client_id, post, seen) for client_id in clients]
    told = [one for one in outcomes if one is not None]
    return next((one for one in told if one != "nothing_new"), told[0] if told else None)


async def _take_at(
    deps: Deps, conn: Connection, client_id: ClientId, post: Origin, seen: AppointmentSeen
) -> str | None:
    known = await find_appointment(conn, client_id, post.provider, seen.ref)
    contact_id = await find_ref(conn, client_id, post.provider, seen.contact_ref)
    contact_id = contact_id or (known.contact_id if known else None)
    if contact_id is None:
        return None
    if not is_news(known, seen, contact_id):
        return "nothing_new"
    await lock_whom_it_moves(conn, client_id, contact_id)
    if await is_erased(conn, client_id, contact_id):
        return "nothing_new"
    # read again under the locks: two posts about one appointment come at the same time
    known = await find_appointment(conn, client_id, post.provider, seen.ref)
    if not is_news(known, seen, contact_id):
        return "nothing_new"
    now = deps.clock.now()
    fresh = Appointment(
        client_id=client_id,
        source=post.provider,
        ref=seen.ref,
        contact_id=contact_id,
        status=seen.status,
        starts_at=seen.starts_at,
        booked_at=known.booked_at if known else min(seen.booked_at or now, now),
        told_at=seen.told_at or now,
    )
    await write_appointment(conn, fresh, now)
    await _tell(deps, conn, known, fresh, now)
    return f"appointment_{seen.status}"


async def _tell(deps: Deps, conn: Connection, known: Appointment | None, fresh: Appointment, now: datetime) -> None:
    """Its milestones as they are to be: what no longer holds is taken back, what holds is told (again, at its time)."""
    wanted = milestones_of(fresh, now)
    source = Source(fresh.source)
    handed_over = known is not None and known.contact_id != fresh.contact_id
    for name in MILESTONES:
        told = Told(source, ref=f"{fresh.ref}:{name}")
        if handed_over or name not in wanted:
            await take_back(conn, fresh.client_id, told)
        if name in wanted:
            await note_event(deps, conn, fresh.client_id, fresh.contact_id, name, wanted[name], told)


def milestones_of(appointment: Appointment, now: datetime) -> dict[str, datetime]:
    """What is true of the person while it stands so: when it was made, when it is, and that they came."""
    if appointment.status in (AppointmentStatus.called_off, AppointmentStatus.deleted):
        return {}
    told = {BOOKED: appointment.booked_at}
    if appointment.starts_at is not None:
        told[APPOINTMENT] = appointment.starts_at
    if appointment.status is AppointmentStatus.showed:
        told[SHOWED] = min(appointment.starts_at or now, now)
    return told
