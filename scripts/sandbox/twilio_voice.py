"""A missed call at Twilio: the signed voice status callback of an inbound call that nobody took.

Source: docs voice/twiml and voice/api/call-resource (StatusCallback parameters; CallStatus no-answer, Direction
inbound); signed and retried as message callbacks are.
"""

from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl, urldefrag, urlencode, urlsplit

from scripts.sandbox.accounts import TwilioAccount
from scripts.sandbox.ledger import iso
from scripts.sandbox.messages import API_VERSION
from scripts.sandbox.signing import sign_twilio
from scripts.sandbox.twilio_callbacks import RETRY_GAP, deserves_retry, milliseconds, retries
from scripts.sandbox.world import World


async def miss_call(world: World, account: TwilioAccount, person: str, number: str, url: str, at: datetime) -> int:
    """Post the callback, or spoil it as its fate says. Answers the attempts made now."""
    sid = "CA" + world.fresh_digest("twilio", account.account_sid, "call", person, iso(at))
    params = {
        "AccountSid": account.account_sid,
        "ApiVersion": API_VERSION,
        "CallDuration": "0",
        "CallSid": sid,
        "CallStatus": "no-answer",
        "Called": number,
        "Caller": person,
        "Direction": "inbound",
        "From": person,
        "SequenceNumber": "0",
        "Timestamp": format_datetime(at),
        "To": number,
    }
    traits = {"to": number, "from": person, "status": "no-answer", "sid": sid}
    fault = world.faults.befall("twilio", "webhook", f"{sid}:no-answer", traits).get("posting")
    if fault and fault.name == "webhook_lost":
        return 0
    if fault and fault.name == "webhook_delayed":
        attempt_later(world, account, url, params, at + timedelta(seconds=fault.delay), 1)
        return 0
    made = await attempt(world, account, url, params, at, 1)
    if fault and fault.name == "webhook_doubled":
        made += await attempt(world, account, url, params, at, 1)
    return made


async def attempt(
    world: World, account: TwilioAccount, url: str, params: dict[str, str], at: datetime, number: int
) -> int:
    rules = dict(parse_qsl(urlsplit(url).fragment))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": sign_twilio(url, params, account.auth_token),
    }
    connect, read = milliseconds(rules, "ct", 5000) / 1000, milliseconds(rules, "rt", 15000) / 1000
    answer = await world.postman.post(urldefrag(url).url, urlencode(params).encode(), headers, connect, read)
    if number <= retries(rules) and deserves_retry(rules, answer):
        attempt_later(world, account, url, params, at + RETRY_GAP, number + 1)
    return 1


def attempt_later(
    world: World, account: TwilioAccount, url: str, params: dict[str, str], due: datetime, number: int
) -> None:
    async def again(at: datetime) -> int:
        return await attempt(world, account, url, params, at, number)

    world.schedule.add(due, params["CallSid"], again)
