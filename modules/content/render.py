"""One message for one person, complete or not at all."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from modules.content.own_words import brand_in_texts
from modules.content.segments import SMS_LIMIT
from modules.content.templates import Compiled, Fault, Texts, compile_template
from modules.labels import ChannelName
from utils.errors import Portable
from utils.frozen import quickly_made

if TYPE_CHECKING:
    from liquid.exceptions import LiquidError

_PROMPT_LIMIT = 8_000  # characters; a longer briefing slows every answer of a model down
_SUBJECT_LIMIT = 998  # RFC 5322, section 2.1.1: characters in one line of a header
# Marks that turn the order of the text after them; a name that carries one would turn our whole sentence.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@quickly_made
@dataclass(frozen=True)
class Rendered:
    """What leaves. Only e-mail has a `subject`; `body` is the SMS text, the e-mail's HTML or a call's briefing."""

    subject: str | None
    body: str


class RenderProblem(Portable):
    """This message cannot be made for this person; nothing may be sent in its place."""


class MissingVariable(RenderProblem):
    """The template reads `name`, which this contact lacks, and nothing stands in for it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"'{name}' has no value and no fallback")
        self.name = name


class EmptyMessage(RenderProblem):
    """Nothing is left of `part` (subject, html or body)."""

    def __init__(self, part: str) -> None:
        super().__init__(f"the {part} is empty")
        self.part = part


class MessageTooLong(RenderProblem):
    def __init__(self, part: str, length: int, limit: int) -> None:
        super().__init__(f"the {part} has {length} characters; at most {limit} can be sent")
        self.part, self.length, self.limit = part, length, limit


class TemplateFailed(RenderProblem):
    """The template is no Liquid, or a filter cannot work with this contact's value."""


class _Fallback(str):
    """A sequence's stand-in for a value: `default` in the text, being nearer, wins over it (python-liquid 2.3 asks for
    this attribute)."""

    __slots__ = ()
    force_liquid_default = True


def render_message(
    texts: Texts,
    variables: Mapping[str, object],
    channel: ChannelName,
    fallbacks: Mapping[str, str] | None = None,
) -> Rendered:
    """The words for one person, final.

    `variables` are nested (`{"contact": {"first_name": …}, "client": {"name": …}}`); `fallbacks` go by dotted name. A
    value that is None or blank counts as missing. Values are data: they are never read as Liquid, and in e-mail they
    are escaped; the client's name is in a text what code itself calls the client there. Raises MissingVariable,
    EmptyMessage, MessageTooLong or TemplateFailed.
    """
    cleaned = _clean(variables)
    values = _with_fallbacks(_named_in_texts(cleaned) if channel is ChannelName.sms else cleaned, fallbacks or {})
    if channel is ChannelName.sms:
        body = _filled("body", texts.body, values, html=False)
        return Rendered(None, _within("body", body, SMS_LIMIT))
    if channel is ChannelName.email:
        subject = _one_header_line(_filled("subject", texts.subject, values, html=False))
        return Rendered(_within("subject", subject, _SUBJECT_LIMIT), _filled("html", texts.html, values, html=True))
    return Rendered(None, _within("prompt", _filled("prompt", texts.prompt, values, html=False), _PROMPT_LIMIT))


def render_text(
    part: str,
    source: str,
    variables: Mapping[str, object],
    most: int,
    fallbacks: Mapping[str, str] | None = None,
) -> str:
    """A plain text for a person of the client, of at most `most` characters; empty for an empty source. Values and
    errors as in render_message."""
    if not source.strip():
        return ""
    values = _with_fallbacks(_clean(variables), fallbacks or {})
    return _within(part, _filled(part, source, values, html=False), most)


def _one_header_line(subject: str) -> str:
    """Line ends become spaces, so that nothing begins a header of its own; other control characters are refused."""
    line = " ".join(subject.split())
    if any(unicodedata.category(one) == "Cc" for one in line):
        raise TemplateFailed("subject: it holds a control character")
    return line


def _filled(part: str, source: str | None, values: Mapping[str, object], *, html: bool) -> str:
    compiled = compile_template(source or "", html=html)
    if isinstance(compiled, Fault):
        raise TemplateFailed(f"{part}, line {compiled.line}: {compiled.message}")
    try:
        text = compiled.template.render(**values)
    except _liquid_error() as error:
        raise _problem_of(part, compiled, error) from error
    text = str(text).replace("\x00", "").strip()
    if _is_blank(text):
        raise EmptyMessage(part)
    return text


@lru_cache(maxsize=1)
def _liquid_error() -> type["LiquidError"]:
    from liquid.exceptions import LiquidError  # heavy: loaded by now, with the template

    return LiquidError


def _problem_of(part: str, compiled: Compiled, error: "LiquidError") -> RenderProblem:
    from liquid.exceptions import OutputStreamLimitError, UndefinedError

    if isinstance(error, UndefinedError):
        name = compiled.name_at(error.token.start_index if error.token else None)
        return MissingVariable(name or str(error.message))
    if isinstance(error, OutputStreamLimitError):
        return TemplateFailed(f"{part}: the text becomes too large")
    return TemplateFailed(f"{part}: {error.message}")


def _within(part: str, text: str, limit: int) -> str:
    if len(text) > limit:
        raise MessageTooLong(part, len(text), limit)
    return text


def _is_blank(text: str) -> bool:
    """Also blank: a text of nothing but marks that nobody sees."""
    return not any(letter.isprintable() and not letter.isspace() for letter in text)


def _clean(values: Mapping[str, object]) -> dict[str, object]:
    """Values without what is missing, without control characters and the spaces around."""
    cleaned = {str(name): _cleaned(value) for name, value in values.items()}
    return {name: value for name, value in cleaned.items() if value is not None}


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        kept = value if value.isprintable() else _without_controls(value)
        return None if _is_blank(kept) else kept.strip()
    if isinstance(value, Mapping):
        return _clean(value)
    if isinstance(value, list | tuple):
        return [one for one in map(_cleaned, value) if one is not None] or None
    return value


def _without_controls(text: str) -> str:
    """What is printable has none of them."""
    return "".join(one for one in text if one in "\n\t" or (unicodedata.category(one) != "Cc" and one not in _TURNS))


def _named_in_texts(values: dict[str, object]) -> dict[str, object]:
    """`values` with the client's name in letters that make no text dearer."""
    client = values.get("client")
    if not isinstance(client, dict) or not isinstance(client.get("name"), str):
        return values
    return {**values, "client": {**client, "name": brand_in_texts(client["name"])}}


def _with_fallbacks(values: dict[str, object], fallbacks: Mapping[str, str]) -> dict[str, object]:
    """`values`, which are our own copy, with a fallback wherever a dotted name leads to nothing."""
    for dotted, text in fallbacks.items():
        *groups, last = dotted.split(".")
        place = values
        for group in groups:
            inner = place.setdefault(group, {})
            if not isinstance(inner, dict):
                break
            place = inner
        else:
            place.setdefault(last, _Fallback(text))
    return values
