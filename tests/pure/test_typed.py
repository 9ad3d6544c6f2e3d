"""What people type is read with a way out, and counted things are told in good grammar."""

import errno

import pytest
import typer

from scripts.cli.typed import counted, read_instant, why_unread, why_unwritten


def test_an_instant_is_read_with_its_offset() -> None:
    assert read_instant("--until", "2026-12-01T00:00:00-06:00").isoformat() == "2026-12-01T06:00:00+00:00"


@pytest.mark.parametrize("text", ["2026-12-01", "2026-12-01+00:00"])
def test_a_day_without_an_hour_is_refused_and_the_way_it_shows_is_taken(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="has no hour") as refused:
        read_instant("--until", text)
    shown = refused.value.message.rpartition(" like ")[2]
    assert read_instant("--until", shown).isoformat() == "2026-12-01T14:00:00+00:00"


@pytest.mark.parametrize("text", ["yesterday", "2026-12-01T09:00:00", "2026-13-01"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        read_instant("--at", text)


def test_one_thing_is_told_as_one_and_many_as_many() -> None:
    assert [counted(number, "row") for number in (0, 1, 2, 1000)] == ["0 rows", "1 row", "2 rows", "1,000 rows"]


def test_a_file_that_cannot_be_read_says_why() -> None:
    assert why_unread(FileNotFoundError(errno.ENOENT, "x")) == "there is no such file"
    assert why_unread(IsADirectoryError(errno.EISDIR, "x")) == "it is a folder"
    assert why_unread(PermissionError(errno.EACCES, "x")) == "you may not read it"
    assert why_unread(OSError(errno.ELOOP, "too many links")) == "too many links"


def test_a_file_that_cannot_be_written_says_why() -> None:
    assert why_unwritten(PermissionError(errno.EACCES, "x")) == "you may not write there"
    assert why_unwritten(OSError(errno.ENOSPC, "No space left on device")) == "No space left on device"
