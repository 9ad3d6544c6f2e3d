"""A step that a person of the client does: what it asks of them, and how long the sequence waits for it."""

from collections.abc import Mapping
from datetime import timedelta

from modules.content import lint_text
from modules.sequences.models import Task
from modules.sequences.read_times import read_duration, read_milestone
from modules.sequences.read_yaml import Fields, Problem

TASK_FIELDS = (
    *("key", "channel", "wait", "content", "blocks", "within", "records"),
    *("on_success", "on_failure", "on_reply"),
)
TITLE_LIMIT = 200
INSTRUCTIONS_LIMIT = 4_000
_EXAMPLE = '{title: "Prepare the market analysis", instructions: …}'
_WITHIN = timedelta(days=3)


def read_task(fields: Fields, fallbacks: Mapping[str, str]) -> Task:
    """What the step asks of a person; everything that cannot be used is reported."""
    title, instructions = "", ""
    if not fields.has("content"):
        fields.say("content", f"say what is to be done: content: {_EXAMPLE}")
    elif group := fields.group("content", _EXAMPLE):
        group.allow(("title", "instructions"))
        title = _text(group, "title", fallbacks, TITLE_LIMIT, needed="give it a title that says what is to be done")
        instructions = _text(group, "instructions", fallbacks, INSTRUCTIONS_LIMIT)
    blocks = _yes_or_no(fields, "blocks")
    if fields.has("within") and not blocks:
        fields.say("within", "a task that does not block has no time to keep; remove 'within', or write blocks: true")
    within = read_duration(fields, "within", "{days: 2}") if fields.has("within") else None
    records = read_milestone(fields, "records") if fields.has("records") else None
    return Task(title, instructions, blocks, within or _WITHIN, records)


def _text(group: Fields, name: str, fallbacks: Mapping[str, str], most: int, needed: str = "") -> str:
    found = group.text(name, needed=needed) if needed or group.has(name) else None
    if found is None:
        return ""
    if name == "title" and "\n" in found.value.strip():
        group.say(name, "a title is one line; the rest goes under instructions")
    for finding in lint_text(name, found.value, fallbacks, most):
        group.problems.append(Problem(found.line_at(finding.line), f"{group.path}.{name}", finding.message))
    return found.value


def _yes_or_no(fields: Fields, name: str) -> bool:
    text = fields.text(name) if fields.has(name) else None
    if text and text.value not in ("true", "false"):
        fields.say(name, f"write {name}: true (the sequence waits until it is done; the default) or {name}: false")
    return text is None or text.value != "false"
