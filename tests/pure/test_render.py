"""One message for one person: complete or not at all, whatever the person's data are."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.content import (
    EmptyMessage,
    MessageTooLong,
    MissingVariable,
    RenderProblem,
    TemplateFailed,
    lint_content,
    render_message,
)
from modules.content.templates import FILTERS
from modules.labels import ChannelName

SMS, EMAIL = ChannelName.sms, ChannelName.email
CLIENT = {"client": {"name": "Harbour & Sons"}}


@dataclass(frozen=True)
class Words:
    body: str | None = None
    subject: str | None = None
    html: str | None = None
    prompt: str | None = None


GREETING = Words(
    body='Hi {{ contact.first_name | default: "there" }}, {{ client.name }} here.',
    subject='{{ contact.first_name | default: "Hello" }}, a question',
    html='<p>Hi {{ contact.first_name | default: "there" }}, {{ client.name }} here.</p>',
)

# name as it stands in the contact, as it must read in an SMS, and as it must read in the HTML of an e-mail
ODD_NAMES = [
    (None, "there", "there"),
    ("", "there", "there"),
    (" ", "there", "there"),
    ("\n\t ", "there", "there"),
    ("\u200b", "there", "there"),
    ("\ufeff\u200d", "there", "there"),
    ("\x00", "there", "there"),
    ("\x07\x1b", "there", "there"),
    ("\u202e", "there", "there"),
    (False, "there", "there"),
    ("Ann", "Ann", "Ann"),
    ("  Ann  ", "Ann", "Ann"),
    ("Ann\x00", "Ann", "Ann"),
    ("A\x08nn", "Ann", "Ann"),
    ("\u202eAnn", "Ann", "Ann"),
    ("Ann\u2066", "Ann", "Ann"),
    ("O'Brien", "O'Brien", "O&#39;Brien"),
    ('Ann "Annie" Lee', 'Ann "Annie" Lee', "Ann &#34;Annie&#34; Lee"),
    ("Ann & Bob", "Ann & Bob", "Ann &amp; Bob"),
    ("Ann &amp; Bob", "Ann &amp; Bob", "Ann &amp;amp; Bob"),
    ("<b>Ann</b>", "<b>Ann</b>", "&lt;b&gt;Ann&lt;/b&gt;"),
    ("<script>alert(1)</script>", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ("<img src=x onerror=a>", "<img src=x onerror=a>", "&lt;img src=x onerror=a&gt;"),
    ('"><svg/onload=a>', '"><svg/onload=a>', "&#34;&gt;&lt;svg/onload=a&gt;"),
    ("</p><p>", "</p><p>", "&lt;/p&gt;&lt;p&gt;"),
    ("<!-- x", "<!-- x", "&lt;!-- x"),
    ("{{ client.name }}", "{{ client.name }}", "{{ client.name }}"),
    ("{{ 7 | times: 7 }}", "{{ 7 | times: 7 }}", "{{ 7 | times: 7 }}"),
    ("{% if true %}x{% endif %}", "{% if true %}x{% endif %}", "{% if true %}x{% endif %}"),
    ("{% for i in (1..9) %}", "{% for i in (1..9) %}", "{% for i in (1..9) %}"),
    ("{% include 'x' %}", "{% include 'x' %}", "{% include &#39;x&#39; %}"),
    ("{{", "{{", "{{"),
    ("%}", "%}", "%}"),
    ("{%- raw -%}", "{%- raw -%}", "{%- raw -%}"),
    ("%s %d %(x)s", "%s %d %(x)s", "%s %d %(x)s"),
    ("{0} {name}", "{0} {name}", "{0} {name}"),
    ("\\n", "\\n", "\\n"),
    ("$100", "$100", "$100"),
    ("José", "José", "José"),
    ("Jose\u0301", "Jose\u0301", "Jose\u0301"),
    ("Zoë Ångström", "Zoë Ångström", "Zoë Ångström"),
    ("Łukasz", "Łukasz", "Łukasz"),
    ("美咲", "美咲", "美咲"),
    ("김민준", "김민준", "김민준"),
    ("مريم", "مريم", "مريم"),
    ("שרה", "שרה", "שרה"),
    ("Παύλος", "Παύλος", "Παύλος"),
    ("อาทิตย์", "อาทิตย์", "อาทิตย์"),
    ("Ann 😀", "Ann 😀", "Ann 😀"),
    ("👩‍👩‍👧", "👩‍👩‍👧", "👩‍👩‍👧"),
    ("🇳🇴", "🇳🇴", "🇳🇴"),
    (7, "7", "7"),
    (0, "0", "0"),
    (1.5, "1.5", "1.5"),
    ("null", "null", "null"),
    ("A" * 500, "A" * 500, "A" * 500),
]


@pytest.mark.parametrize(("name", "in_sms", "in_html"), ODD_NAMES)
def test_an_odd_contact_gets_a_whole_message(name: object, in_sms: str, in_html: str) -> None:
    variables = {"contact": {"first_name": name}, **CLIENT}
    assert render_message(GREETING, variables, SMS).body == f"Hi {in_sms}, Harbour & Sons here."
    mail = render_message(GREETING, variables, EMAIL)
    assert mail.body == f"<p>Hi {in_html}, Harbour &amp; Sons here.</p>"
    assert mail.subject == f"{in_sms if in_sms != 'there' else 'Hello'}, a question"


@pytest.mark.parametrize("text", ["Hi {{ contact.first_name }}", "{{ contact.car.colour }}", "{{ contact.tags[0] }}"])
@pytest.mark.parametrize("contact", [{}, {"first_name": None, "car": {}}, {"first_name": " ", "tags": []}])
def test_a_missing_variable_refuses_the_message(text: str, contact: dict[str, object]) -> None:
    with pytest.raises(MissingVariable):
        render_message(Words(body=text), {"contact": contact}, SMS)


def test_the_missing_variable_is_named_in_full() -> None:
    with pytest.raises(MissingVariable) as caught:
        render_message(Words(body="a\nb {{ contact.car.colour }}"), {"contact": {}}, SMS)
    assert caught.value.name == "contact.car.colour"


@pytest.mark.parametrize("name", [name for name in FILTERS if name != "default"])
@pytest.mark.parametrize("arguments", ["", ": 1", ": 'a'", ": 'a', 'b'", ": 1, 2"])
def test_no_filter_makes_a_hole_of_a_missing_value(name: str, arguments: str) -> None:
    text = "Hi {{ contact.first_name | " + name + arguments + " }}."
    with pytest.raises(RenderProblem):
        render_message(Words(body=text), {"contact": {}}, SMS)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("arguments", ["", ": 1", ": 'a'", ": 'a', 'b'", ": 200"])
def test_no_filter_lets_a_value_write_html(name: str, arguments: str) -> None:
    html = "<p>.{{ contact.first_name | " + name + arguments + " }}</p>"
    variables = {"contact": {"first_name": "a<script>a</script><img onerror='a'>&lt;script&gt;"}}
    try:
        body = render_message(Words(subject="s", html=html), variables, EMAIL).body
    except TemplateFailed:
        return
    assert "<script" not in body
    assert "<img" not in body


def test_a_sequence_fallback_stands_in_and_a_default_in_the_text_wins_over_it() -> None:
    fallbacks = {"contact.first_name": "friend", "contact.car.colour": "red"}
    texts = Words(body='{{ contact.first_name }} {{ contact.first_name | default: "you" }} {{ contact.car.colour }}')
    assert render_message(texts, {}, SMS, fallbacks).body == "friend you red"
    full = {"contact": {"first_name": "Ann", "car": {"colour": "blue"}}}
    assert render_message(texts, full, SMS, fallbacks).body == "Ann Ann blue"
    assert full == {"contact": {"first_name": "Ann", "car": {"colour": "blue"}}}


def test_a_subject_is_one_line_whatever_a_value_brings() -> None:
    variables = {"contact": {"first_name": "Ann\r\nBcc: all@example.com\u2028x"}, **CLIENT}
    subject = render_message(GREETING, variables, EMAIL).subject
    assert subject == "Ann Bcc: all@example.com x, a question"


def test_an_sms_is_trimmed_and_never_empty() -> None:
    assert render_message(Words(body="\n  Hi  \n"), {}, SMS).body == "Hi"
    for text in ("", "  \n", "{% if false %}x{% endif %}", "\u200b"):
        with pytest.raises(EmptyMessage):
            render_message(Words(body=text), {}, SMS)


def test_an_email_without_a_subject_or_a_text_is_refused() -> None:
    with pytest.raises(EmptyMessage, match="subject"):
        render_message(Words(html="<p>Hi</p>"), {}, EMAIL)
    with pytest.raises(EmptyMessage, match="html"):
        render_message(Words(subject="Hi"), {}, EMAIL)


def test_an_sms_that_a_value_makes_too_long_is_refused() -> None:
    assert len(render_message(Words(body="x" * 1600), {}, SMS).body) == 1600
    with pytest.raises(MessageTooLong, match="1613 characters"):
        render_message(Words(body="{{ contact.first_name }}" + "x" * 1600), {"contact": {"first_name": "A" * 13}}, SMS)


def test_a_text_that_is_no_liquid_or_runs_away_is_a_problem_and_no_message() -> None:
    for text in (
        "{{ a",
        "{% for i in (1..1000000) %}x{% endfor %}",
        "{{ client.name | plus: 'x' | times: nil }}{% x %}",
    ):
        with pytest.raises(TemplateFailed):
            render_message(Words(body=text), CLIENT, SMS)


def test_a_call_gets_its_briefing_and_no_subject() -> None:
    words = Words(prompt="Ask {{ contact.first_name | default: 'the caller' }} about <b>Friday</b>.", subject="no")
    briefing = render_message(words, {"contact": {"first_name": "Zoë"}, **CLIENT}, ChannelName.voice)
    assert (briefing.subject, briefing.body) == (None, "Ask Zoë about <b>Friday</b>.")


def test_a_briefing_has_its_limit_and_is_never_empty() -> None:
    with pytest.raises(MessageTooLong) as refused:
        render_message(Words(prompt="a" * 8_001), {}, ChannelName.voice)
    assert (refused.value.part, refused.value.limit) == ("prompt", 8_000)
    with pytest.raises(EmptyMessage):
        render_message(Words(prompt=" "), {}, ChannelName.voice)


@given(st.text(max_size=60))
def test_any_name_gives_a_message_or_a_named_problem(name: str) -> None:
    variables = {"contact": {"first_name": name}, **CLIENT}
    body = render_message(GREETING, variables, EMAIL).body
    assert "Hi , Harbour" not in body
    assert "<" not in body.removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Hi {{ contact.first_name }}", 1, "may be missing"),
        ("a\nb {{ contact.first_nme }}", 2, "did you mean 'contact.first_name'?"),
        ('{{ contact.first_name | default: "" }}', 1, "leaves a hole"),
        ("{{ contact.first_name | default }}", 1, "leaves a hole"),
        ('{{ contact.first_name | upcase | default: "x" }}', 1, "may be missing"),
        ('{{ first_name | default: "x" }}', 1, "did you mean 'contact.first_name'?"),
        ('{{ contact | default: "x" }}', 1, "is not a variable"),
        ('{{ client.phone | default: "x" }}', 1, "is not a variable"),
        ("{{ now }}", 1, "is not a variable"),
        ('{{ "x" | date: "%Y" }}', 1, "the filter 'date' is not available"),
        ("{{ client.name | safe }}", 1, "the filter 'safe' is not available"),
        ("\n\n{% include 'x' %}", 3, "the tag 'include' is not available"),
        ("{% render 'x' %}", 1, "the tag 'render' is not available"),
        ("{% if contact.vip %}x{% endif %}y", 1, "may be missing"),
        ("{{ contact[client.name] }}", 1, "may not be computed"),
        ("a\nb {{ client.name", 2, "expected '}}'"),
        ("x" * 1601, 1, "1601 characters"),
        ("{% if client.name == 'x' %}x{% endif %}", 1, "the body is empty"),
    ],
)
def test_a_fault_is_found_before_anybody_gets_it(text: str, line: int, words: str) -> None:
    findings = lint_content(Words(body=text), SMS, {})
    assert [(one.field, one.line) for one in findings] == [("body", line)]
    assert words in findings[0].message


@pytest.mark.parametrize(
    "text",
    [
        "Hi {{ client.name }}",
        '{{ contact.first_name | default: "there" | upcase }}',
        '{% assign name = contact.first_name | default: "" %}{% if name != "" %}Dear {{ name }}{% else %}Hi{% endif %}',
        '{% for tag in contact.tags %}{{ tag }}{{ forloop.index }}{% endfor %} {{ contact["tags"] }} x',
        "{% capture x %}{{ client.name }}{% endcapture %}{{ x }}",
        "{% comment %}{{ nothing }}{% endcomment %}x {# y #}",
        "{% raw %}{{ contact.x }}{% endraw %}",
    ],
)
def test_a_sound_text_has_no_findings(text: str) -> None:
    assert lint_content(Words(body=text), SMS, {"contact.tags": "none"}) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1e"])
def test_a_subject_brings_no_header_of_its_own_by_whatever_line_end(end: str) -> None:
    subject = render_message(Words(subject=f"Hi{end}Bcc: all@example.com", html="x"), {}, EMAIL).subject
    assert subject == "Hi Bcc: all@example.com"


def test_a_subject_with_a_control_character_is_refused() -> None:
    with pytest.raises(TemplateFailed, match="control character"):
        render_message(Words(subject="Hi\x1b[0m", html="x"), {}, EMAIL)
