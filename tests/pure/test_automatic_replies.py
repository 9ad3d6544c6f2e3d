"""A machine's answer is no person's."""

from dataclasses import replace

import pytest

from modules.channels import Inbound
from modules.emotion import OptOut
from modules.inbox import is_automatic
from modules.labels import ChannelName
from workers.hear import judge


@pytest.mark.parametrize(
    "headers",
    [
        {"auto-submitted": "auto-replied"},
        {"auto-submitted": "Auto-Generated; owner-email=a@b.example"},
        {"precedence": "auto_reply"},
        {"precedence": "Bulk"},
        {"x-autoreply": "yes"},
        {"list-id": "<news.acme.example>"},
    ],
)
def test_what_says_of_itself_that_a_machine_wrote_it_is_automatic(headers: dict[str, str]) -> None:
    assert is_automatic(headers)


NOT_AUTOMATIC: list[dict[str, str]] = [
    *({}, {"auto-submitted": "no"}, {"auto-submitted": ""}),
    *({"precedence": "first-class"}, {"x-autoreply": "no"}),
]


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Automatic reply: Hello Ada", "I am away."),
        ("Respuesta automática: Hola", ""),
        ("Réponse automatique : Bonjour", ""),
        ("", "I’m driving with Focus turned on. I’ll see your message when I get where I’m going."),
        ("", "I'm driving with Do Not Disturb turned on. I'll see your message when I get where I'm going."),
        ("", "(I'm not receiving notifications. If this is urgent, reply “urgent” to send a notification through.)"),
    ],
)
def test_without_headers_only_what_machines_alone_write_is_automatic(subject: str, words: str) -> None:
    assert is_automatic({}, subject, words)
    assert not is_automatic({}, f"Re: {subject}", f"You wrote: {words}")


@pytest.mark.parametrize(
    "words",
    [
        "I am away until Monday. In urgent matters do not email, call my mobile.",
        "Your ticket 123 is here. Unsubscribe from these updates below.",
    ],
)
def test_what_a_machine_says_to_everybody_closes_nothing_before_a_person_has_read_it(words: str) -> None:
    by_hand = Inbound("k", "a@b.example", "c", words, False, {}, ChannelName.email)
    by_machine = replace(by_hand, payload={"auto-submitted": "auto-replied"})
    assert [judge(one).opt_out for one in (by_hand, by_machine)] == [OptOut.yes, OptOut.unsure]
    assert judge(replace(by_machine, opted_out=True)).opt_out is OptOut.yes


@pytest.mark.parametrize("headers", NOT_AUTOMATIC)
def test_what_a_person_wrote_is_not(headers: dict[str, str]) -> None:
    assert not is_automatic(headers)
