"""Makes a version out of a file, and gives versions back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from modules.ids import ClientId, SequenceId
from modules.sequences.files import read_sequence
from modules.sequences.freeze import definition_from_json, definition_to_json
from modules.sequences.models import Definition
from modules.sequences.read_yaml import Problem
from modules.sequences.versions_store import (
    add_version,
    create_sequence,
    load_definitions,
    load_source,
    lock_sequence,
    make_current,
)
from utils.db import Connection
from utils.errors import BadInput, NotFound
from utils.uuid7 import uuid7


@dataclass(frozen=True)
class Published:
    """`unchanged`: the current version says exactly this already, so no new one was made."""

    sequence_id: SequenceId
    slug: str
    version: int
    unchanged: bool


class FileRefused(BadInput):
    """A sequence file with faults; `problems` are all of them, and the sentence lists each with its line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"The sequence has {count}; nothing was published.\n{lines}", field=problems[0].field or None)
        self.problems = tuple(problems)


async def publish_sequence(conn: Connection, client_id: ClientId, yaml_text: str, now: datetime) -> Published:
    """The file as the sequence's new current version. FileRefused (a BadInput) lists every problem with its line.

    Publishers of one slug take turns at the sequence's row, so versions have no gaps and no two are the same number.
    The same text as the current version makes no new one: a deploy may publish everything each time.
    """
    definition = read_sequence(yaml_text)
    if isinstance(definition, list):
        raise FileRefused(definition)
    fresh = SequenceId(uuid7(now))
    await create_sequence(conn, fresh, client_id, definition.slug, definition.name, now)
    sequence = await lock_sequence(conn, client_id, definition.slug)
    if sequence is None:
        raise NotFound(f"The sequence '{definition.slug}' went away while it was published; please try again.")
    if await load_source(conn, sequence.id, sequence.current_version) == yaml_text:
        return Published(sequence.id, sequence.slug, sequence.current_version, unchanged=True)
    version = sequence.current_version + 1
    await add_version(conn, client_id, sequence.id, version, yaml_text, definition_to_json(definition), now)
    await make_current(conn, client_id, sequence.id, version, definition.name)
    return Published(sequence.id, sequence.slug, version, unchanged=False)


async def load_version(conn: Connection, sequence_id: SequenceId, version: int) -> Definition:
    """NotFound when there is no such version."""
    found = await load_versions(conn, [(sequence_id, version)])
    if not found:
        raise NotFound(f"Sequence {sequence_id} has no version {version}.")
    return found[sequence_id, version]


async def load_versions(
    conn: Connection, wanted: Sequence[tuple[SequenceId, int]]
) -> dict[tuple[SequenceId, int], Definition]:
    """Definitions by (sequence, version) in one query; what does not exist is absent."""
    plain = await load_definitions(conn, list(dict.fromkeys(wanted)))
    return {key: definition_from_json(value) for key, value in plain.items()}
