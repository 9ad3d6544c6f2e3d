"""What providers post to us: verified on the raw bytes before anything else, then one transaction, then 2xx.

Bad signature 401; an event or a touch we do not know is kept and answered 2xx; a duplicate changes nothing; while the
database is away the answer is not 2xx, so that the provider comes again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter, Response
from fastapi import Request as WebRequest

from modules.accounts import Account, environment_accounts, find_account_by_key
from modules.channels import Event, Fact, HookKind, Inbound, Request, Strange, channel_for
from modules.contacts import clients_of_address, suppress_address
from modules.emotion import is_opt_out_keyword
from modules.ids import AccountId, ClientId, TouchId
from modules.inbox import EventKind, environment_account, keep_event
from modules.labels import ADDRESS_KIND, ChannelName, Provider, SuppressionReason
from modules.touches import find_touches, suppress_claimed
from utils.clock import wall_clock
from utils.db import Connection
from utils.errors import BadSignature
from utils.log import logger
from workers.confirm import confirm, news_of_fact
from workers.context import Deps, environment_accounts_of

LOG = logger("hooks")
router = APIRouter(include_in_schema=False)
NO_MESSAGE = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@dataclass(frozen=True)
class Post:
    """Who may have sent this (`accounts` share the credentials that verified it), and under which id it is kept."""

    provider: Provider
    accounts: Sequence[Account]
    keeper: AccountId
    client_id: ClientId | None


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


@router.post("/hooks/resend")
@router.post("/hooks/resend/{account_key}")
async def resend(web: WebRequest, account_key: str | None = None) -> Response:
    await receive(web, Provider.resend, HookKind.status, account_key)
    return Response(status_code=204)


async def receive(web: WebRequest, provider: Provider, kind: HookKind, account_key: str | None) -> None:
    """Verifies and takes in one post."""
    deps: Deps = web.app.state.deps
    request = await _read(deps, web)
    channel = channel_for(provider)
    post = await _sender(deps, provider, account_key)
    secrets = post.accounts[0].secrets if post.accounts else _environment_secrets(deps, provider)
    channel.verify(secrets, request, wall_clock().timestamp())
    event = channel.parse(kind, request)
    outcome = await _take_in(deps, post, event)
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
            return Post(provider, accounts, environment_account(provider), None)
        account = await find_account_by_key(conn, deps.opener, account_key)
    if account is None or account.provider is not provider:
        # the same answer as for a bad signature: nobody can probe for keys
        raise BadSignature("The signature does not match")
    return Post(provider, [account], account.id, account.client_id)


def _environment_secrets(deps: Deps, provider: Provider) -> Mapping[str, str]:
    given = environment_accounts_of(deps.settings).get(provider)
    if given is None:
        raise BadSignature("The signature does not match")
    return given[1]


async def _take_in(deps: Deps, post: Post, event: Event) -> str:
    match event:
        case Fact():
            return await _take_fact(deps, post, event)
        case Inbound():
            async with deps.database.transaction() as conn:
                return await _take_inbound(deps, conn, post, event)
        case Strange():
            payload = {"kind": event.kind, **event.payload}
            return await _keep(deps, post, EventKind.unknown_type, event.event_key, payload)


async def _take_fact(deps: Deps, post: Post, fact: Fact) -> str:
    async with deps.database.transaction() as conn:
        ids = [fact.reference] if fact.reference else []
        rows = await find_touches(conn, [one.id for one in post.accounts], ids, [fact.provider_id])
    own = [row for row in rows if row["provider_id"] in (None, fact.provider_id)]
    if not own:
        payload = {"provider_id": fact.provider_id, "status": fact.provider_status, "reference": str(fact.reference)}
        return await _keep(deps, post, EventKind.unknown_touch, fact.evidence_id, payload)
    known = next((row for row in own if row["provider_id"] == fact.provider_id), own[0])
    changes = await confirm(deps, [news_of_fact(TouchId(known["id"]), fact)])
    return changes[0].after if changes else "nothing_new"


async def _take_inbound(deps: Deps, conn: Connection, post: Post, event: Inbound) -> str:
    """Kept once; a plain opt-out closes the address in the same transaction, at every client that shares the number."""
    now = deps.clock.now()
    payload = dict(event.payload)
    fresh = await keep_event(
        conn, post.keeper, event.event_key, post.client_id, EventKind.inbound, post.provider, payload, now
    )
    if not fresh or not (event.opted_out or is_opt_out_keyword(event.text)):
        return "kept" if fresh else "nothing_new"
    kind = ADDRESS_KIND[ChannelName.sms]
    clients = [post.client_id] if post.client_id else await _clients(conn, post, event)
    for client_id in sorted(clients):
        await suppress_address(conn, client_id, kind, event.from_address, SuppressionReason.opted_out, now)
        await suppress_claimed(conn, client_id, event.from_address, SuppressionReason.opted_out, now)
    return "opted_out"


async def _clients(conn: Connection, post: Post, event: Inbound) -> list[ClientId]:
    shared = [one.client_id for one in post.accounts]
    known = await clients_of_address(conn, shared, ADDRESS_KIND[ChannelName.sms], event.from_address)
    return known or shared


async def _keep(deps: Deps, post: Post, kind: EventKind, key: str, payload: Mapping[str, object]) -> str:
    async with deps.database.transaction() as conn:
        now = deps.clock.now()
        fresh = await keep_event(conn, post.keeper, key, post.client_id, kind, post.provider, payload, now)
    return str(kind) if fresh else "nothing_new"
