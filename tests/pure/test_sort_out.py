"""What each item of a provider's list is, on plain values: news of a touch of ours, nothing, or a ghost."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from modules.channels import Fact, Listed
from modules.ids import ClientId, TouchId
from modules.labels import TouchState
from tests.pure.touches import CLIENT, NOW, TOUCH
from utils.db import Row
from workers.reconcile import Sorted, sort_out

OTHER = ClientId(UUID(int=99))
LONG_AGO = NOW - timedelta(minutes=30)
TO = "Ada@Example.com"


def item(
    provider_id: str,
    state: TouchState | None = None,
    reference: TouchId | None = None,
    at: datetime | None = LONG_AGO,
    to: str | None = TO,
    person: str | None = None,
) -> Listed:
    return Listed(Fact(state, provider_id, "sent", f"poll:{provider_id}:sent", reference=reference), to, at, person)


def known(provider_id: str | None, state: TouchState, client: ClientId = CLIENT) -> Row:
    return {"id": TOUCH, "client_id": client, "provider_id": provider_id, "state": state}


def sort(listed: list[Listed], rows: list[Row], unplaced: frozenset[str] = frozenset()) -> Sorted:
    return sort_out(listed, rows, {CLIENT}, unplaced, NOW)


def test_our_reference_settles_a_touch_whose_fate_was_unknown() -> None:
    done = sort([item("a", reference=TOUCH)], [known(None, TouchState.unknown)])
    assert [(news.touch_id, news.provider_id) for news in done.news.values()] == [(TOUCH, "a")]
    assert done.ghosts == []


def test_what_we_know_already_is_no_news() -> None:
    for state, told in ((TouchState.delivered, TouchState.delivered), (TouchState.accepted, None)):
        assert sort([item("a", told)], [known("a", state)]) == Sorted()
    assert len(sort([item("a", TouchState.bounced)], [known("a", TouchState.delivered)]).news) == 1
    assert len(sort([item("a")], [known("a", TouchState.not_sent)]).news) == 1


def test_a_second_acceptance_of_one_touch_is_a_ghost_that_names_it() -> None:
    done = sort([item("b", reference=TOUCH)], [known("a", TouchState.delivered)])
    assert [(one.item.fact.provider_id, one.touch_id, one.client_id) for one in done.ghosts] == [("b", TOUCH, CLIENT)]
    both = sort([item("a", reference=TOUCH), item("b", reference=TOUCH)], [known(None, TouchState.unknown)])
    assert [one.item.fact.provider_id for one in both.ghosts] == ["b"]
    assert [news.provider_id for news in both.news.values()] == ["a"]


def test_a_touch_of_another_client_is_neither_told_of_nor_a_ghost() -> None:
    """They may share the environment's account; and a reference can be written by whoever has an account."""
    for row in (known("a", TouchState.accepted, OTHER), known(None, TouchState.unknown, OTHER)):
        assert sort([item("a", TouchState.delivered, TOUCH)], [row]) == Sorted()


def test_an_item_that_no_touch_explains_is_a_ghost_once_it_is_old_enough() -> None:
    assert len(sort([item("a")], []).ghosts) == 1
    assert len(sort([item("a", at=NOW - timedelta(seconds=300))], []).ghosts) == 1
    assert sort([item("a", at=NOW - timedelta(seconds=299))], []) == Sorted()
    assert sort([item("a", at=None)], []) == Sorted()


def test_what_a_provider_lists_though_it_refused_it_is_no_ghost() -> None:
    refused = replace(item("a", TouchState.failed), refused=True)
    assert sort([refused], []) == Sorted()
    assert sort_out([refused], [], {CLIENT}, frozenset(), NOW, of_any_age=True) == Sorted()
    assert len(sort([refused], [known("a", TouchState.accepted)]).news) == 1


def test_an_item_that_may_be_an_unknown_touch_is_no_ghost() -> None:
    assert sort([item("a")], [], frozenset({"ada@example.com"})) == Sorted()
    assert sort([item("a", to=None)], [], frozenset({"somebody@example.com"})) == Sorted()
    assert len(sort([item("a")], [], frozenset({"somebody@example.com"})).ghosts) == 1
    lost = item("a", reference=TouchId(UUID(int=77)))
    assert len(sort([lost], [], frozenset({"ada@example.com"})).ghosts) == 1


def test_an_item_that_names_a_person_is_excused_by_a_touch_to_that_person_only() -> None:
    told = item("a", to=None, person="contactA")
    assert sort([told], [], frozenset({"+12125550100", "contactA"})) == Sorted()
    assert len(sort([told], [], frozenset({"+12125550100", "contactB"})).ghosts) == 1


def test_no_item_is_excused_for_longer_than_an_hour() -> None:
    """Lists are read two hours back: what was excused to their end would never be told."""
    for to, person in ((TO, None), (None, "contactA"), (None, None)):
        unplaced = frozenset({"ada@example.com", "contactA"})
        young, old = (item("a", at=NOW - timedelta(minutes=age), to=to, person=person) for age in (59, 60))
        assert sort([young], [], unplaced) == Sorted()
        assert len(sort([old], [], unplaced).ghosts) == 1
