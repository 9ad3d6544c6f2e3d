"""What the command line says of consent, against a file's header: complete, or refused with what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from modules.imports import AgreementPlan, DateOrder, find_column
from modules.labels import ChannelName, ConsentKind
from scripts.cli.typed import for_no_channel
from utils.errors import BadInput


@dataclass(frozen=True)
class AgreementOptions:
    """As typed; columns by their names."""

    consent: str | None = None
    kind: ConsentKind = ConsentKind.express
    wording: str | None = None
    wording_column: str | None = None
    wording_version: str | None = None
    source: str | None = None
    at_column: str | None = None
    date_order: DateOrder = DateOrder.iso
    only_if: str | None = None
    proof_columns: Sequence[str] = ()
    attest: str | None = None


def plan_agreement(options: AgreementOptions, header: Sequence[str]) -> AgreementPlan | None:
    """None when no consent is claimed. BadInput for a claim without its words, its source or a voucher."""
    if options.consent is None:
        _refuse_stray(options)
        return None
    _require_proof(options)
    return AgreementPlan(
        channels=_channels(options.consent),
        source=(options.source or "").strip(),
        kind=options.kind,
        attested_by=(options.attest or "").strip(),
        wording=options.wording.strip() if options.wording else None,
        wording_column=_column(header, options.wording_column, "--wording-column"),
        version=options.wording_version,
        at_column=_column(header, options.at_column, "--consented-at-column"),
        date_order=options.date_order,
        only_if=_condition(header, options.only_if),
        proof_columns={name: find_column(header, name, "--proof-column") for name in options.proof_columns},
    )


def _channels(text: str) -> tuple[ChannelName, ...]:
    names = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [name for name in names if name not in tuple(ChannelName)]
    if unknown or not names:
        raise BadInput(
            f"--consent takes channels such as sms,email,voice; '{unknown[0] if unknown else text}' is none",
            field="consent",
        )
    return tuple(ChannelName(name) for name in dict.fromkeys(names))


def _require_proof(options: AgreementOptions) -> None:
    if options.kind is ConsentKind.soft_opt_in:
        raise BadInput("--consent-kind is express or written for people of a file", field="consent-kind")
    if bool(_given(options.wording)) == bool(_given(options.wording_column)):
        raise BadInput(
            "Consent needs the exact words that were agreed to: give --wording TEXT or --wording-column COLUMN, one of "
            "the two. Nothing was imported",
            field="wording",
        )
    if not _given(options.source):
        raise BadInput(
            "Consent needs its source: give --source, such as --source 'web form of 2026'. Nothing was imported",
            field="source",
        )
    if not _given(options.attest):
        raise BadInput(
            "Consent is taken from a file only when somebody vouches for it: --attest 'YOUR NAME' says that these "
            "people agreed to these words, that you hold the proof, and that the list was neither bought nor shared. "
            "Nothing was imported",
            field="attest",
        )


def _refuse_stray(options: AgreementOptions) -> None:
    """Words or proof without --consent would be dropped without a sound."""
    if named := said_of_consent(options):
        raise for_no_channel(named[0])


def said_of_consent(options: AgreementOptions) -> list[str]:
    """The options about consent that were given, by their names."""
    given = {
        "--consent": options.consent,
        "--consent-kind": options.kind is not ConsentKind.express,
        "--wording": options.wording,
        "--wording-column": options.wording_column,
        "--wording-version": options.wording_version,
        "--source": options.source,
        "--consented-at-column": options.at_column,
        "--date-order": options.date_order is not DateOrder.iso,
        "--consent-if": options.only_if,
        "--proof-column": options.proof_columns,
        "--attest": options.attest,
    }
    return [name for name, value in given.items() if value]


def _column(header: Sequence[str], name: str | None, option: str) -> int | None:
    return None if name is None else find_column(header, name, option)


def _condition(header: Sequence[str], text: str | None) -> tuple[int, frozenset[str]] | None:
    if text is None:
        return None
    name, separator, values = text.rpartition("=")
    wanted = frozenset(value.strip().casefold() for value in values.split("|") if value.strip())
    if not (separator and name and wanted):
        raise BadInput("--consent-if is written like 'COLUMN=yes' or 'COLUMN=yes|y|1'", field="consent-if")
    return find_column(header, name, "--consent-if"), wanted


def _given(text: str | None) -> str:
    return (text or "").strip()
