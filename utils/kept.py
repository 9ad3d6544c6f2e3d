"""Statements whose plan the database keeps.

Behind a transaction pooler nothing can be prepared: each statement is parsed and planned anew whenever it is asked, and
that was a third of what the database did for a touch. A function in PL/pgSQL is planned once for each of the server's
connections. So a block of a `queries.sql` that says `-- Kept as house.NAME_DIGEST.` is run by the function of that
name, which a migration made from the very text (`python -m scripts.database.keep_statements` writes both). A text that
was changed since has another digest and no function, and is run as it stands: right all the same, only slower.
"""

import re
from functools import cache
from typing import NamedTuple

from utils.digest import hash_text

_PARAMETER = re.compile(r"%\((?P<name>\w+)\)(?P<format>[sbt])(?:::(?P<type>[a-z][a-z0-9]*(?:\[\])?))?")


class Parameter(NamedTuple):
    """One value of a statement: psycopg's letter for how it travels, PostgreSQL's name of its type."""

    name: str
    letter: str
    type: str


FORM = "2"
"""Raise it when the functions themselves are written otherwise, or a column that one returns changed its type: then all
get new names, and the migration that comes with it creates them."""


@cache
def function_name(block: str, statement: str) -> str:
    """`house.claim_due_1f0c22ab`: the block's name and what its text comes to."""
    return f"house.{block}_{hash_text(f'{FORM} {statement}')[:8]}"


def parameters_of(statement: str) -> list[Parameter]:
    """In the order in which they are named first. ValueError when one is nowhere cast to its type."""
    letters: dict[str, str] = {}
    types: dict[str, str] = {}
    for found in _PARAMETER.finditer(statement):
        letters.setdefault(found["name"], found["format"])
        if found["type"]:
            types.setdefault(found["name"], found["type"])
    if missing := letters.keys() - types.keys():
        raise ValueError(f"cast '{min(missing)}' to its type once: %({min(missing)})s::TYPE")
    return [Parameter(name, letter, types[name]) for name, letter in letters.items()]


def body_of(statement: str) -> str:
    """The statement as it stands in its function, where each value has a number."""
    numbers = {one.name: number for number, one in enumerate(parameters_of(statement), 1)}
    return _PARAMETER.sub(
        lambda found: f"${numbers[found['name']]}" + (f"::{found['type']}" if found["type"] else ""), statement
    ).replace("%%", "%")
