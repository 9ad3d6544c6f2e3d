"""A list is read back until it is old enough: one whose pages do not go on where the last one ended proves nothing."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from modules.channels import CannotTell, Inbound, Message, Sought
from modules.channels.resend_email import ResendEmail
from modules.channels.twilio_sms import TwilioSms
from modules.ids import TouchId
from tests.contract.adapter_rig import account_at, counting_client, touch
from tests.contract.canned_server import Canned
from tests.contract.test_adapter_lists import NOW, SINCE, UNTIL, heard, listing, mail, tell, text
from tests.contract.test_adapter_lists import canned as canned
from tests.contract.text_pairs import RESEND_EMAIL, TWILIO_SMS

DISORDERED = CannotTell("list_is_not_newest_first")
HOUR, OLD = timedelta(hours=1), SINCE - timedelta(days=1)


def mails(canned: Canned) -> None:
    """The second page begins above the first one's end; what stands on a third would not be read."""
    tell(canned, {"data": [mail(1), mail(2, NOW - 9 * HOUR)], "has_more": True})
    tell(canned, {"data": [mail(3, NOW - HOUR), mail(4, OLD)], "has_more": True})


async def texts_from_people(canned: Canned) -> Sequence[Inbound] | CannotTell:
    account = account_at(TWILIO_SMS, canned.url)
    with counting_client([], seconds=5) as client:
        async with client:
            return await TwilioSms().heard(client, account, SINCE, UNTIL)


async def test_mails_whose_pages_are_out_of_order_are_not_all_that_left(canned: Canned) -> None:
    mails(canned)
    assert await listing(RESEND_EMAIL, canned) == DISORDERED


async def test_mails_from_people_whose_pages_are_out_of_order_are_not_all_that_came(canned: Canned) -> None:
    mails(canned)
    assert await heard(canned) == DISORDERED


async def test_a_mail_is_not_absent_from_pages_that_are_out_of_order(canned: Canned) -> None:
    tell(canned, {"data": [mail(1), mail(2, NOW - 9 * HOUR)], "has_more": True})
    tell(canned, {"data": [mail(3, NOW - HOUR), mail(4, OLD)], "has_more": True})
    tell(canned, {"data": [mail(5, OLD)], "has_more": True})
    message = Message(TouchId(touch(7)), "nobody@example.com", "Other", "<p>Other</p>", {})
    sought = Sought(message, SINCE, UNTIL, frozenset())
    with counting_client([], seconds=5) as client:
        async with client:
            looked = await ResendEmail().lookup(client, account_at(RESEND_EMAIL, canned.url), sought)
    assert looked == DISORDERED


async def test_texts_from_people_whose_pages_are_out_of_order_are_not_all_that_came(canned: Canned) -> None:
    """A stop may stand on the page after."""
    path = f"/2010-04-01/Accounts/{TWILIO_SMS.settings['account_sid']}/Messages.json?Page="
    theirs: dict[str, Any] = {"direction": "inbound", "from": "+12125550100"}
    tell(canned, {"messages": [text(1), text(2, NOW - 9 * HOUR, **theirs)], "next_page_uri": path + "1"})
    tell(canned, {"messages": [text(3, NOW - HOUR, **theirs), text(4, OLD)], "next_page_uri": path + "2"})
    tell(canned, {"messages": [text(5, OLD)], "next_page_uri": path + "3"})
    assert await texts_from_people(canned) == DISORDERED


async def test_texts_of_ours_may_stand_where_they_were_sent(canned: Canned) -> None:
    """Twilio may keep what we send in its queue for hours."""
    theirs: dict[str, Any] = {"direction": "inbound", "from": "+12125550100"}
    lines = [text(1), text(2, NOW - 9 * HOUR), text(3, NOW - HOUR, **theirs), text(4, NOW - 2 * HOUR)]
    tell(canned, {"messages": lines, "next_page_uri": None})
    found = await texts_from_people(canned)
    assert not isinstance(found, CannotTell)
    assert [one.event_key[-1] for one in found] == ["3"]


async def test_lines_of_one_moment_may_stand_either_way_round(canned: Canned) -> None:
    moment = NOW - HOUR
    tell(canned, {"data": [mail(1), mail(2, moment)], "has_more": True})
    tell(canned, {"data": [mail(3, moment + timedelta(milliseconds=900)), mail(4, OLD)], "has_more": True})
    found = await listing(RESEND_EMAIL, canned)
    assert not isinstance(found, CannotTell)
    assert [one.fact.provider_id[-1] for one in found] == ["3", "2", "1"]
