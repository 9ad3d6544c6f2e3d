"""What GoHighLevel's lists and records prove, and what they leave in doubt: answers that the twin does not give."""

from collections.abc import Iterator
from typing import Any

import pytest

from modules.channels import (
    Absent,
    CannotTell,
    Fact,
    Found,
    Inbound,
    Looked,
    Strange,
)
from modules.channels.ghl_contacts import list_contacts
from modules.labels import TouchState
from tests.contract.canned_server import Canned, canned_server
from tests.contract.ghl_customer import LOCATION, PERSON
from tests.contract.ghl_desk import (
    CONTACT,
    HTML,
    NOW,
    STAMP,
    fetch,
    line,
    look,
    mail_line,
    reread,
)
from tests.contract.ghl_rig import EMAIL, SMS, account_of, changes_of
from utils.http import send_client


@pytest.fixture
def desk() -> Iterator[Canned]:
    with canned_server() as canned:
        yield canned


async def test_the_export_is_asked_for_one_contact_and_channel_and_read_to_its_last_cursor(desk: Canned) -> None:
    desk.answer(200, {"messages": [line(id="M2", body="Other")], "nextCursor": "next"})
    desk.answer(200, {"messages": [line()], "nextCursor": None})
    looked = await look(SMS, desk)
    assert isinstance(looked, Found)
    assert looked.fact.provider_id == "MSG1"
    first, second = desk.asked
    assert first.query == {
        "locationId": LOCATION,
        "channel": "SMS",
        "contactId": CONTACT,
        "startDate": "2026-11-21T08:59:00.000Z",
        "endDate": "2026-11-22T09:05:00.000Z",
        "sortBy": "createdAt",
        "sortOrder": "desc",
        "limit": "100",
    }
    assert second.query == {**first.query, "cursor": "next"}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], Absent()),
        ([line(direction="inbound"), line(contactId="ANOTHER"), line(id="TAKEN"), line(body="Other")], Absent()),
        ([line(dateAdded="2026-11-21T08:58:00.000Z"), line(dateAdded="2026-11-21T09:06:00.000Z")], Absent()),
        ([line(dateAdded=None)], CannotTell("a_line_in_doubt")),
        ([line(body=None)], CannotTell("a_line_in_doubt")),
        ([line(status=None)], CannotTell("a_line_in_doubt")),
        ([line(id="../x")], CannotTell("unreadable_list")),
        (["line"], CannotTell("unreadable_list")),
        ({}, CannotTell("unreadable_list")),
    ],
)
async def test_absent_is_said_only_of_what_was_read_whole_and_without_doubt(
    desk: Canned, lines: Any, expected: Looked
) -> None:
    desk.answer(200, {"messages": lines, "nextCursor": None})
    assert await look(SMS, desk) == expected


async def test_cursors_that_run_in_a_circle_tell_nothing(desk: Canned) -> None:
    for _ in range(2):
        desk.answer(200, {"messages": [line(body="Other")], "nextCursor": "again"})
    assert await look(SMS, desk) == CannotTell("unreadable_list")
    for number in range(20):
        desk.answer(200, {"messages": [line(id=f"M{number}", body="Other")], "nextCursor": f"c{number}"})
    assert await look(SMS, desk) == CannotTell("list_too_long")


@pytest.mark.parametrize(("total", "expected"), [(3, CannotTell("list_cut_short")), (2, Absent()), (1, Absent())])
async def test_an_export_that_ends_before_all_it_counts_was_read_says_nobody_is_absent(
    desk: Canned, total: int, expected: Looked
) -> None:
    for number, cursor in ((1, "next"), (2, None)):
        lines = [line(id=f"M{number}", body="Other")]
        desk.answer(200, {"messages": lines, "nextCursor": cursor, "total": total})
    assert await look(SMS, desk) == expected


@pytest.mark.parametrize(
    ("lines", "cursor", "expected"),
    [
        ([line(id=f"M{number}", body="Other") for number in range(100)], None, CannotTell("list_cut_short")),
        ([line(id=f"M{number}", body="Other") for number in range(99)], None, Absent()),
        ([], "next", CannotTell("list_cannot_be_continued")),
    ],
    ids=["full", "not full", "empty"],
)
async def test_an_export_without_a_count_has_to_end_plainly(
    desk: Canned, lines: Any, cursor: str | None, expected: Looked
) -> None:
    desk.answer(200, {"messages": lines, "nextCursor": cursor})
    assert await look(SMS, desk) == expected


