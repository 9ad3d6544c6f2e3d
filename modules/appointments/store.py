"""One function a query; see queries.sql."""

from dataclasses import asdict
from datetime import datetime

from modules.appointments.models import Appointment
from modules.ids import ClientId, ContactId
from modules.labels import AppointmentStatus, Provider
from utils.db import Connection, execute, fetch_one
from utils.sql import queries

SQL = queries(__file__)


async def find_appointment(conn: Connection, client_id: ClientId, source: Provider, ref: str) -> Appointment | None:
    row = await fetch_one(conn, SQL["find_appointment"], {"client_id": client_id, "source": source, "ref": ref})
    if row is None:
        return None
    return Appointment(**row | {"source": Provider(row["source"]), "status": AppointmentStatus(row["status"])})


async def write_appointment(conn: Connection, appointment: Appointment, now: datetime) -> None:
    await execute(conn, SQL["write_appointment"], asdict(appointment) | {"now": now})


async def erase_appointments(conn: Connection, client_id: ClientId, contact_id: ContactId) -> int:
    return await execute(conn, SQL["erase_appointments"], {"client_id": client_id, "contact_id": contact_id})


async def forget_appointments(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_appointments"], {"before": before, "at_most": at_most})
