"""A link in a mail of Resend is followed: by the person, or by a scanner on the way to them.

Source: spec resend.yaml (EmailClickedEvent, WebhookEventClick: ipAddress, link, timestamp, userAgent, all required).
"""

import json
from datetime import datetime
from typing import Any

from scripts.sandbox.emails import Email, event_time
from scripts.sandbox.resend_events import tell
from scripts.sandbox.world import World

BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari"
LINK, FROM_WHERE = "https://pages.example/more", "203.0.113.7"
NEVER_ARRIVED = ("bounced", "canceled", "failed", "suppressed")


async def follow_link(world: World, email: Email, user_agent: str, times: int, at: datetime) -> int:
    """Tells one click `times` over, always under the same svix-id; nothing for a mail that nobody got."""
    if email.last_event in NEVER_ARRIVED:
        return 0
    email.last_event = "clicked"
    event_id = "msg_" + world.fresh_digest("svix", email.id, "clicked")[:27]
    email.acceptance.record_fact("clicked", at, event_id, f"poll:{email.id}:clicked")
    body = json.dumps(click_event(email, user_agent, at), separators=(",", ":"))
    account = world.resend_accounts[email.api_key]
    return sum([await tell(world, account, email, "clicked", event_id, body, at) for _ in range(times)])


def click_event(email: Email, user_agent: str, at: datetime) -> dict[str, Any]:
    event = email.event("clicked", at)
    click = {"ipAddress": FROM_WHERE, "link": LINK, "timestamp": event_time(at), "userAgent": user_agent}
    return event | {"data": event["data"] | {"click": click}}
