"""What Twilio checks before it takes a message, and the life it plans for one it took.

Sources: spec twilio_api_v2010.json (CreateMessageRequest); docs "Outbound Message Status in Status Callbacks" (initial
status is `accepted` with a service, `queued` without, and gets no callback); error pages 211xx, 216xx, 351xx.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from scripts.sandbox.accounts import TwilioAccount
from scripts.sandbox.faults import Fates
from scripts.sandbox.ledger import Acceptance, hash_body, iso
from scripts.sandbox.messages import Message
from scripts.sandbox.twilio_callbacks import move
from scripts.sandbox.world import World
from utils.clock import parse_instant

E164 = re.compile(r"\+[1-9]\d{6,14}")
SERVICE_SID = re.compile(r"MG[0-9a-fA-F]{32}")
DEFAULT_VALIDITY = 36000
OPTIONS = {
    "ContentRetention": "retain|discard",
    "AddressRetention": "retain|obfuscate",
    "TrafficType": "free",
    "RiskCheck": "enable|disable",
    "ApplicationSid": "AP[0-9a-fA-F]{32}",
    "ContentSid": "HX[0-9a-fA-F]{32}",
    "Attempt": r"\d+",
} | dict.fromkeys(("ProvideFeedback", "ForceDelivery", "SmartEncoded", "ShortenUrls", "SendAsMms"), "[Tt]rue|[Ff]alse")
"""How what we do not send is written (spec, CreateMessageRequest and its enums)."""
SCHEDULE_EARLIEST, SCHEDULE_LATEST = timedelta(seconds=300), timedelta(days=35)


@dataclass(frozen=True)
class Draft:
    """A create request that passed the checks."""

    to: str
    from_: str | None
    service: str | None
    body: str
    validity: timedelta
    callback: str | None
    send_at: datetime | None

    @property
    def touch(self) -> str | None:
        """Our own reference, if the caller put one into the callback's query."""
        found = parse_qs(urlsplit(self.callback or "").query).get("touch")
        return found[0] if found else None

    @property
    def reference(self) -> str:
        """What draws hang on: the person and the words. The caller's own ids are new in every run, a story is not."""
        return f"{self.to}|{hash_body(self.body)}"


def check_create(account: TwilioAccount, form: dict[str, str], now: datetime) -> Draft | int:
    """The draft, or the code of the first thing wrong with it."""
    wrong = check_recipient(form) or check_sender(account, form) or check_content(form) or check_schedule(form, now)
    if wrong:
        return wrong
    service = form.get("MessagingServiceSid") or None
    from_ = form.get("From") or None
    scopes = [service] if service else [account.scope_of(from_ or "")]
    if any((scope, form["To"]) in account.opted_out for scope in scopes):
        return 21610
    validity = timedelta(seconds=int(form.get("ValidityPeriod") or DEFAULT_VALIDITY))
    send_at = parse_instant(form["SendAt"]) if form.get("ScheduleType") else None
    return Draft(form["To"], from_, service, form["Body"], validity, form.get("StatusCallback") or None, send_at)


def check_recipient(form: dict[str, str]) -> int | None:
    if not form.get("To"):
        return 21604
    if not E164.fullmatch(form["To"]):
        return 21211
    return 21266 if form["To"] == form.get("From") else None


def check_sender(account: TwilioAccount, form: dict[str, str]) -> int | None:
    service, from_ = form.get("MessagingServiceSid"), form.get("From")
    if not service and not from_:
        return 21603
    if service and (not SERVICE_SID.fullmatch(service) or service != account.messaging_service_sid):
        return 21701
    return 21606 if from_ and from_ not in account.numbers else None


def check_content(form: dict[str, str]) -> int | None:
    if not form.get("Body"):
        return 21602
    if len(form["Body"]) > 1600:
        return 21617
    validity = form.get("ValidityPeriod")
    if validity and not (validity.isdecimal() and 1 <= int(validity) <= 36000):
        return 20001
    if any(form.get(name) and not re.fullmatch(pattern, form[name]) for name, pattern in OPTIONS.items()):
        return 20001
    return 21609 if form.get("StatusCallback") and not is_callback_url(form["StatusCallback"]) else None


