"""Files as people send them: other encodings, other signs between cells, other kinds of files."""

import codecs
import zipfile
from pathlib import Path

import pytest

from modules.imports import open_table, take_facts
from utils.errors import BadInput

TEXT = 'Name,Phone\nZoë,+12125550101\n"O\'Hara, 李",+12125550102\n'
ROWS = [("Zoë", "+12125550101"), ("O'Hara, 李", "+12125550102")]


def rows(path: Path, delimiter: str | None = None) -> list[tuple[str, ...]]:
    with open_table(path, delimiter) as table:
        return [table.header, *(record.cells for record in table.rows)]


def put(folder: Path, raw: bytes) -> Path:
    path = folder / "people.csv"
    path.write_bytes(raw)
    return path


def refused(path: Path, delimiter: str | None = None) -> str:
    with pytest.raises(BadInput) as error:
        read_whole(path, delimiter)
    return error.value.detail


def read_whole(path: Path, delimiter: str | None) -> None:
    take_facts(path)
    rows(path, delimiter)


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.rstrip().encode(),
    ],
)
def test_a_file_is_read_in_the_encoding_that_its_mark_says(tmp_path: Path, raw: bytes) -> None:
    assert rows(put(tmp_path, raw)) == [("Name", "Phone"), *ROWS]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_header_tells_what_stands_between_cells(tmp_path: Path, sign: str) -> None:
    path = put(tmp_path, f'Name{sign}Phone\n"a{sign}b"{sign}1\n'.encode())
    assert rows(path) == [("Name", "Phone"), (f"a{sign}b", "1")]


def test_a_header_that_could_be_cut_in_two_ways_is_refused_until_somebody_says_which(tmp_path: Path) -> None:
    path = put(tmp_path, b"Name;Nick,Phone\na;b,1\n")
    assert "comma and semicolon; say which" in refused(path)
    assert rows(path, ",")[0] == ("Name;Nick", "Phone")


def test_a_quoted_sign_in_the_header_leaves_no_doubt(tmp_path: Path) -> None:
    assert rows(put(tmp_path, b'"Name; first",Phone\na,1\n'))[0] == ("Name; first", "Phone")


def test_one_column_needs_no_sign(tmp_path: Path) -> None:
    assert rows(put(tmp_path, b"Email\na@x.example\n")) == [("Email",), ("a@x.example",)]


def test_empty_lines_and_empty_columns_at_the_end_of_the_header_are_passed_over(tmp_path: Path) -> None:
    with open_table(put(tmp_path, b"Name,Phone,,\n\na,1,,\n \n\nb,2,,\n")) as table:
        assert table.header == ("Name", "Phone")
        assert [record.number for record in table.rows] == [3, 6]


@pytest.mark.parametrize(("filler", "row"), [(0, 3), (20_000, 20_003)])
def test_the_byte_and_the_row_that_are_no_text_are_named(tmp_path: Path, filler: int, row: int) -> None:
    before = b"Name,Phone\n" + b"abc,1\n" * (filler + 1)
    sentence = refused(put(tmp_path, before + "Zoë,2\n".encode("latin-1")))
    assert f"0xEB at byte {len(before) + 3:,}, in row {row:,}" in sentence
    assert "Save it as 'CSV UTF-8', or convert it: iconv -f WINDOWS-1252" in sentence


def test_half_a_letter_at_the_end_is_named_too(tmp_path: Path) -> None:
    assert "in row 2" in refused(put(tmp_path, b"Name,Phone\n\xe6\x9d"))
    odd = codecs.BOM_UTF16_LE + "Name,Phone\na,1".encode("utf-16-le") + b"x"
    assert "in row 2" in refused(put(tmp_path, odd))


def test_other_kinds_of_files_are_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "people.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert "is a zip or Excel file (.xlsx), not a CSV file" in refused(tmp_path / "people.xlsx")
    assert "old Excel" in refused(put(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
    assert "gzip" in refused(put(tmp_path, b"\x1f\x8b\x08"))
    assert "UTF-32" in refused(put(tmp_path, codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le")))
    assert "UTF-16 without its mark" in refused(put(tmp_path, TEXT.encode("utf-16-le")))
    assert "is empty" in refused(put(tmp_path, b"\n  \n"))
    assert "has no header" in refused(put(tmp_path, codecs.BOM_UTF8))
    assert "There is no file" in refused(tmp_path / "nobody.csv")
    assert "is no file" in refused(tmp_path)
    assert "more than 200 columns" in refused(put(tmp_path, b",".join(b"c%d" % one for one in range(300))))


def test_facts_are_those_of_the_bytes(tmp_path: Path) -> None:
    facts = take_facts(put(tmp_path, b"Email\n"))
    assert (facts.name, facts.size) == ("people.csv", 6)
    assert facts.sha256 == "87d70217b3527f067e6e6388d1599c47eff4d6844b4e5da99d16425a640fbe38"
