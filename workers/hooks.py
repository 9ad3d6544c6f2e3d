"""What providers post to us: verified on the raw bytes before anything else, then taken in, then 2xx.

Bad signature 401; an event or a touch we do not know is kept and answered 2xx; a duplicate changes nothing. On a
failure of our own (the database is away, a hint could not be read again) the answer makes the provider come again:
GoHighLevel repeats only what was answered 429, all others a 5xx (delivery protocol, section 5).
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

import psycopg
from fastapi import APIRouter, Response
from fastapi import Request as WebRequest

from modules.accounts import environment_accounts, find_account_by_key
from modules.channels import HookKind, Request, channels_of
from modules.labels import Provider
from utils.clock import wall_clock
from utils.errors import AppError, BadSignature
from utils.log import logger
from workers.context import Deps, environment_accounts_of
from workers.take_in import Post, post_of_account, post_of_environment, take_in

LOG = logger("hooks")
router = APIRouter(include_in_schema=False)
NO_MESSAGE = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
COME_AGAIN = 429


@router.post("/hooks/twilio/status")
@router.post("/hooks/twilio/status/{account_key}")
async def twilio_status(web: WebRequest, account_key: str | None = None) -> Response:
    await receive(web, Provider.twilio, HookKind.status, account_key)
    return Response(status_code=204)


@router.post("/hooks/twilio/inbound")
@router.post("/hooks/twilio/inbound/{account_key}")
async def twilio_inbound(web: WebRequest, account_key: str | None = None) -> Response:
    await receive(web, Provider.twilio, HookKind.inbound, account_key)
    return Response(NO_MESSAGE, media_type="text/xml")


@router.post("/hooks/twilio/voice-missed")
@router.post("/hooks/twilio/voice-missed/{account_key}")
async def twilio_voice_missed(web: WebRequest, account_key: str | None = None) -> Response:
    """A status callback of a number's own calls, or the action of a `<Dial>`, which wants TwiML back."""
    await receive(web, Provider.twilio, HookKind.missed_call, account_key)
    return Response(NO_MESSAGE, media_type="text/xml")


@router.post("/hooks/resend")
@router.post("/hooks/resend/{account_key}")
async def resend(web: WebRequest, account_key: str | None = None) -> Response:
    await receive(web, Provider.resend, HookKind.status, account_key)
    return Response(status_code=204)


@router.post("/hooks/ghl")
@router.post("/hooks/ghl/{account_key}")
async def ghl(web: WebRequest, account_key: str | None = None) -> Response:
    """GoHighLevel drops what was answered 5xx."""
    try:
        await receive(web, Provider.ghl, HookKind.status, account_key)
    except (AppError, psycopg.Error) as error:
        if isinstance(error, AppError) and error.status_code < 500:
            raise
        LOG.warning("hook_put_off", provider=Provider.ghl, kind=type(error).__name__)
        return Response(status_code=COME_AGAIN)
    return Response(status_code=200)


@router.post("/hooks/vapi")
@router.post("/hooks/vapi/{account_key}")
async def vapi(web: WebRequest, account_key: str | None = None) -> Response:
    await receive(web, Provider.vapi, HookKind.status, account_key)
    return Response(status_code=204)


@router.post("/hooks/retell")
@router.post("/hooks/retell/{account_key}")
async def retell(web: WebRequest, account_key: str | None = None) -> Response:
    await receive(web, Provider.retell, HookKind.status, account_key)
    return Response(status_code=204)


async def receive(web: WebRequest, provider: Provider, kind: HookKind, account_key: str | None) -> None:
    """Verifies and takes in one post."""
    deps: Deps = web.app.state.deps
    request = await _read(deps, web)
    post = await _sender(deps, provider, account_key)
    channel = channels_of(provider)[0]  # all adapters of one provider read webhooks alike
    secrets = (
        {**post.speaker.settings, **post.speaker.secrets} if post.speaker else _environment_secrets(deps, provider)
    )
    channel.verify(secrets, request, wall_clock().timestamp())
    event = channel.parse(kind, request)
    outcome = await take_in(deps, post, event)
    LOG.info("hook", provider=provider, kind=type(event).__name__, outcome=outcome)


async def _read(deps: Deps, web: WebRequest) -> Request:
    """The raw request; its address is built from our public one, never from Host headers."""
    raw_path = web.scope.get("raw_path", web.url.path.encode()).decode("latin-1").split("?", 1)[0]
    query = web.scope["query_string"].decode("latin-1")
    parts = urlsplit(deps.settings.public_url)
    url = f"{parts.scheme}://{parts.netloc}{parts.path}{raw_path}" + (f"?{query}" if query else "")
    return Request(url, dict(web.query_params), dict(web.headers), await web.body())


async def _sender(deps: Deps, provider: Provider, account_key: str | None) -> Post:
    async with deps.database.transaction() as conn:
        if account_key is None:
            accounts = await environment_accounts(conn, deps.opener, provider)
            return await post_of_environment(conn, provider, accounts)
        account = await find_account_by_key(conn, deps.opener, account_key)
        if account is None or account.provider is not provider:
            # the same answer as for a bad signature: nobody can probe for keys
            raise BadSignature("The signature does not match")
        return await post_of_account(conn, account)


def _environment_secrets(deps: Deps, provider: Provider) -> Mapping[str, str]:
    given = environment_accounts_of(deps.settings).get(provider)
    if given is None:
        raise BadSignature("The signature does not match")
    return {**given[0], **given[1]}
