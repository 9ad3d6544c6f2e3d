"""What a step says: the texts its channel needs, each linted at its own line."""

from collections.abc import Iterator, Mapping

from modules.content import Language, Segments, count_segments, dress_text, lint_content, render_message
from modules.labels import ChannelName
from modules.sequences.models import Content
from modules.sequences.read_yaml import Fields, Problem, Text

MOST_PARTS = 10
"""Parts of one text, each of which is paid for."""
DRESSED = "with the brand and the footer that a first text gets, this one"
_BRAND = "Harbor Homes"
_TEXTS = {ChannelName.sms: ("body",), ChannelName.email: ("subject", "html"), ChannelName.voice: ("prompt",)}
_EXAMPLES = {
    ChannelName.sms: "{body: …}",
    ChannelName.email: "{subject: …, html: …}",
    ChannelName.voice: "{prompt: …, assistant: …}",
}


def read_content(fields: Fields, channel: ChannelName, fallbacks: dict[str, str]) -> Content:
    """The step's content; what is missing or cannot be sent is reported."""
    example = _EXAMPLES[channel]
    if not fields.has("content"):
        fields.say("content", f"this step says nothing; write content: {example}")
        return Content()
    group = fields.group("content", example)
    if group is None:
        return Content()
    more = ("assistant",) if channel is ChannelName.voice else ()
    group.allow(_TEXTS[channel] + more)
    texts = {name: group.text(name, needed=f"the {name} is missing or empty") for name in _TEXTS[channel]}
    own = {name: found.value for name in more if (found := group.text(name))}
    content = Content(**{name: text.value for name, text in texts.items() if text}, **own)
    if all(text and text.value.strip() for text in texts.values()):
        group.problems += _lint(
            group, content, channel, {name: text for name, text in texts.items() if text}, fallbacks
        )
    return content


def _lint(
    group: Fields, content: Content, channel: ChannelName, texts: dict[str, Text], fallbacks: dict[str, str]
) -> Iterator[Problem]:
    findings = lint_content(content, channel, fallbacks)
    for finding in findings:
        line = texts[finding.field].line_at(finding.line)
        yield Problem(line, f"{group.path}.{finding.field}", finding.message)
    if channel is ChannelName.sms and not findings:
        yield from _parts(group, content, texts["body"], fallbacks)


def _parts(group: Fields, content: Content, body: Text, fallbacks: dict[str, str]) -> Iterator[Problem]:
    """Any text may be the first that somebody gets: what stands before it may be skipped."""
    counted = parts_of(content, fallbacks, first=True)
    if counted.count > MOST_PARTS:
        why = f"; '{counted.forced_by}' is not in the GSM alphabet and doubles them" if counted.forced_by else ""
        words = f"{DRESSED} is billed as {counted.count} parts, at most {MOST_PARTS}; make it shorter{why}"
        yield Problem(body.line, f"{group.path}.body", words)


def parts_of(content: Content, fallbacks: Mapping[str, str], *, first: bool) -> Segments:
    """As how many parts a text leaves for somebody of whom nothing is known; a first one with the brand and the footer
    that code adds (in English, for a brand of usual length)."""
    sample = render_message(content, {"client": {"name": _BRAND}}, ChannelName.sms, fallbacks).body
    return count_segments(dress_text(sample, _BRAND, Language.en, first=first, footer=first))
