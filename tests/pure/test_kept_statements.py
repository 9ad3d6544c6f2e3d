"""Which statements are kept, by which name they are called, and what a changed text comes to."""

from pathlib import Path

import pytest

from scripts.database.keep_statements import list_kept, read_standing, standing
from utils.kept import Parameter, body_of, function_name, parameters_of
from utils.sql import Queries

TEXT = (
    "select n from t where n = any(%(ids)b::uuid[]) and word like 'a%%' and at < %(now)s and at > %(now)s::timestamptz"
)


def queries_with(folder: Path, mark: str) -> Queries:
    (folder / "queries.sql").write_text(f"-- find_words --\n-- What it does.\n{mark}{TEXT};\n", encoding="utf-8")
    return Queries(folder / "queries.sql")


def test_a_kept_statement_is_called_by_the_name_of_its_text(tmp_path: Path) -> None:
    name = function_name("find_words", TEXT)
    kept = queries_with(tmp_path, f"-- Kept as {name}.\n")
    assert kept["find_words"] == f"select * from {name}(%(ids)b::uuid[], %(now)s::timestamptz)"
    assert kept.blocks["find_words"] == TEXT


def test_a_text_that_is_not_the_kept_one_is_run_as_it_stands(tmp_path: Path) -> None:
    assert queries_with(tmp_path, "")["find_words"] == TEXT
    assert queries_with(tmp_path, "-- Kept as house.find_words_00000000.\n")["find_words"] == TEXT
    kept = queries_with(tmp_path, f"-- Kept as {function_name('find_words', TEXT)}.\n")
    kept.blocks["find_words"] = TEXT.replace("word like", "word not like")
    assert kept["find_words"] == kept.blocks["find_words"]


def test_without_its_lock_a_statement_is_no_longer_the_kept_one() -> None:
    claim = next(one for one in list_kept() if one.block == "claim_due")
    unlocked = Queries(claim.file).without_lock("claim_due")
    assert "skip locked" in claim.statement
    assert "skip locked" not in unlocked
    assert unlocked.startswith("select")


def test_in_its_function_each_value_has_a_number() -> None:
    assert parameters_of(TEXT) == [Parameter("ids", "b", "uuid[]"), Parameter("now", "s", "timestamptz")]
    assert body_of(TEXT) == (
        "select n from t where n = any($1::uuid[]) and word like 'a%' and at < $2 and at > $2::timestamptz"
    )


def test_a_value_whose_type_is_nowhere_told_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match="cast 'now'"):
        parameters_of("select 1 where %(now)s is null and %(n)s::int = 1")


def test_every_statement_that_says_it_is_kept_has_its_function() -> None:
    """Else it is planned anew at each question: run `python -m scripts.database.keep_statements`."""
    there = read_standing()
    assert [(one.block, one.function) for one in list_kept() if one.function not in there] == []
    assert [one.block for one in list_kept() if Queries(one.file).kept[one.block] != one.function] == []


def test_the_functions_that_stand_are_those_created_and_not_dropped_since() -> None:
    first, second = (f"house.find_words_{digit * 8}" for digit in "12")
    texts = [f"create function {first}(\n", f"create function {second}(\n"]
    assert standing(texts) == [first, second]
    assert standing([*texts, f"drop function {first};"]) == [second]
    assert standing([*texts, f"drop function {first};", f"create function {first}("]) == [second, first]
