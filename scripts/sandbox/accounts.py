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
