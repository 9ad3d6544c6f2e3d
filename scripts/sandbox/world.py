"""Everything the twin knows, in one place, passed to whoever needs it."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from scripts.sandbox.accounts import GhlAccount, ResendAccount, RetellAccount, TwilioAccount, VapiAccount
from scripts.sandbox.emails import Email
from scripts.sandbox.faults import FaultBook
from scripts.sandbox.ghl_records import GhlAppointment, GhlContact, GhlConversation, GhlMessage
from scripts.sandbox.ledger import Acceptance, Ledger
from scripts.sandbox.messages import Message
from scripts.sandbox.postman import Postman
from scripts.sandbox.received_emails import ReceivedEmail
from scripts.sandbox.retell_records import RetellCall
from scripts.sandbox.schedule import Schedule
from scripts.sandbox.scripted import NumberFacts, ScriptedReply
from scripts.sandbox.vapi_records import VapiCall
from utils.chance import Draw
from utils.clock import Clock, SystemClock


@dataclass
class World:
    """`clock` is business time; the twin never moves it and never waits for it."""

    clock: Clock
    draw: Draw
    faults: FaultBook
    postman: Postman = field(default_factory=Postman)
    schedule: Schedule = field(default_factory=Schedule)
    ledger: Ledger = field(default_factory=Ledger)
    twilio_accounts: dict[str, TwilioAccount] = field(default_factory=dict)
    resend_accounts: dict[str, ResendAccount] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    emails: dict[str, Email] = field(default_factory=dict)
    ghl_accounts: dict[str, GhlAccount] = field(default_factory=dict)
    ghl_contacts: dict[str, GhlContact] = field(default_factory=dict)
    ghl_conversations: dict[str, GhlConversation] = field(default_factory=dict)
    ghl_messages: dict[str, GhlMessage] = field(default_factory=dict)
    ghl_appointments: dict[str, GhlAppointment] = field(default_factory=dict)
    vapi_accounts: dict[str, VapiAccount] = field(default_factory=dict)
    vapi_calls: dict[str, VapiCall] = field(default_factory=dict)
    retell_accounts: dict[str, RetellAccount] = field(default_factory=dict)
    retell_calls: dict[str, RetellCall] = field(default_factory=dict)
    personas: dict[str, str] = field(default_factory=dict)
    received_emails: dict[str, ReceivedEmail] = field(default_factory=dict)
    numbers: dict[str, NumberFacts] = field(default_factory=dict)
    looked_up: list[dict[str, Any]] = field(default_factory=list)
    model_replies: list[ScriptedReply] = field(default_factory=list)
    when_delivered: list[Callable[[Acceptance, datetime], None]] = field(default_factory=list)
    born: dict[str, int] = field(default_factory=dict)

    def fresh_digest(self, *names: str) -> str:
        """32 hex digits for a new id: a function of the seed, the names and how often they came, so ids repeat."""
        name = "\x1f".join(names)
        self.born[name] = self.born.get(name, 0) + 1
        return sha256(f"{self.draw.seed}\x1f{name}\x1f{self.born[name]}".encode()).hexdigest()[:32]

    def reached(self, acceptance: Acceptance | None, status: str, at: datetime) -> None:
        """Tell the people of this world that a message became `status`: they act on what was delivered."""
        if acceptance is not None and status == "delivered":
            for react in self.when_delivered:
                react(acceptance, at)

    def fresh_uuid(self, *names: str) -> str:
        return str(UUID(self.fresh_digest(*names), version=4))

    def seconds(self, shortest: int, longest: int, *names: str) -> timedelta:
        """A latency in whole business seconds: few distinct instants, so a stepped clock has few places to stop."""
        return timedelta(seconds=shortest + int(self.draw.number("latency", *names) * (longest - shortest + 1)))


def open_world(clock: Clock, seed: str, profile: str) -> World:
    """A world in which nothing has happened yet. ValueError names an unknown fault profile."""
    draw = Draw(seed)
    return World(clock=clock, draw=draw, faults=FaultBook(draw, profile))


async def follow_real_time(world: World) -> None:
    """Fire what is due as real time passes; only for a trial on the system clock (`--clock system`)."""
    while True:
        world.schedule.changed.clear()
        await world.schedule.run_until(world.clock.now())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(real_wait(world, world.clock.now())):
                await world.schedule.changed.wait()


def real_wait(world: World, now: datetime) -> float:
    due = world.schedule.next_due()
    return 60.0 if due is None else max(0.0, (due - now).total_seconds())


def runs_on_real_time(world: World) -> bool:
    return isinstance(world.clock, SystemClock)
