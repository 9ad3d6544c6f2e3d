"""Twilio telling us: status callbacks and inbound messages, signed, retried by the rules of the URL's fragment.

Sources: docs usage/webhooks/webhooks-connection-overrides (ct, rt, tt, rc, rp; rc defaults to one retry, rp to `ct`),
docs messaging/guides/outbound-message-status-in-status-callbacks, tutorials/advanced-opt-out (keywords are
the whole body).
"""

from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urldefrag, urlencode, urlsplit

from scripts.sandbox.accounts import TwilioAccount
from scripts.sandbox.ledger import AutoReply, OptOut, iso
from scripts.sandbox.messages import API_VERSION, ERROR_MESSAGES, TERMINAL, Message, count_segments
from scripts.sandbox.postman import Answer
from scripts.sandbox.signing import sign_twilio
from scripts.sandbox.world import World

STOP_WORDS = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"))
START_WORDS = frozenset(("START", "YES", "UNSTOP"))
HELP_WORDS = frozenset(("HELP", "INFO"))
RETRY_GAP = timedelta(seconds=2)
MOST_RETRIES = 5


async def move(
    world: World, account: TwilioAccount, message: Message, status: str, at: datetime, code: int | None = None
) -> int:
    """Let a message reach a status and tell the callback URL; final statuses stay. Answers the attempts made."""
    if message.status in TERMINAL:
        return 0
    settle(world, account, message, status, at, code)
    return await announce(world, account, message, at)


def settle(world: World, account: TwilioAccount, message: Message, status: str, at: datetime, code: int | None) -> None:
    """Make it so, and write the truth down."""
    message.status, message.updated_at, message.error_code = status, at, code
    if status == "queued" and message.from_ is None:
        message.from_ = choose_sender(world, account, message)
    if status == "sent":
        message.sent_at = at
    evidence = f"{message.sid}:{status}"
    if message.acceptance is not None:
        message.acceptance.record_fact(status, at, evidence, f"poll:{evidence}")
    world.reached(message.acceptance, status, at)


async def announce(world: World, account: TwilioAccount, message: Message, at: datetime) -> int:
    """Tell the callback URL, if there is one, what the message has become."""
    if message.status_callback is None:
        return 0
    return await tell(world, account, message, message.status_callback, callback_params(message, at), at)


def choose_sender(world: World, account: TwilioAccount, message: Message) -> str | None:
    """A service keeps one sender for one person (sticky sender)."""
    if not account.numbers:
        return None
    return account.numbers[int(world.draw.number("sender", account.account_sid, message.to) * len(account.numbers))]


def callback_params(message: Message, at: datetime) -> dict[str, str]:
    params = {
        "AccountSid": message.account_sid,
        "ApiVersion": API_VERSION,
        "From": message.from_ or "",
        "MessageSid": message.sid,
        "MessageStatus": message.status,
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "To": message.to,
    }
    if message.messaging_service_sid:
        params["MessagingServiceSid"] = message.messaging_service_sid
    if message.error_code is not None:
        params["ErrorCode"] = str(message.error_code)
        params["ErrorMessage"] = ERROR_MESSAGES.get(str(message.error_code), "Unknown error")
    if message.status in ("delivered", "undelivered"):
        params["RawDlrDoneDate"] = at.strftime("%y%m%d%H%M")
    return params


async def tell(
    world: World, account: TwilioAccount, message: Message, url: str, params: dict[str, str], at: datetime
) -> int:
    """Post one webhook, or spoil it as its fate says. Answers the number of attempts made now."""
    status = params["SmsStatus"]
    traits = {"to": params["To"], "from": params["From"], "status": status, "sid": message.sid}
    if message.acceptance is not None:
        traits["touch"] = message.acceptance.touch or ""
    fault = world.faults.befall("twilio", "webhook", f"{message.sid}:{status}", traits).get("posting")
    match fault.name if fault else None:
        case "webhook_lost":
            note(message, status, at, "lost")
            return 0
        case "webhook_delayed":
            attempt_later(world, account, message, url, params, at + timedelta(seconds=fault.delay if fault else 0), 1)
            return 0
        case "webhook_doubled":
            await attempt(world, account, message, url, params, at, MOST_RETRIES + 1)
            return 1 + await attempt(world, account, message, url, params, at, 1)
    return await attempt(world, account, message, url, params, at, 1)


