"""The verb that writes down everything that is on record of one contact, for whoever asks for proof."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from modules.preview import Pack, draw_pdf, gather_evidence
from modules.suppressions import load_pepper
from scripts.cli.contacts import find_one
from scripts.cli.home import in_transaction, name_here
from scripts.cli.output import AsJson, OfOneClient, write_json
from scripts.cli.typed import why_unwritten
from utils.db import Connection
from utils.errors import BadInput, Conflict
from workers.context import Deps


def register(app: typer.Typer) -> None:
    app.command("evidence")(evidence)


def evidence(
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="Id, reference, phone or e-mail.")],
    client: OfOneClient = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where to write; else the folder here.")
    ] = None,
    asked_by: Annotated[
        str | None, typer.Option(help="Who asks for it; else who is signed in to this machine.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write what is on record of a contact as JSON and as PDF: consent, checks, hours, texts, outcomes, opt-outs.

    With --json the pack is printed, and files are written only where --out says.
    """
    asks = (asked_by or "").strip() or name_here()

    async def work(deps: Deps, conn: Connection) -> Pack:
        client_id, contact_id = await find_one(conn, client, contact)
        pepper = await load_pepper(conn, deps.sealer)
        return await gather_evidence(conn, pepper, client_id, contact_id, asks, deps.clock.now())

    pack = in_transaction(work)
    signed = pack.signed()
    if as_json:
        write_json(signed)
    if as_json and out is None:
        return
    text = json.dumps(signed, ensure_ascii=False, indent=2) + "\n"
    written = write_pack(out or Path(), f"evidence-{pack.contact_id}", text.encode(), draw_pdf(pack), force=force)
    if not as_json:
        for path in written:
            print(f"Wrote {path}")
        print("Both hold personal data and can be read by you alone (mode 0600).")


def write_pack(folder: Path, name: str, as_json: bytes, as_pdf: bytes, *, force: bool) -> list[Path]:
    """The two files, both or, when one is there already and `force` is not given, none; mode 0600 from the first
    byte on. Conflict and BadInput say what is in the way."""
    files = {folder / f"{name}.json": as_json, folder / f"{name}.pdf": as_pdf}
    if not folder.is_dir():
        raise BadInput(f"{folder} is not a folder; make it first, or give another with --out", field="out")
    there = [path for path in files if os.path.lexists(path)]
    if there and not force:
        raise Conflict(f"{there[0]} is there already; give --force to replace it", field="out")
    with ExitStack() as undo:
        fresh = {path: _write_beside(path, content, undo) for path, content in files.items()}
        for path, written in fresh.items():
            with _told_of(path):
                os.replace(written, path)
    return list(files)


def _write_beside(path: Path, content: bytes, undo: ExitStack) -> str:
    """A file that takes its place when all are whole, so that no half of one, or of the pair, is ever found."""
    with _told_of(path):
        handle, fresh = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        undo.callback(Path(fresh).unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    return fresh


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {why_unwritten(error)}", field="out") from error
