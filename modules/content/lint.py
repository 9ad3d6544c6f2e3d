"""What is wrong with a message before anybody gets it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modules.content.render import EmptyMessage, MessageTooLong, RenderProblem, render_message, render_text
from modules.content.templates import Compiled, Fault, Read, Texts, compile_template
from modules.labels import ChannelName

CONTACT_VARIABLES = ("contact.first_name", "contact.last_name")
ALWAYS_THERE = ("client.name",)
_ALMOST = 0.85
"""How alike two words are at least (difflib's ratio) for a slip: first_nme is, agent_name and last_name are not."""
_FIELD = re.compile(r"contact\.[^\s.|{}]+(?:\.[^\s.|{}]+)*")


@dataclass(frozen=True)
class Finding:
    """One fault of one text: `field` is body, subject, html or prompt; `line` counts from 1 within that text."""

    field: str
    line: int
    message: str


def known_variables() -> tuple[str, ...]:
    """What every client has; beside these, `contact.` and the name of a custom field."""
    return (*CONTACT_VARIABLES, *ALWAYS_THERE)


def is_variable(name: str) -> bool:
    """Whether a message may read this name."""
    return name in ALWAYS_THERE or _FIELD.fullmatch(name) is not None


def lint_content(texts: Texts, channel: ChannelName, fallbacks: Mapping[str, str]) -> list[Finding]:
    """Everything that is wrong, in the order of the text; empty when the message can be sent to anybody.

    The last check renders the message for a contact of whom nothing is known: what holds for that one holds for all.
    """
    fields = _fields(texts, channel)
    found: list[Finding] = []
    for field, source in fields.items():
        found += _lint_text(field, source or "", set(fallbacks), html=field == "html")
    return found or _lint_whole(texts, channel, fallbacks)


def lint_text(field: str, source: str, fallbacks: Mapping[str, str], most: int) -> list[Finding]:
    """The same of one plain text that no provider carries (a task for a person), of at most so many characters."""
    found = list(_lint_text(field, source, set(fallbacks), html=False))
    if found:
        return found
    try:
        render_text(field, source, {"client": {"name": "Client"}}, most, fallbacks)
    except RenderProblem as problem:
        return [Finding(field, 1, str(problem))]
    return []


def _fields(texts: Texts, channel: ChannelName) -> dict[str, str | None]:
    match channel:
        case ChannelName.sms:
            return {"body": texts.body}
        case ChannelName.email:
            return {"subject": texts.subject, "html": texts.html}
        case ChannelName.voice:
            return {"prompt": texts.prompt}


def _lint_text(field: str, source: str, fallbacks: set[str], *, html: bool) -> Iterator[Finding]:
    compiled = compile_template(source, html=html)
    if isinstance(compiled, Fault):
        yield Finding(field, compiled.line, compiled.message)
        return
    yield from (Finding(field, read.line, words) for read, words in _faulty_reads(compiled, fallbacks))


def _faulty_reads(compiled: Compiled, fallbacks: set[str]) -> Iterator[tuple[Read, str]]:
    for read in compiled.reads:
        words = _fault_of(read, fallbacks)
        if words:
            yield read, words


def _fault_of(read: Read, fallbacks: set[str]) -> str | None:
    name = read.name
    if name is None:
        return "a variable's name may not be computed; write it out, for example contact.first_name"
    if not is_variable(name):
        known = "these are: contact.first_name, contact.last_name, contact.<field>, client.name"
        return f"'{name}' is not a variable{_did_you_mean(name) or f'; {known}'}"
    if name in ALWAYS_THERE or name in fallbacks:
        return None
    if read.hollow:
        return f"the default of '{name}' is empty, which leaves a hole in the text; give it a word"
    if not read.guarded and read.bare:
        word = name.split(".")[-1]
        return (
            f"'{name}' may be missing, and a default cannot stand here: write {{% assign {word} = {name} | default: "
            f'"" %}} before it, and {word} here, such as {{% if {word} != "" %}}{_did_you_mean(name)}'
        )
    if not read.guarded:
        close = _did_you_mean(name)
        return (
            f"'{name}' may be missing: write {{{{ {name} | default: \"…\" }}}} or give '{name}' under fallbacks{close}"
        )
    return None


def _did_you_mean(word: str) -> str:
    near = usual_name(word)
    return f"; did you mean '{near}'?" if near else ""


def usual_name(name: str) -> str | None:
    """The variable that everybody has and that `name` is almost, such as contact.first_name for contact.firstname."""
    import difflib  # heavy: only a name that is not a usual one asks

    if name in known_variables():
        return None
    own = {one.split(".")[-1]: one for one in CONTACT_VARIABLES}
    near = difflib.get_close_matches(name.split(".")[-1].casefold(), own, n=1, cutoff=_ALMOST)
    if near or name.startswith("contact."):
        return own[near[0]] if near else None
    return next(iter(difflib.get_close_matches(name, ALWAYS_THERE, n=1, cutoff=_ALMOST)), None)


def almost_usual(field: str, source: str) -> list[Finding]:
    """Fields of a contact that a text reads by almost a usual name: a default or a fallback stands for them always."""
    compiled = compile_template(source, html=field == "html")
    if isinstance(compiled, Fault):
        return []
    told = ((read.line, says_almost(read.name)) for read in compiled.reads if read.name is not None)
    return list(dict.fromkeys(Finding(field, line, words) for line, words in told if words))


def says_almost(name: str) -> str | None:
    """What to say of such a name; None for any other."""
    meant = usual_name(name)
    return meant and f"'{name}' is a field of its own; if you mean the contact's name, write {meant}"


def _lint_whole(texts: Texts, channel: ChannelName, fallbacks: Mapping[str, str]) -> list[Finding]:
    try:
        render_message(texts, {"client": {"name": "Client"}}, channel, fallbacks)
    except (EmptyMessage, MessageTooLong) as problem:
        return [Finding(problem.part, 1, str(problem))]
    except RenderProblem as problem:
        return [Finding(list(_fields(texts, channel))[-1], 1, str(problem))]
    return []
