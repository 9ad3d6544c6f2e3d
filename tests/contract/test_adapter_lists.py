"""Lists such as the twin never gives: what is not plain proves nothing, and nothing is followed to another house."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from modules.channels import CannotTell, Inbound, Listed
from modules.channels.registry import channel_for
from modules.channels.resend_email import ResendEmail
from tests.contract.adapter_rig import account_at, counting_client
from tests.contract.canned_server import Canned, canned_server
from tests.contract.pair import Pair
from tests.contract.text_pairs import RESEND_EMAIL, TWILIO_SMS

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SINCE, UNTIL = NOW - DAY, NOW
EMPTY: dict[str, Any] = {"messages": [], "next_page_uri": None}


def text(number: int, made: datetime = NOW, **changes: Any) -> dict[str, Any]:
    usual = {
        "sid": f"SM{number:032x}",
        "status": "queued",
        "direction": "outbound-api",
        "to": "+14155550100",
        "date_created": format_datetime(made),
        "date_sent": None,
    }
    return usual | changes


def mail(number: int, made: datetime = NOW, **changes: Any) -> dict[str, Any]:
    usual = {
        "id": f"0f7a3c52-6f0e-4b8e-9d57-{number:012x}",
        "created_at": made.isoformat(),
        "to": ["Ada <Ada@lovelace.example>"],
        "subject": "Hello",
        "last_event": "sent",
    }
    return usual | changes


@pytest.fixture
def canned() -> Iterator[Canned]:
    with canned_server() as desk:
        yield desk


async def listing(pair: Pair, canned: Canned) -> Sequence[Listed] | CannotTell:
    channel, account = channel_for(pair.provider, pair.channel), account_at(pair, canned.url)
    with counting_client([], seconds=5) as client:
        async with client:
            return await channel.listing(client, account, SINCE, UNTIL)


async def heard(canned: Canned) -> Sequence[Inbound] | CannotTell:
    account = account_at(RESEND_EMAIL, canned.url)
    with counting_client([], seconds=5) as client:
        async with client:
            return await ResendEmail().heard(client, account, SINCE, UNTIL)


def tell(canned: Canned, *bodies: Any) -> None:
    for body in bodies:
        canned.answer(200, body)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("no object", "unreadable_line"),
        (text(1, date_created=None), "unreadable_line"),
        (text(1, date_created="yesterday"), "unreadable_line"),
        (text(1, direction=None), "unreadable_line"),
        (text(1, sid="SM1"), "unreadable_line"),
        (text(1, status=None), "unreadable_line"),
    ],
)
async def test_a_text_that_cannot_be_read_spoils_the_list(canned: Canned, line: Any, why: str) -> None:
    tell(canned, {"messages": [line], "next_page_uri": None})
    assert await listing(TWILIO_SMS, canned) == CannotTell(why)


async def test_a_text_that_is_sent_between_the_two_readings_is_told_once_as_it_stands_last(canned: Canned) -> None:
    """Unsent it fits no filter on days: the first reading has it; a moment later the second one has it."""
    tell(canned, {"messages": [text(2), text(1)], "next_page_uri": None})
    tell(canned, {"messages": [text(2, status="delivered"), text(3, NOW - 2 * DAY)], "next_page_uri": None})
    found = await listing(TWILIO_SMS, canned)
    assert not isinstance(found, CannotTell)
    assert [(one.fact.provider_id[-1], one.fact.provider_status) for one in found] == [
        ("1", "queued"),
        ("2", "delivered"),
    ]
    first, second = canned.asked
    assert first.query == {"PageSize": "1000"}
    assert second.query == {"PageSize": "1000", "DateSent>": "2026-11-20", "DateSent<": "2026-11-21"}


async def test_a_text_that_twilio_lists_though_it_refused_it_is_told_as_such(canned: Canned) -> None:
    """Since 2024 what the create call answered with 400 stands in the list, as failed with the code of that answer."""
    codes = ((3, "failed", 21610), (2, "failed", 30003), (1, "undelivered", 21610))
    lines = [text(number, status=status, error_code=code) for number, status, code in codes]
    tell(canned, {"messages": lines, "next_page_uri": None}, EMPTY)
    found = await listing(TWILIO_SMS, canned)
    assert not isinstance(found, CannotTell)
    assert [(one.fact.provider_id[-1], one.refused) for one in found] == [("1", False), ("2", False), ("3", True)]


async def test_a_list_of_texts_is_read_back_until_nothing_unsent_can_follow(canned: Canned) -> None:
    path = f"/2010-04-01/Accounts/{TWILIO_SMS.settings['account_sid']}/Messages.json?Page="
    tell(canned, {"messages": [text(1)], "next_page_uri": path + "1"})
    tell(canned, {"messages": [text(2, SINCE - timedelta(hours=9))], "next_page_uri": path + "2"})
    tell(canned, {"messages": [text(3, SINCE - timedelta(hours=11))], "next_page_uri": path + "3"}, EMPTY)
    found = await listing(TWILIO_SMS, canned)
    assert not isinstance(found, CannotTell)
    assert [one.fact.provider_id[-1] for one in found] == ["1"]
    assert [asked.query.get("Page") for asked in canned.asked] == [None, "1", "2", None]


async def test_a_list_of_texts_that_is_not_newest_first_proves_nothing(canned: Canned) -> None:
    tell(canned, {"messages": [text(1, NOW - DAY), text(2)], "next_page_uri": None})
    assert await listing(TWILIO_SMS, canned) == CannotTell("list_is_not_newest_first")


@pytest.mark.parametrize("further", ["https://evil.example/x", "//evil.example/", "/2010-04-01/Accounts/AC1/x", 7])
async def test_a_further_page_elsewhere_gets_no_credentials(canned: Canned, further: Any) -> None:
    tell(canned, {"messages": [], "next_page_uri": further})
    assert await listing(TWILIO_SMS, canned) == CannotTell("unreadable_list")
    assert len(canned.asked) == 1


@pytest.mark.parametrize("page", [{"messages": [text(1)]}, {"messages": [text(1)], "next_page_uri": 0}])
async def test_a_page_of_texts_that_does_not_say_whether_it_is_the_last_is_not(
    canned: Canned, page: dict[str, Any]
) -> None:
    tell(canned, page, EMPTY)
    assert await listing(TWILIO_SMS, canned) == CannotTell("unreadable_list")


@pytest.mark.parametrize("more", [{}, {"has_more": None}, {"has_more": "false"}, {"has_more": 0}])
async def test_a_page_of_mails_that_does_not_say_whether_it_is_the_last_is_not(
    canned: Canned, more: dict[str, Any]
) -> None:
    page = {"data": [mail(1)], **more}
    tell(canned, page, page)
    assert await listing(RESEND_EMAIL, canned) == CannotTell("unreadable_list")
    assert await heard(canned) == CannotTell("unreadable_list")


async def test_a_list_of_texts_without_an_end_is_given_up(canned: Canned) -> None:
    path = f"/2010-04-01/Accounts/{TWILIO_SMS.settings['account_sid']}/Messages.json?Page=1"
    tell(canned, *[{"messages": [text(number)], "next_page_uri": path} for number in range(30)])
    assert await listing(TWILIO_SMS, canned) == CannotTell("list_too_long")


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ({"data": "none"}, "unreadable_list"),
        ({"data": [], "has_more": True}, "unreadable_list"),
        ({"data": ["no object"]}, "unreadable_line"),
        ({"data": [mail(1, created_at="soon")]}, "unreadable_line"),
        ({"data": [mail(1, id="../x")]}, "unreadable_line"),
        ({"data": [mail(1, last_event=None)], "has_more": False}, "unreadable_line"),
        ({"data": [mail(1, SINCE), mail(2)]}, "list_is_not_newest_first"),
    ],
)
async def test_a_list_of_mails_that_is_not_plain_proves_nothing(canned: Canned, page: Any, why: str) -> None:
    tell(canned, page)
    assert await listing(RESEND_EMAIL, canned) == CannotTell(why)


async def test_a_list_of_mails_is_read_back_behind_its_beginning(canned: Canned) -> None:
    tell(canned, {"data": [mail(1), mail(2, SINCE)], "has_more": True})
    tell(canned, {"data": [mail(3, SINCE), mail(4, SINCE - timedelta(seconds=1))], "has_more": True})
    found = await listing(RESEND_EMAIL, canned)
    assert not isinstance(found, CannotTell)
    assert [one.fact.provider_id[-1] for one in found] == ["3", "2", "1"]
    assert {one.to_address for one in found} == {"ada@lovelace.example"}
    assert [asked.query.get("after") for asked in canned.asked] == [None, mail(2)["id"]]


async def test_a_list_of_mails_that_shows_tags_tells_our_touch(canned: Canned) -> None:
    touch = "01935f00-0000-7000-8000-000000000001"
    tags: list[Any] = [[{"name": "touch", "value": touch}], {"touch": touch}, {"touch": "none"}, None]
    tell(canned, {"data": [mail(number, tags=one) for number, one in enumerate(tags)], "has_more": False})
    found = await listing(RESEND_EMAIL, canned)
    assert not isinstance(found, CannotTell)
    assert [str(one.fact.reference) for one in found] == ["None", "None", touch, touch]


async def test_a_list_of_mails_without_an_end_is_given_up(canned: Canned) -> None:
    tell(canned, *[{"data": [mail(number)], "has_more": True} for number in range(60)])
    assert await listing(RESEND_EMAIL, canned) == CannotTell("list_too_long")


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ({"data": "none"}, "unreadable_list"),
        ({"data": [], "has_more": True}, "unreadable_list"),
        ({"data": [mail(1, created_at=None)]}, "unreadable_line"),
        ({"data": [mail(1, id="../../domains")]}, "unreadable_line"),
        ({"data": [mail(1, SINCE), mail(2)]}, "list_is_not_newest_first"),
    ],
)
async def test_a_list_of_what_was_written_that_is_not_plain_proves_nothing(canned: Canned, page: Any, why: str) -> None:
    tell(canned, page)
    assert await heard(canned) == CannotTell(why)
    assert [asked.path for asked in canned.asked] == ["/emails/receiving"]


async def test_a_list_of_what_was_written_that_goes_round_or_has_no_end_is_given_up(canned: Canned) -> None:
    tell(canned, *[{"data": [mail(1)], "has_more": True}] * 2)
    assert await heard(canned) == CannotTell("list_cannot_be_continued")
    tell(canned, *[{"data": [mail(number)], "has_more": True} for number in range(60)])
    assert await heard(canned) == CannotTell("list_too_long")


async def test_an_email_without_a_sender_is_nobodys_and_another_one_than_asked_for_is_no_answer(
    canned: Canned,
) -> None:
    whole = mail(2) | {"from": "Ada <ada@lovelace.example>", "text": "STOP"}
    page = {"data": [mail(1), mail(2)], "has_more": False}
    tell(canned, page, whole, mail(1))
    found = await heard(canned)
    assert not isinstance(found, CannotTell)
    assert [(one.from_address, one.text) for one in found] == [("ada@lovelace.example", "STOP")]
    tell(canned, page, mail(1))
    assert await heard(canned) == CannotTell("unreadable_answer")
