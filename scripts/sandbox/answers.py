"""How a request ends: answered, refused, garbled, torn off or left hanging; each provider in its own words."""

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from scripts.sandbox.faults import Fates
from scripts.sandbox.schedule import Schedule
from utils.errors import Portable

HANG_CAP_SECONDS = 30.0
NO_LINGER = struct.pack("ii", 1, 0)
TRANSPORT_KEY = "twin.transport"


class TransportInScope:
    """Puts uvicorn's socket transport into the scope, because a real reset needs the real socket."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[TRANSPORT_KEY] = getattr(send, "__self__").transport  # noqa: B009 - a bound method of uvicorn's cycle
        await self._app(scope, receive, send)


async def wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


class ResetAnswer(Response):
    """Closes the connection with a TCP reset (SO_LINGER 0) instead of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope[TRANSPORT_KEY]
        if not transport.is_closing():  # else the client has given up by itself, and nothing is left to be torn off
            connection: socket.socket = transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            transport.abort()
        await wait_for_disconnect(receive)


class HangingAnswer(ResetAnswer):
    """Says nothing until the client gives up, at most 30 real seconds; then resets."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(HANG_CAP_SECONDS):
                await wait_for_disconnect(receive)
        except TimeoutError:
            await super().__call__(scope, receive, send)


class Refused(Portable):
    """Carries a refusal out of a check."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"refused with {response.status_code}")
        self.response = response


@dataclass(frozen=True)
class Done:
    """The request took effect: the answer, and the message whose due webhooks may outrun it."""

    response: Response
    about: str | None = None


@dataclass(frozen=True)
class Refusals:
    """The provider's own words for weather."""

    server_error: Callable[[], Response]
    too_many: Callable[[], Response]
    reject: Callable[[str | None], Response]


async def act_out(
    schedule: Schedule, now: datetime, fates: Fates, refusals: Refusals, take_effect: Callable[[datetime], Done]
) -> Response:
    """Let the request take effect, or not, or later, and answer as its fate says."""
    fault = fates.get("transport")
    name = fault.name if fault else None
    match name:
        case "reset_before_accept":
            return ResetAnswer()
        case "500_before_accept":
            return refusals.server_error()
        case "429":
            return refusals.too_many()
        case "reject":
            return refusals.reject(fault.code if fault else None)
        case "late_accept":
            take_effect_later(schedule, now + timedelta(seconds=fault.delay if fault else 0), take_effect)
            return HangingAnswer()
    done = take_effect(now)
    if "early" in fates and done.about is not None:
        await schedule.run_about(done.about, now)
    return spoil(name, done.response, refusals)


def take_effect_later(schedule: Schedule, due: datetime, take_effect: Callable[[datetime], Done]) -> None:
    async def effect(at: datetime) -> int:
        take_effect(at)
        return 0

    schedule.add(due, "late_accept", effect)


def spoil(name: str | None, response: Response, refusals: Refusals) -> Response:
    """The answer after acceptance, as it arrives."""
    match name:
        case "timeout_after_accept":
            return HangingAnswer()
        case "reset_after_accept":
            return ResetAnswer()
        case "500_after_accept":
            return refusals.server_error()
        case "unreadable_200":
            cut = bytes(response.body)[: max(1, len(response.body) // 3)]
            return Response(cut, status_code=response.status_code, media_type="application/json")
    return response
