"""One post of a provider: whose it is, whether they sent it, and what it says; then it is taken in.

Apart from the routes, which the web function loads with everything else: this brings half the engine along.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import Request as WebRequest

from modules.accounts import environment_accounts, find_account_by_key
from modules.channels import HookKind, Request, channels_of
from modules.labels import Provider
from utils.clock import wall_clock
from utils.errors import BadSignature
from utils.log import logger
from workers.context import Deps, environment_accounts_of
from workers.take_in import Post, post_of_account, post_of_environment, take_in

LOG = logger("hooks")


async def receive(web: WebRequest, provider: Provider, kind: str, account_key: str | None) -> None:
    """Verifies and takes in one post; `kind` is a HookKind."""
    deps: Deps = web.app.state.deps
    request = await _read(deps, web)
    post = await _sender(deps, provider, account_key)
    channel = channels_of(provider)[0]  # all adapters of one provider read webhooks alike
    secrets = (
        {**post.speaker.settings, **post.speaker.secrets} if post.speaker else _environment_secrets(deps, provider)
    )
    channel.verify(secrets, request, wall_clock().timestamp())
    event = channel.parse(HookKind(kind), request)
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
