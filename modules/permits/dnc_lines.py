"""Reads the national Do Not Call list as it is sold: one number a line. Pure; a million numbers take a few megabytes.

The FTC's text files hold `AAA,NNNNNNN` (area code, comma, seven digits), one file for each area code or several in one
(telemarketing.donotcall.gov, help on download formats); ten digits a line are taken as well. A file of changes has more
on a line and is refused: it is no whole list, and taken for one it would open every number it does not name.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from utils.errors import BadInput

_LINE = re.compile(r"([2-9][0-9]{2}),?([0-9]{7})")
_LONGEST = 32
_EXCHANGE = 10_000
"""Numbers under one exchange, the six digits in front: one bit each, 1,250 bytes."""


@dataclass(frozen=True)
class DncNumbers:
    """Numbers as a set of bits by exchange; each is there once, whatever the file repeats."""

    exchanges: dict[int, bytearray]

    def by_area(self) -> dict[str, int]:
        """How many numbers under each area code."""
        counts: dict[str, int] = {}
        for exchange, bits in self.exchanges.items():
            area = str(exchange // 1000)
            counts[area] = counts.get(area, 0) + int.from_bytes(bits, "big").bit_count()
        return dict(sorted(counts.items()))

    def __iter__(self) -> Iterator[int]:
        """Every number as ten digits, in order."""
        for exchange in sorted(self.exchanges):
            bits, first = self.exchanges[exchange], exchange * _EXCHANGE
            for place, byte in enumerate(bits):
                for bit in range(8):
                    if byte >> bit & 1:
                        yield first + place * 8 + bit


def read_dnc_lines(lines: Iterable[str]) -> DncNumbers:
    """The numbers of whole lists; BadInput names the first line that is none, so that nothing is half loaded."""
    exchanges: dict[int, bytearray] = {}
    for place, line in enumerate(lines, start=1):
        text = line.strip()
        if not text:
            continue
        match = _LINE.fullmatch(text) if len(text) <= _LONGEST and text.isascii() else None
        if match is None:
            raise BadInput(
                f"Line {place} is no number of a whole list. A line reads 212,5550123 or 2125550123; a file of changes "
                "cannot be loaded, take the full list of the area code",
                field="file",
            )
        number = int(match[1] + match[2])
        bits = exchanges.get(number // _EXCHANGE)
        if bits is None:
            bits = exchanges[number // _EXCHANGE] = bytearray(_EXCHANGE // 8)
        bits[number % _EXCHANGE // 8] |= 1 << number % 8
    if not exchanges:
        raise BadInput("The file holds no number; take the list of an area code that has some", field="file")
    return DncNumbers(exchanges)
