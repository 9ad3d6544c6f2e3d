"""Liquid itself: a text read into a template, with everything that it reads from outside.

Importing this loads python-liquid and Babel; `templates` does so when the first text is compiled.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from liquid import Environment, RenderContext, StrictDefaultUndefined
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression, Path, StringLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.span import Span

from modules.content.templates import FILTERS, TAGS, Compiled, Fault, Read

_INNER_TAGS = ("#", "break", "continue", "content", "illegal", "output")
_KEEP_EMPTY = ("strip", "lstrip", "rstrip", "squish", "capitalize", "downcase", "upcase", "truncate", "escape")
"""Filters that make nothing of nothing."""


class _Liquid(Environment):
    """Bounded, so that no template can hold up a sweep."""

    loop_iteration_limit = 1_000
    output_stream_limit = 400_000
    local_namespace_limit = 400_000

    def __init__(self, *, html: bool) -> None:
        super().__init__(undefined=StrictDefaultUndefined, autoescape=html)
        self.tags = {name: self.tags[name] for name in (*TAGS, *_INNER_TAGS)}
        self.filters = {name: self.filters[name] for name in FILTERS}


def read_template(source: str, *, html: bool) -> Compiled | Fault:
    """The template, or what is wrong with it."""
    try:
        template = _environment(html=html).from_string(source)
        context = RenderContext(template)
        reads = tuple(_Reader(source, template.nodes, context).walk(template.nodes, frozenset()))
        filters = template.analyze(include_partials=False).filters
    except LiquidError as error:
        return _fault(error, source)
    return _unknown_filter(filters, source) or Compiled(template, reads)


@cache
def _environment(*, html: bool) -> _Liquid:
    return _Liquid(html=html)


def line_of(source: str, index: int | None) -> int:
    return source.count("\n", 0, max(index or 0, 0)) + 1


def _fault(error: LiquidError, source: str) -> Fault:
    line = line_of(source, error.token.start_index if error.token else None)
    words = str(error.message or error)
    tag = re.fullmatch(r"unexpected tag '(\S*)'", words)
    if tag:
        words = f"the tag '{tag[1]}' is not available; these are: {', '.join(TAGS)}"
    return Fault(line, words)


def _unknown_filter(used: Mapping[str, Sequence[Span]], source: str) -> Fault | None:
    """Liquid itself notices an unknown filter only when its branch is rendered, for one contact in a thousand."""
    for name, places in used.items():
        if name not in FILTERS:
            words = f"the filter '{name}' is not available; these are: {', '.join(sorted(FILTERS))}"
            return Fault(line_of(source, places[0].index), words)
    return None


class _Reader:
    """One text, read in the order in which it stands."""

    def __init__(self, source: str, nodes: Sequence[Node], context: RenderContext) -> None:
        self._source, self._context = source, context
        self._empty = _empty_names(nodes, context)

    def walk(self, nodes: Iterable[Node], known: frozenset[str]) -> Iterator[Read]:
        """A name that the template itself sets is not read from outside, unless it stands for an empty default."""
        for node in nodes:
            for expression in node.expressions():
                yield from self._reads(expression, known, is_output=isinstance(node, OutputNode))
            known |= {str(name) for name in node.template_scope()}
            inside = known | {str(name) for name in node.block_scope()}
            yield from self.walk(node.children(self._context), inside)

    def _reads(
        self,
        expression: Expression,
        known: frozenset[str],
        *,
        is_output: bool,
        guard: str | None = None,
        first: bool = False,
    ) -> Iterator[Read]:
        """`first`: filters come after it; `guard`: the text of the default among them that comes first."""
        if isinstance(expression, Path):
            head = str(expression.head())
            if head not in known:
                hollow = is_output and guard == ""
                yield self._read(expression, _name(expression), guard is not None, hollow=hollow, bare=not first)
            elif is_output and first and not guard and head in self._empty:
                yield self._read(expression, self._empty[head], guarded=True, hollow=True)
            guard = None
        parts = list(expression.children())
        if isinstance(expression, FilteredExpression) and parts:
            words = _guard(expression)
            yield from self._reads(parts.pop(0), known, is_output=is_output, guard=words, first=True)
        for part in parts:
            yield from self._reads(part, known, is_output=is_output)

    def _read(self, path: Path, name: str | None, guarded: bool, *, hollow: bool, bare: bool = False) -> Read:
        index = path.token.start_index
        return Read(name, line_of(self._source, index), index, guarded, hollow, bare)


def _guard(expression: FilteredExpression) -> str | None:
    """The text of the `default` that comes first after a value: empty for a bare one, None when there is none."""
    first = expression.filters[0] if expression.filters else None
    if first is None or first.name != "default":
        return None
    values = first.children()
    if not values:
        return ""
    return values[0].value.strip() if isinstance(values[0], StringLiteral) else "a value"


def _empty_names(nodes: Iterable[Node], context: RenderContext) -> dict[str, str]:
    """Names that the template sets to a variable with an empty default, each with that variable, and of which it asks
    nothing: what is asked about may be left out where it is empty, what is set again may be filled."""
    given: dict[str, list[str | None]] = {}
    asked: set[str] = set()
    for node in _every(nodes, context):
        for name in (*node.template_scope(), *node.block_scope()):
            given.setdefault(str(name), []).append(_emptied(node) if isinstance(node, AssignNode) else None)
        if not isinstance(node, OutputNode):
            asked |= {head for expression in node.expressions() for head in _heads(expression)}
    once = {name: sources[0] for name, sources in given.items() if len(sources) == 1 and name not in asked}
    return {name: variable for name, variable in once.items() if variable is not None}


def _every(nodes: Iterable[Node], context: RenderContext) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _every(node.children(context), context)


def _heads(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Path):
        yield str(expression.head())
    for part in expression.children():
        yield from _heads(part)


def _emptied(node: AssignNode) -> str | None:
    """The variable that an assignment replaces by nothing, where no later filter fills it."""
    value = node.expression
    if not isinstance(value, FilteredExpression) or not isinstance(value.left, Path) or _guard(value) != "":
        return None
    stays = all(one.name in _KEEP_EMPTY for one in (value.filters or ())[1:])
    return _name(value.left) if stays else None


def _name(path: Path) -> str | None:
    return ".".join(path.path) if all(isinstance(part, str) for part in path.path) else None  # type: ignore[arg-type]
