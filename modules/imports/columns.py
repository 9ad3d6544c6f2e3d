"""What each column of a file is: told by --map, else by its name, else a field of the person."""

from collections.abc import Mapping, Sequence

from modules.imports.models import Column, Target
from modules.imports.synonyms import FIELDS, KNOWN, snake
from utils.errors import BadInput

OURS = "omnify."
"""How columns begin that an export or a list of rejects adds for people to read: never taken in again."""
_FIELD = "fields."
_NAME_LIMIT = 100


def read_columns(header: Sequence[str], maps: Mapping[str, str], only_mapped: bool = False) -> tuple[Column, ...]:
    """One for each column, in order. `maps`: header to `phone`, `email` …, `fields.NAME` or `drop`.

    BadInput for names that stand twice or are missing, for a map of a column that is not there, and for two columns
    that would be one thing: which of them is meant is never guessed.
    """
    _check_names(header)
    told = {find_column(header, name, "--map"): _told(name, what) for name, what in maps.items()}
    columns = [
        Column(index, name, *told[index]) if index in told else _guess(index, name, only_mapped)
        for index, name in enumerate(header)
    ]
    taken = {column.target for column in columns if column.target and column.index in told}
    columns = [
        _step_back(column, only_mapped) if column.target in taken and column.index not in told else column
        for column in columns
    ]
    _check_once(columns)
    if not any(column.target in (Target.phone, Target.email) for column in columns):
        raise BadInput(
            f"No column is a phone number or an e-mail address; there is {_list(header)}. "
            "Say which it is: --map 'COLUMN=phone'",
            field="map",
        )
    return tuple(columns)


def find_column(header: Sequence[str], name: str, option: str) -> int:
    """The index of a column that an option names; BadInput when there is none."""
    wanted = name.strip().casefold()
    for index, one in enumerate(header):
        if one.casefold() == wanted:
            return index
    raise BadInput(f"{option} names a column '{name}', and there is {_list(header)}", field=option.lstrip("-"))


def _check_names(header: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for index, name in enumerate(header, 1):
        if not name:
            raise BadInput(f"Column {index} has no name in the header; give it one, or empty the column", field="file")
        if len(name) > _NAME_LIMIT or "\x00" in name:
            raise BadInput(f"The name of column {index} cannot be one; is the first row the header?", field="file")
        first = seen.setdefault(name.casefold(), index)
        if first != index:
            raise BadInput(f"Columns {first} and {index} are both named '{name}'; rename one of them", field="file")


def _told(name: str, what: str) -> tuple[Target | None, str | None]:
    if what == "drop":
        return None, None
    if what.startswith(_FIELD) and len(what) > len(_FIELD):
        return None, what.removeprefix(_FIELD)
    if what in tuple(Target):
        return Target(what), None
    names = ", ".join(Target)
    raise BadInput(f"--map '{name}={what}': a column can be {names}, fields.NAME or drop", field="map")


def _guess(index: int, name: str, only_mapped: bool) -> Column:
    if name.casefold().startswith(OURS):
        return Column(index, name)
    if name.startswith(_FIELD) and len(name) > len(_FIELD):
        return Column(index, name, None, name.removeprefix(_FIELD))
    plain = snake(name)
    if plain in KNOWN:
        return Column(index, name, KNOWN[plain])
    return _step_back(Column(index, name), only_mapped)


def _step_back(column: Column, only_mapped: bool) -> Column:
    """A field of the person, if people's own fields are taken."""
    plain = snake(column.header)
    if plain in FIELDS:
        return Column(column.index, column.header, None, FIELDS[plain])
    if only_mapped:
        return Column(column.index, column.header)
    if not plain:
        raise BadInput(
            f"The column '{column.header}' has no name that a template can use; give it one: "
            f"--map '{column.header}=fields.NAME', or --map '{column.header}=drop'",
            field="map",
        )
    return Column(column.index, column.header, None, plain)


def _check_once(columns: Sequence[Column]) -> None:
    seen: dict[tuple[Target | None, str | None], Column] = {}
    for column in columns:
        if column.target is None and column.name is None:
            continue
        first = seen.setdefault((column.target, column.name), column)
        if first is not column:
            raise BadInput(
                f"'{first.header}' and '{column.header}' would both be {column.words}; say what one of them is: "
                f"--map '{column.header}=fields.NAME', or --map '{column.header}=drop'",
                field="map",
            )


def _list(header: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in header[:20]) + (" …" if len(header) > 20 else "")
