"""A file as rows of text: encoding by its mark, delimiter by its header, never more of it in memory than a piece."""

import codecs
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from modules.imports.models import COLUMN_LIMIT, ROW_LIMIT, FileFacts, Record
from modules.imports.split import split_rows
from utils.errors import BadInput

_PIECE = 1 << 16
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
# How other kinds of files begin.
_OTHER_FILES = {
    b"PK\x03\x04": "a zip or Excel file (.xlsx)",
    b"PK\x05\x06": "an empty zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls)",
    b"\x1f\x8b": "a gzip file",
    b"%PDF": "a PDF",
    b"{\\rtf": "a rich text file",
}
_WIDE = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_AS_UTF8 = (
    "Save it as 'CSV UTF-8', or convert it: iconv -f WINDOWS-1252 -t UTF-8 OLD.csv > NEW.csv. Nothing was imported"
)


@dataclass(frozen=True)
class Table:
    """An open file: its header, and its rows in order, read as they are asked for."""

    header: tuple[str, ...]
    rows: Iterator[Record]


class _BadBytes(Exception):
    """These bytes are no text in the file's encoding; `at` counts from the file's first byte, 0."""

    def __init__(self, at: int, found: bytes) -> None:
        super().__init__(at, found)
        self.at, self.found = at, found


def take_facts(path: Path) -> FileFacts:
    """Name, hash and size of a file that can be a CSV; BadInput says what it is instead."""
    if not path.is_file():
        raise BadInput(f"There is no file {path}" if not path.exists() else f"{path} is no file", field="file")
    hashed, size, first = hashlib.sha256(), 0, b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            first = first or piece
            hashed.update(piece)
            size += len(piece)
    for start, words in _OTHER_FILES.items():
        if first.startswith(start):
            raise BadInput(
                f"{path.name} is {words}, not a CSV file. Open it in your spreadsheet and save it as 'CSV UTF-8'",
                field="file",
            )
    if not first.strip():
        raise BadInput(f"{path.name} is empty", field="file")
    return FileFacts(path.name, hashed.hexdigest(), size)


@contextmanager
def open_table(path: Path, delimiter: str | None = None) -> Iterator[Table]:
    """The file's header and rows. BadInput names the byte and the row that cannot be read, when they are reached."""
    with path.open("rb") as file:
        pieces = _texts(file, _encoding(file, path.name))
        try:
            head = next(pieces, "")
        except _BadBytes as bad:
            raise _unreadable(path.name, bad, 1) from bad
        sign = delimiter or _sniff(head)
        rows = _rows(split_rows(chain([head], pieces), sign), path.name)
        header = next(rows, None)
        if header is None:
            raise BadInput(f"{path.name} has no header", field="file")
        yield Table(_without_empty_ends(header), rows)


def _encoding(file: BinaryIO, name: str) -> str:
    """By the byte order mark, else UTF-8; leaves the file behind the mark."""
    first = file.read(256)
    if first.startswith(_WIDE):
        raise BadInput(f"{name} is UTF-32. {_AS_UTF8}", field="file")
    for mark, encoding in _MARKS:
        if first.startswith(mark):
            file.seek(len(mark))
            return encoding
    if first.count(0) * 4 > len(first):
        raise BadInput(f"{name} looks like UTF-16 without its mark. {_AS_UTF8}", field="file")
    file.seek(0)
    return "utf-8"


def _texts(file: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    at = file.tell()
    while True:
        piece = file.read(_PIECE)
        held = len(decoder.getstate()[0])
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode(encoding)
            if good:
                yield good
            raise _BadBytes(at - held + error.start, error.object[error.start : error.end]) from error
        at += len(piece)
        if text:
            yield text
        if not piece:
            return


def _rows(records: Iterator[Record], name: str) -> Iterator[Record]:
    number = 0
    try:
        for record in records:
            number = record.number
            if number > ROW_LIMIT:
                raise BadInput(f"{name} has more than {ROW_LIMIT:,} rows; cut it into smaller files", field="file")
            if len(record.cells) > 1 or record.cells[0].strip() or record.long_cell is not None:
                yield record
    except _BadBytes as bad:
        raise _unreadable(name, bad, number + 1) from bad


def _unreadable(name: str, bad: _BadBytes, row: int) -> BadInput:
    shown = " ".join(f"0x{one:02X}" for one in bad.found[:4])
    return BadInput(
        f"{name} is not text in the encoding it claims: {shown} at byte {bad.at + 1:,}, in row {row:,}. {_AS_UTF8}",
        field="file",
    )


def _sniff(head: str) -> str:
    """The one sign that cuts the header; BadInput when two would, because a guess would mix up columns."""
    cuts = []
    for sign in DELIMITERS.values():
        try:
            first = next(split_rows([head], sign), None)
        except BadInput:  # the header's last quote lies beyond this piece, or the sign is the wrong one
            continue
        if first and len(first.cells) > 1:
            cuts.append(sign)
    if len(cuts) > 1:
        names = " and ".join(word for word, sign in DELIMITERS.items() if sign in cuts)
        raise BadInput(f"The header can be cut at {names}; say which: --delimiter comma", field="delimiter")
    return cuts[0] if cuts else ","


def _without_empty_ends(header: Record) -> tuple[str, ...]:
    """The header's cells; spreadsheets add commas for columns that were emptied."""
    cells = [cell.strip() for cell in header.cells]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > COLUMN_LIMIT:
        raise BadInput(f"The header has more than {COLUMN_LIMIT} columns", field="file")
    if header.long_cell is not None:
        raise BadInput("A name in the header is far too long; is the first row the header?", field="file")
    return tuple(cells)
