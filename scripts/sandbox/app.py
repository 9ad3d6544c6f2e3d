"""Puts the desks of one world behind one address, and serves it with uvicorn on loopback."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from scripts.sandbox.answers import Refused, TransportInScope
from scripts.sandbox.control import ControlDesk
from scripts.sandbox.control_engagement import EngagementControlDesk
from scripts.sandbox.control_mail import MailControlDesk
from scripts.sandbox.control_more import GhlControlDesk
from scripts.sandbox.control_people import PeopleControlDesk
from scripts.sandbox.control_voice import VoiceControlDesk
from scripts.sandbox.ghl import GhlDesk
from scripts.sandbox.ghl_errors import refuse as refuse_ghl
from scripts.sandbox.lookups import LookupsDesk
from scripts.sandbox.misprints import MisprintDesk
from scripts.sandbox.openai import OpenAIDesk
from scripts.sandbox.openai import refuse as refuse_openai
from scripts.sandbox.page import PageDesk
from scripts.sandbox.resend import ResendDesk
from scripts.sandbox.resend_errors import refuse as refuse_resend
from scripts.sandbox.resend_receiving import ReceivingDesk
from scripts.sandbox.retell import RetellDesk
from scripts.sandbox.retell_errors import refuse as refuse_retell
from scripts.sandbox.text_personas import TextPersonas
from scripts.sandbox.twilio import TwilioDesk
from scripts.sandbox.twilio_errors import refuse as refuse_twilio
from scripts.sandbox.vapi import VapiDesk
from scripts.sandbox.vapi_errors import refuse as refuse_vapi
from scripts.sandbox.world import World, follow_real_time, runs_on_real_time

LOOPBACK = "127.0.0.1"


async def answer_refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    return error.response


async def answer_nobody(_request: Request, _error: Exception) -> Response:
    """Whoever asked has gone, as a sweep does that is killed: no fault of the twin's."""
    return Response(status_code=400)


async def answer_unknown(request: Request, error: Exception) -> Response:
    """A wrong path or method, in the words of the provider whose path it is."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if request.url.path.startswith("/resend/"):
        return refuse_resend("method_not_allowed" if status == 405 else "not_found")
    if request.url.path.startswith("/twilio/"):
        return refuse_twilio(20004 if status == 405 else 20404, request.url.path.removeprefix("/twilio"))
    if request.url.path.startswith("/twilio_lookups/"):
        return refuse_twilio(20004 if status == 405 else 20404, request.url.path.removeprefix("/twilio_lookups"))
    if request.url.path.startswith("/openai/"):
        return refuse_openai(status, f"Invalid URL ({request.method} {request.url.path.removeprefix('/openai')})")
    if request.url.path.startswith("/vapi/"):
        return refuse_vapi(404, f"Cannot {request.method} {request.url.path.removeprefix('/vapi')}")
    if request.url.path.startswith("/retell/"):
        return refuse_retell(404, f"Cannot {request.method} {request.url.path.removeprefix('/retell')}")
    if request.url.path.startswith("/ghl/"):
        return refuse_ghl(404, f"Cannot {request.method} {request.url.path.removeprefix('/ghl')}")
    return JSONResponse({"error": "there is nothing here"}, status_code=status)


def build_app(world: World) -> TransportInScope:
    """The ASGI application. On the system clock a background task fires what is due, else only /_twin/advance does."""

    @contextlib.asynccontextmanager
    async def live(_: Starlette) -> AsyncIterator[None]:
        ticking = asyncio.create_task(follow_real_time(world)) if runs_on_real_time(world) else None
        yield
        if ticking is not None:
            ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ticking
        await world.postman.close()

    world.when_delivered.append(TextPersonas(world).react)
    misprints = MisprintDesk()
    app = Starlette(
        routes=[
            Route("/", PageDesk(world).show, methods=["GET"]),
            *ControlDesk(world).routes(),
            *GhlControlDesk(world).routes(),
            *VoiceControlDesk(world).routes(),
            *PeopleControlDesk(world).routes(),
            *MailControlDesk(world).routes(),
            *EngagementControlDesk(world).routes(),
            *misprints.routes(),
            Mount("/twilio", routes=TwilioDesk(world).routes()),
            Mount("/resend", routes=[*ReceivingDesk(world).routes(), *ResendDesk(world).routes()]),
            Mount("/twilio_lookups", routes=LookupsDesk(world).routes()),
            Mount("/openai", routes=OpenAIDesk(world).routes()),
            Mount("/ghl", routes=GhlDesk(world).routes()),
            Mount("/vapi", routes=VapiDesk(world).routes()),
            Mount("/retell", routes=RetellDesk(world).routes()),
        ],
        exception_handlers={Refused: answer_refused, HTTPException: answer_unknown, ClientDisconnect: answer_nobody},
        lifespan=live,
    )
    return TransportInScope(misprints.wrap(app))


class AnnouncingServer(uvicorn.Server):
    """Calls `on_ready` once it listens."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._on_ready()


def listen(port: int) -> socket.socket:
    """A loopback socket on this port; 0 takes a free one."""
    # named as TCP, or asyncio would not switch Nagle off and every answer would take 40 ms
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((LOOPBACK, port))
    return listening


def url_of(listening: socket.socket) -> str:
    return f"http://{LOOPBACK}:{listening.getsockname()[1]}"


def build_server(world: World, on_ready: Callable[[], None]) -> AnnouncingServer:
    config = uvicorn.Config(
        build_app(world),
        http="h11",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    return AnnouncingServer(config, on_ready)
