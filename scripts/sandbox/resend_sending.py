"""What Resend checks before it takes an e-mail, its idempotency keys, and the life it plans for one it took.

Sources: spec resend.yaml (SendEmailRequest, Tag), docs dashboard/emails/idempotency-keys (24 h, 1-256 characters, two
409s), docs dashboard/emails/send-test-emails (the resend.dev addresses; 422 for example.com and test.com).
"""

import json
import re
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from starlette.responses import Response

from scripts.sandbox.accounts import KeptAnswer, ResendAccount
from scripts.sandbox.emails import Email
from scripts.sandbox.faults import Fates
from scripts.sandbox.ledger import Acceptance, hash_body, iso
from scripts.sandbox.resend_errors import refuse
from scripts.sandbox.world import World
from utils.clock import parse_instant

ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")
TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
NEVER_DELIVERED = ("example.com", "test.com", "example.org", "example.net")
TEXTS = ("from", "subject", "html", "text", "scheduled_at", "topic_id")
MAILBOXES = ("to", "cc", "bcc", "reply_to")
KEY_LIFE = timedelta(hours=24)
MOST_RECIPIENTS = 50


def as_list(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def address_of(mailbox: str) -> str:
    """`Acme <a@b.c>` or `a@b.c` to a@b.c in lower case."""
    return parseaddr(mailbox)[1].lower()


def check_send(account: ResendAccount, payload: Any) -> Response | None:
    """The first refusal, or None when the e-mail may be taken."""
    if not isinstance(payload, dict):
        return refuse("validation_error", "The request body must be a JSON object.", 400)
    if not has_known_types(payload):
        return refuse("validation_error")
    missing = next((name for name in ("from", "to", "subject") if not payload.get(name)), None)
    if missing:
        return refuse("missing_required_field", f"Missing `{missing}` field.")
    if not payload.get("html") and not payload.get("text") and not payload.get("template"):
        return refuse("missing_required_field", "Missing `html` or `text` field.")
    return check_addresses(account, payload) or check_extras(payload)


def has_known_types(payload: dict[str, Any]) -> bool:
    """Texts are texts, mailboxes one text or a list of them, tags and attachments lists of objects that hold texts
    (spec SendEmailRequest, Tag, Attachment, EmailTemplateInput). Null counts as left out."""
    given = {name: value for name, value in payload.items() if value is not None}
    texts = [given[name] for name in TEXTS if name in given]
    for name in MAILBOXES:
        mailboxes = given.get(name, [])
        texts += mailboxes if isinstance(mailboxes, list) else [mailboxes]
    parts = [one for name in ("tags", "attachments") for one in as_parts(given.get(name, []))]
    texts += [value for part in parts if isinstance(part, dict) for value in part.values()]
    maps = [*parts, given.get("headers", {}), given.get("template", {"id": ""})]
    texts.append(maps[-1].get("id") if isinstance(maps[-1], dict) else None)
    return all(isinstance(one, dict) for one in maps) and all(isinstance(text, str) for text in texts)


def as_parts(value: Any) -> list[Any]:
    """A list's items; anything else as one item, which is no object."""
    return value if isinstance(value, list) else ["no list"]


def check_addresses(account: ResendAccount, payload: dict[str, Any]) -> Response | None:
    sender = address_of(payload["from"])
    if not ADDRESS.fullmatch(sender):
        return refuse("invalid_from_address", "Invalid `from` field: use `name@domain` or `Name <name@domain>`.")
    if not sender.endswith("@" + account.domain):
        domain = sender.partition("@")[2]
        return refuse(
            "validation_error", f"The {domain} domain is not verified. Please, add and verify your domain.", 403
        )
    for name in MAILBOXES:
        mailboxes = as_list(payload.get(name))
        if len(mailboxes) > MOST_RECIPIENTS or not all(ADDRESS.fullmatch(address_of(mailbox)) for mailbox in mailboxes):
            return refuse("validation_error", f"Invalid `{name}` field.")
    if any(address_of(mailbox).partition("@")[2] in NEVER_DELIVERED for mailbox in as_list(payload["to"])):
        return refuse(
            "validation_error", "Invalid `to` field: use a testing address instead of domains like `example.com`."
        )
    return None


def check_extras(payload: dict[str, Any]) -> Response | None:
    for tag in payload.get("tags") or []:
        if not TAG.fullmatch(str(tag.get("name", ""))) or not TAG.fullmatch(str(tag.get("value", ""))):
            return refuse(
                "validation_error", "Tags should only contain ASCII letters, numbers, underscores, or dashes."
            )
    try:
        if payload.get("scheduled_at"):
            parse_instant(payload["scheduled_at"])
    except ValueError:
        return refuse("validation_error", "Invalid `scheduled_at` field.")
    return None


def canonical(payload: Any) -> str:
    return json.dumps(payload, sort_keys=True, separators=(",", ":"))


def look_up_key(account: ResendAccount, key: str | None, payload: Any, now: datetime) -> KeptAnswer | Response | None:
    """The kept answer, a 409, or None when the key is free. A key is free again after 24 h of business time."""
    if key is None:
        return None
    kept = account.kept.get(key)
    if kept is None or now - kept.since >= KEY_LIFE:
        return None
    if kept.payload != canonical(payload):
        return refuse("invalid_idempotent_request")
    return refuse("concurrent_idempotent_requests") if kept.email_id is None else kept


def hold_key(account: ResendAccount, key: str | None, payload: Any, email_id: str | None, now: datetime) -> None:
    """Keep the key: without an id while the request runs, with it once it took effect; 24 h count from the first."""
    if key is not None:
        earlier = account.kept.get(key)
        running = earlier is not None and earlier.email_id is None
        account.kept[key] = KeptAnswer(canonical(payload), email_id, earlier.since if earlier and running else now)


def touch_of(payload: dict[str, Any], key: str | None) -> str | None:
    """Our own reference: the tag named touch, else the part of the key behind `touch/`."""
    for tag in payload.get("tags") or []:
        if tag["name"] == "touch":
            return str(tag["value"])
    return key.removeprefix("touch/") if key and key.startswith("touch/") else None


def story_of(payload: dict[str, Any]) -> str:
    """What draws hang on: the person and the words. The caller's own ids are new in every run, a story is not."""
    to = ", ".join(address_of(mailbox) for mailbox in as_list(payload["to"]))
    return f"{to}|{hash_body(payload.get('html') or payload.get('text') or '')}"


def accept(
    world: World, account: ResendAccount, payload: dict[str, Any], key: str | None, fates: Fates, now: datetime
) -> Email:
    """Take the e-mail: resource and ledger line. Its life is planned by `resend_events.plan_life`."""
    to = as_list(payload["to"])
    addresses = ", ".join(address_of(mailbox) for mailbox in to)
    html, text = payload.get("html"), payload.get("text")
    body = html or text or ""
    email_id = world.fresh_uuid("resend", account.domain, story_of(payload))
    scheduled_at = parse_instant(payload["scheduled_at"]) if payload.get("scheduled_at") else None
    status = "scheduled" if scheduled_at else "queued"
    lag = fates["visibility"].delay if "visibility" in fates else 0.0
    acceptance = Acceptance(
        provider="resend",
        provider_id=email_id,
        channel="email",
        accepted_at=iso(now),
        account=account.domain,
        to=addresses,
        from_=payload["from"],
        subject=payload["subject"],
        body=body,
        body_hash=hash_body(body),
        idempotency_key=key,
        touch=touch_of(payload, key),
        headers=dict(payload.get("headers") or {}),
    )
    acceptance.record_fact(status, now, f"poll:{email_id}:{status}")
    email = Email(
        id=email_id,
        api_key=account.api_key,
        from_=payload["from"],
        to=to,
        subject=payload["subject"],
        html=html,
        text=text,
        cc=as_list(payload.get("cc")),
        bcc=as_list(payload.get("bcc")),
        reply_to=as_list(payload.get("reply_to")),
        tags={tag["name"]: tag["value"] for tag in payload.get("tags") or []},
        headers=acceptance.headers,
        created_at=now,
        visible_at=now + timedelta(seconds=lag),
        last_event=status,
        acceptance=acceptance,
        scheduled_at=scheduled_at,
    )
    world.ledger.acceptances.append(acceptance)
    world.emails[email_id] = email
    return email
