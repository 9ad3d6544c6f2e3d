"""Vapi's list of calls as our adapter reads it: what is ours, what is in doubt, and when absence is proven."""

from datetime import timedelta
from typing import Any

import pytest

from modules.channels import Absent, CannotTell, Found, Looked, Sought
from modules.channels.vapi_voice import VapiVoice
from modules.labels import TouchState
from tests.contract.canned_server import Canned
from tests.contract.test_vapi_requests import CALL, NOW, PERSON, TOUCH, account, desk, message
from utils.http import send_client

__all__ = ["desk"]  # a fixture


def line(number: int, minute: int = 0, **changes: Any) -> dict[str, Any]:
    usual = {
        "id": f"call-0000-{number}",
        "type": "outboundPhoneCall",
        "status": "queued",
        "name": f"another {number}",
        "createdAt": f"2026-11-21T09:{minute:02}:00.000Z",
        "customer": {"number": PERSON},
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


OURS: dict[str, Any] = {"name": str(TOUCH)}


async def look(desk: Canned, page_size: int = 2, known: frozenset[str] = frozenset()) -> Looked:
    sought = Sought(message(), armed_at=NOW, until=NOW + timedelta(hours=1), known=known)
    async with send_client(5) as client:
        return await VapiVoice(page_size).lookup(client, account(desk.url), sought)


async def test_the_list_is_asked_by_number_and_time(desk: Canned) -> None:
    desk.answer(200, [])
    assert await look(desk, page_size=1000) == Absent()
    assert (desk.asked[0].path, desk.asked[0].query) == (
        "/call",
        {
            "phoneNumberId": "num-1",
            "createdAtGe": "2026-11-21T08:59:50.000Z",
            "createdAtLe": "2026-11-21T10:00:00.000Z",
            "limit": "1000",
        },
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (OURS, "found"),
        ({"name": None, "customer": {"number": PERSON, "externalId": str(TOUCH)}}, "found"),
        ({"name": None, "assistantOverrides": {"metadata": {"touch": str(TOUCH)}}}, "found"),
        ({"name": str(TOUCH), "status": None}, "found"),
        ({}, "absent"),
        ({"name": None, "customer": {"number": PERSON, "externalId": "another"}}, "absent"),
        ({"name": None}, "in doubt"),
        ({"name": None, "customer": {"number": "+14155550199"}}, "absent"),
        ({"name": None, "type": "inboundPhoneCall"}, "absent"),
        ({**OURS, "type": "inboundPhoneCall"}, "absent"),
        ({**OURS, "id": None}, "in doubt"),
        ({"createdAt": None}, "in doubt"),
    ],
)
async def test_a_line_is_ours_or_not_or_in_doubt(desk: Canned, changes: dict[str, Any], expected: str) -> None:
    for _ in range(2):
        desk.answer(200, [line(1, **changes)])
    looked = await look(desk)
    assert {Found: "found", Absent: "absent", CannotTell: "in doubt"}[type(looked)] == expected


async def test_a_call_of_another_touch_is_not_taken_for_ours(desk: Canned) -> None:
    for _ in range(2):
        desk.answer(200, [line(1, **OURS)])
    assert await look(desk, known=frozenset({"call-0000-1"})) == Absent()


async def test_calls_of_one_instant_are_not_lost_between_two_pages(desk: Canned) -> None:
    same = [line(number, 5) for number in range(3)] + [line(3, 5, **OURS)]
    desk.answer(200, [line(9, 6), same[0]])
    desk.answer(200, same[:3])
    desk.answer(200, same)
    desk.answer(200, same)
    looked = await look(desk)
    assert isinstance(looked, Found)
    assert looked.fact.provider_id == "call-0000-3"
    assert [one.query["limit"] for one in desk.asked] == ["2", "3", "5", "6"]
    assert {one.query["createdAtLe"] for one in desk.asked[1:]} == {"2026-11-21T09:05:00.000Z"}


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        (500, b"", "http_500"),
        (401, {"message": "Invalid Key"}, "http_401"),
        (200, b"[", "unreadable_answer"),
        (200, {"results": []}, "unreadable_answer"),
        (200, [7], "unreadable_line"),
        (200, [line(1, 1), line(2, 2)], "list_cannot_be_continued"),
    ],
)
async def test_a_list_that_is_not_read_to_its_end_proves_no_absence(
    desk: Canned, status: int, said: Any, reason: str
) -> None:
    desk.answer(status, said)
    assert await look(desk) == CannotTell(reason)


async def test_a_page_that_is_shorter_than_asked_for_is_not_taken_for_the_last(desk: Canned) -> None:
    for number in (1, 2, 3):
        desk.answer(200, [line(number, 6 - number)])
    desk.answer(200, [line(3, 3), line(4, 2, **OURS)])
    desk.answer(200, [line(4, 2, **OURS)])
    looked = await look(desk, page_size=1000)
    assert isinstance(looked, Found)
    assert looked.fact.provider_id == "call-0000-4"
    assert [one.query["createdAtLe"][14:16] for one in desk.asked] == ["00", "05", "04", "03", "02"]


async def test_a_list_that_no_longer_shows_what_it_has_just_shown_proves_no_absence(desk: Canned) -> None:
    desk.answer(200, [line(1, 5), line(2, 5)])
    desk.answer(200, [line(2, 5)])
    assert await look(desk, page_size=1000) == CannotTell("list_cannot_be_continued")


async def test_what_stands_on_the_first_page_is_found_though_the_second_fails(desk: Canned) -> None:
    desk.answer(200, [line(1, 6, **OURS), line(2, 5)])
    desk.answer(500, b"")
    assert isinstance(await look(desk), Found)


async def test_the_listing_shows_what_left_from_both_numbers_and_no_call_to_us(desk: Canned) -> None:
    done = line(1, 3, **OURS, status="ended", endedReason="customer-busy")
    others = [line(2, 2, type="inboundPhoneCall"), line(3, 1, type="webCall")]
    for page in ([done, *others], others[1:], [line(4, 0)], [line(4, 0)]):
        desk.answer(200, page)
    async with send_client(5) as client:
        found = await VapiVoice().listing(client, account(desk.url), NOW, NOW + timedelta(hours=1))
    assert not isinstance(found, CannotTell)
    assert [(one.fact.provider_id, one.fact.reference, one.fact.state) for one in found] == [
        ("call-0000-1", TOUCH, TouchState.failed),
        ("call-0000-4", None, None),
    ]
    assert (found[0].to_address, found[0].created_at) == (PERSON, NOW + timedelta(minutes=3))
    assert [one.query["phoneNumberId"] for one in desk.asked] == ["num-1", "num-1", "num-2", "num-2"]


async def test_a_listing_of_which_one_number_is_missing_tells_nothing(desk: Canned) -> None:
    desk.answer(200, [line(1)])
    desk.answer(500, b"")
    async with send_client(5) as client:
        found = await VapiVoice().listing(client, account(desk.url), NOW, NOW + timedelta(hours=1))
    assert found == CannotTell("http_500")


async def test_another_call_than_the_one_asked_for_is_no_answer(desk: Canned) -> None:
    desk.answer(200, line(2))
    async with send_client(5) as client:
        assert await VapiVoice().fetch(client, account(desk.url), CALL) == CannotTell("unreadable_answer")
    assert desk.asked[0].path == f"/call/{CALL}"
