"""How far what people wrote was read, and for whom it was meant, on plain values."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest

from modules.channels import Inbound
from modules.ids import AccountId, ClientId
from modules.inbox import Place
from modules.labels import ChannelName
from tests.pure.touches import NOW
from workers.hear_again import is_named
from workers.hear_late import is_worth_a_mark, pieces

ACME, CALM = ClientId(UUID(int=1)), ClientId(UUID(int=2))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def place(client_id: ClientId, settings: Mapping[str, str], *, retired: bool = False) -> Place:
    return Place(AccountId(UUID(int=9)), client_id, ChannelName.sms, retired, settings)


def text_to(address: str) -> Inbound:
    return Inbound("SM1", "+12125550177", address, "Hello", False, {})


def test_what_was_missed_is_cut_into_pieces_without_a_hole() -> None:
    found = list(pieces(NOW - 5 * HOUR, NOW))
    assert [begins for begins, _ in found] == [NOW - 5 * HOUR, NOW - 3 * HOUR, NOW - HOUR]
    assert [ends for _, ends in found] == [NOW - 3 * HOUR, NOW - HOUR, NOW]
    assert list(pieces(NOW, NOW)) == []


@pytest.mark.parametrize(
    ("age", "seen", "worth"),
    [(None, 0, True), (-HOUR, 0, True), (HOUR / 2, 9, False), (HOUR, 1, True), (23 * HOUR, 0, False), (DAY, 0, True)],
)
def test_a_mark_is_written_once_an_hour_where_somebody_writes_and_once_a_day_where_nobody_does(
    age: timedelta | None, seen: int, worth: bool
) -> None:
    assert is_worth_a_mark(None if age is None else NOW - age, NOW, NOW, seen) is worth


@pytest.mark.parametrize(
    ("address", "named"), [("+1206", True), ("+1207", False), ("+1208", None), ("+1209", False), ("", None)]
)
def test_a_number_is_ours_when_we_name_it_and_not_when_somebody_else_has_it_now(
    address: str, named: bool | None
) -> None:
    places = [
        place(ACME, {"from_number": "+1206"}),
        place(CALM, {"from_number": "+1207"}),
        place(ACME, {"from_number": "+1209"}, retired=True),
        place(CALM, {"from_number": "+1209"}),
    ]
    assert is_named(text_to(address), [ACME], places) is named


def test_an_answer_to_a_domain_for_answers_is_of_whoever_names_that_domain() -> None:
    places = [place(ACME, {"inbound_domain": "in.acme.example"}), place(CALM, {"sender": "Calm <hi@calm.example>"})]
    found = [
        is_named(text_to(one), [ACME], places) for one in ("r+1@in.acme.example", "hi@calm.example", "x@y.example")
    ]
    assert found == [True, False, None]
