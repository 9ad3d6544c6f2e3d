"""YAML as a person wrote it: every value with its line, every fault collected.

Values are read as the text that stands in the file, never as what YAML 1.1 makes of it: there, an unquoted `11:00` is
the number 660 and `no` is false (YAML 1.1, types int and bool).
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

SIZE_LIMIT = 256 * 1024
_DEPTH_LIMIT = 12
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What the escapes \\0 and \\ud83d stand for: no text, and no database keeps it."""
_NULL = "tag:yaml.org,2002:null"
_STANDARD = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Problem:
    """One thing to change: where (line from 1, dotted field) and what, with the way out."""

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.field}: " if self.field else ""
        return f"line {self.line}: {place}{self.message}"


@dataclass(frozen=True)
class Text:
    """A value and where its first line stands; `grows` when each further line of it is a further line of the file."""

    value: str
    line: int
    grows: bool

    def line_at(self, inner: int) -> int:
        """The file's line of this text's line `inner` (from 1)."""
        return self.line + inner - 1 if self.grows else self.line


def read_mapping(text: str, problems: list[Problem]) -> "Fields | None":
    """The top level of one document; None with a problem when there is none to speak of."""
    if len(text.encode()) > SIZE_LIMIT:
        problems.append(Problem(1, "", f"the file is larger than {SIZE_LIMIT // 1024} KB"))
        return None
    try:
        fault = _unwanted(text)
        node = None if fault else yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(part for part in (error.problem, error.context) if part)
        fault = Problem(mark.line + 1 if mark else 1, "", f"this is not YAML: {words}")
        node = None
    except yaml.YAMLError as error:
        fault, node = Problem(1, "", f"this is not YAML: {str(error).splitlines()[0]}"), None
    if fault:
        problems.append(fault)
        return None
    if not isinstance(node, yaml.MappingNode):
        problems.append(Problem(1, "", "a sequence file begins with 'name:', 'slug:' and 'steps:'"))
        return None
    return Fields(node, "", problems)


