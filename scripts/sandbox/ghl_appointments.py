"""How GoHighLevel tells of appointments in its calendars.

Source: docs "webhook events" AppointmentCreate, AppointmentUpdate, AppointmentDelete (marketplace docs 2021-04-15 and
2023-02-21: the same fields in all three).
"""

from datetime import datetime

from scripts.sandbox.accounts import GhlAccount
from scripts.sandbox.ghl_posting import post_event
from scripts.sandbox.ghl_records import GhlAppointment
from scripts.sandbox.world import World


def tell_appointment(
    world: World, account: GhlAccount, kind: str, appointment: GhlAppointment, due: datetime, times: int
) -> None:
    """Puts its webhook on the agenda, `times` over."""

    async def tell(at: datetime) -> int:
        reference = (appointment.id, f"{kind}:{appointment.updated_at.isoformat()}")
        fields = {"appointment": appointment.shown()}
        return sum([await post_event(world, account, kind, reference, at, fields) for _ in range(times)])

    world.schedule.add(due, f"appointment:{appointment.id}", tell)
