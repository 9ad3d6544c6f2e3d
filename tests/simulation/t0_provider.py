"""A provider that keeps the truth and tells it badly: it answers late, wrongly or not at all, and loses webhooks.

What it never does is break assumption A1 (design: delivery protocol, section 1): a request ends at most 20 s after its
socket, its list shows an item at most 60 s later (20 s where an account may send again what is absent).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from modules.accounts import Account
from modules.channels import (
    Absent,
    Accepted,
    Answer,
    CannotTell,
    Fact,
    Found,
    Looked,
    NotSent,
    Rejected,
    Sought,
    Unknown,
)
from modules.ids import ContactId, TouchId
from modules.labels import CallEnd, ChannelName, SuppressionReason, TouchState, UnknownPolicy
from modules.touches import Touch
from tests.simulation.t0_clock import Agenda, Dice, Steps
from tests.simulation.t0_rows import Ledger, Thing

S = TouchState
HTTP_SECONDS, LATE_SECONDS = 15.0, 20.0
KEY_LIVES = {ChannelName.email: timedelta(hours=24), ChannelName.voice: timedelta(hours=1)}
READS_FAIL_IN_A_ROW = 3
READS_FAIL_UNTIL = timedelta(minutes=3)
"""After the deadline. A provider that cannot be asked for an hour leaves nobody a way to know what it holds."""
SKEW = timedelta(minutes=10)
"""How far before its arming a list may date an item; so the same words sent shortly before are in the window too."""


@dataclass
class Accept:
    """One acceptance as it truly happened. `facts` in the order in which they become true."""

    touch_id: TouchId
    to: str
    body: str
    at: datetime
    provider_id: str
    seen_from: datetime
    facts: list[Fact] = field(default_factory=list)


class Provider:
    """One account's other side. `tell`: a webhook's fact, and when it comes."""

    def __init__(self, agenda: Agenda, account: Account, faults: float, tell: Callable[[Fact, datetime], None]) -> None:
        self.agenda, self.account, self.faults, self.tell = agenda, account, faults, tell
        self.accepted: list[Accept] = []
        self.by_id: dict[str, Accept] = {}
        self.requests: list[datetime] = []
        self.forgotten_keys: list[tuple[datetime, TouchId]] = []
        self._failed_reads: dict[TouchId, int] = {}
        short = account.unknown_policy is UnknownPolicy.rearm_after_absent
        self._lag = 20.0 if short else 60.0
        self.keyed = account.unknown_policy is UnknownPolicy.same_key_retry

    def request(self, touch: Touch) -> tuple[Answer, float]:
        """What becomes of one request: the answer we hear, and after how many seconds."""
        dice, now = self.agenda.dice, self.agenda.now
        self.requests.append(now)
        soon = dice.between(0.05, 1.5)
        if self.keyed and now > touch.armed_at + KEY_LIVES[touch.channel]:
            self.forgotten_keys.append((now, touch.id))
        if self.keyed and (known := self._known(touch)):
            return Accepted(known.provider_id, "queued"), soon
        if not dice.happens(self.faults):
            return Accepted(self._accept(touch, now).provider_id, "queued"), soon
        return self._badly(touch, dice, now, soon)

    def may_send(self, ledger: Ledger, contact_id: ContactId) -> bool | None:
        """Its own Do-Not-Disturb; None when it does not answer."""
        if self.agenda.dice.happens(self.faults):
            return None
        return not ledger.so.get((Thing.dnd, contact_id), False)

    def _badly(self, touch: Touch, dice: Dice, now: datetime, soon: float) -> tuple[Answer, float]:
        kind = dice.below(9)
        if kind == 0:
            return NotSent("connect_timeout"), 5.0
        if kind == 1:
            pause = timedelta(minutes=dice.below(30)) if dice.happens(0.5) else None
            return NotSent("too_many_requests", pause), soon
        if kind == 2:
            closed = SuppressionReason.provider_opt_out if dice.happens(0.4) else None
            return Rejected(True, "refused", "refused", closed), soon
        if kind == 3:
            return Rejected(False, "account", "account"), soon
        if kind == 4:
            return Unknown("http_500"), soon
        if kind == 5:  # it says that it failed, and took it
            self._accept(touch, now)
            return Unknown("http_502"), soon
        if kind == 6:  # it took it, and nobody hears of it
            self._accept(touch, now)
            return Unknown("read_timeout"), HTTP_SECONDS
        if kind == 7:  # it takes it long after we have hung up
            late = now + timedelta(seconds=dice.between(0.0, HTTP_SECONDS + LATE_SECONDS))
            self.agenda.later(late, self._accept_late(touch))
            return Unknown("read_timeout"), HTTP_SECONDS
        return Unknown("reset"), dice.between(0.0, HTTP_SECONDS)

    def _accept_late(self, touch: Touch) -> Steps:
        if not (self.keyed and self._known(touch)):
            self._accept(touch, self.agenda.now)
        yield 0.0

    def _known(self, touch: Touch) -> Accept | None:
        return next((one for one in self.accepted if one.touch_id == touch.id), None)

    def _accept(self, touch: Touch, at: datetime) -> Accept:
        dice = self.agenda.dice
        name = f"{touch.channel}-{len(self.accepted)}"
        one = Accept(
            touch.id, touch.to_address, touch.body, at, name, at + timedelta(seconds=dice.between(0, self._lag))
        )
        self.accepted.append(one)
        self.by_id[name] = one
        self._plan_facts(one, dice, at, touch)
        return one

    def _plan_facts(self, one: Accept, dice: Dice, at: datetime, touch: Touch) -> None:
        """What will become of it: most is delivered soon, some late, some never, some twice differently."""
        moment = at
        for state, status, reason, suppress in _course(dice, touch.channel):
            far = dice.happens(0.12)
            moment += timedelta(seconds=dice.between(1, 40) if not far else dice.between(600, 1.1 * _hours(touch)))
            fact = Fact(
                state, one.provider_id, status, f"{one.provider_id}:{status}", moment, one.touch_id, reason, suppress
            )
            one.facts.append(fact)
            self._post(fact, dice)

    def _post(self, fact: Fact, dice: Dice) -> None:
        if fact.at is None or dice.happens(0.7 * self.faults):
            return
        for _ in range(1 + dice.happens(0.3) + dice.happens(0.1)):
            late = dice.between(0, 3) if dice.happens(0.7) else dice.between(0, 3 * 3600)
            self.tell(fact, fact.at + timedelta(seconds=late))

    def fetch(self, touch: Touch) -> Looked:
        if self._cannot_tell(touch):
            return CannotTell("unreachable")
        return self._found(self.by_id[touch.provider_id or ""])

    def lookup(self, touch: Touch, sought: Sought) -> Looked:
        """By our reference where the provider carries one (mail and calls), else by the words in the window."""
        if self._cannot_tell(touch):
            return CannotTell("unreachable")
        message = sought.message
        for one in self.accepted:
            if one.seen_from > self.agenda.now or one.provider_id in sought.known or one.to != message.to_address:
                continue
            same = one.touch_id == message.touch_id if self.keyed else one.body == message.body
            if same and one.at >= sought.armed_at - SKEW:
                return self._found(one)
        return Absent()

    def _cannot_tell(self, touch: Touch) -> bool:
        before = self._failed_reads.get(touch.id, 0)
        may_fail = before < READS_FAIL_IN_A_ROW and self.agenda.now < touch.confirm_by + READS_FAIL_UNTIL
        fails = may_fail and self.agenda.dice.happens(self.faults)
        self._failed_reads[touch.id] = before + 1 if fails else 0
        return fails

    def _found(self, one: Accept) -> Found:
        true = [fact for fact in one.facts if fact.at is not None and fact.at <= self.agenda.now]
        if not true:
            return Found(Fact(None, one.provider_id, "queued", f"poll:{one.provider_id}:queued"))
        last = true[-1]
        return Found(
            Fact(
                last.state,
                one.provider_id,
                last.provider_status,
                f"poll:{one.provider_id}:{last.provider_status}",
                last.at,
                reason=last.reason,
                suppress=last.suppress,
            )
        )


Course = tuple[tuple[TouchState | None, str, str | None, SuppressionReason | None], ...]
SENT = (None, "sent", None, None)
FAILED = (S.failed, "undelivered", "carrier", None)
SMS: tuple[Course, ...] = (
    (SENT, FAILED),
    (SENT,),
    ((S.failed, "failed", "21610", SuppressionReason.provider_opt_out),),
    (SENT, (S.delivered, "delivered", None, None), FAILED),
)
EMAIL: tuple[Course, ...] = (
    (SENT, (S.bounced, "bounced", "bounced", SuppressionReason.bounced)),
    (SENT,),
    ((S.delivered, "delivered", None, None), (S.complained, "complained", None, SuppressionReason.complained)),
    ((S.delivered, "delivered", None, None), (S.bounced, "bounced", None, SuppressionReason.bounced)),
)
VOICE: tuple[Course, ...] = (
    (SENT, (S.failed, "no-answer", CallEnd.no_answer, None)),
    (SENT, (S.failed, "busy", CallEnd.busy, None)),
    ((S.failed, "capacity", CallEnd.capacity, None),),
    (SENT, (S.failed, "broken", CallEnd.broken_off, None)),
)
BAD = {ChannelName.sms: SMS, ChannelName.email: EMAIL, ChannelName.voice: VOICE}
GOOD = {
    ChannelName.sms: (SENT, (S.delivered, "delivered", None, None)),
    ChannelName.email: (SENT, (S.delivered, "delivered", None, None)),
    ChannelName.voice: (SENT, (S.completed, "completed", None, None)),
}


def _course(dice: Dice, channel: ChannelName) -> Course:
    return BAD[channel][dice.below(4)] if dice.happens(0.4) else GOOD[channel]


def _hours(touch: Touch) -> float:
    return (touch.confirm_by - touch.armed_at).total_seconds()
