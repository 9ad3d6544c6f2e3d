"""What code writes below every e-mail: who sent it, where they are, how to end it. Never from a template or a model.

CAN-SPAM (15 USC 7704(a)(5)) wants a postal address and a way out that anybody sees; the header for one click (RFC 8058)
does not stand in for the link (Gmail and Yahoo sender rules, as restated 2025; read 2026-11-20).
"""

import unicodedata
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

from modules.content.own_words import Language
from modules.content.render import RenderProblem


@dataclass(frozen=True)
class _Words:
    sent_by: str
    unsubscribe: str


_WORDS = {
    Language.en: _Words("This e-mail was sent by", "Unsubscribe from these e-mails"),
    Language.es: _Words("Este correo lo envía", "Darse de baja de estos correos"),
    Language.fr: _Words("Cet e-mail est envoyé par", "Se désabonner de ces e-mails"),
}
# A ground of its own: the words stay readable below a mail of whatever colours.
_BOX = (
    "display:block;clear:both;margin:32px 0 0;padding:16px;background:#ffffff;border-top:1px solid #c8c8c8;"
    "color:#444444;font:13px/1.5 Arial,Helvetica,sans-serif;text-align:left"
)


class UnfinishedHtml(RenderProblem):
    """The mail ends inside a comment, a tag or a script: nobody would see what stands below it."""

    def __init__(self) -> None:
        super().__init__("the e-mail's HTML ends inside a comment, a tag, a style or a script")


def dress_mail(html: str, brand: str, postal_address: str, unsubscribe_url: str, language: Language) -> str:
    """The mail with its footer, before the last `</body>` that is one, else at the end. UnfinishedHtml where a footer
    would not be seen; all three values are escaped, the address keeps its lines."""
    place = _Reader(html).place()
    return f"{html[:place]}{mail_footer(brand, postal_address, unsubscribe_url, language)}{html[place:]}"


def mail_footer(brand: str, postal_address: str, unsubscribe_url: str, language: Language) -> str:
    """The footer alone."""
    words = _WORDS[language]
    address = "<br>".join(line for line in map(_shown, postal_address.splitlines()) if line)
    return (
        f'<div lang="{language}" dir="ltr" style="{_BOX}">'
        f'<p style="margin:0">{words.sent_by} <bdi>{_shown(brand)}</bdi><br>{address}</p>'
        f'<p style="margin:8px 0 0"><a href="{escape(unsubscribe_url)}" '
        f'style="color:#444444;text-decoration:underline">{words.unsubscribe}</a></p>'
        "</div>"
    )


def _shown(text: str) -> str:
    """One line of a value, escaped, without marks that nobody sees or that turn the text after them."""
    seen = ("" if unicodedata.category(one) == "Cf" else one if one.isprintable() else " " for one in text)
    return escape(" ".join("".join(seen).split()))


class _Reader(HTMLParser):
    """Finds the last `</body>` that a browser would take for one: not in a comment, a style or a script."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._starts = [0]
        for line in html.split("\n")[:-1]:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._end = len(html)
        self._body: int | None = None
        self.feed(html.replace("<![", "<?["))  # a marked section of an unknown kind breaks the parser (Python 3.11)

    def close_tag(self, tag: str) -> None:
        if tag == "body":
            line, column = self.getpos()
            self._body = self._starts[line - 1] + column

    handle_endtag = close_tag

    def place(self) -> int:
        if self._body is not None:
            return self._body
        rest = self.rawdata
        if self.cdata_elem or (rest.startswith("<") and (rest[1:2].isalpha() or rest[1:2] in ("!", "?", "/"))):
            raise UnfinishedHtml
        return self._end
