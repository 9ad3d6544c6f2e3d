"""The national list as it is sold: whole lists are read, everything else is refused by its line."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.permits import read_dnc_lines
from utils.errors import BadInput


def test_both_ways_to_write_a_number_are_read_once_each_and_in_order() -> None:
    found = read_dnc_lines(["646,5550100\n", "2125550199\r\n", "\n", "212,0000000", "212,5550199", " 9999999999 "])
    assert list(found) == [2120000000, 2125550199, 6465550100, 9999999999]
    assert found.by_area() == {"212": 2, "646": 1, "999": 1}


@pytest.mark.parametrize(
    "line",
    [
        *("212,555012", "212,55501234", "112,5550123", "012,5550123", "+12125550123", "12125550123", "(212) 555-0123"),
        *(
            "212;5550123",
            "212,5550123,2026-11-01,A",
            "212, 5550123",
            "area,number",
            "<xml>",
            "２１２,5550123",
            "x" * 5000,
        ),
        *("212,5550123 212,5550124", "212,555\x000123", "212"),
    ],
)
def test_a_line_that_is_no_number_of_a_whole_list_refuses_the_file_by_its_place(line: str) -> None:
    with pytest.raises(BadInput, match="Line 3 is no number") as refused:
        read_dnc_lines(["212,5550100", "", line, "212,5550101"])
    assert refused.value.field == "file"
    assert len(refused.value.detail) < 250


@pytest.mark.parametrize("lines", [[], ["", "  ", "\n"]])
def test_an_empty_file_is_no_list(lines: list[str]) -> None:
    with pytest.raises(BadInput, match="holds no number"):
        read_dnc_lines(lines)


@given(st.sets(st.integers(2_000_000_000, 9_999_999_999), min_size=1, max_size=50))
def test_whatever_is_read_comes_out_again(numbers: set[int]) -> None:
    found = read_dnc_lines(str(number) for number in numbers)
    assert list(found) == sorted(numbers)
    assert sum(found.by_area().values()) == len(numbers)


def test_a_million_numbers_of_five_area_codes_take_less_than_a_dozen_megabytes() -> None:
    def lines() -> Iterator[str]:
        return (f"{200 + n % 5},{n * 7 % 10_000_000:07d}" for n in range(1_000_000))

    found = read_dnc_lines(lines())
    assert sum(map(len, found.exchanges.values())) < 12_000_000
    assert sum(found.by_area().values()) == 1_000_000
