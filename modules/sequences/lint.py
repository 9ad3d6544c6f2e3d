"""Everything that speaks against a sequence file, before anybody publishes it."""

from modules.sequences.files import read_sequence
from modules.sequences.read_yaml import Problem, read_mapping


def lint_sequence(text: str) -> list[Problem]:
    """What would refuse its publication, and what is only better said; in the order of the file, empty if all is well.

    A file without a purpose may be published and counts as marketing, as before; who writes one should say what class
    of consent it needs.
    """
    found = read_sequence(text)
    problems = list(found) if isinstance(found, list) else []
    top = read_mapping(text, [])
    if top is not None and not top.has("purpose"):
        words = "say what it is for, which decides the consent it needs: purpose: marketing, or purpose: informational"
        problems.append(Problem(top.line, "purpose", words))
    return sorted(problems, key=lambda problem: problem.line)