@pytest.mark.parametrize("page", [{"nextPage": True}, {"nextPage": None}, {}, {"nextPage": True, "lastMessageId": ""}])
async def test_a_conversation_that_goes_on_and_does_not_say_where_was_not_read(
    desk: Canned, page: dict[str, Any]
) -> None:
    desk.answer(200, {"conversations": [{"id": "CNV1", "contactId": CONTACT, "lastMessageDate": STAMP}], "total": 1})
    desk.answer(200, {"messages": {"lastMessageId": None, "messages": [line(messageType="TYPE_SMS")], **page}})
    async with send_client(10) as client:
        assert await changes_of(SMS, client, account_of(SMS, desk.url), NOW) == CannotTell("unreadable_list")


async def test_a_search_that_counts_more_than_it_gave_is_read_on(desk: Canned) -> None:
    """GoHighLevel gave fewer conversations than were asked for; the count tells."""
    for number in (1, 2):
        found = {"id": f"CNV{number}", "contactId": CONTACT, "phone": PERSON, "lastMessageDate": STAMP}
        desk.answer(200, {"conversations": [found], "total": 2})
    for number in (1, 2):
        page = {"nextPage": False, "messages": [line(id=f"MSG{number}", messageType="TYPE_SMS")]}
        desk.answer(200, {"messages": page})
    async with send_client(10) as client:
        events = await changes_of(SMS, client, account_of(SMS, desk.url), NOW)
    assert not isinstance(events, CannotTell)
    assert {one.provider_id for one in events if isinstance(one, Fact)} == {"MSG1", "MSG2"}


async def test_a_search_that_counts_more_and_gives_no_more_is_not_everything(desk: Canned) -> None:
    found = {"id": "CNV1", "contactId": CONTACT, "phone": PERSON, "lastMessageDate": STAMP}
    for _ in range(2):
        desk.answer(200, {"conversations": [found], "total": 2})
    desk.answer(200, {"messages": {"nextPage": False, "messages": [line(messageType="TYPE_SMS")]}})
    async with send_client(10) as client:
        assert await changes_of(SMS, client, account_of(SMS, desk.url), NOW) == CannotTell("list_cut_short")


async def test_a_full_page_of_people_without_a_next_one_and_a_count_is_not_everybody(desk: Canned) -> None:
    people = [{"id": f"C{number}", "phone": PERSON} for number in range(100)]
    desk.answer(200, {"contacts": people})
    async with send_client(10) as client:
        pages = [page async for page in list_contacts(client, account_of(SMS, desk.url))]
    assert pages[1:] == [CannotTell("list_cut_short")]


@pytest.mark.parametrize(("count", "told"), [(3, [1, CannotTell("list_cut_short")]), (1, [1]), (None, [1])])
async def test_a_list_of_people_that_ends_before_all_it_counts_was_read_is_not_everybody(
    desk: Canned, count: int | None, told: list[int | CannotTell]
) -> None:
    desk.answer(200, {"contacts": [{"id": CONTACT, "phone": PERSON}], "count": count})
    async with send_client(10) as client:
        pages = [page async for page in list_contacts(client, account_of(SMS, desk.url))]
    assert [page if isinstance(page, CannotTell) else len(page) for page in pages] == told


@pytest.mark.parametrize(
    ("subject", "html", "expected"),
    [
        ("Hello", HTML, "found"),
        ("Hello ", f"{HTML}\n", "found"),
        ("Hello", f"<html><body>{HTML}<a href='x'>Unsubscribe</a></body></html>", CannotTell("a_line_in_doubt")),
        ("Hello", "<p>Hello Bob</p>", Absent()),
        ("Another", HTML, Absent()),
        (None, HTML, CannotTell("a_line_in_doubt")),
        ("Hello", None, CannotTell("a_line_in_doubt")),
    ],
)
async def test_a_mail_is_ours_by_subject_and_html_and_in_doubt_when_only_our_words_stand_in_it(
    desk: Canned, subject: str | None, html: str | None, expected: Looked | str
) -> None:
    desk.answer(200, {"messages": [mail_line()], "nextCursor": None})
    desk.answer(200, {"id": "MAIL1", "subject": subject, "body": html, "direction": "outbound"})
    looked = await look(EMAIL, desk)
    assert ("found" if isinstance(looked, Found) else looked) == expected
    assert desk.asked[1].path == "/conversations/messages/email/MAIL1"


