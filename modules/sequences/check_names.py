"""Fields of a contact that are written almost like a name everybody has: what stands for them always stands for it."""

from collections.abc import Iterator

from modules.content import almost_usual, says_almost
from modules.sequences.read_yaml import Fields

_TEXTS = ("body", "subject", "html", "prompt", "title", "instructions")


def find_slips(top: Fields) -> Iterator[tuple[int, str, str]]:
    """Line, field and words of each."""
    fallbacks = top.group("fallbacks", '{contact.first_name: "there"}')
    if fallbacks is not None:
        told = ((name, says_almost(name)) for name in fallbacks.names())
        yield from ((fallbacks.line_of(name), f"fallbacks.{name}", words) for name, words in told if words)
    for step in top.groups("steps", "- key: hello"):
        content = step.group("content", "{body: …}")
        if content is not None:
            yield from _in_texts(content)


def _in_texts(content: Fields) -> Iterator[tuple[int, str, str]]:
    for field in _TEXTS:
        if text := content.text(field):
            for finding in almost_usual(field, text.value):
                yield text.line_at(finding.line), f"{content.path}.{field}", finding.message
