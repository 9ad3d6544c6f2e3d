"""Who may use the twin, and where it posts what happened: registered through the control API."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class TwilioAccount:
    """`opted_out` holds (sender scope, person); the scope is the messaging service, or the number outside of one."""

    account_sid: str
    auth_token: str
    numbers: list[str]
    messaging_service_sid: str | None = None
    inbound_url: str | None = None
    advanced_opt_out: bool = False
    opted_out: set[tuple[str, str]] = field(default_factory=set)

    def scope_of(self, number: str) -> str:
        """Where an opt-out from this number holds: the whole messaging service, or this number alone."""
        in_service = self.messaging_service_sid is not None and number in self.numbers
        return self.messaging_service_sid if in_service and self.messaging_service_sid else number


@dataclass(frozen=True)
class KeptAnswer:
    """What an Idempotency-Key stands for; `email_id` is None while the first request is still running."""

    payload: str
    email_id: str | None
    since: datetime


@dataclass
class ResendAccount:
    """`suppressed` maps an address to previous_bounce or previous_complaint."""

    api_key: str
    domain: str
    webhook_url: str | None = None
    webhook_secret: str | None = None
    sending_only: bool = False
    rate_enforced: bool = False
    suppressed: dict[str, str] = field(default_factory=dict)
    kept: dict[str, KeptAnswer] = field(default_factory=dict)
    second: int = 0
    used_this_second: int = 0


@dataclass
class GhlAccount:
    """One location at GoHighLevel. `workflow` says what a triggered workflow does: it sends, or it drops in silence."""

    token: str
    location_id: str
    numbers: list[str] = field(default_factory=list)
    webhook_url: str | None = None
    webhook_private_key: str | None = None
    workflow_hook_url: str | None = None
    workflow_secret: str | None = None
    rate_enforced: bool = False
    delivery_webhooks: bool = True
    workflow: str = "sends"
    window: int = 0
    used_in_window: int = 0
    day: int = 0
    used_today: int = 0


@dataclass
class VapiAccount:
    """`phone_numbers` maps the id of a saved number to the number itself."""

    api_key: str
    phone_numbers: dict[str, str] = field(default_factory=dict)
    concurrency_limit: int = 10
    inbound_url: str | None = None
    inbound_headers: dict[str, str] = field(default_factory=dict)
    webhook_secret: str | None = None


@dataclass(frozen=True)
class KeptCall:
    """What a Retell idempotency key stands for: the bytes of the request and the call it began."""

    body: bytes
    call_id: str
    since: datetime


@dataclass
class RetellAccount:
    api_key: str
    numbers: list[str] = field(default_factory=list)
    agent_ids: list[str] = field(default_factory=list)
    webhook_url: str | None = None
    concurrency_limit: int = 20
    kept: dict[str, KeptCall] = field(default_factory=dict)
