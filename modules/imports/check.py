"""One row: a person who can be taken, or why not."""

from collections.abc import Sequence

from modules.imports.cells import plain_cell
from modules.imports.models import Column, Fault, Person, Record, Refusal, Target
from utils.address import HasExtension, is_time_zone, normalise_email, normalise_phone

_SHOWN = 60


def check_row(record: Record, columns: Sequence[Column]) -> Person | Refusal:
    """The person in a row. Cells are text and stay text: a zip keeps its zeros, a formula is its own characters."""
    refusal = _misshapen(record, columns)
    if refusal:
        return refusal
    known: dict[Target, str] = {}
    fields: dict[str, str] = {}
    for column in columns:
        text = plain_cell(record.cells[column.index])
        if column.target:
            known[column.target] = text.strip()
        elif column.name is not None and text:
            fields[column.name] = text
    return _person(known, fields, {column.target: column.header for column in columns if column.target})


def clip(text: str) -> str:
    """A few words of what stood there."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _misshapen(record: Record, columns: Sequence[Column]) -> Refusal | None:
    width, cells = len(columns), record.cells
    if record.long_cell is not None:
        header = columns[record.long_cell].header if record.long_cell < width else None
        return Refusal(Fault.too_long, header)
    for index, cell in enumerate(cells):
        if "\x00" in cell:
            return Refusal(Fault.nul, columns[index].header if index < width else None)
    if len(cells) < width:
        return Refusal(Fault.too_short, None, f"{len(cells)} of {width}")
    if any(cell.strip() for cell in cells[width:]):
        return Refusal(Fault.too_wide, None, f"{len(cells)} of {width}")
    return None


def _person(known: dict[Target, str], fields: dict[str, str], headers: dict[Target, str]) -> Person | Refusal:
    addresses: dict[Target, str | None] = {Target.phone: None, Target.email: None}
    for target, normalise, fault in (
        (Target.phone, normalise_phone, Fault.bad_phone),
        (Target.email, normalise_email, Fault.bad_email),
    ):
        if text := known.get(target):
            try:
                addresses[target] = normalise(text)
            except HasExtension:
                return Refusal(Fault.extension, headers[target], clip(text))
            except ValueError:
                return Refusal(fault, headers[target], clip(text))
    if not any(addresses.values()):
        return Refusal(Fault.no_address, headers.get(Target.phone) or headers.get(Target.email))
    zone = known.get(Target.time_zone) or None
    if zone and not is_time_zone(zone):
        return Refusal(Fault.unknown_zone, headers[Target.time_zone], clip(zone))
    return Person(
        external_ref=known.get(Target.reference) or None,
        first_name=known.get(Target.first_name) or None,
        last_name=known.get(Target.last_name) or None,
        time_zone=zone,
        phone=addresses[Target.phone],
        email=addresses[Target.email],
        fields=fields,
    )
