"""What providers post to us: verified on the raw bytes before anything else, then taken in, then 2xx.

Bad signature 401; an event or a touch we do not know is kept and answered 2xx; a duplicate changes nothing. On a
failure of our own (the database is away, a hint could not be read again) the answer makes the provider come again:
GoHighLevel repeats only what was answered 429, all others a 5xx (delivery protocol, section 5).
"""

from typing import Literal

import psycopg
from fastapi import APIRouter, Response
from fastapi import Request as WebRequest

from modules.labels import Provider
from utils.errors import AppError
from utils.log import logger

LOG = logger("hooks")
router = APIRouter(include_in_schema=False)
NO_MESSAGE = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
COME_AGAIN = 429


@router.post("/hooks/twilio/status")
@router.post("/hooks/twilio/status/{account_key}")
async def twilio_status(web: WebRequest, account_key: str | None = None) -> Response:
    await _receive(web, Provider.twilio, "status", account_key)
    return Response(status_code=204)


@router.post("/hooks/twilio/inbound")
@router.post("/hooks/twilio/inbound/{account_key}")
async def twilio_inbound(web: WebRequest, account_key: str | None = None) -> Response:
    await _receive(web, Provider.twilio, "inbound", account_key)
    return Response(NO_MESSAGE, media_type="text/xml")


@router.post("/hooks/twilio/voice-missed")
@router.post("/hooks/twilio/voice-missed/{account_key}")
async def twilio_voice_missed(web: WebRequest, account_key: str | None = None) -> Response:
    """A status callback of a number's own calls, or the action of a `<Dial>`, which wants TwiML back."""
    await _receive(web, Provider.twilio, "missed_call", account_key)
    return Response(NO_MESSAGE, media_type="text/xml")


@router.post("/hooks/resend")
@router.post("/hooks/resend/{account_key}")
async def resend(web: WebRequest, account_key: str | None = None) -> Response:
    await _receive(web, Provider.resend, "status", account_key)
    return Response(status_code=204)


@router.post("/hooks/ghl")
@router.post("/hooks/ghl/{account_key}")
async def ghl(web: WebRequest, account_key: str | None = None) -> Response:
    """GoHighLevel drops what was answered 5xx."""
    try:
        await _receive(web, Provider.ghl, "status", account_key)
    except (AppError, psycopg.Error) as error:
        if isinstance(error, AppError) and error.status_code < 500:
            raise
        LOG.warning("hook_put_off", provider=Provider.ghl, kind=type(error).__name__)
        return Response(status_code=COME_AGAIN)
    return Response(status_code=200)


@router.post("/hooks/vapi")
@router.post("/hooks/vapi/{account_key}")
async def vapi(web: WebRequest, account_key: str | None = None) -> Response:
    await _receive(web, Provider.vapi, "status", account_key)
    return Response(status_code=204)


@router.post("/hooks/retell")
@router.post("/hooks/retell/{account_key}")
async def retell(web: WebRequest, account_key: str | None = None) -> Response:
    await _receive(web, Provider.retell, "status", account_key)
    return Response(status_code=204)


async def _receive(
    web: WebRequest,
    provider: Provider,
    kind: Literal["status", "inbound", "missed_call"],
    account_key: str | None,
) -> None:
    from workers.receive import receive  # heavy: half the engine, and no page of the dashboard needs it

    await receive(web, provider, kind, account_key)
