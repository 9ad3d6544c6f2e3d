"""What the guards look at, and what they answer."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from modules.ids import AccountId, AddressId, ClientId, ContactId
from modules.labels import ChannelName, CheckAnswer, ConsentKind, OnReply, Purpose
from utils.frozen import quickly_made

THROTTLE_SECONDS = 10
"""The span over which a sender's rate is counted, from touches.armed_at."""


class GuardReason(StrEnum):
    """Why something may not leave (now). Prose is made where a person reads it."""

    kill_switch = "kill_switch"
    tenant_not_live = "tenant_not_live"
    no_account = "no_account"
    suppressed = "suppressed"
    platform_suppressed = "platform_suppressed"
    provider_dnd = "provider_dnd"
    no_consent = "no_consent"
    national_dnc = "national_dnc"
    reassigned_number = "reassigned_number"
    state_not_cleared = "state_not_cleared"
    sender_not_registered = "sender_not_registered"
    no_postal_address = "no_postal_address"
    budget = "budget"
    country_not_cleared = "country_not_cleared"
    ai_voice_blocked_state = "ai_voice_blocked_state"
    emergency_block = "emergency_block"
    sender_broken = "sender_broken"
    on_a_call_now = "on_a_call_now"
    replied_already = "replied_already"
    reply_waiting = "reply_waiting"
    possibly_sent = "possibly_sent"
    being_handled = "being_handled"
    address_in_flight = "address_in_flight"
    closed_address = "closed_address"
    quiet_hours = "quiet_hours"
    no_open_hour = "no_open_hour"
    holiday = "holiday"
    sequence_window = "sequence_window"
    contact_cap = "contact_cap"
    sender_throttle = "sender_throttle"
    too_late = "too_late"
    fact_missing = "fact_missing"
    missing_variable = "missing_variable"
    not_renderable = "not_renderable"


@dataclass(frozen=True)
class Allow:
    pass


ALLOW = Allow()
"""What nearly every guard says of nearly every touch."""


@dataclass(frozen=True)
class Defer:
    until: datetime
    reason: GuardReason
    rule: str | None = field(default=None, compare=False)
    """The name of the rule of law or caution behind it (`rule_named`)."""
    why: str | None = field(default=None, compare=False)
    """More about it, such as the states that are meant."""


class NoConsent(StrEnum):
    """What is wrong with a consent; None of these is said where there simply is none."""

    withdrawn_or_none = "withdrawn_or_none"
    expired = "expired"
    needs_written = "needs_written"
    needs_express = "needs_express"
    no_ai_voice = "no_ai_voice"


@dataclass(frozen=True)
class Block:
    reason: GuardReason
    rule: str | None = field(default=None, compare=False)
    why: str | None = field(default=None, compare=False)
    """More about it: a NoConsent, a CheckAnswer, a state."""


Verdict = Allow | Defer | Block


Span = tuple[int, int]
"""Minutes of a local day, the second not included."""


class Reach(StrEnum):
    """What a rule of a state speaks of: every text and call, or calls by an artificial voice."""

    every = "any"
    ai_voice = "ai_voice"


@dataclass(frozen=True)
class Rule:
    """One rule of one state: `days` from Monday to Sunday; None is a day without an open hour."""

    name: str
    state: str
    reach: Reach
    days: tuple[Span | None, ...]
    knows_holidays: bool
    on_holidays: Span | None
    most_a_day: int | None
    forbids_ai_voice: bool
    clock: str | None
    """A zone whose hours count beside the person's own."""
    source: str
    dated: str
    grade: str
    note: str


@quickly_made
@dataclass(frozen=True)
class Evidence:
    """What one thing that is known of a person says of where they are. It holds no number and no zip."""

    source: str
    zones: frozenset[str]
    states: frozenset[str]


@dataclass(frozen=True)
class Place:
    """Every zone and every state that a person may be in; more of either only ever narrows the hours."""

    zones: frozenset[str]
    states: frozenset[str]
    evidence: tuple[Evidence, ...] = ()


NOWHERE = Place(frozenset(), frozenset())


@dataclass(frozen=True)
class OpenWindow:
    """Local hours in which a sequence may send; `days` are ISO weekdays."""

    days: tuple[int, ...]
    start_minute: int
    end_minute: int


