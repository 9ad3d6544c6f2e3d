"""People as lists really have them: each must get a whole message, whatever stands in their row.

`text` is the name as it must read in a text message (at most 24 characters), `mail` as it must read in an e-mail before
it is escaped. Both are written out by hand: they are the oracle, not a copy of what the templates do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

BLANK = "there"


@dataclass(frozen=True)
class OddContact:
    """`ordinary`: an everyday name in letters of the GSM alphabet, whose texts have to be cheap."""

    what: str
    first_name: object
    text: str
    mail: str
    ordinary: bool = False
    fields: Mapping[str, object] = field(default_factory=dict)

    def variables(self, client: str) -> dict[str, object]:
        own = {"first_name": self.first_name, "last_name": None}
        return {"contact": {**self.fields, **own}, "client": {"name": client}}


def _plain(what: str, name: str) -> OddContact:
    return OddContact(what, name, name, name, ordinary=True)


def _same(what: str, name: str) -> OddContact:
    return OddContact(what, name, name, name)


def _blank(what: str, name: object) -> OddContact:
    return OddContact(what, name, BLANK, BLANK, ordinary=True)


def _with(what: str, **fields: object) -> OddContact:
    return OddContact(what, "Ann", "Ann", "Ann", ordinary=True, fields=fields)


_LINK = "https://homes.example/r/abc"

ODD_CONTACTS = (
    # usual, and nearly so
    _plain("short", "Al"),
    _plain("usual", "Barbara"),
    _plain("two words", "Mary Ann"),
    _plain("hyphen", "Jean-Luc"),
    _plain("accent of the GSM alphabet", "José"),
    _plain("apostrophe", "D'Angelo"),
    _plain("capitals", "JONATHAN"),
    _plain("small letters", "maria"),
    _plain("initials", "J.R."),
    _plain("couple", "Ann & Bob"),
    _plain("with a title", "Dr. Katherine"),
    # nothing to call them by
    _blank("no name", None),
    _blank("empty", ""),
    _blank("only spaces", "     "),
    _blank("only no-break spaces", "\u00a0\u00a0"),
    _blank("only a tab and a line end", "\t\n"),
    _blank("only what nobody sees", "\u200b\u200d"),
    _blank("only a mark that turns text", "\u202e"),
    _blank("only a NUL", "\x00"),
    # spaces and line ends where none belong
    OddContact("spaces around", "  Ann  ", "Ann", "Ann", ordinary=True),
    OddContact("spaces inside", "Mary    Ann", "Mary Ann", "Mary Ann", ordinary=True),
    OddContact("line end inside", "Mary\nAnn", "Mary Ann", "Mary Ann", ordinary=True),
    OddContact("tab inside", "Mary\tAnn", "Mary Ann", "Mary Ann", ordinary=True),
    OddContact("header inside", "Ann\r\nBcc: x@y.example", "Ann Bcc: x@y.example", "Ann Bcc: x@y.example"),
    # long
    OddContact("120 letters", "x" * 120, "x" * 24, "x" * 120),
    OddContact("120 letters of two units", "😀" * 120, "😀" * 24, "😀" * 120),
    OddContact("120 ideographs", "李" * 120, "李" * 24, "李" * 120),
    OddContact(
        "many names",
        "Maria Fernanda de los Santos",
        "Maria Fernanda de los Sa",
        "Maria Fernanda de los Santos",
        ordinary=True,
    ),
    OddContact(
        "cut at a space", "Abcdefghij Abcdefghijkl Lee", "Abcdefghij Abcdefghijkl", "Abcdefghij Abcdefghijkl Lee"
    ),
    # other scripts
    _same("Hebrew", "דוד"),
    _same("Arabic", "فاطمة"),
    _same("Persian with a joiner", "نیلو\u200cفر"),
    _same("Chinese", "李明"),
    _same("Japanese", "さくら"),
    _same("Korean", "지민"),
    _same("Hindi", "प्रिया"),
    _same("Thai", "สมชาย"),
    _same("Cyrillic", "Дмитрий"),
    _same("Greek in capitals", "ΣΟΦΙΑ"),
    _same("accent outside of the GSM alphabet", "María"),
    _same("combining marks", "Jose\u0301"),
    _same("many combining marks", "Z\u0351\u036b\u0343a\u0337l"),
    _same("emoji", "Ann 🌸"),
    _same("emoji of a group", "👩\u200d👧"),
    _same("flag", "🇨🇦"),
    _same("full width", "Ａｎｎ"),
    _same("curly apostrophe", "O’Brien"),
    OddContact("a mark that turns text, and a name", "\u202eAnn\u2066", "Ann", "Ann", ordinary=True),
    # what programs may take for theirs
    _same("bold", "<b>Ann</b>"),
    _same("script", "<script>x()</script>"),
    _same("tag that ends ours", "</bdi></p>"),
    _same("comment", "<!-- Ann"),
    _same("double quotes", 'Ann "Annie" Lee'),
    _same("entity", "Ann &amp; Bob"),
    _same("output of Liquid", "{{ client.name }}"),
    _same("tag of Liquid", "{% if x %}Ann"),
    _same("half of Liquid", "{{ Ann"),
    _same("format", "%s {0} $1"),
    _same("formula", "=1+1"),
    _same("the word None", "None"),
    _same("number", "0"),
    # everything else of theirs
    _with("a page of their own", review_link=_LINK, search_link=_LINK, interest="sell"),
    _with("page without https", review_link="www.homes.example/r", search_link="http://homes.example"),
    _with("page that is a script", review_link="javascript:alert(1)", search_link="JAVASCRIPT:alert(1)"),
    _with("page that breaks out", review_link='https://x.example/"><b>a', search_link="https://x.example/'><b>a"),
    _with(
        "long page", review_link="https://homes.example/" + "r" * 400, search_link="https://homes.example/" + "s" * 400
    ),
    _with("blank page", review_link="  ", search_link=""),
    _with("page that is a number", review_link=5, search_link=0),
    _with("page that is a list", review_link=["https://a.example"], search_link={"a": "b"}),
    _with("no e-mail, no interest", email=None, interest=None, language="es"),
)
