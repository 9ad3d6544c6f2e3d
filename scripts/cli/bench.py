"""The verb that measures."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from scripts.bench.models import Plan, Scale
from scripts.cli.output import AsJson, note, show_rows, write_json
from scripts.cli.typed import usage_errors, whole, why_unwritten
from utils.errors import BadInput

OTHERS_WORK = (
    "Ratios are medians of rounds in turns. Others may be using this machine: measure again before you believe."
)


def register(app: typer.Typer) -> None:
    app.command("bench")(bench)


def bench(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="One of them, e.g. engine, peers or recovery; else all.")
    ] = None,
    as_json: AsJson = False,
    rounds: Annotated[
        int,
        typer.Option(metavar="N", help="How often ours and the baseline take turns (1 to 100).", parser=whole(1, 100)),
    ] = 5,
    scale: Annotated[
        Scale, typer.Option(help="small takes seconds instead of minutes, and its numbers mean nothing.")
    ] = Scale.full,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the JSON with every round here.")] = None,
) -> None:
    """Measure us against the barest way to do the same work; a missed target is told, not refused."""
    from scripts.bench.ground import machine  # the twin and the web application load with them; only this verb pays
    from scripts.bench.listed import benchmarks_named
    from scripts.bench.report import report_of, rows_of, settings_of
    from scripts.bench.source import source
    from scripts.bench.unread_log import unread_log

    with usage_errors("NAME"):
        chosen, outcomes = benchmarks_named(name), []
    if out:
        _check_place(out)
    settings = {"scale": scale, "rounds": rounds, **source()._asdict(), **machine()}
    for one in chosen:
        note(f"{one.name}: {one.question} …")
        with unread_log():
            outcomes.append(one.run(Plan(scale, rounds)))
    report = report_of(outcomes, settings)
    lost = _keep_record(out, json.dumps(report, indent=1) + "\n") if out else None
    if not as_json:
        show_rows(rows_of(outcomes), False, nothing="Nothing was measured.")
        print("\n" + "\n".join(settings_of(outcomes)))
        print(", ".join(f"{key} {value}" for key, value in settings.items()) + f". {OTHERS_WORK}\n")
    write_json(report)
    if lost:
        raise BadInput(f"{out} cannot be written: {why_unwritten(lost)}; the record stands here only", field="out")


def _keep_record(out: Path, text: str) -> OSError | None:
    """Why it could not be kept: told at the end, for the measurement is not lost while it can be printed."""
    try:
        keep(out, text)
    except OSError as error:
        return error
    return None


def keep(out: Path, text: str) -> None:
    """The file, whole or as it was: written beside it and renamed. A pipe or a device takes the text as it comes."""
    place = out.resolve()  # what a link leads to is replaced, not the link
    if place.exists() and not place.is_file():
        place.write_text(text, encoding="utf-8")
        return
    fresh = place.with_name(f".{place.name[:100]}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(place)
    finally:
        fresh.unlink(missing_ok=True)


def _check_place(out: Path) -> None:
    """Returns when the file can be written: a measurement takes minutes, and must not be lost at its end."""
    try:
        if not out.parent.is_dir():
            raise BadInput(f"There is no folder {out.parent}; make it first", field="out")
        if out.is_dir():
            raise BadInput(f"{out} is a folder; name a file in it", field="out")
        is_new = not out.exists()
        if is_new or out.is_file():  # a pipe would take the closing for its end
            out.open("a", encoding="utf-8").close()
        if is_new:
            out.unlink()
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {why_unwritten(error)}", field="out") from error
