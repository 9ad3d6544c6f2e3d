"""Sequence files in few words, for the tests of what they say."""

from __future__ import annotations

from modules.sequences import Definition
from modules.sequences.files import read_sequence
from modules.sequences.freeze import definition_from_json, definition_to_json
from modules.sequences.freeze_yaml import definition_to_yaml

HEAD = "name: Language\nslug: language\n"
HELLO = "  - {key: hello, channel: sms, content: {body: Hi}%s}\n"
MORE = "  - {key: more, channel: sms, wait: {days: 1}, content: {body: More}%s}\n"


def read(*steps: str, top: str = "") -> Definition:
    """The definition of a file; it survives its way into the database, and its own printing, unchanged."""
    found = read_sequence(HEAD + top + "steps:\n" + "".join(steps))
    assert isinstance(found, Definition), [str(one) for one in found]
    assert definition_from_json(definition_to_json(found)) == found
    assert read_sequence(definition_to_yaml(found)) == found
    return found


def problems(*steps: str, top: str = "") -> list[str]:
    found = read_sequence(HEAD + top + "steps:\n" + "".join(steps))
    assert isinstance(found, list)
    return [str(one) for one in found]
