"""The guards of the protocol that T0 can lose, each taken away by itself for as long as a seed is played."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from modules.channels import Answer, Message, Unknown
from modules.ids import EnrollmentId
from modules.labels import CALL_AGAIN, CallEnd, ChannelName, NextChannel, TouchState
from modules.policy import Allow, Candidate, Facts
from modules.policy import guards as guards_module
from modules.policy.models import Verdict
from modules.sequences import Definition, EnrollmentChange, Plan, Reach, Snapshot, outcomes
from modules.sequences import decide as decide_verb
from modules.sequences import settle as settle_verb
from modules.touches import Change, News, Touch
from modules.touches import Verdict as Judged
from modules.touches import judge as judge_verb
from tests.simulation import t0_arm, t0_facts, t0_settle, t0_shell
from tests.simulation.t0_rows import Ledger, Refused
from tests.simulation.t0_shell import House
from utils.frozen import changed
from workers import conclude as conclude_module
from workers.resolve import POLLS
from workers.send import news_of

S = TouchState
DECIDE = sys.modules[decide_verb.__module__]
"""The module, which its verb hides."""
Inside = AbstractContextManager[None]
NOW, MINUTE = timedelta(0), timedelta(minutes=1)


@contextmanager
def patched(*changes: tuple[object, str, object]) -> Iterator[None]:
    """These attributes are so, and afterwards as they were."""
    with ExitStack() as back:
        for target, name, value in changes:
            back.callback(setattr, target, name, getattr(target, name))
            setattr(target, name, value)
        yield


def anything(*_: object) -> bool:
    return True


def nothing(*_: object) -> bool:
    return False


def quarantine_is_zero() -> Inside:
    polls = {provider: (NOW, *instants[1:]) for provider, instants in POLLS.items()}
    return patched((t0_arm, "QUARANTINE", NOW), (t0_settle, "POLLS", polls))


def sent_again_after_a_timeout() -> Inside:
    def told(message: Message, answer: Answer) -> News:
        news = news_of(message, answer)
        return replace(news, state=S.not_sent) if isinstance(answer, Unknown) else news

    return patched((t0_arm, "news_of", told))


def the_row_is_written_after_the_send() -> Inside:
    def late(ledger: Ledger, touch: Touch, now: datetime) -> None:
        try:
            ledger.insert(touch, now)
        except Refused:
            return

    return patched((t0_shell, "writes_row", lambda *_: None), (t0_shell, "writes_row_late", late))


def facts_are_read_before_the_transaction() -> Inside:
    def read(house: House, group: NextChannel, now: datetime) -> dict[EnrollmentId, Facts]:
        known = {}
        for run in house.ledger.due(group, now):
            if run.step is not None and run.next_channel is not NextChannel.settle:
                channel = ChannelName(run.next_channel)
                asked = house.candidate(run, channel, now)
                known[run.enrollment_id] = t0_facts.load(house.ledger, asked, house.ledger.people[run.contact_id], now)
        return known

    return patched((t0_shell, "facts_before", read))


def addresses_are_not_locked() -> Inside:
    return patched((t0_shell, "locks_addresses", anything))


def contacts_are_not_locked() -> Inside:
    return patched((t0_shell, "locks_contact", anything))


def runs_are_not_locked() -> Inside:
    return patched((t0_shell, "locks_run", anything))


def senders_are_not_locked() -> Inside:
    return patched((t0_shell, "locks_sender", anything))


def any_touch_moves_its_enrollment() -> Inside:
    return patched((t0_shell, "is_latest", anything))


def the_provider_is_never_asked() -> Inside:
    return patched((t0_shell, "may_ask", nothing))


def nothing_is_polled_before_the_deadline() -> Inside:
    return patched((t0_shell, "may_ask", lambda touch: touch.provider_id is None))


def acceptance_counts_as_success() -> Inside:
    def judged(touch: Touch, news: News, polls: Any) -> Judged:
        success = S.completed if touch.channel is ChannelName.voice else S.delivered
        told = replace(news, state=success, evidence_id=news.provider_id) if news.state is None else news
        return judge_verb(touch, told, polls)

    return patched((t0_settle, "judge", judged))


def it_expires_too_early() -> Inside:
    real = conclude_module.end_at_deadline

    def early(touch: Touch, review_unknown: bool, told: bool, now: datetime) -> News | None:
        return real(replace(touch, confirm_by=touch.armed_at), review_unknown, told, now)

    return patched((t0_settle, "end_at_deadline", early))


def one_failed_read_at_the_deadline_is_enough() -> Inside:
    return patched((conclude_module, "GRACE", NOW), (t0_settle, "POLLS", dict.fromkeys(POLLS, ())))


def a_person_is_asked_where_nobody_wants_that() -> Inside:
    real = conclude_module.end_at_deadline
    return patched((t0_settle, "end_at_deadline", lambda touch, _, told, now: real(touch, True, told, now)))


def nothing_ever_expires() -> Inside:
    return patched((t0_settle, "end_at_deadline", lambda *_: None))


def what_expired_is_tried_again() -> Inside:
    return patched(
        (outcomes, "MAY_REPEAT", outcomes.MAY_REPEAT | {S.expired}),
        (DECIDE, "MAY_REPEAT", outcomes.MAY_REPEAT | {S.expired}),
    )


def what_broke_off_is_called_again() -> Inside:
    return patched((outcomes, "CALL_AGAIN", CALL_AGAIN | {CallEnd.broken_off}))


def unknown_counts_as_failed() -> Inside:
    failed, settled = outcomes.FAILED | {S.unknown}, outcomes.SETTLED | {S.unknown}
    return patched((DECIDE, "FAILED", failed), (DECIDE, "SETTLED", settled))


def a_persons_question_counts_as_failed() -> Inside:
    def settled(run: Snapshot, definition: Definition, now: datetime) -> Plan:
        last = run.last_touch
        if last is None or last.state is not S.review:
            return settle_verb(run, definition, now)
        return settle_verb(changed(run, last_touch=changed(last, state=S.expired)), definition, now)

    return patched((t0_settle, "settle", settled))


def an_armed_visit_is_due_again_and_tried_again() -> Inside:
    """Two guards at once, for each of them alone is enough: the timer behind the deadline, and decide's own look."""

    def timer(run: Snapshot, touch: Touch) -> EnrollmentChange:
        waiting = real(run, touch)
        return replace(waiting, due_at=touch.armed_at + MINUTE, waiting=False, next_channel=run.next_channel)

    def decided(run: Snapshot, definition: Definition, now: datetime) -> Plan:
        last = run.last_touch
        if last is None or run.step is None or last.part != run.visit:
            return decide_verb(run, definition, now)
        return Reach(definition.step(run.step), last.attempt + 1)

    real = t0_arm.timer_of
    return patched((t0_arm, "timer_of", timer), (t0_arm, "decide", decided))


