"""A machine's answer is no person's."""

import pytest

from modules.inbox import is_automatic


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


@pytest.mark.parametrize("headers", NOT_AUTOMATIC)
def test_what_a_person_wrote_is_not(headers: dict[str, str]) -> None:
    assert not is_automatic(headers)
