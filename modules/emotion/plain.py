"""Words without their dress: what is compared is what a person meant to type, however they typed it."""

import re
import unicodedata

LONGEST = 8_000
"""Characters that are looked at, from each end; nobody hides a wish in the middle of a book."""

_SIGNS = ".,!?;:'\"()[]{}*_-–—…“”‘’«»¡¿#%&/\\=+|~<>^"
_LEET = str.maketrans("013457$@", "oieastsa")
_LEET_WORDS = frozenset(
    {"stop", "stopall", "quit", "cancel", "unsubscribe", "unsub", "revoke", "optout", "remove", "texting", "calling"}
)
# Letters of other scripts that look like ours; only a word that becomes a keyword is read so.
_LOOKALIKES = str.maketrans("асеорхѕіїјтѵυορτѕ", "aceopxsiijtvuopts")
_LOOKALIKE_WORDS = _LEET_WORDS | {"end"}
# Blank letters that count as letters elsewhere (Hangul fillers), so that no category tells them.
_BLANKS = re.compile("[\u115f\u1160\u3164\uffa0\u2800]")
_APART = re.compile(r"(?<![^\W_])[^\W\d_](?:[\s.\-_*,/|~+]{1,3}[^\W\d_]){2,}(?![^\W_])")
_GLUED = re.compile(
    r"(please|pls)?(stop|quit|unsubscribe)(texting|calling|messaging|emailing|contacting|please|pls|now|all)?(me|us)?"
)
_NUMBER_SIGN = re.compile(r"\bwrong\s*#(?!\w)")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’‘`´ʼ＇](?=[^\W\d_])")
_BREAK = re.compile(r"[.!?;:,…¿¡。！？、，\n\r]+|(?:(?<=\s)|^)[-–—]+(?=\s|$)|[–—]|(?<=\s)/(?=\s)")
_SAME = (
    (re.compile(r"\bopt(?:ed|ing)? ?(?:me |us )?out\b"), "optout"),
    (re.compile(r"\bun ?sub?s?c?r?i?be?(?:d|ing|bed|bing)?\b|\bunscubscribe\b"), "unsubscribe"),
    (re.compile(r"\be mail"), "email"),
)


def plain_words(text: str) -> str:
    """Lower-case words of the text with ` . ` where a thought ends (also at commas); no accents, signs or emoji.

    Marks that nobody sees are removed, an apostrophe within a word too ("dont", "mappelez"), and letters set apart
    are put together ("s t o p").
    """
    if len(text) > 2 * LONGEST:
        text = f"{text[:LONGEST]}\n{text[-LONGEST:]}"
    bare = _NUMBER_SIGN.sub("wrong number", _bare(text))
    bare = _APART.sub(_together, bare)
    bare = " ".join(_as_meant(word) for word in _APOSTROPHE.sub("", bare).replace("\n", " \n ").split(" "))
    parts = (" ".join(re.sub(r"[\W_]+", " ", part).split()) for part in _BREAK.split(bare))
    plain = " . ".join(part for part in parts if part)
    for pattern, word in _SAME:
        plain = pattern.sub(word, plain)
    return plain


def _bare(text: str) -> str:
    """Compatible forms made one, case folded, without accents and without what has no width."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text.replace("´", "'")).casefold())
    seen = (one for one in folded if unicodedata.category(one) not in ("Mn", "Me", "Cf"))
    shown = "".join(
        " " if unicodedata.category(one) in ("So", "Sk", "Cc", "Co") and one != "\n" else one for one in seen
    )
    return re.sub(r"([^\W\d_])\1{2,}", r"\1", _BLANKS.sub(" ", shown.replace("\u2028", "\n")))


def _together(found: re.Match[str]) -> str:
    joined = re.sub(r"[\W_]+", "", found[0])
    glued = _GLUED.fullmatch(joined)
    return " ".join(part for part in glued.groups() if part) if glued else joined


def _as_meant(word: str) -> str:
    money = _SIGNS + "$@"
    for core in (word.strip(_SIGNS), word.strip(money), word.lstrip(_SIGNS).rstrip(money)):
        for table, words in ((_LEET, _LEET_WORDS), (_LOOKALIKES, _LOOKALIKE_WORDS)):
            if core and (meant := core.translate(table)) != core and meant in words:
                return word.replace(core, meant)
    return word
