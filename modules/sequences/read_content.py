"""What a step says: the texts its channel needs, each linted at its own line."""

from collections.abc import Iterator

from modules.content import lint_content
from modules.labels import ChannelName
from modules.sequences.models import Content
from modules.sequences.read_yaml import Fields, Problem, Text

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
    for finding in lint_content(content, channel, fallbacks):
        line = texts[finding.field].line_at(finding.line)
        yield Problem(line, f"{group.path}.{finding.field}", finding.message)
