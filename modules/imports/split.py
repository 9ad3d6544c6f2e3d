"""Text into rows of cells (RFC 4180), in bounded memory whatever the text is.

The standard library's reader stops in the middle of a row when a cell is too long, after which what it gives is no
longer the file's rows, and its limit is one for the whole process. This one goes on counting quotes and drops what is
too much, so that the next row is the next row.
"""

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum

from modules.imports.models import CELL_LIMIT, COLUMN_LIMIT, Record
from utils.errors import BadInput


class _At(IntEnum):
    cell_start = 0
    plain = 1
    quoted = 2
    quote = 3
    after_cr = 4


class _Splitter:
    """The row that is being read, and where in it we are."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.end_of_cell = re.compile(f"[{re.escape(delimiter)}\r\n]")
        self.at = _At.cell_start
        self.number = 1
        self.opened = 1
        self.cells: list[str] = []
        self.parts: list[str] = []
        self.size = 0
        self.long_cell: int | None = None

    def rows_of(self, piece: str) -> Iterator[Record]:
        """Rows that end in this piece."""
        here = 0
        while here < len(piece):
            if self.at is _At.quoted:
                here = self._read_quoted(piece, here)
            elif step := self._sign(piece[here]):
                here += step
            else:
                found = self.end_of_cell.search(piece, here)
                self._add(piece[here : found.start() if found else len(piece)])
                here = found.end() if found else len(piece)
                if not found:
                    self.at = _At.plain
                elif found[0] == self.delimiter:
                    self._close_cell()
                    self.at = _At.cell_start
                else:
                    self.at = _At.after_cr if found[0] == "\r" else _At.cell_start
                    yield self.close()

    @property
    def is_begun(self) -> bool:
        return bool(self.cells or self.size) or self.at in (_At.plain, _At.quote)

    def close(self) -> Record:
        self._close_cell()
        record = Record(self.number, tuple(self.cells), self.long_cell)
        self.cells, self.long_cell = [], None
        self.number += 1
        return record

    def _read_quoted(self, piece: str, here: int) -> int:
        stop = piece.find('"', here)
        self._add(piece[here : stop if stop >= 0 else len(piece)])
        if stop < 0:
            return len(piece)
        self.at = _At.quote
        return stop + 1

    def _sign(self, letter: str) -> int:
        """1 for a letter that is no text but a sign: a quote that opens or is doubled, the LF of a CR LF."""
        if letter == '"' and self.at is not _At.plain:
            if self.at is _At.quote:
                self._add(letter)
            else:
                self.opened = self.number
            self.at = _At.quoted
            return 1
        if letter == "\n" and self.at is _At.after_cr:
            self.at = _At.cell_start
            return 1
        return 0

    def _add(self, text: str) -> None:
        self.size += len(text)
        if self.size > CELL_LIMIT:
            if self.long_cell is None:
                self.long_cell = len(self.cells)
            text = text[: max(0, CELL_LIMIT - self.size + len(text))]
        if text:
            self.parts.append(text)

    def _close_cell(self) -> None:
        if len(self.cells) <= COLUMN_LIMIT:
            self.cells.append(self.parts[0] if len(self.parts) == 1 else "".join(self.parts))
        self.parts = []
        self.size = 0


def split_rows(pieces: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Every row, an empty line too (one empty cell). Lines end in LF, CR LF or CR; a quote in the middle of a cell is
    text. BadInput, with the row, for a quote that is never closed: nobody can tell which rows it swallowed."""
    splitter = _Splitter(delimiter)
    for piece in pieces:
        yield from splitter.rows_of(piece)
    if splitter.at is _At.quoted:
        raise BadInput(
            f'Row {splitter.opened} opens a quote (") that is never closed, so the rows after it cannot be told apart. '
            "Close or remove it; nothing was imported",
            field="file",
        )
    if splitter.is_begun:
        yield splitter.close()