def a_closing_fact_closes_nothing() -> Inside:
    return patched((t0_shell, "closes", nothing))


def a_stop_ends_nothing_on_other_addresses() -> Inside:
    return patched((t0_facts, "said_stop", nothing))


def a_repeated_fact_is_written_again() -> Inside:
    def judged(touch: Touch, news: News, polls: Any) -> Judged:
        verdict = judge_verb(touch, news, polls)
        if verdict.change or news.state is not touch.state:
            return verdict
        return Judged(Change(touch, news, touch.state, touch.state, touch.look_at))

    return patched((t0_settle, "judge", judged))


def the_lower_rank_wins() -> Inside:
    def judged(touch: Touch, news: News, polls: Any) -> Judged:
        target = news.state or S.accepted
        if target is touch.state:
            return Judged(None)
        return Judged(Change(touch, news, touch.state, target, None if news.state else touch.confirm_by))

    return patched((t0_settle, "judge", judged))


def another_touch_is_taken_for_this_one() -> Inside:
    return patched((t0_shell, "taken_ids", lambda *_: frozenset()))


def what_was_settled_meanwhile_is_repeated() -> Inside:
    return patched((t0_shell, "still_waits", anything))


def the_repetition_asks_no_guard() -> Inside:
    return patched((t0_shell, "repeat_allowed", anything))


def the_key_is_used_for_ever() -> Inside:
    def lives(_touch: Touch, _allowed: object, until: object, _now: datetime) -> bool:
        return until is not None

    return patched((t0_shell, "key_still_lives", lives))


def other_words_leave_than_were_stored() -> Inside:
    return patched((t0_shell, "words_of", lambda touch: replace(touch, body=touch.body + " again")))


def it_goes_elsewhere_than_was_stored() -> Inside:
    return patched((t0_shell, "words_of", lambda touch: replace(touch, to_address=f"not-{touch.to_address}")))


def send_by_is_not_looked_at() -> Inside:
    return patched((t0_shell, "is_in_time", anything))


def absent_once_is_enough() -> Inside:
    return patched((conclude_module, "ABSENT_TWICE", NOW))


def the_repetition_forgets(name: str) -> Inside:
    """One guard is asked at arming only."""

    def allowed(facts: Facts, candidate: Candidate, now: datetime) -> bool:
        with without_guards(name):
            return real(facts, candidate, now)

    real = t0_shell.repeat_allowed
    return patched((t0_shell, "repeat_allowed", allowed))


def the_purse_is_not_locked() -> Inside:
    return patched((t0_shell, "locks_purse", anything))


def what_a_provider_said_counts_for_ever() -> Inside:
    return patched((t0_shell, "FRESH", timedelta(days=365)))


def without_guard(name: str) -> Inside:
    """One guard of modules/policy always allows. T1 takes them away by the same function."""
    return without_guards(name)


def without_guards(*names: str) -> Inside:
    def allows(_facts: Facts, _candidate: Candidate, _now: datetime) -> Verdict:
        return Allow()

    kept = tuple(allows if one.__name__ in names else one for one in guards_module.GUARDS)
    timed = tuple(allows if one.__name__ in names else one for one in guards_module.TIMED)
    return patched((guards_module, "GUARDS", kept), (guards_module, "TIMED", timed))
