"""Lint tells of names that are written almost right, and of what is empty for whom the name is not known."""

from __future__ import annotations

import pytest

from modules.content import lint_content
from modules.labels import ChannelName
from modules.sequences import lint_sequence
from modules.sequences.models import Content

EMPTY = '{% assign n = contact.first_name | default: "" %}'
HOLE = "the default of 'contact.first_name' is empty, which leaves a hole in the text; give it a word"


def told(text: str, top: str = "", channel: str = "sms", field: str = "body", more: str = "") -> list[str]:
    step = f"  - key: a\n    channel: {channel}\n    content:\n      {field}: '{text}'\n{more}"
    return [str(one) for one in lint_sequence(f"name: A\nslug: a\npurpose: marketing\n{top}steps:\n{step}")]


def faults(body: str, fallbacks: dict[str, str] | None = None) -> list[str]:
    return [one.message for one in lint_content(Content(body=body), ChannelName.sms, fallbacks or {})]


@pytest.mark.parametrize("name", ["firstname", "first_nam", "fist_name", "First_Name", "FirstName"])
def test_a_name_that_is_almost_the_usual_one_is_told_though_its_default_stands_for_it(name: str) -> None:
    assert told(f'Hi {{{{ contact.{name} | default: "you" }}}}') == [
        f"line 8: better: steps.a.content.body: 'contact.{name}' is a field of its own; if you mean the contact's "
        "name, write contact.first_name"
    ]


def test_it_is_told_among_the_fallbacks_and_wherever_it_is_read() -> None:
    top = "fallbacks:\n  contact.lastname: you\n"
    assert [one.split("'")[0] for one in told("Hi {{ contact.lastname }}", top)] == [
        "line 5: better: fallbacks.contact.lastname: ",
        "line 10: better: steps.a.content.body: ",
    ]
    (task,) = told('Call {{ contact.lastname | default: "them" }}', "", "task", "title")
    assert task.startswith("line 8: better: steps.a.content.title: 'contact.lastname' is a field of its own")
    (mail,) = told('{{ contact.lastname | default: "you" }}', "", "email", "html", "      subject: Hi\n")
    assert mail.startswith("line 8: better: steps.a.content.html: ")


@pytest.mark.parametrize(
    "name", ["agent_name", "full_name", "company_name", "name", "street", "first_name", "last_name"]
)
def test_a_field_of_another_name_is_let_pass(name: str) -> None:
    assert told(f'Hi {{{{ contact.{name} | default: "you" }}}}') == []


@pytest.mark.parametrize("name", ["agent_name", "full_name", "company_name", "name"])
def test_a_field_of_another_name_is_not_taken_for_a_slip(name: str) -> None:
    (words,) = faults(f"Hi {{{{ contact.{name} }}}}")
    assert "did you mean" not in words


@pytest.mark.parametrize(("name", "meant"), [("first_nam", "contact.first_name"), ("clint.name", "client.name")])
def test_what_is_no_variable_is_told_which_is_near(name: str, meant: str) -> None:
    assert faults(f"Hi {{{{ {name} }}}}") == [f"'{name}' is not a variable; did you mean '{meant}'?"]


@pytest.mark.parametrize(
    "body",
    [
        f"{EMPTY}Hi {{{{ n }}}}, how",
        f"{EMPTY}{{% if client.name %}}Hi {{{{ n | strip }}}}{{% endif %}}, how",
        f"{EMPTY}Hi {{{{ n | default: '' }}}}, how",
        "{% assign n = contact.first_name | default: '' | strip | upcase %}Hi {{ n }}, how",
    ],
)
def test_an_empty_default_that_is_kept_under_another_name_leaves_the_same_hole(body: str) -> None:
    assert faults(body) == [HOLE]
    assert faults(body, {"contact.first_name": "you"}) == []


@pytest.mark.parametrize(
    "body",
    [
        f'{EMPTY}{{% if n == "" %}}Hi{{% else %}}Hi {{{{ n }}}}{{% endif %}}',
        f'{EMPTY}{{% if n == "" %}}{{% assign n = "you" %}}{{% endif %}}Hi {{{{ n }}}}',
        f"{EMPTY}{{% assign long = n | size %}}{{% if long > 0 %}}Hi {{{{ n }}}}{{% endif %}} x",
        f'{EMPTY}Hi {{{{ n | default: "you" }}}}',
        '{% assign n = contact.first_name | default: "" | default: "you" %}Hi {{ n }}',
        '{% assign n = contact.first_name | default: "" | append: "you" %}Hi {{ n }}',
        '{% assign n = contact.first_name | default: "you" %}Hi {{ n }}',
        "{% assign n = client.name %}Hi {{ n }}",
    ],
)
def test_what_is_asked_about_or_filled_leaves_no_hole(body: str) -> None:
    assert faults(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "Hi{% if contact.first_name %} you{% endif %}",
        'Hi{% unless contact.first_name == "" %} you{% endunless %}',
        'Hi {{ "you" | append: contact.first_name }}',
    ],
)
def test_where_no_default_can_stand_the_way_out_is_to_assign_it(body: str) -> None:
    way = '{% assign first_name = contact.first_name | default: "" %}'
    (words,) = faults(body)
    assert words == (
        f"'contact.first_name' may be missing, and a default cannot stand here: write {way} before it, and first_name "
        'here, such as {% if first_name != "" %}'
    )
    mended = way + body.replace("contact.first_name", "first_name")
    assert faults(mended) == []


def test_where_a_default_can_stand_it_is_the_way_out() -> None:
    for body in ("Hi {{ contact.first_name }}", "{% assign n = contact.first_name %}Hi {{ n }}"):
        (words,) = faults(body)
        assert words.startswith("'contact.first_name' may be missing: write {{ contact.first_name | default: ")
