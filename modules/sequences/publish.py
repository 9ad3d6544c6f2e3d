"""Makes a version out of a file, and gives versions back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from modules.ids import ClientId, SequenceId
from modules.sequences.freeze import definition_from_json, definition_to_json
from modules.sequences.models import Definition
from modules.sequences.versions_store import (
    add_version,
    create_sequence,
    load_definitions,
    load_source,
    lock_sequence,
    make_current,
)
from utils.db import Connection
from utils.errors import BadInput, Conflict, NotFound
from utils.uuid7 import uuid7

if TYPE_CHECKING:
    from modules.sequences.read_yaml import Problem


@dataclass(frozen=True)
class Published:
    """`unchanged`: the current version says exactly this already, so no new one was made."""

    sequence_id: SequenceId
    slug: str
    version: int
    unchanged: bool


class FileRefused(BadInput):
    """A sequence file with faults; `problems` are all of them, and the sentence lists each with its line."""

    def __init__(self, problems: "Sequence[Problem]", why: str = "") -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "\n".join(f"  {problem}" for problem in problems)
        said = f"{why} ({count})" if why else f"The sequence has {count}; nothing was published."
        super().__init__(f"{said}\n{lines}", field=problems[0].field or None)
        self.problems = tuple(problems)


async def publish_sequence(
    conn: Connection,
    client_id: ClientId,
    yaml_text: str,
    now: datetime,
    *,
    by: str | None = None,
    only_over: int | None = None,
) -> Published:
    """The file as the sequence's new current version. FileRefused (a BadInput) lists every problem with its line.

    Publishers of one slug take turns at the sequence's row, so versions have no gaps and no two are the same number.
    The same text as the current version makes no new one: a deploy may publish everything each time. `only_over`:
    Conflict unless this version (0: none) is current when the turn has come.
    """
    from modules.sequences.files import read_sequence  # heavy: yaml and eight files, for who publishes

    definition = read_sequence(yaml_text)
    if isinstance(definition, list):
        raise FileRefused(definition)
    fresh = SequenceId(uuid7(now))
    await create_sequence(conn, fresh, client_id, definition.slug, definition.name, now)
    sequence = await lock_sequence(conn, client_id, definition.slug)
    if sequence is None:
        raise NotFound(f"The sequence '{definition.slug}' went away while it was published; please try again.")
    if only_over is not None and sequence.current_version != only_over:
        current = sequence.current_version
        raise Conflict(f"Version {current} was published in this very moment; please look at it, and try again")
    if await load_source(conn, sequence.id, sequence.current_version) == yaml_text:
        return Published(sequence.id, sequence.slug, sequence.current_version, unchanged=True)
    version = sequence.current_version + 1
    await add_version(conn, client_id, sequence.id, version, yaml_text, definition_to_json(definition), now, by=by)
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
