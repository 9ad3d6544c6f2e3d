"""Why a row was not taken, and what to do, in words for whoever made the file."""

from collections.abc import Mapping

from modules.imports.models import CELL_LIMIT, Fault

_WORDS: Mapping[Fault, tuple[str, str]] = {
    Fault.too_long: (f"a cell is longer than {CELL_LIMIT:,} characters", "shorten it"),
    Fault.nul: ("a cell holds a NUL character", "remove it"),
    Fault.too_short: ("the row has fewer cells than the header ({detail})", "put an empty cell where one is missing"),
    Fault.too_wide: (
        "the row has more cells than the header ({detail})",
        'put cells that hold the delimiter in "quotes"',
    ),
    Fault.no_address: ("there is neither a phone number nor an e-mail address", "add one of them"),
    Fault.bad_phone: (
        "this is not a phone number that exists: '{detail}'",
        "write it with country code, for example +12125550123; format the column as text",
    ),
    Fault.extension: (
        "this phone number has an extension: '{detail}'; a text or call would reach the main line, not the person",
        "give the person's own number, or leave the cell empty",
    ),
    Fault.bad_email: ("this is not an e-mail address: '{detail}'", "write it like name@example.com"),
    Fault.unknown_zone: ("this is not a time zone: '{detail}'", "write it like America/New_York, or leave it empty"),
    Fault.twice: ("twice in this file, first in row {first_row}", "keep one of the two rows"),
    Fault.shared: (
        "another person has the same {field} in row {first_row}",
        "if two people share it, add the second by: scripts/omnify contact add",
    ),
    Fault.known: ("known already by the {field}; left as it is", "nothing to do"),
    Fault.no_date: ("taken without consent: the day of the consent is empty", "add it and import the row again"),
    Fault.bad_date: (
        "taken without consent: '{detail}' is not a day that can be read",
        "correct it, or say in which order days are written (--date-order dmy or mdy), and import the row again",
    ),
    Fault.future_date: (
        "taken without consent: '{detail}' lies in the future",
        "correct the day and import the row again",
    ),
    Fault.no_wording: ("taken without consent: its words are empty", "add the exact words and import the row again"),
    Fault.other_address: (
        "known already, with another number or address; the consent here was not taken",
        "a consent belongs to the number it was given for: correct one of the two",
    ),
    Fault.withdrawn: (
        "known already, and withdrew a consent; one without a day cannot be newer",
        "add the day of the consent (--consented-at-column) and import the row again",
    ),
    Fault.stopped: (
        "the consent was not taken: the person said stop, and one without a day cannot be newer",
        "add the day of the consent (--consented-at-column) and import the row again",
    ),
}


def tell(fault: Fault, field: str | None, detail: str | None, first_row: int | None) -> tuple[str, str]:
    """The reason and the way out, each a sentence without its full stop."""
    reason, way_out = _WORDS[fault]
    return reason.format(detail=detail, field=field, first_row=first_row), way_out
