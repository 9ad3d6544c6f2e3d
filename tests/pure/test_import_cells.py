"""Cells that a spreadsheet may open, and the text that comes back from them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.imports import plain_cell, safe_cell
from modules.imports.models import CELL_LIMIT
from modules.imports.split import split_rows
from utils.errors import BadInput

# compliance.md 7.6's table, and what else begins a formula somewhere
PAYLOADS = [
    *("=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1", "＝1", "＋1", "－1", "＠1"),
    *(" =1", "\u00a0=1", '"=1"', "'=1", "=cmd|' /C calc'!A0", "+12125550123", "'", "''", "-", '=HYPERLINK("x")'),
]
WORDS = st.text(st.characters(codec="utf-8"), max_size=30) | st.text(";\t\r\n'= -a", max_size=12)
CELLS = st.lists(WORDS | st.sampled_from(PAYLOADS), min_size=2, max_size=5)


def written(*rows: list[str]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue()


def read(text: str, delimiter: str = ",", piece: int = 7) -> list[tuple[str, ...]]:
    pieces = [text[at : at + piece] for at in range(0, len(text), piece)]
    return [record.cells for record in split_rows(pieces, delimiter)]


@pytest.mark.parametrize("payload", [one for one in PAYLOADS if one != '"=1"'])
def test_a_cell_that_a_spreadsheet_would_calculate_is_marked_as_text(payload: str) -> None:
    assert safe_cell(payload).startswith("'")
    assert plain_cell(safe_cell(payload)) == payload


@pytest.mark.parametrize("cut", [";", "\t", "\n", "\r", "\r\n"])
@pytest.mark.parametrize("payload", ["=1+1", "+1", "-1", "@A1", " =1", "＝1"])
def test_a_formula_behind_a_sign_that_another_spreadsheet_cuts_at_is_marked_too(cut: str, payload: str) -> None:
    text = f"Eve{cut}{payload}"
    assert safe_cell(text) == f"Eve{cut}'{payload}"
    assert plain_cell(safe_cell(text)) == text
    for row in csv.reader(
        io.StringIO(written(["1", safe_cell(text)]), newline=""), delimiter=";", quotechar=None, quoting=csv.QUOTE_NONE
    ):
        assert not [one for one in row if one.lstrip(' "')[:1] in "=+-@＝" and one]


@pytest.mark.parametrize("harmless", ["", "Ada", "02139", "a=b", "1-2", "O'Hara", '"=1"', "ada@x.example", "7.5%"])
def test_a_cell_that_is_no_formula_stays_as_it_is(harmless: str) -> None:
    assert safe_cell(harmless) == harmless


@given(CELLS)
def test_any_text_comes_back_from_a_file_as_it_went_in(cells: list[str]) -> None:
    text = written([safe_cell(one) for one in cells])
    [back] = read(text)
    assert [plain_cell(one) for one in back] == cells


@given(st.lists(CELLS, min_size=1, max_size=4), st.integers(1, 40))
def test_rows_are_those_that_were_written_wherever_the_text_is_cut(rows: list[list[str]], piece: int) -> None:
    assert read(written(*rows), piece=piece) == [tuple(row) for row in rows]


@given(st.text(alphabet='a",\r\n\x00 é', max_size=40))
def test_any_text_is_cut_as_the_standard_library_cuts_it_unless_a_quote_stays_open(text: str) -> None:
    theirs = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""))]
    try:
        ours = read(text, piece=3)
    except BadInput:
        with pytest.raises(csv.Error):
            list(csv.reader(io.StringIO(text, newline=""), strict=True))
        return
    assert [() if row == ("",) else row for row in ours] == [() if row == ("",) else row for row in theirs]


def test_a_megabyte_in_a_cell_is_cut_off_and_the_next_row_is_the_next_row() -> None:
    long = '"' + "x, y\n" * 200_000 + '"'
    first, second = split_rows([f"1,{long},3\n", "4,5,6\n"], ",")
    assert (first.long_cell, len(first.cells[1]), first.cells[2]) == (1, CELL_LIMIT, "3")
    assert (second.number, second.long_cell, second.cells) == (2, None, ("4", "5", "6"))


def test_a_quote_that_is_never_closed_is_named_with_its_row() -> None:
    with pytest.raises(BadInput, match="Row 2 opens a quote"):
        read('a,b\n1,"2\n3,4\n')