async def attempt(
    world: World, account: TwilioAccount, message: Message, url: str, params: dict[str, str], at: datetime, number: int
) -> int:
    rules = dict(parse_qsl(urlsplit(url).fragment))
    answer = await world.postman.post(
        urldefrag(url).url,
        urlencode(params).encode(),
        {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": sign_twilio(url, params, account.auth_token),
            "I-Twilio-Idempotency-Token": token_of(world, message.sid, params["SmsStatus"]),
        },
        connect=milliseconds(rules, "ct", 5000) / 1000,
        read=milliseconds(rules, "rt", 15000) / 1000,
    )
    note(message, params["SmsStatus"], at, answer.shown)
    if number <= retries(rules) and deserves_retry(rules, answer):
        attempt_later(world, account, message, url, params, at + RETRY_GAP, number + 1)
    return 1


def attempt_later(
    world: World, account: TwilioAccount, message: Message, url: str, params: dict[str, str], due: datetime, number: int
) -> None:
    async def again(at: datetime) -> int:
        return await attempt(world, account, message, url, params, at, number)

    world.schedule.add(due, message.sid, again)


def token_of(world: World, sid: str, status: str) -> str:
    """The same for every attempt of one webhook, as a receiver that drops repeats needs it."""
    return f"{sid}-{status}-{int(world.draw.number('token', sid, status) * 1e9)}"


def milliseconds(rules: dict[str, str], name: str, default: int) -> int:
    return int(rules[name]) if rules.get(name, "").isdecimal() else default


def retries(rules: dict[str, str]) -> int:
    return min(MOST_RETRIES, milliseconds(rules, "rc", 1))


def deserves_retry(rules: dict[str, str], answer: Answer) -> bool:
    policy = set(rules.get("rp", "ct").split(","))
    if answer.trouble is not None:
        return bool(policy & {answer.trouble, "all"})
    status = answer.status or 0
    return (400 <= status < 500 and bool(policy & {"4xx", "all"})) or (status >= 500 and bool(policy & {"5xx", "all"}))


def note(message: Message, status: str, at: datetime, answer: int | str) -> None:
    if message.acceptance is not None:
        message.acceptance.record_posting(f"{message.sid}:{status}", status, at, answer)


async def receive_text(world: World, account: TwilioAccount, person: str, number: str, body: str, at: datetime) -> int:
    """A person texts us: keep it, obey whole-body keywords, and post the inbound webhook."""
    sid = "SM" + world.fresh_digest("twilio", account.account_sid, "inbound", person, body, iso(at))
    service = account.messaging_service_sid if number in account.numbers else None
    message = Message(
        sid, account.account_sid, number, person, body, "received", "inbound", at, at, at, service, sent_at=at
    )
    world.messages[sid] = message
    kind = obey_keyword(world, account, person, number, body, at)
    if account.inbound_url is None:
        return 0
    params = inbound_params(message)
    if kind and account.advanced_opt_out and service:
        params["OptOutType"] = kind
    return await tell(world, account, message, account.inbound_url, params, at)


def obey_keyword(world: World, account: TwilioAccount, person: str, number: str, body: str, at: datetime) -> str | None:
    """Twilio's own handling of keywords: it blocks or unblocks, and answers by itself, without a callback and without a
    line in the account's list. To a STOP of somebody who is blocked already, and to a START of somebody who is not, it
    says nothing."""
    word = body.strip().upper()
    who = account.scope_of(number), person
    blocked = who in account.opted_out
    if word in STOP_WORDS:
        account.opted_out.add(who)
        world.ledger.opt_outs.append(OptOut(person, iso(at), word))
        return answer_itself(world, number, person, "STOP", at, silent=blocked)
    if word in START_WORDS:
        account.opted_out.discard(who)
        return answer_itself(world, number, person, "START", at, silent=not blocked)
    if word in HELP_WORDS:
        return answer_itself(world, number, person, "HELP", at, silent=False)
    return None


def answer_itself(world: World, number: str, person: str, kind: str, at: datetime, *, silent: bool) -> str:
    if not silent:
        world.ledger.auto_replies.append(AutoReply(person, number, iso(at), kind))
    return kind


def inbound_params(message: Message) -> dict[str, str]:
    """Blank places are sent blank, as Twilio does: they count in the signature."""
    params = {f"{end}{part}": "" for end in ("To", "From") for part in ("City", "State", "Zip")}
    params |= {
        "ToCountry": "US",
        "FromCountry": "US",
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageSid": message.sid,
        "SmsStatus": "received",
        "NumMedia": "0",
        "NumSegments": str(count_segments(message.body)),
        "Body": message.body,
        "To": message.to,
        "From": message.from_ or "",
        "AccountSid": message.account_sid,
        "ApiVersion": API_VERSION,
    }
    if message.messaging_service_sid:
        params["MessagingServiceSid"] = message.messaging_service_sid
    return params
