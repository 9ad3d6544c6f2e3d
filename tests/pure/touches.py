"""Values that the tests of touches and enrollments begin from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from modules.ids import AccountId, ClientId, ContactId, EnrollmentId, SequenceId, TouchId
from modules.labels import ChannelName, NextChannel, Provider, TouchState, WaitsFor
from modules.sequences import Definition, EnrollmentState, Snapshot, Step
from modules.sequences.models import Content, Follow, Next, Wait
from modules.sequences.models_of_runs import LastTouch
from modules.touches import News, Touch

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # Monday, 10:00 in New York
POLLS = (timedelta(minutes=10), timedelta(hours=1))
CLIENT, CONTACT, ACCOUNT = ClientId(UUID(int=1)), ContactId(UUID(int=2)), AccountId(UUID(int=3))
ENROLLMENT, SEQUENCE, TOUCH = EnrollmentId(UUID(int=4)), SequenceId(UUID(int=5)), TouchId(UUID(int=6))

GO_ON, END = Follow(Next.next), Follow(Next.end)


def touch(state: TouchState, channel: ChannelName = ChannelName.sms, *, look_at: datetime | None = None) -> Touch:
    return Touch(
        id=TOUCH,
        client_id=CLIENT,
        account_id=ACCOUNT,
        enrollment_id=ENROLLMENT,
        contact_id=CONTACT,
        step="first",
        part=0,
        attempt=1,
        channel=channel,
        provider=Provider.twilio,
        to_address="+12125550123",
        subject=None,
        body="Hello",
        envelope={},
        state=state,
        armed_at=NOW,
        look_at=look_at or NOW + timedelta(seconds=300),
        confirm_by=NOW + timedelta(hours=5),
        provider_id=None,
        evidence_id=None,
    )


def fact(state: TouchState | None, evidence_id: str | None = "SM1:fact") -> News:
    return News(TOUCH, state, provider_id="SM1", evidence_id=evidence_id)


def step(
    key: str,
    *,
    channel: ChannelName = ChannelName.sms,
    wait: Wait | None = None,
    waits_for: WaitsFor = WaitsFor.accepted,
    on_success: Follow = GO_ON,
    on_failure: Follow = GO_ON,
) -> Step:
    content = Content(body="Hi {{ contact.first_name }}", subject="Hello", html="<p>Hi {{ contact.first_name }}</p>")
    return Step(key, channel, wait or Wait(days=3), waits_for, content, on_success, on_failure, timedelta(days=2))


def definition(*steps: Step) -> Definition:
    return Definition("Welcome", "welcome", (), steps, {})


def last(state: TouchState, *, key: str = "first", part: int = 0, attempt: int = 1) -> LastTouch:
    return LastTouch(TOUCH, key, part, attempt, state, True, NOW + timedelta(hours=5))


def snapshot(
    key: str | None = "first",
    *,
    visit: int = 0,
    last_touch: LastTouch | None = None,
    waiting: bool = False,
    status: EnrollmentState = EnrollmentState.active,
    due_at: datetime | None = NOW,
    decision: dict[str, str] | None = None,
) -> Snapshot:
    return Snapshot(
        enrollment_id=ENROLLMENT,
        client_id=CLIENT,
        contact_id=CONTACT,
        sequence_id=SEQUENCE,
        version=1,
        status=status,
        step=key,
        visit=visit,
        next_channel=NextChannel.settle if waiting else NextChannel.sms,
        due_at=due_at,
        waiting=waiting,
        last_touch=last_touch,
        zone="America/New_York",
        decision=decision,
    )
