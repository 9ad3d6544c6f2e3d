"""A cell of a file that a spreadsheet may open: text, never a formula, and the same text again when it comes back."""

# What begins a formula in one spreadsheet or another, or ends the cell before it (OWASP, CSV injection; ASVS 5.0
# 1.2.10, read 2026-11-20), and the mark itself, so that a text which begins with it comes back whole.
_BEGINS = frozenset("=+-@\t\r\n\x00'\uff1d\uff0b\uff0d\uff20")
_MARK = "'"


def safe_cell(text: str) -> str:
    """The text with a leading `'` where a spreadsheet would calculate or cut it; plain_cell gives the text back.

    Blanks before a sign do not help: some programs drop them first.
    """
    bare = text.lstrip(" \u00a0\u3000\ufeff")
    return _MARK + text if text[:1] in _BEGINS or bare[:1] in _BEGINS else text


def plain_cell(text: str) -> str:
    """The text without one leading `'`, which says 'this is text' in every spreadsheet."""
    return text[1:] if text.startswith(_MARK) else text
