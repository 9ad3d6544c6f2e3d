"""How an SMS is counted (3GPP TS 23.038)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.content import Encoding, count_segments


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", Encoding.gsm7, 0, 0),
        ("a", Encoding.gsm7, 1, 1),
        ("a" * 160, Encoding.gsm7, 160, 1),
        ("a" * 161, Encoding.gsm7, 161, 2),
        ("a" * 306, Encoding.gsm7, 306, 2),
        ("a" * 307, Encoding.gsm7, 307, 3),
        ("é" * 160, Encoding.gsm7, 160, 1),
        ("€" * 80, Encoding.gsm7, 160, 1),
        ("€" * 81, Encoding.gsm7, 162, 2),
        ("a" * 152 + "€" + "a" * 153, Encoding.gsm7, 307, 3),
        ("[{^}]~\\|\f", Encoding.gsm7, 18, 1),
        ("ç", Encoding.ucs2, 1, 1),
        ("’", Encoding.ucs2, 1, 1),
        ("ж" * 70, Encoding.ucs2, 70, 1),
        ("ж" * 71, Encoding.ucs2, 71, 2),
        ("ж" * 134, Encoding.ucs2, 134, 2),
        ("ж" * 135, Encoding.ucs2, 135, 3),
        ("😀" * 35, Encoding.ucs2, 70, 1),
        ("😀" * 36, Encoding.ucs2, 72, 2),
        ("ж" * 66 + "😀" + "ж" * 67, Encoding.ucs2, 135, 3),
        ("a" * 70 + "😀", Encoding.ucs2, 72, 2),
        ("a" * 69 + "😀", Encoding.ucs2, 71, 2),
    ],
)
def test_a_text_is_counted_as_it_is_billed(text: str, encoding: Encoding, units: int, count: int) -> None:
    counted = count_segments(text)
    assert (counted.encoding, counted.units, counted.count) == (encoding, units, count)


def test_the_letter_that_forces_the_wide_alphabet_is_named() -> None:
    assert count_segments("It’s me").forced_by == "’"
    assert count_segments("It's me").forced_by is None


@given(st.text(max_size=400), st.text(max_size=50))
def test_a_longer_text_never_has_fewer_parts(text: str, more: str) -> None:
    assert count_segments(text + more).count >= count_segments(text).count
