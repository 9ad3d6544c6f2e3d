"""The words that an HTML e-mail shows, by the standard library's parser."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

_NOT_SHOWN = frozenset({"head", "script", "style", "template", "title"})
_TAG = re.compile(
    r"<(?:!doctype|/?(?:a|b|blockquote|body|br|center|div|em|font|h[1-6]|head|hr|html|i|img|li|meta|ol|p|pre|section"
    r"|span|strong|style|table|tbody|td|th|tr|u|ul))(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BREAKS = frozenset({"blockquote", "br", "div", "h1", "h2", "h3", "h4", "hr", "li", "ol", "p", "table", "tr", "ul"})


def is_html(text: str) -> bool:
    """Whether it holds a tag; `<hello@acme.com>`, as in the line above what a plain letter quotes, is none."""
    return _TAG.search(text) is not None


def words_of(html: str) -> str:
    """What a person would read of an HTML e-mail, a line for each block; what its program quotes is marked by "> "."""
    reader = _Words()
    reader.feed(html.replace("<![", "<?["))  # a marked section of an unknown kind breaks the parser (Python 3.11)
    reader.close()
    return "\n".join(reader.lines())


def _is_quoted(attrs: dict[str, str | None]) -> bool:
    """Whether a mail program put its letter here that is answered; others move a person's own lines in by the tag."""
    return attrs.get("type") == "cite" or "gmail_quote" in (attrs.get("class") or "").split()


class _Words(HTMLParser):
    """Collects texts and line breaks; the standard library's parser repairs what is broken, as browsers do."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._hidden = 0
        self._quotes: list[bool] = []
        self._starts = True

    def open_tag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = 0 if tag == "body" else self._hidden + (tag in _NOT_SHOWN)
        self.break_line(tag)
        if tag == "blockquote":
            self._quotes.append(_is_quoted(dict(attrs)))

    def close_tag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _NOT_SHOWN))
        self.break_line(tag)
        if tag == "blockquote" and self._quotes:
            self._quotes.pop()

    def break_line(self, tag: str) -> None:
        if tag in _BREAKS:
            self._parts.append("\n")
            self._starts = True

    def add_text(self, data: str) -> None:
        if self._hidden:
            return
        words = re.sub(r"\s+", " ", data)
        if self._starts and words.strip():
            self._starts = False
            words = f"> {words}" if any(self._quotes) else words
        self._parts.append(words)

    handle_starttag, handle_endtag, handle_data = open_tag, close_tag, add_text

    def lines(self) -> Iterator[str]:
        for line in "".join(self._parts).split("\n"):
            words = " ".join(line.split())
            if words:
                yield words
