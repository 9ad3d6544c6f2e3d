"""The verbs that bring people in by the thousand, take them back, and write them out."""

from pathlib import Path
from typing import Annotated

import typer

from modules.imports import DELIMITERS, DateOrder
from modules.labels import ConsentKind
from scripts.cli import exports, imports_undo
from scripts.cli.imports_agreement import AgreementOptions, said_of_consent
from scripts.cli.imports_file import FileOptions, import_file
from scripts.cli.imports_ghl import import_from_ghl
from scripts.cli.output import AsJson, OfClient
from scripts.cli.typed import Incomplete


def register(app: typer.Typer) -> None:
    app.command("import")(import_people)
    imports_undo.register(app)
    exports.register(app)


def import_people(
    client: OfClient,
    file: Annotated[Path | None, typer.Argument(metavar="FILE.csv", help="People, one a row, with a header.")] = None,
    from_ghl: Annotated[
        bool, typer.Option("--from-ghl", help="Everybody in the client's GoHighLevel sub-account.")
    ] = False,
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help="phone, email, first_name, last_name, time_zone, reference, fields.NAME or drop. May be repeated.",
        ),
    ] = None,
    only_mapped: Annotated[bool, typer.Option("--only-mapped", help="Drop columns that nobody knows.")] = False,
    delimiter: Annotated[
        str | None, typer.Option(help="comma, semicolon or tab, when the header leaves a doubt.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    rejects: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write what was left out here.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file of rejects.")] = False,
    consent: Annotated[str | None, typer.Option(metavar="sms,email,voice", help="Channels people agreed to.")] = None,
    consent_kind: Annotated[ConsentKind, typer.Option(help="express or written.")] = ConsentKind.express,
    consent_if: Annotated[str | None, typer.Option(metavar="COLUMN=yes|y|1", help="Only rows that say so.")] = None,
    wording: Annotated[str | None, typer.Option(help="The exact words that were agreed to.")] = None,
    wording_column: Annotated[str | None, typer.Option(metavar="COLUMN", help="Where each row has its words.")] = None,
    wording_version: Annotated[str | None, typer.Option(help="Your own name for these words.")] = None,
    source: Annotated[str | None, typer.Option(help="Where consent was given, such as web-form.")] = None,
    consented_at_column: Annotated[str | None, typer.Option(metavar="COLUMN", help="When it was given.")] = None,
    date_order: Annotated[DateOrder, typer.Option(help="How 03/04/2026 is meant.")] = DateOrder.iso,
    proof_column: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="Kept with the consent. May be repeated.")
    ] = None,
    attest: Annotated[str | None, typer.Option(metavar="NAME", help="Who vouches that they agreed.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring contacts in: all good rows of a file, or everybody at GoHighLevel. All or none; run it again at any time.

    From a file, nobody agrees to anything unless --consent says so with its words, source and a name who vouches for
    it. From GoHighLevel, people agree as the account's `consent_wording` says, if it has one; tags enroll as in
    sequences.
    """
    if from_ghl == (file is not None):
        raise Incomplete("Say where the people come from: FILE.csv or --from-ghl, one of the two")
    agreement = AgreementOptions(
        consent=consent,
        kind=consent_kind,
        wording=wording,
        wording_column=wording_column,
        wording_version=wording_version,
        source=source,
        at_column=consented_at_column,
        date_order=date_order,
        only_if=consent_if,
        proof_columns=proof_column or (),
        attest=attest,
    )
    if file is None:
        about_files = {
            "--map": map_,
            "--only-mapped": only_mapped,
            "--delimiter": delimiter,
            "--rejects": rejects,
            "--force": force,
        }
        _refuse_without_file([*(name for name, value in about_files.items() if value), *said_of_consent(agreement)])
        import_from_ghl(client, dry_run, as_json)
        return
    options = FileOptions(
        path=file,
        client=client,
        maps=_maps(map_ or []),
        only_mapped=only_mapped,
        delimiter=_sign(delimiter),
        dry_run=dry_run,
        rejects=rejects,
        force=force,
        agreement=agreement,
    )
    import_file(options, as_json)


def _refuse_without_file(given: list[str]) -> None:
    if given:
        raise typer.BadParameter(
            "it is for FILE.csv; from GoHighLevel people come as they are there, and agree as the account's "
            "`consent_wording` says",
            param_hint=given[0],
        )


def _maps(given: list[str]) -> dict[str, str]:
    """Columns may have a = in their name, what they are taken for has none."""
    found: dict[str, str] = {}
    for pair in given:
        name, separator, what = pair.rpartition("=")
        if not (name.strip() and separator and what.strip()):
            raise typer.BadParameter(f"'{pair}' is not written like COLUMN=FIELD", param_hint="--map")
        if name.strip() in found:
            raise typer.BadParameter(f"'{name}' is given twice", param_hint="--map")
        found[name.strip()] = what.strip()
    return found


def _sign(delimiter: str | None) -> str | None:
    if delimiter is None:
        return None
    if delimiter not in DELIMITERS:
        raise typer.BadParameter(f"'{delimiter}' is none of comma, semicolon, tab", param_hint="--delimiter")
    return DELIMITERS[delimiter]
