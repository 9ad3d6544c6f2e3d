"""Webhooks as they really came: kept on their way in, posted again later, or signed by somebody else."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from fastapi import Request as WebRequest

from modules.labels import Provider
from scripts.conductor.stage import Stage
from scripts.sandbox.signing import sign_twilio, svix_headers
from tests.cast import Cast
from utils.clock import wall_clock
from utils.http import trusted
from workers import receive as receiving

AT_ONCE = 4


@dataclass(frozen=True)
class Letter:
    """One POST to our hooks: path with query, headers, raw body."""

    provider: Provider
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Letterbox:
    """Everything that came, in its order. While it is shut, we answer 2xx and read nothing."""

    letters: list[Letter] = field(default_factory=list)
    shut: bool = False

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        original = receiving.receive

        async def receive(web: WebRequest, provider: Provider, kind: str, account_key: str | None) -> None:
            query = web.scope["query_string"].decode("latin-1")
            path = web.url.path + (f"?{query}" if query else "")
            kept = {name: value for name, value in web.headers.items() if name not in ("host", "content-length")}
            self.letters.append(Letter(provider, path, kept, await web.body()))
            if not self.shut:
                await original(web, provider, kind, account_key)

        monkeypatch.setattr(receiving, "receive", receive)


def post_all(stage: Stage, letters: Sequence[Letter]) -> list[int]:
    """Posts them, a few at once, in this order; the answers."""
    with httpx.Client(trust_env=False, verify=trusted(), timeout=60) as client, ThreadPoolExecutor(AT_ONCE) as pool:

        def post(letter: Letter) -> int:
            answer = client.post(stage.url + letter.path, content=letter.body, headers=dict(letter.headers))
            return answer.status_code

        return list(pool.map(post, letters))


def post_in_order(stage: Stage, letters: Sequence[Letter]) -> list[int]:
    """One after the other."""
    with httpx.Client(trust_env=False, verify=trusted(), timeout=60) as client:
        return [
            client.post(stage.url + one.path, content=one.body, headers=dict(one.headers)).status_code
            for one in letters
        ]


def resigned(stage: Stage, letter: Letter, author: Cast, whose: Cast) -> Letter:
    """The same words about `whose` touch, posted and validly signed by `author`, at the author's own address."""
    path = letter.path.replace(whose.keys[letter.provider], author.keys[letter.provider])
    body = letter.body.replace(whose.who.location.encode(), author.who.location.encode())
    if letter.provider is Provider.twilio:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True)) | {"AccountSid": author.sid}
        body = urlencode(form).encode()
    signed = SIGNED[letter.provider](stage.url + path, body, author)
    kept = {name: value for name, value in letter.headers.items() if name not in {one.lower() for one in signed}}
    return replace(letter, path=path, body=body, headers=kept | signed)


def with_body(stage: Stage, letter: Letter, author: Cast, body: bytes) -> Letter:
    """Another body under the same ids, validly signed."""
    signed = SIGNED[letter.provider](stage.url + letter.path, body, author)
    if letter.provider is Provider.resend:
        signed = svix_headers(author.signing, letter.headers["svix-id"], wall_clock(), body.decode())
    kept = {name: value for name, value in letter.headers.items() if name not in {one.lower() for one in signed}}
    return replace(letter, body=body, headers=kept | signed)


def _by_twilio(url: str, body: bytes, author: Cast) -> dict[str, str]:
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return {"X-Twilio-Signature": sign_twilio(url, form, author.token)}


def _by_resend(url: str, body: bytes, author: Cast) -> dict[str, str]:
    return svix_headers(author.signing, "msg_foreign", wall_clock(), body.decode())


def _by_vapi(url: str, body: bytes, author: Cast) -> dict[str, str]:
    return {"x-vapi-secret": f"hook-{author.token}"}


def _by_retell(url: str, body: bytes, author: Cast) -> dict[str, str]:
    millis = str(int(wall_clock().timestamp() * 1000))
    digest = hmac.new(f"key_{author.token}".encode(), body + millis.encode(), hashlib.sha256).hexdigest()
    return {"x-retell-signature": f"v={millis},d={digest}"}


def _by_ghl(url: str, body: bytes, author: Cast) -> dict[str, str]:
    json.loads(body)  # what is signed must be readable
    return {"X-GHL-Signature": base64.b64encode(author.who.ghl_key.sign(body)).decode()}


SIGNED: Mapping[Provider, Callable[[str, bytes, Cast], dict[str, str]]] = {
    Provider.twilio: _by_twilio,
    Provider.resend: _by_resend,
    Provider.vapi: _by_vapi,
    Provider.retell: _by_retell,
    Provider.ghl: _by_ghl,
}
