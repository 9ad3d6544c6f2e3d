"""Retell's list of calls as our adapter reads it: what is ours, what is in doubt, and when absence is proven."""

import json
from datetime import timedelta
from typing import Any

import pytest

from modules.channels import Absent, CannotTell, Found, Looked, Sought
from modules.channels.retell_voice import RetellVoice
from modules.labels import CallEnd, TouchState
from tests.contract.canned_server import Canned
from tests.contract.official_fields import wrong_with_retell_list
from tests.contract.test_retell_requests import CALL, NOW, PERSON, TOUCH, account, desk, message
from utils.http import send_client

__all__ = ["desk"]  # a fixture

START = 1795251600000
OURS: dict[str, Any] = {"metadata": {"touch": str(TOUCH)}}
SAID = [{"role": "agent", "content": "Hello?"}, {"role": "user", "content": "Hello."}]


def line(number: int, second: int | None = 0, **changes: Any) -> dict[str, Any]:
    usual = {
        "call_id": f"call_0000_{number}",
        "call_type": "phone_call",
        "direction": "outbound",
        "call_status": "ongoing",
        "metadata": {"touch": f"another {number}"},
        "from_number": "+15005550031",
        "to_number": PERSON,
        "start_timestamp": None if second is None else START + 1000 * second,
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


def page(*lines: Any, key: str | None = None, **changes: Any) -> dict[str, Any]:
    return {"items": list(lines), "has_more": key is not None, **({"pagination_key": key} if key else {}), **changes}


def asked(desk: Canned) -> list[dict[str, Any]]:
    bodies = [one.body for one in desk.asked if one.path == "/v3/list-calls"]
    assert [wrong_with_retell_list(content) for content in bodies] == [[]] * len(bodies)
    return [json.loads(content) for content in bodies]


async def look(desk: Canned, page_size: int = 2, known: frozenset[str] = frozenset()) -> Looked:
    sought = Sought(message(), armed_at=NOW, until=NOW + timedelta(hours=1), known=known)
    async with send_client(5) as client:
        return await RetellVoice(page_size).lookup(client, account(desk.url), sought)


async def test_absence_takes_two_readings_by_our_reference_and_by_the_number(desk: Canned) -> None:
    """A call that just began has no start: neither reading asks for one."""
    desk.answer(200, page())
    desk.answer(201, page(line(1), line(2, None)))
    assert await look(desk) == Absent()
    by_touch, by_number = (one["filter_criteria"] for one in asked(desk))
    assert by_touch == {"metadata": [{"type": "string", "op": "eq", "key": "touch", "value": str(TOUCH)}]}
    assert by_number["to_number"] == {"type": "string", "op": "eq", "value": PERSON}
    assert "start_timestamp" not in by_number
    assert {one.headers["authorization"] for one in desk.asked} == {"Bearer key_for_tests"}


async def test_a_call_that_is_found_is_asked_for_what_was_said(desk: Canned) -> None:
    over = {**OURS, "call_status": "ended", "disconnection_reason": "user_hangup"}
    desk.answer(200, page(line(1, **over)))
    desk.answer(200, line(1, **over, transcript_object=SAID))
    looked = await look(desk)
    assert isinstance(looked, Found)
    assert (looked.fact.state, looked.fact.reference) == (TouchState.completed, TOUCH)
    assert [one.path for one in desk.asked] == ["/v3/list-calls", "/v2/get-call/call_0000_1"]


async def test_a_call_that_is_found_and_cannot_be_read_is_taken_for_accepted(desk: Canned) -> None:
    desk.answer(200, page(line(1, **OURS, call_status="ended", disconnection_reason="user_hangup")))
    desk.answer(500, b"")
    looked = await look(desk)
    assert isinstance(looked, Found)
    assert (looked.fact.state, looked.fact.provider_id) == (None, "call_0000_1")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (OURS, "found"),
        ({**OURS, "start_timestamp": START - 9_000_000}, "found"),
        ({**OURS, "direction": "inbound"}, "absent"),
        ({}, "absent"),
        ({"metadata": None}, "in doubt"),
        ({"metadata": None, "start_timestamp": None}, "in doubt"),
        ({"metadata": {}}, "in doubt"),
        ({"metadata": None, "start_timestamp": START - 90_000}, "absent"),
        ({"metadata": None, "to_number": "+14155550199"}, "absent"),
        ({"metadata": None, "direction": "inbound"}, "absent"),
        ({**OURS, "call_id": None}, "in doubt"),
    ],
)
async def test_a_line_is_ours_or_not_or_in_doubt(desk: Canned, changes: dict[str, Any], expected: str) -> None:
    one = line(1) | changes
    one = {name: value for name, value in one.items() if value is not None}
    desk.answer(200, page())
    desk.answer(200, page(one))
    desk.answer(200, one)
    looked = await look(desk)
    assert {Found: "found", Absent: "absent", CannotTell: "in doubt"}[type(looked)] == expected


