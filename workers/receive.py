"""One post of a provider: whose it is, whether they sent it, and what it says; then it is taken in.

Apart from the routes, which the web function loads with everything else: this brings half the engine along.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request as WebRequest

from modules.accounts import environment_accounts, find_account_by_key
from modules.channels import Channel, Fact, HookKind, Request, channels_of
from modules.labels import Provider
from utils.clock import monotonic, wall_clock
from utils.errors import BadSignature
from utils.log import logger
from utils.memory import keep_what_is_loaded
from workers.context import Deps, environment_accounts_of
from workers.gathering import Gathering
from workers.take_in import Post, post_of_account, post_of_environment, take_in

LOG = logger("hooks")
KNOWN_SECONDS = 5.0
"""So long an account's secrets are taken as they were read. What they do not verify is verified with fresh ones."""


@dataclass
class Intake:
    """What the posts of one web application share: who has just posted, and the facts told at the same time."""

    deps: Deps
    gathering: Gathering
    public_url: str
    known: dict[tuple[Provider, str | None], tuple[Post, float]] = field(default_factory=dict)
    reading: dict[tuple[Provider, str | None], asyncio.Task[Post]] = field(default_factory=dict)

    def just_known(self, provider: Provider, account_key: str | None) -> Post | None:
        post, until = self.known.get((provider, account_key), (None, 0.0))
        return post if monotonic() < until else None

    async def read(self, provider: Provider, account_key: str | None) -> Post:
        """Read now; BadSignature where nobody has this key."""
        post = await _sender(self.deps, provider, account_key)
        now = monotonic()
        self.known = {key: one for key, one in self.known.items() if now < one[1]}
        self.known[provider, account_key] = (post, now + KNOWN_SECONDS)
        return post

    async def read_with_others(self, provider: Provider, account_key: str | None) -> Post:
        """The same, read once for all who ask while it is being read: else every few seconds a hundred posts would."""
        sender = (provider, account_key)
        if sender not in self.reading:
            self.reading[sender] = asyncio.create_task(self.read(provider, account_key))
            self.reading[sender].add_done_callback(lambda _: self.reading.pop(sender))
        return await asyncio.shield(self.reading[sender])  # whoever began it may go, the others stay


async def receive(web: WebRequest, provider: Provider, kind: str, account_key: str | None) -> None:
    """Verifies and takes in one post; `kind` is a HookKind."""
    intake = _intake_of(web)
    request = await _read(intake.public_url, web)
    channel = channels_of(provider)[0]  # all adapters of one provider read webhooks alike
    post = intake.just_known(provider, account_key)
    fresh = post is None
    if post is None:
        post = await intake.read_with_others(provider, account_key)
    if not _verifies(intake.deps, channel, post, request):
        post, fresh = await intake.read(provider, account_key), True
        _verify(intake.deps, channel, post, request)
    event = channel.parse(HookKind(kind), request)
    outcome = None
    if isinstance(event, Fact) and event.click is None:
        outcome = await intake.gathering.tell([one.account_id for one in post.places], event)
    if outcome is not None:
        return  # told in the log with those that came with it
    post = post if fresh else await intake.read(provider, account_key)
    outcome = await take_in(intake.deps, post, event)
    LOG.info("hook", provider=provider, kind=type(event).__name__, outcome=outcome)


def _intake_of(web: WebRequest) -> Intake:
    """The application's own, made with its first post; a new one when it was given other ports since."""
    state = web.app.state
    intake: Intake | None = getattr(state, "intake", None)
    if intake is None or intake.deps is not state.deps:
        parts = urlsplit(state.deps.settings.public_url)
        public_url = f"{parts.scheme}://{parts.netloc}{parts.path}"
        intake = state.intake = Intake(state.deps, Gathering(state.deps), public_url)
        keep_what_is_loaded()
    return intake


def _verifies(deps: Deps, channel: Channel, post: Post, request: Request) -> bool:
    try:
        _verify(deps, channel, post, request)
    except BadSignature:
        return False
    return True


def _verify(deps: Deps, channel: Channel, post: Post, request: Request) -> None:
    """BadSignature when whoever sent this does not know the account's secret."""
    secrets = (
        {**post.speaker.settings, **post.speaker.secrets} if post.speaker else _environment_secrets(deps, post.provider)
    )
    channel.verify(secrets, request, wall_clock().timestamp())


async def _read(public_url: str, web: WebRequest) -> Request:
    """The raw request; its address is built from our public one, never from Host headers."""
    raw_path = web.scope.get("raw_path", web.scope["path"].encode()).decode("latin-1").split("?", 1)[0]
    query = web.scope["query_string"].decode("latin-1")
    url = f"{public_url}{raw_path}?{query}" if query else f"{public_url}{raw_path}"
    # of a header that comes twice the first counts, of a parameter the last
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(web.scope["headers"])}
    return Request(url, dict(parse_qsl(query, keep_blank_values=True)), headers, await web.body())


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