async def test_a_mail_whose_record_cannot_be_read_is_in_doubt(desk: Canned) -> None:
    desk.answer(200, {"messages": [mail_line()], "nextCursor": None})
    desk.answer(500, {})
    assert await look(EMAIL, desk) == CannotTell("a_line_in_doubt")


@pytest.mark.parametrize(
    ("own", "record", "state", "word"),
    [
        ("sent", "delivered", TouchState.delivered, "delivered"),
        ("delivered", "failed", TouchState.failed, "failed"),
        ("delivered", "sent", TouchState.delivered, "delivered"),
        ("pending", None, None, "pending"),
    ],
)
async def test_the_record_of_a_mail_may_know_more_than_its_message(
    desk: Canned, own: str, record: str | None, state: TouchState | None, word: str
) -> None:
    desk.answer(200, mail_line() | {"status": own})
    desk.answer(200 if record else 500, {"id": "MAIL1", "status": record, "direction": "outbound"})
    looked = await fetch(EMAIL, desk)
    assert isinstance(looked, Found)
    assert (looked.fact.state, looked.fact.evidence_id) == (state, f"poll:MSG1:{word}")


@pytest.mark.parametrize(
    "message_", [line(id="ANOTHER"), line(locationId="ANOTHER"), line(status=None), line(direction="inbound"), {}]
)
async def test_a_message_that_is_not_plainly_ours_proves_nothing(desk: Canned, message_: dict[str, Any]) -> None:
    desk.answer(200, message_)
    assert await fetch(SMS, desk) == CannotTell("unreadable_answer")


async def test_a_message_under_a_name_is_read_like_a_bare_one(desk: Canned) -> None:
    desk.answer(200, {"message": line(status="delivered"), "traceId": "t"})
    looked = await fetch(SMS, desk)
    assert isinstance(looked, Found)
    assert looked.fact.state is TouchState.delivered


async def test_an_answer_that_joined_our_thread_is_read_out_of_it(desk: Canned) -> None:
    """A thread may be one message: ours comes first, the person's mail is a later record."""
    thread = mail_line() | {"meta": {"email": {"messageIds": ["MAIL1", "MAIL2"]}}, "messageType": "TYPE_EMAIL"}
    ours = {"id": "MAIL1", "direction": "outbound", "status": "delivered"}
    theirs = {
        "id": "MAIL2",
        "direction": "inbound",
        "from": "Ada <ada@lovelace.example>",
        "body": "Yes",
        "contactId": CONTACT,
        "replyToMessageId": "MAIL1",
    }
    for body in (thread, ours, theirs):
        desk.answer(200, body)
    event = await reread(desk)
    assert isinstance(event, Inbound)
    assert (event.event_key, event.from_address, event.text) == ("ghl:MAIL2", "ada@lovelace.example", "Yes")
    assert event.answers == ("MAIL1", "MSG1")


async def test_what_is_neither_ours_nor_a_persons_is_strange_and_kept(desk: Canned) -> None:
    desk.answer(200, line(messageType="TYPE_ACTIVITY_CONTACT"))
    event = await reread(desk)
    assert isinstance(event, Strange)
    assert (event.event_key, event.payload["messageType"]) == ("k", "TYPE_ACTIVITY_CONTACT")


async def test_the_thread_of_a_conversation_is_read_nested_and_flat(desk: Canned) -> None:
    search = {"conversations": [{"id": "CNV1", "contactId": CONTACT, "phone": PERSON, "lastMessageDate": STAMP}]}
    page = {"lastMessageId": "MSG1", "nextPage": False, "messages": [line(messageType="TYPE_SMS")]}
    for body in (search, {"messages": page}, search, page):
        desk.answer(200, body)
    async with send_client(10) as client:
        told = [await changes_of(SMS, client, account_of(SMS, desk.url), NOW) for _ in range(2)]
    for events in told:
        assert not isinstance(events, CannotTell)
        (event,) = events
        assert isinstance(event, Fact)
        assert event.provider_id == "MSG1"
    assert desk.asked[0].query == {
        "locationId": LOCATION,
        "sortBy": "last_message_date",
        "sort": "desc",
        "limit": "100",
    }
