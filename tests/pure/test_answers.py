"""Which texts code answers by itself, decided on plain values."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from modules.accounts import Account
from modules.channels import Inbound
from modules.emotion import language_of_words
from modules.ids import AccountId, ClientId, ContactId, TouchId
from modules.inbox import AnswerHistory, AnswerKind, Match, Unanswered
from modules.labels import ChannelName, InboundKind, Provider, SuppressionReason, UnknownPolicy
from modules.touches import AnswerFacts
from workers.answer import is_too_late, may_answer
from workers.hear import answer_to, asks_to_start, hear, provider_answers
from workers.weigh import Weighed, one_answer

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
OPEN = AnswerHistory(None, helped=False)
OURS, TOLL_FREE, SHORT_CODE = "+12065550100", "+18335550100", "55512"
ID = UUID("01a20000-0000-7000-8000-000000000001")


def text(body: str, to: str = OURS, flag: str = "", sender: str = "+12125550123", **more: object) -> Inbound:
    """A person's text as an adapter gives it."""
    payload = {"OptOutType": flag} if flag else {}
    fields: dict[str, object] = {"opted_out": flag == "STOP", "payload": payload} | more
    return Inbound("SM1", sender, to, body, **fields)  # type: ignore[arg-type]


def answer(event: Inbound, history: AnswerHistory = OPEN, provider: Provider = Provider.twilio) -> AnswerKind | None:
    return answer_to(hear(provider, event, NOW), history)


@pytest.mark.parametrize("body", ["STOP", " stop ", "StopAll", "REVOKE", "optout", "HELP", "info"])
def test_the_whole_message_is_a_word_that_twilio_answers(body: str) -> None:
    assert provider_answers(Provider.twilio, text(body))
    assert answer(text(body)) is None


@pytest.mark.parametrize("body", ["STOP.", "stop please", "STOP 🛑", "s t o p", "pare", "unsub"])
def test_any_other_way_to_say_it_is_ours_to_confirm(body: str) -> None:
    assert answer(text(body)) is AnswerKind.confirmation


def test_on_a_short_code_twilio_answers_only_where_it_says_so() -> None:
    assert answer(text("STOP", SHORT_CODE)) is AnswerKind.confirmation
    assert answer(text("STOP", SHORT_CODE, flag="STOP")) is None


def test_the_providers_flag_says_that_it_has_answered_whatever_the_words_are() -> None:
    assert answer(text("arrivederci", flag="STOP")) is None
    assert answer(text("Help!", flag="HELP")) is None


def test_gohighlevel_closes_at_its_stop_words_and_answers_no_help() -> None:
    assert answer(text("STOP"), provider=Provider.ghl) is None
    assert answer(text("stop texting me"), provider=Provider.ghl) is AnswerKind.confirmation
    assert answer(text("HELP"), provider=Provider.ghl) is AnswerKind.help


@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_only_what_the_persons_own_word_had_not_closed_is_confirmed(reason: SuppressionReason) -> None:
    own = reason in (SuppressionReason.opted_out, SuppressionReason.provider_opt_out, SuppressionReason.complained)
    found = answer(text("stop texting me"), AnswerHistory(reason, helped=False))
    assert found is (None if own else AnswerKind.confirmation)


@pytest.mark.parametrize(
    "event",
    [
        text("stop calling me", channel=ChannelName.voice, kind=InboundKind.call),
        text("stop", sender="a@example.com", channel=ChannelName.email),
        text("stop texting me", sender="55512"),
        text("stop texting me", sender="anonymous"),
        text("Not interested"),
        text("stop by tomorrow?"),
    ],
)
def test_no_text_goes_to_who_did_not_text_an_opt_out(event: Inbound) -> None:
    assert answer(event) is None


@pytest.mark.parametrize(
    ("to", "closed_for", "expected"),
    [
        (OURS, None, AnswerKind.help),
        (OURS, SuppressionReason.opted_out, AnswerKind.help),
        (OURS, SuppressionReason.provider_opt_out, None),
        (TOLL_FREE, None, AnswerKind.help),
        (TOLL_FREE, SuppressionReason.opted_out, None),
    ],
)
def test_help_is_answered_unless_the_carrier_lets_nothing_through(
    to: str, closed_for: SuppressionReason | None, expected: AnswerKind | None
) -> None:
    assert answer(text("Help!", to), AnswerHistory(closed_for, helped=False)) is expected
    assert answer(text("Help!", to), AnswerHistory(closed_for, helped=True)) is None


@pytest.mark.parametrize(("body", "wanted"), [("START", True), ("unstop", True), ("YES", False), ("yes start", False)])
def test_only_a_start_alone_asks_to_come_back(body: str, wanted: bool) -> None:
    assert asks_to_start(text(body)) is wanted
    assert not asks_to_start(text(body, channel=ChannelName.email, sender="a@example.com"))


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("stop texting me", "en"),
        ("STOP", "en"),
        ("no mas", "es"),
        ("ya no me escriban por favor", "es"),
        ("ayuda", "es"),
        ("arrêtez", "fr"),
        ("ne m'envoyez plus de messages", "fr"),
        ("aide", "fr"),
    ],
)
def test_the_language_is_that_of_the_words(body: str, language: str) -> None:
    assert language_of_words(body) == language


@pytest.mark.parametrize(
    ("facts", "allowed", "in_test"),
    [
        (AnswerFacts("live", False, False, 0), True, True),
        (AnswerFacts("test", False, False, 0), False, True),
        (AnswerFacts("paused", False, False, 0), False, False),
        (AnswerFacts("live", True, False, 0), False, False),
        (AnswerFacts("live", False, True, 0), False, False),
        (AnswerFacts("live", False, False, 20), False, False),
    ],
)
def test_an_answer_waits_only_for_these(facts: AnswerFacts, allowed: bool, in_test: bool) -> None:
    account = Account(
        *(AccountId(ID), ClientId(ID), Provider.twilio, ChannelName.sms, "key", {}),
        *(UnknownPolicy.never_rearm, 2.0, "http://127.0.0.1:9", {}),
    )
    assert may_answer(facts, account, in_test=False) is allowed
    assert may_answer(facts, account, in_test=True) is in_test


@pytest.mark.parametrize(
    ("kind", "minute", "second", "late"),
    [
        (AnswerKind.confirmation, 4, 50, False),
        (AnswerKind.confirmation, 4, 51, True),
        (AnswerKind.help, 59, 50, False),
        (AnswerKind.help, 59, 51, True),
    ],
)
def test_it_must_still_reach_the_provider_in_time(kind: AnswerKind, minute: int, second: int, late: bool) -> None:
    one = Unanswered(ID, ClientId(ID), ContactId(ID), "+12125550123", OURS, "stop", NOW, kind, 0)
    assert is_too_late(one, NOW.replace(minute=minute, second=second)) is late


def test_of_several_clients_the_one_who_wrote_last_answers() -> None:
    first, second, third = (ClientId(UUID(int=n)) for n in (1, 2, 3))
    earlier, later = (TouchId(UUID(f"01a2000{n}-0000-7000-8000-000000000001")) for n in (1, 2))
    matches = [
        Match(first, ContactId(ID), None, None, later),
        Match(second, ContactId(ID), None, None, earlier),
        Match(third, ContactId(ID), None, None, None),
    ]
    owing = Weighed(AnswerKind.confirmation)
    found = one_answer({first: owing, second: owing, third: Weighed(None, wants_back=True)}, matches)
    assert found == {first: owing, second: Weighed(), third: Weighed(None, wants_back=True)}
    assert one_answer({second: owing}, matches) == {second: owing}
