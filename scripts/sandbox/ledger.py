"""The truth ledger: what the providers really accepted, what then really happened, and what they told us about it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any


def iso(instant: datetime) -> str:
    """Business time on the wire of the control API: ISO 8601 in UTC."""
    return instant.astimezone(UTC).isoformat()


def hash_body(body: str) -> str:
    """Hex SHA-256 of the exact text, as the product's own ledger writes it."""
    return hashlib.sha256(body.encode("utf-8")).hexdigest()


@dataclass
class Fact:
    """One thing that truly became so; any of `evidence_ids` proves it."""

    status: str
    at: str
    evidence_ids: list[str]


@dataclass
class Posting:
    """One attempt to tell us: `answer` is the HTTP status, or the word for what went wrong."""

    id: str
    status: str
    sent_at: str
    answer: int | str


@dataclass
class Acceptance:
    """One message a provider took responsibility for."""

    provider: str
    provider_id: str
    channel: str
    accepted_at: str
    account: str
    to: str
    from_: str | None
    subject: str | None
    body: str
    body_hash: str
    idempotency_key: str | None
    touch: str | None
    facts: list[Fact] = field(default_factory=list)
    webhooks: list[Posting] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def line(self) -> dict[str, Any]:
        """The JSON object of this acceptance; `from` is a Python keyword, hence the renaming."""
        shown = asdict(self)
        return {("from" if key == "from_" else key): value for key, value in shown.items()}

    def record_fact(self, status: str, at: datetime, *evidence_ids: str) -> None:
        self.facts.append(Fact(status, iso(at), list(evidence_ids)))

    def record_posting(self, posting_id: str, status: str, at: datetime, answer: int | str) -> None:
        self.webhooks.append(Posting(posting_id, status, iso(at), answer))


@dataclass(frozen=True)
class OptOut:
    """A person's wish to hear no more; `how` is the keyword they texted, or `complained` for e-mail."""

    to: str
    at: str
    how: str


@dataclass(frozen=True)
class AutoReply:
    """What a provider answered a keyword by itself; nobody asked it to, so it is no acceptance."""

    to: str
    from_number: str
    at: str
    kind: str


@dataclass
class Ledger:
    """Append-only while the twin lives; deleting or redacting at the provider changes nothing here."""

    acceptances: list[Acceptance] = field(default_factory=list)
    opt_outs: list[OptOut] = field(default_factory=list)
    auto_replies: list[AutoReply] = field(default_factory=list)

    def select(self, provider: str | None = None, to: str | None = None) -> Iterator[Acceptance]:
        for acceptance in self.acceptances:
            if provider in (None, acceptance.provider) and to in (None, acceptance.to):
                yield acceptance

    def acceptance_lines(self, provider: str | None = None, to: str | None = None) -> str:
        return "".join(json.dumps(found.line()) + "\n" for found in self.select(provider, to))

    def opt_out_lines(self) -> str:
        return "".join(json.dumps(asdict(opt_out)) + "\n" for opt_out in self.opt_outs)

    def auto_reply_lines(self) -> str:
        return "".join(json.dumps(asdict(reply)) + "\n" for reply in self.auto_replies)
