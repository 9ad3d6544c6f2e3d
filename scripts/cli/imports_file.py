"""People from a CSV file: read, judged and taken over in one transaction, or none of it."""

import csv
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

import psycopg

from modules.accounts import Client, find_client
from modules.consents import add_imported_consents, measure_consents
from modules.contacts import MANY_ROWS, take_over_imported
from modules.imports import (
    OURS,
    AgreementPlan,
    Column,
    Counts,
    Fault,
    FileFacts,
    Record,
    Staging,
    Table,
    drop_rows,
    finish_import,
    insert_import,
    open_table,
    page_left_out,
    plain_cell,
    read_columns,
    safe_cell,
    stage_rows,
    take_facts,
    tell,
    try_lock_client,
)
from modules.suppressions import load_pepper
from scripts.cli.home import in_transaction
from scripts.cli.imports_agreement import AgreementOptions, plan_agreement
from scripts.cli.output import cell, note, say, write_json
from scripts.cli.private_file import write_private
from scripts.cli.typed import counted, why_unread
from utils.db import Connection, Row
from utils.errors import BadInput, Conflict
from utils.uuid7 import uuid7
from workers.context import Deps

MOST_SHOWN = 20
_PAGE = 1_000
_NEVER = "changed while the file was read; nothing was imported. Please run it again"


@dataclass(frozen=True)
class FileOptions:
    """What the command line says of a file."""

    path: Path
    client: str
    maps: Mapping[str, str] = field(default_factory=dict)
    only_mapped: bool = False
    delimiter: str | None = None
    dry_run: bool = False
    rejects: Path | None = None
    force: bool = False
    agreement: AgreementOptions = field(default_factory=AgreementOptions)


@dataclass(frozen=True)
class Done:
    """What an import did, and the first rows that it left out."""

    import_id: UUID
    counts: Counts
    consents: int
    columns: Sequence[Column]
    shown: Sequence[Mapping[str, Any]]
    left_out: int


def import_file(options: FileOptions, as_json: bool) -> None:
    """All good rows of the file, with a reason for each of the others; nothing at all when the file cannot be read."""
    file = _facts_of(options.path)
    with ExitStack() as stack:
        table = stack.enter_context(open_table(options.path, options.delimiter))
        columns = read_columns(table.header, options.maps, options.only_mapped)
        plan = plan_agreement(options.agreement, table.header)
        rejects = None
        if options.rejects is not None:
            if options.rejects.resolve() == options.path.resolve():
                raise BadInput("The rejects would replace the file itself; name another file", field="rejects")
            rejects = stack.enter_context(write_private(options.rejects, options.force, "rejects"))
        work = _Work(options, file, table, columns, plan, rejects, not as_json and sys.stderr.isatty())
        done = in_transaction(work.run)
    _report(options, file, done, as_json)


