"""Below every e-mail stands who sent it, where they are, and how to end it; whatever the mail above it does."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.channels.html_words import words_of
from modules.content import Language, RenderProblem, UnfinishedHtml, dress_mail, mail_footer, unsubscribe_page
from modules.content.unsubscribe_page import PAGE_HEADERS, Said, mask

URL = "https://omnify.test/u/abc-_123"
PLACE = "1 Main Street, Albany NY 12207"
LINKS = {
    Language.en: "Unsubscribe from these e-mails",
    Language.es: "Darse de baja de estos correos",
    Language.fr: "Se désabonner de ces e-mails",
}
FOOTER = mail_footer("Acme", PLACE, URL, Language.en)


def dressed(html: str) -> str:
    return dress_mail(html, "Acme", PLACE, URL, Language.en)


@pytest.mark.parametrize("language", list(Language))
def test_a_mail_names_its_sender_the_place_and_a_link_that_says_what_it_does(language: Language) -> None:
    words = words_of(dress_mail("<p>Hello</p>", "Acme", PLACE, URL, language))
    assert words.split("\n")[0] == "Hello"
    assert "Acme" in words
    assert PLACE in words
    assert words.endswith(LINKS[language])
    assert f'<a href="{URL}"' in mail_footer("Acme", PLACE, URL, language)
    assert f'lang="{language}"' in mail_footer("Acme", PLACE, URL, language)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>Hello</p>", ""),
        ("<html><body><p>Hello</p>", "</body></html>"),
        ("<HTML><BODY>Hello", "</BODY ></HTML>"),
        ("<body>one</body>\n\n<body>two\n  é 👩‍👩‍👧", "</body>\n<!-- </body> -->"),
        ("<body>Hello<script>'</body>'</script>", "</body><style>/* </body> */</style>"),
        ("<body><!--[if mso]> </body> <![endif]--><![if !mso]>x<![endif]>", "</body>"),
        ("<p>a < b & c <3", ""),
        ("<p>line\r\nline\r\n<body>\r\n", "</body>\r\n"),
        ("plain words", ""),
    ],
)
def test_the_footer_stands_before_the_last_end_of_the_body_that_is_one(before: str, after: str) -> None:
    assert dressed(before + after) == before + FOOTER + after


@pytest.mark.parametrize(
    "html",
    [
        *(
            "<p>Hello</p><!-- to be continued",
            "<p>Hello<script>var a = 1",
            "<style>p { color: red",
            "<p>Hello <a href='x",
        ),
        *("<body>Hello<!-- </body></html>", "Hello <p class="),
    ],
)
def test_a_mail_whose_end_would_hide_the_footer_is_not_made(html: str) -> None:
    with pytest.raises(UnfinishedHtml) as problem:
        dressed(html)
    assert isinstance(problem.value, RenderProblem)


def test_a_brand_and_an_address_are_words_never_html_and_the_address_keeps_its_lines() -> None:
    footer = mail_footer(
        '<b>A & "B"</b>\r\nBcc: x', "1 Main <St>\r\n\r\n Albany\u202e NY\x00", URL + '?a="b"&c', Language.en
    )
    assert "&lt;b&gt;A &amp; &quot;B&quot;&lt;/b&gt; Bcc: x" in footer
    assert "1 Main &lt;St&gt;<br>Albany NY</p>" in footer
    assert f'href="{URL}?a=&quot;b&quot;&amp;c"' in footer
    assert not re.search("[\r\n\u202e\x00]", footer)


@given(st.text(max_size=200))
def test_every_mail_has_its_footer_whole_and_once_or_is_refused(html: str) -> None:
    try:
        made = dressed(html)
    except UnfinishedHtml:
        return
    assert made.replace(FOOTER, "", 1) == html
    assert made.count(FOOTER) == 1


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_brand_and_no_address_bring_a_tag(brand: str, place: str) -> None:
    tags = re.findall("<[^>]*>", mail_footer(brand, place, URL, Language.en))
    assert [tag for tag in tags if tag != "<br>"] == [
        tag for tag in re.findall("<[^>]*>", mail_footer("", "", URL, Language.en)) if tag != "<br>"
    ]


@pytest.mark.parametrize("said", list(Said))
@pytest.mark.parametrize("language", list(Language))
def test_a_page_has_a_language_a_title_and_no_script(language: Language, said: Said) -> None:
    page = unsubscribe_page(said, language, "<Acme & Sons>", "ada@example.com")
    assert f"<html lang='{language}'>" in page
    assert re.search("<title>[^<]{5,}</title>", page)
    assert "<script" not in page
    assert "<Acme" not in page
    assert "ada@example.com" not in page
    assert ("<form method='post'>" in page) is (said is Said.ask)
    assert ("&lt;Acme &amp; Sons&gt;" in page) is (said in (Said.ask, Said.done))


def test_a_page_loads_nothing_and_its_address_is_told_to_nobody() -> None:
    assert "default-src 'none'" in PAGE_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in PAGE_HEADERS["Content-Security-Policy"]
    assert PAGE_HEADERS["Referrer-Policy"] == "no-referrer"
    assert PAGE_HEADERS["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ada@example.com", "a•••@example.com"), ("a@example.com", "a•••@example.com"), ("", ""), ("nobody", "")],
)
def test_an_address_is_known_again_and_not_read(address: str, shown: str) -> None:
    assert mask(address) == shown
