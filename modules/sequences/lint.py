"""Everything that speaks against a sequence file, before anybody publishes it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modules.sequences.read_yaml import Problem


def lint_sequence(text: str) -> "list[Problem]":
    """What would refuse its publication, and what is only better said; in the order of the file, empty if all is well.

    `is_only_better` tells the two apart: what is better hinders nobody. A file without a purpose may be published and
    counts as marketing, as before; who writes one should say what class of consent it needs.
    """
    # heavy: yaml and eight files, for who publishes
    from modules.sequences.check_sense import better
    from modules.sequences.files import read_sequence
    from modules.sequences.read_yaml import Problem, read_mapping

    found = read_sequence(text)
    problems: list[Problem] = list(found) if isinstance(found, list) else []
    top = read_mapping(text, [])
    if top is not None:
        problems += better(top, None if isinstance(found, list) else found)
    return sorted(problems, key=lambda problem: problem.line)


def is_only_better(problem: "Problem") -> bool:
    """Whether the file may be published all the same."""
    from modules.sequences.check_sense import Better  # heavy: yaml, for who publishes

    return isinstance(problem, Better)