async def test_a_list_that_counts_more_than_it_gave_proves_no_absence(desk: Canned) -> None:
    desk.answer(200, page())
    desk.answer(200, page(line(1), line(2), key="k1", total=4))
    desk.answer(200, page(line(3), total=4))
    assert await look(desk) == CannotTell("list_cut_short")
    for total in (3, 2, True, "4"):
        desk.answer(200, page())
        desk.answer(200, page(line(1), line(2), key="k1", total=total))
        desk.answer(200, page(line(3), total=total))
        assert await look(desk) == Absent(), total


async def test_a_call_of_another_touch_is_not_taken_for_ours(desk: Canned) -> None:
    for _ in range(2):
        desk.answer(200, page(line(1, **OURS)))
    assert await look(desk, known=frozenset({"call_0000_1"})) == Absent()


async def test_a_long_list_is_read_page_by_page_to_its_end(desk: Canned) -> None:
    desk.answer(200, page())
    desk.answer(200, page(line(1), line(2), key="k1"))
    desk.answer(200, page(line(3), line(4), key="k2"))
    desk.answer(200, page(line(5, **OURS)))
    desk.answer(200, line(5, **OURS))
    looked = await look(desk)
    assert isinstance(looked, Found)
    assert looked.fact.provider_id == "call_0000_5"
    assert [one.get("pagination_key") for one in asked(desk)] == [None, None, "k1", "k2"]
    assert {one["limit"] for one in asked(desk)} == {2}


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        (500, b"", "http_500"),
        (401, {"message": "Invalid key"}, "http_401"),
        (200, b"[", "unreadable_answer"),
        (200, [], "unreadable_answer"),
        (200, {"items": []}, "unreadable_list"),
        (200, {"items": {}, "has_more": False}, "unreadable_list"),
        (200, {"items": [], "has_more": "no"}, "unreadable_list"),
        (200, page(7), "unreadable_line"),
        (200, page(line(1)) | {"has_more": True}, "list_cannot_be_continued"),
        (200, page(key="k1"), "list_cannot_be_continued"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
async def test_a_list_that_is_not_read_to_its_end_proves_no_absence(
    desk: Canned, status: int, said: Any, reason: str, first: bool
) -> None:
    if not first:
        desk.answer(200, page())
    desk.answer(status, said)
    assert await look(desk) == CannotTell(reason)


async def test_a_key_that_comes_back_ends_no_list(desk: Canned) -> None:
    for number in range(2):
        desk.answer(200, page(line(number), key="k1"))
    assert await look(desk) == CannotTell("list_cannot_be_continued")


async def listed(desk: Canned) -> Any:
    async with send_client(5) as client:
        return await RetellVoice().listing(client, account(desk.url), NOW, NOW + timedelta(minutes=1))


async def test_the_listing_shows_what_left_from_our_numbers_or_bears_our_reference(desk: Canned) -> None:
    foreign = {"from_number": "+15005550099"}
    busy = {"call_status": "not_connected", "disconnection_reason": "dial_busy"}
    answered = {"call_status": "ended", "disconnection_reason": "user_hangup"}
    lines = [
        line(1, 30, **OURS, **busy),
        line(2, 20, **answered),
        line(3, 10, **foreign),
        line(4, 10, **foreign, **OURS),
        line(5, 10, direction="inbound"),
        line(6, 61),
        line(7, -1),
        line(8, 60, from_number="+15005550032"),
        line(9, 0),
    ]
    desk.answer(200, page(*lines))
    found = await listed(desk)
    assert [(one.fact.provider_id, one.fact.state, one.fact.reason) for one in found] == [
        ("call_0000_1", TouchState.failed, CallEnd.busy),
        ("call_0000_2", None, None),
        ("call_0000_4", None, None),
        ("call_0000_8", None, None),
        ("call_0000_9", None, None),
    ]
    assert (found[0].fact.reference, found[0].to_address) == (TOUCH, PERSON)
    assert found[0].created_at == NOW + timedelta(seconds=30)
    (question,) = asked(desk)
    assert question["filter_criteria"]["start_timestamp"]["value"] == [START - 1000, START + 61_000]
    assert question["limit"] == 1000


async def test_a_listing_that_breaks_off_tells_nothing(desk: Canned) -> None:
    desk.answer(200, page(line(1), key="k1"))
    desk.answer(500, b"")
    assert await listed(desk) == CannotTell("http_500")


async def test_another_call_than_the_one_asked_for_is_no_answer(desk: Canned) -> None:
    desk.answer(200, line(2))
    async with send_client(5) as client:
        assert await RetellVoice().fetch(client, account(desk.url), CALL) == CannotTell("unreadable_answer")
    assert desk.asked[0].path == f"/v2/get-call/{CALL}"
