"""How many parts an SMS is billed as.

A text in the GSM 7-bit alphabet (3GPP TS 23.038, section 6.2.1, with its extension table) has 160 units in one part and
153 in each of several; any other text is UCS-2 with 70 and 67. A character of two units is never cut in half between
two parts, so a part may end one unit early.
"""

from dataclasses import dataclass
from enum import StrEnum

SMS_LIMIT = 1600
"""Characters a message may have (Twilio, Messages resource, parameter Body; read 2026-11)."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
GSM = _BASIC | _EXTENSION
"""Every letter of the cheap alphabet."""


class Encoding(StrEnum):
    gsm7 = "gsm7"
    ucs2 = "ucs2"


_ROOM: dict[Encoding, tuple[int, int]] = {Encoding.gsm7: (160, 153), Encoding.ucs2: (70, 67)}


@dataclass(frozen=True)
class Segments:
    """`units` are septets for GSM-7 and 16-bit units for UCS-2; `count` is what is billed; `forced_by` the first
    character that is not in the GSM alphabet."""

    encoding: Encoding
    units: int
    count: int
    forced_by: str | None


def count_segments(text: str) -> Segments:
    """Encoding, length and number of billed parts; an empty text has none."""
    foreign = next((letter for letter in text if letter not in GSM), None)
    encoding = Encoding.gsm7 if foreign is None else Encoding.ucs2
    widths = [_width(letter, encoding) for letter in text]
    alone, together = _ROOM[encoding]
    units = sum(widths)
    count = min(units, 1) if units <= alone else _parts(widths, together)
    return Segments(encoding, units, count, foreign)


def _width(letter: str, encoding: Encoding) -> int:
    if encoding is Encoding.gsm7:
        return 2 if letter in _EXTENSION else 1
    return 2 if ord(letter) > 0xFFFF else 1


def _parts(widths: list[int], room: int) -> int:
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts
