"""`library` without a database: what there is, what it says, and a copy to edit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modules.sequences.shelf import library_slugs, library_source
from scripts.cli.app import main

Output = pytest.CaptureFixture[str]


def test_the_list_tells_what_each_takes(capsys: Output) -> None:
    assert main(["library", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["slug"] for row in rows] == library_slugs()
    assert rows[1] == {
        "slug": "lead-3-7-14-30",
        "name": "Lead 3-7-14-30",
        "purpose": "marketing",
        "steps": 14,
        "days": 36,
    }
    assert main(["library", "list"]) == 0
    assert "Speed to lead" in capsys.readouterr().out


@pytest.mark.parametrize("slug", library_slugs())
def test_each_is_shown_in_words(slug: str, capsys: Output) -> None:
    assert main(["library", "show", slug]) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[0].endswith(f"({slug}), from the library")
    assert "\n1. " in told
    assert "None" not in told
    assert main(["library", "show", slug, "--source"]) == 0
    assert capsys.readouterr().out == library_source(slug)
    assert main(["library", "show", slug, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["source"], facts["words"]) == (library_source(slug), told)


@pytest.mark.parametrize("verb", [["show", "nurture"], ["take", "nurture", "--file", "x.yaml"]])
def test_what_is_not_there_is_refused_with_what_is(verb: list[str], capsys: Output) -> None:
    assert main(["library", *verb]) == 1
    told = (
        "The library has no sequence 'nurture'; it has: buyer-nurture, lead-3-7-14-30, re-engagement, review-request, "
    )
    assert capsys.readouterr() == ("", told + "seller-nurture, speed-to-lead\n")


def test_a_copy_is_written_for_editing_and_never_over_another_file(tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "mine.yaml"
    take = ["library", "take", "re-engagement", "--file", str(file)]
    assert main([*take, "--dry-run"]) == 0
    assert (capsys.readouterr().out, file.exists()) == (f"{file} would be written.\n", False)
    assert main(take) == 0
    assert file.read_text(encoding="utf-8") == library_source("re-engagement")
    assert capsys.readouterr().out == f"{file} is written; publish it: scripts/omnify publish {file} --client SLUG\n"
    assert main(take) == 1
    assert capsys.readouterr().err == f"{file} is there already; name another file\n"
    assert main(["library", "take", "re-engagement", "--file", str(tmp_path / "no" / "x.yaml")]) == 1
    assert "cannot be written: " in capsys.readouterr().err


@pytest.mark.parametrize("where", [[], ["--client", "acme", "--file", "x.yaml"]])
def test_it_goes_to_a_client_or_to_a_file_and_not_to_both(where: list[str], capsys: Output) -> None:
    assert main(["library", "take", "re-engagement", *where]) == 2
    assert "name either a client (--client) or a file (--file)" in capsys.readouterr().err
