"""What a person wrote themselves in an answer by e-mail, without the letter that it answers."""

import re

_QUOTE = re.compile(
    r"^\s*(?:>|-{2,}\s*original message|-{2,}\s*forwarded message|_{8,}\s*$|begin forwarded message"
    r"|-{2,}\s*(?:mensaje original|mensaje reenviado|message d'origine|message transféré)"
    r"|on\b.{0,200}\bwrote:?\s*$|el\b.{0,200}\bescribió:?\s*$|le\b.{0,200}\ba écrit\s?:?\s*$"
    r"|from:\s.+|sent from my\b|get outlook for\b|--\s*$)",
    re.IGNORECASE,
)
_ON = re.compile(r"^\s*(?:on|el|le)\b", re.IGNORECASE)


def own_words(text: str) -> str:
    """The lines before the first that quotes, forwards or signs. "On … wrote:" may be broken in two, and be in
    Spanish or French."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        both = f"{line} {lines[place + 1]}" if _ON.match(line) and place + 1 < len(lines) else line
        if _QUOTE.match(line) or _QUOTE.match(both):
            return "\n".join(lines[:place]).strip()
    return text.strip()
