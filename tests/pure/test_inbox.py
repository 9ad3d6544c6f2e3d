"""What comes in: kept facts and messages come back whole, and only a person's own words ask to stop."""

import json
from datetime import UTC, datetime

import pytest

from modules.channels import Click, Fact, Inbound
from modules.ids import TouchId
from modules.inbox import own_words, pack_fact, pack_inbound, unpack_fact, unpack_inbound
from modules.labels import CallDetails, ChannelName, InboundKind, SuppressionReason, TouchState
from utils.uuid7 import uuid7
from workers.hear import asks_to_stop, sender_of

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
CALL = CallDetails(AT, AT, "User: hello", "/call/1/mono-recording", "They said hello")
TOUCH = TouchId(uuid7(AT))


@pytest.mark.parametrize(
    "fact",
    [
        Fact(None, "p", "queued", "e"),
        Fact(TouchState.failed, "p", "ended", "e", AT, TOUCH, "busy", SuppressionReason.bounced, 5, "USD", CALL),
        Fact(None, "p", "clicked", "e", AT, TOUCH, click=Click(AT, "Mozilla/5.0")),
        Fact(None, "p", "clicked", "e", click=Click(None, "")),
    ],
)
def test_a_kept_fact_comes_back_whole(fact: Fact) -> None:
    assert unpack_fact(json.loads(json.dumps(pack_fact(fact)))) == fact


def test_a_fact_that_was_kept_before_clicks_were_known_comes_back() -> None:
    fact = Fact(None, "p", "clicked", "e")
    packed = pack_fact(fact)
    del packed["click"]
    assert unpack_fact(packed) == fact


@pytest.mark.parametrize(
    "event",
    [
        Inbound("k", "a", "b", "text", False, {}),
        Inbound(
            *("k", "a", "b", "text", True, {"x": "y"}, ChannelName.voice, InboundKind.call),
            *("subject", AT, TOUCH, ("<1@x>", "<2@x>"), "ref", CALL),
        ),
    ],
)
def test_a_kept_message_comes_back_whole(event: Inbound) -> None:
    assert unpack_inbound(json.loads(json.dumps(pack_inbound(event)))) == event


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Stop\n\n> Hello", "Stop"),
        ("Stop\nOn Mon, Nov 23, 2026 at 10:00 AM Acme <a@b.example> wrote:\n> Hello", "Stop"),
        ("Stop\r\n\r\nOn Mon, Nov 23, 2026 at 10:00 AM\r\nAcme <a@b.example> wrote:\r\n", "Stop"),
        ("Stop\n\nSent from my iPhone", "Stop"),
        ("Stop\n-----Original Message-----\nFrom: Acme", "Stop"),
        ("Stop\n________________________________\nFrom: Acme", "Stop"),
        ("Stop\n-- \nAda", "Stop"),
        ("On Friday I can come.\nAda", "On Friday I can come.\nAda"),
        ("> only quoted", ""),
    ],
)
def test_only_what_a_person_wrote_themselves_counts(text: str, words: str) -> None:
    assert own_words(text) == words


@pytest.mark.parametrize(
    ("channel", "text", "subject", "stops"),
    [
        (ChannelName.email, "unsubscribe\n> Hello", "Re: Hello", True),
        (ChannelName.email, "", "Unsubscribe", True),
        (ChannelName.email, "> stop", "Re: Hello", False),
        (ChannelName.email, "Thank you", "stop", False),
        (ChannelName.sms, "STOP.", None, True),
        (ChannelName.sms, "Do not stop", None, False),
        (ChannelName.voice, "stop", None, True),
    ],
)
def test_a_message_asks_to_stop_when_that_is_all_it_says(
    channel: ChannelName, text: str, subject: str | None, stops: bool
) -> None:
    assert asks_to_stop(Inbound("k", "a", "b", text, False, {}, channel, subject=subject)) is stops


@pytest.mark.parametrize(
    ("channel", "sender", "found"),
    [
        (ChannelName.sms, "+12125550100", "+12125550100"),
        (ChannelName.voice, "(212) 555-0100", "+12125550100"),
        (ChannelName.voice, "anonymous", None),
        (ChannelName.sms, "12345", None),
        (ChannelName.email, " Ada@Person.example ", "ada@person.example"),
        (ChannelName.email, "nobody", None),
    ],
)
def test_a_sender_is_written_as_our_addresses_are(channel: ChannelName, sender: str, found: str | None) -> None:
    assert sender_of(Inbound("k", sender, "b", "", False, {}, channel)) == found
