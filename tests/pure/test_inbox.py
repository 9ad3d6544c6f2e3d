"""What comes in: kept facts and messages come back whole, and only a person's own words ask to stop."""

import json
from datetime import UTC, datetime

import pytest

from modules.channels import Click, Fact, Inbound
from modules.channels.html_words import words_of
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
        ("On Mon, Nov 23, 2026 Acme <a@b.example> wrote:\n> Hello\n> Unsubscribe\n\nStop\n-- \nAda", "Stop"),
        ("Acme wrote:\n> Hello\nStop", "Stop"),
        ("Hi.\n\n> Is Friday good?\n\nNo.\n\n> Unsubscribe here\n\nStop", "Hi.\n\n\nNo.\n\n\nStop"),
        ("Sent from my iPhone\n\n> On Nov 23, 2026, at 10:00 AM, Acme <a@b.example> wrote:\n> Hello\n\nStop", "Stop"),
        ("Sí\n\nDe: Acme <a@b.example>\nEnviado el: lunes, 23 de noviembre\nAsunto: Hola\nDarse de baja", "Sí"),
        ("Oui\n\nDe : Acme <a@b.example>\nEnvoyé : lundi\nSe désabonner", "Oui"),
        ("Yes\n\n*From:* Acme <a@b.example>\n*Sent:* Monday\nUnsubscribe", "Yes"),
        ("Yes\n\nOn Mon, Nov 23, 2026 at 10:00 AM Acme\n<a@b.example>\nwrote:\n\nUnsubscribe", "Yes"),
        ("Yes\n\n2026-11-23 10:00 GMT-05:00 Acme <a@b.example>:\n\nUnsubscribe", "Yes"),
        ("Ja\n\nAm Mo., 23. Nov. 2026 um 10:00 Uhr schrieb Acme <a@b.example>:\n\nUnsubscribe", "Ja"),
        ("Yes\n\n---- On Mon, 23 Nov 2026 10:00:00 -0500 Acme <a@b.example> wrote ----\n\nUnsubscribe", "Yes"),
        ("Sí\n\nEnviado desde mi iPhone\nDarse de baja", "Sí"),
        ("Yes\nAda\n\nCONFIDENTIALITY NOTICE: do not contact the wrong person", "Yes\nAda"),
        ("Yes\n\nIf you are the wrong recipient do not write, call or forward. GDPR applies.", "Yes"),
        ("De: Ada\nStop", "De: Ada\nStop"),
        ("Who gave you this confidential information? Stop.", "Who gave you this confidential information? Stop."),
        ("I received this e-mail in error. Stop.", "I received this e-mail in error. Stop."),
        ("I work with these two:\nAda\nBob", "I work with these two:\nAda\nBob"),
    ],
)
def test_only_what_a_person_wrote_themselves_counts(text: str, words: str) -> None:
    assert own_words(text) == words


@pytest.mark.parametrize("text", ["<@" * 50_000, "on 1\n" * 20_000, "De: x\n" * 20_000, "> a\nb\n" * 20_000])
def test_a_letter_as_long_as_a_book_is_read_to_its_end(text: str) -> None:
    assert own_words(text) == own_words(own_words(text))


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (
            '<p>On Monday Acme wrote:</p><blockquote type="cite">Hi <b>Ada</b><p>Unsubscribe</p></blockquote>Stop',
            "Stop",
        ),
        (
            '<div>Yes</div><div>On Mon Acme &lt;a@b.example&gt; wrote:<br></div><blockquote class="gmail_quote x">'
            "<blockquote>a</blockquote> <i> </i>Unsubscribe</blockquote>",
            "Yes",
        ),
        ("<blockquote>Stop</blockquote>", "Stop"),
        ("</blockquote>Stop", "Stop"),
    ],
)
def test_what_a_mail_program_quotes_in_html_is_not_theirs_and_what_stands_below_it_is(html: str, words: str) -> None:
    assert own_words(words_of(html)) == words


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
        (ChannelName.voice, "(212) 555-0100 ext. 5", "+12125550100"),
        (ChannelName.voice, "anonymous", None),
        (ChannelName.sms, "12345", None),
        (ChannelName.email, " Ada@Person.example ", "ada@person.example"),
        (ChannelName.email, "nobody", None),
    ],
)
def test_a_sender_is_written_as_our_addresses_are(channel: ChannelName, sender: str, found: str | None) -> None:
    assert sender_of(Inbound("k", sender, "b", "", False, {}, channel)) == found