def is_callback_url(url: str) -> bool:
    """An http(s) URL with a host name that holds no underscore (spec, StatusCallback)."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "_" not in (parts.hostname or "")


def check_schedule(form: dict[str, str], now: datetime) -> int | None:
    if not form.get("ScheduleType"):
        return None
    if form["ScheduleType"] != "fixed":
        return 20001
    if not form.get("MessagingServiceSid"):
        return 35118
    if not form.get("SendAt"):
        return 35111
    try:
        ahead = parse_instant(form["SendAt"]) - now
    except ValueError:
        return 35114
    return None if SCHEDULE_EARLIEST < ahead <= SCHEDULE_LATEST else 35115


def accept(world: World, account: TwilioAccount, draft: Draft, fates: Fates, now: datetime) -> Message:
    """Take the message: resource, ledger line, and its planned life."""
    sid = "SM" + world.fresh_digest("twilio", account.account_sid, draft.reference)
    status = "scheduled" if draft.send_at else "accepted" if draft.service else "queued"
    lag = fates["visibility"].delay if "visibility" in fates else 0.0
    acceptance = Acceptance(
        provider="twilio",
        provider_id=sid,
        channel="sms",
        accepted_at=iso(now),
        account=account.account_sid,
        to=draft.to,
        from_=draft.from_ or draft.service,
        subject=None,
        body=draft.body,
        body_hash=hash_body(draft.body),
        idempotency_key=None,
        touch=draft.touch,
    )
    acceptance.record_fact(status, now, f"{sid}:{status}", f"poll:{sid}:{status}")
    message = Message(
        sid=sid,
        account_sid=account.account_sid,
        to=draft.to,
        from_=draft.from_,
        body=draft.body,
        status=status,
        direction="outbound-api",
        created_at=now,
        updated_at=now,
        visible_at=now + timedelta(seconds=lag),
        messaging_service_sid=draft.service,
        status_callback=draft.callback,
        acceptance=acceptance,
    )
    world.ledger.acceptances.append(acceptance)
    world.messages[sid] = message
    plan_life(world, account, message, draft, fates)
    return message


def plan_life(world: World, account: TwilioAccount, message: Message, draft: Draft, fates: Fates) -> None:
    """Put every later status on the agenda, at seeded latencies or, when the webhook outruns the answer, at once."""
    begin = draft.send_at or message.created_at
    rushed = fates.get("early")
    outcome = fates.get("outcome")
    first = timedelta() if rushed else world.seconds(2, 20, message.sid, "sent")
    second = timedelta() if rushed and rushed.code == "all" else world.seconds(3, 60, message.sid, "delivered")
    if outcome and outcome.name == "slow_queue":
        first = timedelta(seconds=outcome.delay)
    leaves = begin + first
    message.sending_at = leaves - timedelta(seconds=1)
    if draft.service:
        plan(world, account, message, min(begin + timedelta(seconds=1), leaves), "queued", None)
    if first > draft.validity:
        message.sending_at = None
        plan(world, account, message, begin + draft.validity, "failed", 30036)
        return
    code = int(outcome.code) if outcome and outcome.code else None
    if outcome and outcome.name == "status_failed":
        plan(world, account, message, leaves, "failed", code or 30008)
        return
    plan(world, account, message, leaves, "sent", None)
    if outcome and outcome.name == "status_undelivered":
        plan(world, account, message, leaves + second, "undelivered", code or 30003)
    elif not (outcome and outcome.name == "no_dlr"):
        plan(world, account, message, leaves + second, "delivered", None)


def plan(world: World, account: TwilioAccount, message: Message, due: datetime, status: str, code: int | None) -> None:
    async def happen(at: datetime) -> int:
        return await move(world, account, message, status, at, code)

    world.schedule.add(due, message.sid, happen)