def _facts_of(path: Path) -> FileFacts:
    try:
        return take_facts(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {why_unread(error)}", field="file") from error


@dataclass(frozen=True)
class _Work:
    options: FileOptions
    file: FileFacts
    table: Table
    columns: Sequence[Column]
    plan: AgreementPlan | None
    rejects: TextIO | None
    progress: bool

    async def run(self, deps: Deps, conn: Connection) -> Done:
        try:
            return await self._take(deps, conn)
        except (psycopg.errors.UniqueViolation, psycopg.errors.ForeignKeyViolation) as error:
            raise Conflict(f"The people of {self.options.client} {_NEVER}", field="client") from error

    async def _take(self, deps: Deps, conn: Connection) -> Done:
        now = deps.clock.now()
        client = await find_client(conn, self.options.client)
        if not await try_lock_client(conn, client.id):
            raise Conflict(f"Another import for {client.slug} is running; try again when it has ended", field="client")
        staging = Staging(uuid7(now), client.id, self.columns, self.plan, await load_pepper(conn, deps.sealer), now)
        await self._begin(conn, client, staging)
        counts = await stage_rows(conn, staging, self._first_checked(), self._tell)
        if take_facts(self.options.path) != self.file:
            raise Conflict(f"{self.file.name} {_NEVER}", field="file")
        consents = 0
        if not self.options.dry_run:
            await take_over_imported(conn, staging.import_id, now)
            consents = await self._agree(conn, staging)
        shown, left_out = await self._tell_left_out(conn, staging.import_id)
        await drop_rows(conn, staging.import_id)
        await finish_import(conn, staging.import_id, counts, now)
        done = Done(staging.import_id, counts, consents, self.columns, shown, left_out)
        if self.options.dry_run:
            await conn.rollback()
        return done

    async def _begin(self, conn: Connection, client: Client, staging: Staging) -> None:
        mapping = {column.header: column.words for column in self.columns}
        by = self.plan.attested_by if self.plan else None
        await insert_import(conn, staging.import_id, client.id, self.file, mapping, by, staging.now)

    def _first_checked(self) -> chain[Record]:
        first = next(self.table.rows, None)
        if first is None:
            raise BadInput(f"{self.file.name} has a header and no rows", field="file")
        return chain([first], self.table.rows)

    async def _agree(self, conn: Connection, staging: Staging) -> int:
        plan = self.plan
        if plan is None:
            return 0
        proof = {"file_name": self.file.name, "file_hash": self.file.sha256, "attested_by": plan.attested_by}
        added = await add_imported_consents(
            conn, staging.import_id, plan.kind, plan.wording, plan.version, plan.source, proof, staging.now
        )
        if added >= MANY_ROWS:
            await measure_consents(conn)
        return added

    def _tell(self, rows: int) -> None:
        if self.progress:
            note(f"{rows:,} rows read …")

    async def _tell_left_out(self, conn: Connection, import_id: UUID) -> tuple[list[dict[str, Any]], int]:
        """The first rows that were left out, and how many there are; all of them go to the file of rejects."""
        shown: list[dict[str, Any]] = []
        count = 0
        writer = csv.writer(self.rejects) if self.rejects else None
        if writer:
            heads = [f"{OURS}{name}" for name in ("row", "outcome", "field", "reason", "way_out")]
            writer.writerow([*heads, *self._own(self.table.header)])
        async for row in _left_out(conn, import_id):
            said = _said(row)
            count += 1
            if len(shown) < MOST_SHOWN:
                shown.append(said)
            if writer:
                told = (safe_cell(str(one or "")) for one in said.values())
                writer.writerow([*told, *self._own(json.loads(row["cells"]))])
        if self.rejects:
            self.rejects.flush()  # a full disk is heard while nothing is imported yet
        return shown, count

    def _own(self, cells: Sequence[str]) -> list[str]:
        """The file's own cells, so that what was corrected can be imported as it is; without what an earlier list of
        rejects put before them."""
        ours = {index for index, name in enumerate(self.table.header) if name.startswith(OURS)}
        return [safe_cell(plain_cell(one)) for index, one in enumerate(cells) if index not in ours]


async def _left_out(conn: Connection, import_id: UUID) -> AsyncIterator[Row]:
    after = 0
    while page := await page_left_out(conn, import_id, after, _PAGE):
        for row in page:
            yield row
        after = page[-1]["row_no"]


def _said(row: Row) -> dict[str, Any]:
    """A row in words. A known person's consent that was not taken says more than that they are known."""
    in_consent = row["consent_fault"] is not None and row["outcome"] in ("new", "known")
    fault = Fault(row["consent_fault"] if in_consent else row["fault"])
    reason, way_out = tell(fault, row["field"], row["consent_detail" if in_consent else "detail"], row["first_row"])
    outcome = "without consent" if in_consent and row["outcome"] == "new" else row["outcome"]
    field_ = "consent" if in_consent else row["field"]
    return {"row": row["row_no"], "outcome": outcome, "field": field_, "reason": reason, "way_out": way_out}


def _report(options: FileOptions, file: FileFacts, done: Done, as_json: bool) -> None:
    counts = done.counts
    mapping = {column.header: column.words for column in done.columns}
    facts = {
        "import_id": None if options.dry_run else str(done.import_id),
        "file": file.name,
        "sha256": file.sha256,
        **asdict(counts),
        "consents": done.consents,
        "dry_run": options.dry_run,
        "mapping": mapping,
        "left_out": done.shown,
    }
    if as_json:
        write_json(facts)
        return
    if options.dry_run:
        for header, words in mapping.items():
            note(f"{cell(header)} → {cell(words)}")
    for one in done.shown:
        place = f", {cell(one['field'])}" if one["field"] else ""
        note(f"Row {one['row']}{place}: {cell(one['reason'])}. Way out: {cell(one['way_out'])}.")
    if done.left_out > len(done.shown):
        more = f"all of them are in {options.rejects}" if options.rejects else "--rejects FILE.csv lists all of them"
        note(f"And {done.left_out - len(done.shown):,} more; {more}.")
    say(_sentence(options, done), as_json, facts)


def _sentence(options: FileOptions, done: Done) -> str:
    counts = done.counts
    parts = [
        f"{counted(counts.read, 'row')} read",
        f"{counts.added:,} {'would be added' if options.dry_run else 'added'}",
        f"{counts.known:,} known and left as they are",
        f"{counts.twice:,} twice in the file",
        f"{counts.rejected:,} rejected",
    ]
    words = [f"{', '.join(parts)}."]
    if counts.closed:
        have = "has" if counts.closed == 1 else "have"
        words.append(f"{counts.closed:,} of them {have} a closed number or address, and it stays closed.")
    if options.agreement.consent and not options.dry_run:
        kept, without = counted(done.consents, "consent"), counted(counts.without_consent, "row")
        words.append(f"{kept} kept, {without} without a usable one.")
    if options.dry_run:
        words.append("Nothing was written.")
    else:
        words.append(f"Take it back with: scripts/omnify undo {done.import_id}")
    return " ".join(words)
