"""People who speak to us in tests: the posts that their providers make of it."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import httpx

from modules.accounts import AccountDraft, add_account, stored_accounts
from modules.ids import ClientId
from modules.labels import ChannelName, Provider, UnknownPolicy
from scripts.conductor.stage import Stage
from scripts.sandbox.signing import sign_twilio
from tests.cast import Cast
from tests.flow.outside import post
from utils.db import Row, fetch_all
from utils.sql import Queries
from workers.inbound import rematch_inbound

SQL = Queries(Path(__file__).with_name("inbound.sql"))
VAPI_SECRET = "only-for-tests"
ASSISTANT, PHONE = "7f1a0000-0000-4000-8000-0000000000a1", "7f1a0000-0000-4000-8000-0000000000b1"


async def told(stage: Stage, block: str = "inbound") -> list[Row]:
    """All rows of one block of inbound.sql."""
    async with stage.deps.database.transaction() as conn:
        return await fetch_all(conn, SQL[block])


async def hear_all(stage: Stage) -> None:
    """The twin says whatever is due now."""
    await asyncio.to_thread(stage.twin.advance, stage.clock.now())


async def rematch(stage: Stage) -> int:
    async with stage.deps.database.transaction() as conn:
        return await rematch_inbound(conn, await stage.deps.pepper(conn), stage.deps.clock.now())


def post_text(stage: Stage, cast: Cast, person: str, body: str, sid: str = "SM" + "7a" * 16, token: str = "") -> int:
    """A text as Twilio posts it; the answer's status."""
    path = f"/hooks/twilio/inbound/{cast.keys[Provider.twilio]}"
    form = {"MessageSid": sid, "From": person, "To": cast.number, "Body": body, "SmsStatus": "received"}
    signature = sign_twilio(stage.url + path, form, token or cast.token)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return post(stage, path, str(httpx.QueryParams(form)).encode(), headers).status_code


async def give_account(
    stage: Stage,
    client_id: ClientId,
    provider: Provider,
    channel: ChannelName,
    settings: Mapping[str, str],
    secrets: Mapping[str, str],
) -> str:
    """One more account of a client; the key of its hook."""
    draft = AccountDraft(client_id, provider, channel, settings, secrets, UnknownPolicy.never_rearm, 10)
    async with stage.deps.database.transaction() as conn:
        account_id = await add_account(conn, stage.deps.sealer, draft, stage.deps.clock.now())
        return next(row.account_key for row in await stored_accounts(conn) if row.id == account_id)


async def give_vapi(stage: Stage, cast: Cast) -> str:
    settings = {"assistant_id": ASSISTANT, "phone_number_id": PHONE}
    secrets = {"api_key": "key-" + cast.slug, "webhook_secret": VAPI_SECRET}
    return await give_account(stage, cast.client_id, Provider.vapi, ChannelName.voice, settings, secrets)


def post_call(stage: Stage, key: str, person: str, secret: str = VAPI_SECRET) -> int:
    """The report of a call that a person made to us, as Vapi posts it; the answer's status."""
    call = {
        "id": "019a0000-0000-7000-8000-00000000c0de",
        "type": "inboundPhoneCall",
        "customer": {"number": person},
        "phoneNumberId": PHONE,
    }
    turns = [{"role": "bot", "message": "Acme."}, {"role": "user", "message": "I would like to come on Friday."}]
    message = {
        "type": "end-of-call-report",
        "endedReason": "customer-ended-call",
        "call": call,
        "artifact": {"messages": turns, "transcript": "AI: Acme.\nUser: I would like to come on Friday.\n"},
    }
    headers = {"X-Vapi-Secret": secret, "Content-Type": "application/json"}
    return post(stage, f"/hooks/vapi/{key}", json.dumps({"message": message}).encode(), headers).status_code
