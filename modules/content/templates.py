"""A Liquid template, compiled once, with the list of what it reads.

Only what a message needs is left of Liquid: no other files (`include`, `render`), no counters, no clock (with the
`date` filter or the names `now` and `today` a message could not be rendered twice alike), and no `safe`, which would
let a contact's name write HTML.

The library itself is known to `liquid_reading` and `render` alone: loading it takes as long as loading psycopg.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from liquid import BoundTemplate

TAGS = ("assign", "capture", "case", "comment", "for", "if", "unless")
FILTERS = (
    *("default", "append", "prepend", "capitalize", "downcase", "upcase", "strip", "lstrip", "rstrip", "squish"),
    *("replace", "replace_first", "remove", "remove_first", "truncate", "truncatewords", "slice", "split", "join"),
    *("first", "last", "size", "escape", "newline_to_br", "strip_html", "strip_newlines", "url_encode"),
    *("plus", "minus", "times", "divided_by", "modulo", "round", "floor", "ceil", "at_least", "at_most"),
)


class Texts(Protocol):
    """The templates of one message. SMS has a `body`; e-mail a `subject` and `html`; a call a `prompt`."""

    @property
    def body(self) -> str | None: ...

    @property
    def subject(self) -> str | None: ...

    @property
    def html(self) -> str | None: ...

    @property
    def prompt(self) -> str | None: ...


@dataclass(frozen=True)
class Read:
    """One place where a template reads a variable from outside. `guarded`: a `default` comes first after it; `hollow`:
    that default is empty and goes into the text as it is; `bare`: no filter can come after it (in the test of an `if`).
    `name` is None when the name itself is computed."""

    name: str | None
    line: int
    index: int
    guarded: bool
    hollow: bool
    bare: bool = False


@dataclass(frozen=True)
class Compiled:
    template: "BoundTemplate"
    reads: tuple[Read, ...]

    def name_at(self, index: int | None) -> str | None:
        """The variable read at this place of the source."""
        return next((read.name for read in self.reads if read.index == index), None)


@dataclass(frozen=True)
class Fault:
    """Why a text is no template: its line (1 is the first) and a sentence."""

    line: int
    message: str


@lru_cache(maxsize=2048)
def compile_template(source: str, *, html: bool) -> Compiled | Fault:
    """The template, or what is wrong with it; the same text is compiled once."""
    from modules.content.liquid_reading import read_template  # heavy: liquid; an idle sweep has nothing to say

    return read_template(source, html=html)


def load_liquid() -> None:
    """Loads the library now, so that a process does not load it while rows are locked for its first message."""
    compile_template("", html=False)