@quickly_made
@dataclass(frozen=True)
class Candidate:
    """The touch that wants to leave."""

    client_id: ClientId
    contact_id: ContactId
    account_id: AccountId
    address_id: AddressId | None
    channel: ChannelName
    due_at: datetime
    max_lateness: timedelta
    windows: tuple[OpenWindow, ...]
    since: datetime | None = None
    """An opt-out or a reply, on any of the person's addresses, after this instant ends what was planned before it."""
    on_reply: OnReply = OnReply.stop
    gated: bool = False
    """The provider keeps a Do-Not-Disturb of its own, so its answer must be known."""
    purpose: Purpose = Purpose.marketing
    own_hash: bytes | None = None
    """The address as a keyed hash at this client: closed addresses whose row was erased are known by it."""
    platform_hash: bytes | None = None
    abroad: bool = False
    """A number outside the United States, whose law on texts and calls nobody has built in yet."""
    target: str | None = None
    """Where it goes instead, in a test (OMNIFY_TEST_REDIRECT)."""
    answers_at: datetime | None = None
    """When the person wrote what this answers: within a day of it, it is no solicitation that caps count against."""
    asked_for: bool = False
    """Somebody of the house wants it as often as it comes: a check of ours, never a solicitation."""


@quickly_made
@dataclass(frozen=True)
class Agreement:
    """The strongest consent on a channel that holds, for this very address."""

    kind: ConsentKind
    at: datetime
    covers_ai_voice: bool = False
    expires_at: datetime | None = None
    again_at: datetime | None = None
    """When they last agreed, if that was weaker than this."""
    wording_hash: str = ""
    version: str | None = None


@quickly_made
@dataclass(frozen=True)
class Permits:
    """What a client and a number must have besides consent. The defaults allow nothing that needs them."""

    platform_held: bool | None = None
    """Several clients were told to stop by this address, and no person has decided yet."""
    platform_kept: bool = False
    """A person has decided that it stays closed everywhere."""
    dnc_listed: bool | None = None
    """On the national list; None: no list of this area code that is 31 days old at most."""
    dnc_issued_on: date | None = None
    reassigned: CheckAnswer | None = None
    checked_at: datetime | None = None
    heard_at: datetime | None = None
    """When the person last wrote or called from this very number or address."""
    cleared_states: frozenset[str] = frozenset()
    registered: bool = False
    campaign: str | None = None
    postal_address: bool = False
    daily_budget_micros: int | None = None
    spent_micros: int = 0
    oldest_spent_at: datetime | None = None

    def after(self, micros: int, now: datetime) -> "Permits":
        """The same when this batch has spent so much that is not written yet."""
        if not micros:
            return self
        return replace(self, spent_micros=self.spent_micros + micros, oldest_spent_at=self.oldest_spent_at or now)


@quickly_made
@dataclass(frozen=True)
class Facts:
    """What is known, read after the locks in the arming transaction. None is «could not be loaded» and never allows."""

    client_status: str | None
    sending_stopped: bool | None
    contact_suppressed: bool | None
    address_suppressed: bool | None
    consent: bool | None
    held_until: datetime | None
    in_flight_until: datetime | None
    sent_last_day: int | None
    oldest_in_day: datetime | None
    sent_just_now: int | None
    sends_per_second: float
    zones: frozenset[str] | None
    states: frozenset[str] = frozenset()
    """Every state whose rules count; see `Place`."""
    evidence: tuple[Evidence, ...] = ()
    emergencies: tuple[tuple[str, datetime], ...] = ()
    """States in which nobody may be called or texted until an instant, by a declared emergency."""
    sent_to_person: int | None = 0
    """Texts and calls to the person in 24 hours, on all their numbers."""
    oldest_to_person: datetime | None = None
    replied: bool | None = False
    reply_unsure: bool | None = False
    """What they said may have been a wish to hear no more: whatever the step says, a person looks first."""
    """The person wrote or called since `Candidate.since`, and nobody has released it."""
    on_call_until: datetime | None = None
    provider_allows: bool | None = None
    """The provider's own Do-Not-Disturb, read just before; looked at only where the candidate is gated."""
    sender_broken_until: datetime | None = None
    has_address: bool | None = True
    """An address of this kind exists and mail did not come back from it."""
    agreement: Agreement | None = None
    permits: Permits = Permits()
    texted_before: bool | None = True
    """A text of this client has gone to this number before."""
    call_completed_at: datetime | None = None
    """When the person last spoke in a call of this client's AI."""
    footer_at: datetime | None = None
    """When a text to this number last said how to stop."""
    texts_since_footer: int = 0
    """How many texts may have been read there since."""
    possibly_sent: bool | None = False
    """After a restore: the provider took something for this address that no row of ours explains, and nobody has
    said yet what it was."""


@quickly_made
@dataclass(frozen=True)
class Decision:
    """The verdict of all guards together, with each one that did not allow: the answer to «why» and «why not yet»."""

    verdict: Verdict
    said: tuple[tuple[GuardReason, str], ...]
    window_seconds: int | None
    rule: str | None = None
    """The name of the rule that forbids now, or the one that ends the hours of today."""
