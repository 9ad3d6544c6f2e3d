"""The contract of an adapter as a table of cases, each run for every adapter it names, before the real twin.

A case's name is the sentence that holds.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from modules.channels import (
    Accepted,
    Answer,
    CannotTell,
    Fact,
    NotSent,
    Rejected,
    Unknown,
    channel_for,
)
from modules.labels import Provider, SuppressionReason, TouchState
from tests.contract.adapter_rig import STATUS, TOUCH, Rig, hurried, touch
from tests.contract.pair import Pair, To
from tests.contract.silent_servers import closed_port_url, dripping_url, silent_url
from tests.contract.twin_customer import SERVICE

Play = Callable[[Rig], Awaitable[None]]
Applies = Callable[[Pair], bool]


@dataclass(frozen=True)
class Case:
    """One sentence of the contract and the adapters that keep it."""

    sentence: str
    applies: Applies
    play: Play


CASES: list[Case] = []


def everyone(_: Pair) -> bool:
    return True


def has_same_key(pair: Pair) -> bool:
    return channel_for(pair.provider, pair.channel).policy.same_key_until is not None


def carries_reference(pair: Pair) -> bool:
    return pair.carries_reference


def lists_at_once(pair: Pair) -> bool:
    return pair.lists_at_once


def signs_body(pair: Pair) -> bool:
    return pair.signs_body


def signs_with_time(pair: Pair) -> bool:
    return pair.signs_with_time


def only(provider: Provider) -> Applies:
    """For what one provider alone does."""
    return lambda pair: pair.provider is provider


def case(applies: Applies = everyone) -> Callable[[Play], Play]:
    def keep(play: Play) -> Play:
        CASES.append(Case(getattr(play, "__name__", "").replace("_", " "), applies, play))
        return play

    return keep


def cases_of(pair: Pair) -> list[Case]:
    return [one for one in CASES if one.applies(pair)]


async def send(rig: Rig) -> Answer:
    """Sends once, and proves that it was one request."""
    before = len(rig.requests)
    answer = await rig.channel.send(rig.client, rig.account, rig.message())
    assert len(rig.requests) - before <= 1
    return answer


async def send_accepted(rig: Rig) -> Accepted:
    answer = await send(rig)
    assert isinstance(answer, Accepted), answer
    return answer


async def send_hurried(rig: Rig) -> Answer:
    """Sends where no answer will come."""
    with hurried(rig.client):
        return await send(rig)


def weather_case(fault: str, accepted: int, expected: Answer) -> None:
    """A send in foul weather: the answer, and what the provider truly holds."""

    async def play(rig: Rig) -> None:
        rig.twin.script(rig.provider, fault)
        answer = await (send_hurried if expected == Unknown("read_timeout") else send)(rig)
        assert (type(answer), answer) == (type(expected), expected)
        assert len(rig.ledger()) == accepted

    CASES.append(Case(f"{fault} is answered with {type(expected).__name__}", everyone, play))


weather_case("timeout_after_accept", 1, Unknown("read_timeout"))
weather_case("late_accept", 0, Unknown("read_timeout"))
weather_case("reset_after_accept", 1, Unknown("read_error"))
weather_case("reset_before_accept", 0, Unknown("read_error"))
weather_case("500_after_accept", 1, Unknown("http_500"))
weather_case("500_before_accept", 0, Unknown("http_500"))
weather_case("unreadable_200", 1, Unknown("unreadable_answer"))


@case()
async def a_send_is_accepted_with_the_bytes_and_the_reference_we_gave(rig: Rig) -> None:
    answer = await send_accepted(rig)
    (line,) = rig.twin.ledger(rig.provider)
    carried = str(TOUCH) if rig.pair.carries_reference else None
    assert (line["provider_id"], line["touch"]) == (answer.provider_id, carried)
    assert (line["body"], line["to"]) == (rig.message().body, rig.message().to_address)


@case()
async def too_many_requests_is_not_sent_and_says_when_to_come_back(rig: Rig) -> None:
    rig.twin.script(rig.provider, "429")
    assert await send(rig) == rig.pair.too_many
    assert rig.ledger() == []


@case()
async def a_refused_message_is_rejected_for_good(rig: Rig) -> None:
    refusal = rig.pair.refused
    rig.twin.script(rig.provider, "reject", code=refusal.code)
    assert await send(rig) == refusal.answer
    assert refusal.answer.permanent
    assert rig.ledger() == []


@case()
async def a_wrong_key_is_rejected_and_is_about_the_account(rig: Rig) -> None:
    refusal = rig.pair.wrong_key
    assert await send(rig.with_account(**refusal.changes)) == refusal.answer
    assert not refusal.answer.permanent


@case()
async def a_closed_port_is_not_sent(rig: Rig) -> None:
    assert await send(rig.with_account(closed_port_url())) == NotSent("connect_error")


@case()
async def a_server_that_never_speaks_is_unknown(rig: Rig) -> None:
    with silent_url("http") as url:
        answer = await send_hurried(rig.with_account(url))
    assert answer == Unknown("read_timeout")


@case()
async def a_tls_handshake_that_never_ends_is_not_sent(rig: Rig) -> None:
    with silent_url("https") as url:
        answer = await send_hurried(rig.with_account(url))
    assert answer == NotSent("connect_timeout")


@case()
async def an_answer_that_drips_is_cut_off_as_unknown(rig: Rig) -> None:
    with dripping_url() as url:
        answer = await send_hurried(rig.with_account(url))
    assert answer == Unknown("no_answer_in_time")


@case()
async def an_incomplete_account_sends_nothing(rig: Rig) -> None:
    for missing in (*rig.channel.required_secrets, *rig.channel.required_settings):
        half = rig.with_account(**{missing: ""})
        assert await send(half) == NotSent(f"account_incomplete_{missing}")
        looked = await half.channel.lookup(rig.client, half.account, rig.sought(rig.message()))
        assert looked == await half.channel.fetch(rig.client, half.account, "any")
        assert looked == await half.channel.listing(rig.client, half.account, *rig.all_day())
        assert looked == CannotTell(f"account_incomplete_{missing}")
    assert rig.requests == []


@case(has_same_key)
async def a_repeat_under_the_same_key_is_the_same_mail(rig: Rig) -> None:
    for fault in ("timeout_after_accept", "500_after_accept"):
        rig.twin.script(rig.provider, fault)
    assert isinstance(await send_hurried(rig), Unknown)
    assert isinstance(await send(rig), Unknown)
    answer = await send_accepted(rig)
    assert [line["provider_id"] for line in rig.ledger()] == [answer.provider_id]
    assert len({request.content for request in rig.requests}) == 1


@case(only(Provider.resend))
async def other_bytes_under_the_same_key_are_unknown_and_never_a_second_mail(rig: Rig) -> None:
    await send_accepted(rig)
    answer = await rig.channel.send(rig.client, rig.account, rig.message(body="Changed"))
    assert answer == Unknown("idempotency_conflict")
    assert len(rig.ledger()) == 1


@case(only(Provider.resend))
async def a_repeat_while_the_first_still_runs_is_unknown(rig: Rig) -> None:
    rig.twin.script(rig.provider, "late_accept", delay=30)
    await send_hurried(rig)
    assert await send(rig) == Unknown("concurrent_idempotent_requests")


@case(only(Provider.resend))
async def a_spent_quota_is_not_sent(rig: Rig) -> None:
    rig.twin.script(rig.provider, "reject", code="daily_quota_exceeded")
    assert await send(rig) == NotSent("daily_quota_exceeded")


@case(only(Provider.resend))
async def bounces_and_complaints_close_the_address_when_they_are_final(rig: Rig) -> None:
    expected = [
        ("bounced", "Permanent", TouchState.bounced, "resend_bounce_permanent", SuppressionReason.bounced),
        ("bounced", "Transient", TouchState.bounced, "resend_bounce_transient", None),
        ("complained", None, TouchState.complained, "resend_complained", SuppressionReason.complained),
    ]
    for number, (fault, code, state, reason, suppress) in enumerate(expected):
        rig.twin.script(rig.provider, fault, code=code)
        message = rig.message(touch(number), body=f"Mail {number}", to=To(f"person{number}@lovelace.example"))
        assert isinstance(await rig.channel.send(rig.client, rig.account, message), Accepted)
        rig.customer.step(hours=3)
        event = rig.channel.parse(STATUS, rig.letters()[-1])
        assert isinstance(event, Fact)
        assert (event.state, event.reason, event.suppress) == (state, reason, suppress)


@case(only(Provider.twilio))
async def a_person_who_unsubscribed_at_the_provider_is_suppressed(rig: Rig) -> None:
    rig.twin.script(rig.provider, "reject", code="21610")
    assert await send(rig) == Rejected(True, "21610", "twilio_21610", SuppressionReason.provider_opt_out)


@case(only(Provider.twilio))
async def a_poll_of_what_was_sent_tells_its_price(rig: Rig) -> None:
    answer = await send_accepted(rig)
    assert (await rig.found(answer.provider_id)).fact.cost_micros is None
    rig.customer.step(minutes=5)
    fact = (await rig.found(answer.provider_id)).fact
    assert (fact.cost_micros, fact.cost_currency) == (7900, "USD")


@case(only(Provider.twilio))
async def a_messaging_service_sends_in_place_of_a_number(rig: Rig) -> None:
    answer = await send_accepted(rig.with_account(messaging_service_sid=SERVICE))
    assert answer.provider_status == "accepted"
    assert rig.ledger()[0]["from"] == SERVICE
