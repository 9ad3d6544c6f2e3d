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
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.span import Span

from modules.content.templates import FILTERS, TAGS, Compiled, Fault, Read

_INNER_TAGS = ("#", "break", "continue", "content", "illegal", "output")


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
        reads = tuple(_walk(template.nodes, frozenset(), source, context))
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


def _walk(nodes: Iterable[Node], known: frozenset[str], source: str, context: RenderContext) -> Iterator[Read]:
    """Reads in the order of the text; a name that the template itself sets is not read from outside."""
    for node in nodes:
        for expression in node.expressions():
            yield from _reads(expression, known, source, is_output=isinstance(node, OutputNode))
        known |= {str(name) for name in node.template_scope()}
        inside = known | {str(name) for name in node.block_scope()}
        yield from _walk(node.children(context), inside, source, context)


def _reads(
    expression: Expression, known: frozenset[str], source: str, *, is_output: bool, guard: str | None = None
) -> Iterator[Read]:
    if isinstance(expression, Path):
        if str(expression.head()) not in known:
            index = expression.token.start_index
            hollow = is_output and guard == ""
            yield Read(_name(expression), line_of(source, index), index, guard is not None, hollow)
        guard = None
    guards = {0: _guard(expression)} if isinstance(expression, FilteredExpression) else {}
    for position, part in enumerate(expression.children()):
        yield from _reads(part, known, source, is_output=is_output, guard=guards.get(position))


def _guard(expression: FilteredExpression) -> str | None:
    """The text of the `default` that comes first after a value: empty for a bare one, None when there is none."""
    first = expression.filters[0] if expression.filters else None
    if first is None or first.name != "default":
        return None
    values = first.children()
    if not values:
        return ""
    return values[0].value.strip() if isinstance(values[0], StringLiteral) else "a value"


def _name(path: Path) -> str | None:
    return ".".join(path.path) if all(isinstance(part, str) for part in path.path) else None  # type: ignore[arg-type]
