"""A cell of a file that a spreadsheet may open: text, never a formula, and the same text again when it comes back."""

import re

# What begins a formula in one spreadsheet or another, or ends the cell before it (OWASP, CSV injection; ASVS 5.0
# 1.2.10, read 2026-11-20), and the mark itself, so that a text which begins with it comes back whole.
_BEGINS = frozenset("=+-@\t\r\n\x00'\uff1d\uff0b\uff0d\uff20")
_MARK = "'"
_BLANKS = " \u00a0\u3000\ufeff"
# Where a cell begins for a spreadsheet that cuts at semicolons or tabs, as many do where the comma is a decimal sign.
# Our quotes mean nothing to such a one, so what stands behind them inside a cell needs its mark as well.
_CUT_HERE = rf"(?<=[;\t\r\n]){{mark}}(?=[{_BLANKS}]*[-=+@'\uff1d\uff0b\uff0d\uff20])"
_UNMARKED, _MARKED = re.compile(_CUT_HERE.format(mark="")), re.compile(_CUT_HERE.format(mark=_MARK))


def safe_cell(text: str) -> str:
    """The text with a `'` before whatever a spreadsheet would calculate or cut; plain_cell gives the text back.

    Blanks before a sign do not help: some programs drop them first.
    """
    bare = text.lstrip(_BLANKS)
    safe = _UNMARKED.sub(_MARK, text)
    return _MARK + safe if text[:1] in _BEGINS or bare[:1] in _BEGINS else safe


def plain_cell(text: str) -> str:
    """The text without the marks: one leading `'`, which says 'this is text' in every spreadsheet, and those inside."""
    if _MARK not in text:
        return text
    return _MARKED.sub("", text[1:] if text.startswith(_MARK) else text)