def _unwanted(text: str) -> Problem | None:
    """Aliases multiply (a few lines can become gigabytes), and nesting costs stack: neither is needed here."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return Problem(line, "", "anchors (&) and aliases (*) are not available; write the value out")
        if isinstance(event, yaml.ScalarEvent) and _NO_TEXT.search(event.value):
            return Problem(
                line, "", "this holds an escape that is no character (\\0, or half of an emoji); take it out"
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEPTH_LIMIT:
            return Problem(line, "", f"this is nested more than {_DEPTH_LIMIT} deep")
    return None


class Fields:
    """One mapping of the file. Each reading method reports what it cannot use and then gives None."""

    def __init__(self, node: yaml.MappingNode, path: str, problems: list[Problem]) -> None:
        self.line = node.start_mark.line + 1
        self.path = path
        self.problems = problems
        self._nodes: dict[str, yaml.Node] = {}
        self._key_lines: dict[str, int] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name in self._nodes:
                self._say(key, name, f"'{name}' stands twice; keep one")
            self._nodes[name] = value
            self._key_lines[name] = key.start_mark.line + 1

    def names(self) -> tuple[str, ...]:
        return tuple(self._nodes)

    def has(self, name: str) -> bool:
        return name in self._nodes and not _is_null(self._nodes[name])

    def line_of(self, name: str) -> int:
        return self._nodes[name].start_mark.line + 1 if name in self._nodes else self.line

    def allow(self, known: Collection[str], later: Collection[str] = ()) -> None:
        """Reports every key that is not `known`, with the nearest one that is."""
        for name in self._nodes:
            if name in later:
                self.say(name, f"'{name}' arrives with a later version; remove it for now")
            elif name not in known:
                import difflib  # heavy: only a misspelled word asks

                near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
                hint = f"did you mean '{near[0]}'?" if near else f"these are: {', '.join(known)}"
                self._say_at(self._key_lines[name], name, f"'{name}' is not known here; {hint}")

    def say(self, name: str, message: str) -> None:
        """Reports something about one field, at its line (or at this mapping's, when the field is absent)."""
        self._say_at(self.line_of(name), name, message)

    def blame(self, message: str) -> None:
        """Reports something about this mapping as a whole."""
        self.problems.append(Problem(self.line, self.path, message))

    def text(self, name: str, *, needed: str = "") -> Text | None:
        """A scalar as it is written; `needed` is the sentence for an absent or empty one."""
        node = self._nodes.get(name)
        if node is None or _is_null(node):
            if needed:
                self.say(name, needed)
            return None
        if not isinstance(node, yaml.ScalarNode) or not node.tag.startswith(_STANDARD):
            self.say(name, "this takes one text, not a list or a group")
            return None
        if needed and not node.value.strip():
            self.say(name, needed)
            return None
        block = node.style in ("|", ">")
        return Text(node.value, node.start_mark.line + (2 if block else 1), node.style == "|")

    def number(self, name: str, least: int, most: int) -> int | None:
        found = self.text(name)
        if found is None:
            return None
        digits = found.value.removeprefix("-") if least < 0 else found.value
        if digits.isascii() and digits.isdigit() and len(digits) < 10:
            value = int(found.value)
            if least <= value <= most:
                return value
        self.say(name, f"'{found.value}' is not a whole number from {least} to {most}")
        return None

    def group(self, name: str, example: str) -> "Fields | None":
        """A mapping below this one; `example` shows one when something else stands there."""
        node = self._nodes.get(name)
        if node is None or _is_null(node):
            return None
        if not isinstance(node, yaml.MappingNode):
            self.say(name, f"this takes a group such as {example}")
            return None
        return Fields(node, self._path(name), self.problems)

    def is_group(self, name: str) -> bool:
        return isinstance(self._nodes.get(name), yaml.MappingNode)

    def lines(self, name: str) -> list[int]:
        """Where the items of a list stand; empty when it is none."""
        node = self._nodes.get(name)
        return [item.start_mark.line + 1 for item in node.value] if isinstance(node, yaml.SequenceNode) else []

    def is_text(self, name: str, value: str) -> bool:
        node = self._nodes.get(name)
        return isinstance(node, yaml.ScalarNode) and node.value == value

    def is_list(self, name: str) -> bool:
        return isinstance(self._nodes.get(name), yaml.SequenceNode)

    def texts(self, name: str, example: str) -> list[Text]:
        """A list of scalars."""
        found: list[Text] = []
        for node in self._items(name, example):
            if isinstance(node, yaml.ScalarNode):
                found.append(Text(node.value, node.start_mark.line + 1, False))
            else:
                self._say(node, name, f"this takes a list of words such as {example}")
        return found

    def groups(self, name: str, example: str) -> Iterator["Fields"]:
        """A list of mappings; their path carries the key where they have one, else their number."""
        for number, node in enumerate(self._items(name, example), 1):
            if isinstance(node, yaml.MappingNode):
                yield Fields(node, f"{self._path(name)}.{_label(node) or number}", self.problems)
            else:
                self._say(node, f"{name}.{number}", f"this takes a group such as {example}")

    def _items(self, name: str, example: str) -> list[Any]:
        node = self._nodes.get(name)
        if node is None or _is_null(node):
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.say(name, f"this takes a list such as {example}")
            return []
        return list(node.value)

    def _path(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _say(self, node: yaml.Node, name: str, message: str) -> None:
        self._say_at(node.start_mark.line + 1, name, message)

    def _say_at(self, line: int, name: str, message: str) -> None:
        self.problems.append(Problem(line, self._path(name), message))


def _label(node: yaml.MappingNode) -> str | None:
    return next((v.value for k, v in node.value if k.value == "key" and isinstance(v, yaml.ScalarNode)), None)


def _is_null(node: yaml.Node) -> bool:
    return bool(node.tag == _NULL)
