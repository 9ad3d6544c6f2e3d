"""What a person wrote themselves in an answer by e-mail, above, below or between what it answers. Pure."""

import re
from collections.abc import Iterator, Sequence

_MARKED = re.compile(r"^\s*>")
_COPIED = re.compile(
    r"^\s*(?:-{2,}\s*original message|-{2,}\s*forwarded message|_{8,}\s*$|begin forwarded message"
    r"|-{2,}\s*(?:mensaje original|mensaje reenviado|message d'origine|message transféré)|\*?from:\*?\s.+)",
    re.IGNORECASE,
)
"""Above a letter that is not marked line by line: from here on nothing is theirs."""
_SENDER = re.compile(r"^\s*\*?(?:de|von|da)\s?:\*?\s.+", re.IGNORECASE)
_HEADER = re.compile(
    r"^\s*\*?(?:enviado(?: el)?|fecha|para|asunto|cc|envoyé|date|à|objet|gesendet|an|betreff|inviato|a|oggetto"
    r"|data|assunto)\s?:\*?\s",
    re.IGNORECASE,
)
"""What follows the sender's line where a mail program copies the head of a letter, in other languages."""
_SIGNATURE = re.compile(r"^\s*--\s*$")
_SIGNED = re.compile(
    r"^\s*(?:sent (?:from|via) (?:my|the|yahoo|outlook|mail|proton|samsung)\b|get outlook for\b"
    r"|enviado (?:desde|con|por) (?:mi|el|outlook|yahoo|mail)\b|obtener outlook para\b|obtén outlook para\b"
    r"|envoyé (?:de(?:puis)?|à partir de) (?:mon|ma|outlook|yahoo)\b|télécharger outlook pour\b)",
    re.IGNORECASE,
)
_FINE_PRINT = re.compile(
    r"\bif you (?:are|were) (?:not )?(?:the|an) (?:intended|unintended|wrong) (?:recipient|addressee|person)"
    r"|\bif you (?:have )?(?:received|receive|got) this (?:\S+ )?(?:e-?mail|message|communication|transmission)"
    r" (?:in error|by mistake)"
    r"|\bthis (?:\S+ )?(?:e-?mail|message|communication|transmission)\b.{0,120}\b(?:confidential|privileged)\b"
    r"|^\W*(?:confidentiality|legal|privacy|disclaimer)\b(?: notice| note| statement)?\s*(?:$|[:–—-])"
    r"|\bsi (?:usted )?(?:no es el|ha recibido este|recibió este)\b.{0,40}\b(?:destinatario|error)\b"
    r"|\b(?:este|el) (?:correo|mensaje|e-?mail)\b.{0,60}\bconfidencial|^\W*(?:aviso (?:legal|de "
    r"(?:confidencialidad|privacidad))|en cumplimiento de|protección de datos)\b"
    r"|\bsi vous (?:n'êtes pas le|avez reçu ce)\b.{0,40}\b(?:destinataire|erreur)\b"
    r"|\bce (?:courriel|message|mail)\b.{0,60}\bconfidentiel|^\W*avis de confidentialité\b",
    re.IGNORECASE,
)
"""What a company puts around everything that its people write: a lawyer's words, not theirs."""
_WROTE = re.compile(
    r"^\W*(?:on\b.{0,200}\bwrote:?\W*$|el\b.{0,200}\bescribió:?\s*$|le\b.{0,200}\ba écrit\s?:?\s*$"
    r"|(?=.{0,200}\d).{0,200}<[^<>\s]+@[^<>\s]+>.{0,80}:\s*$)",
    re.IGNORECASE,
)
_MAY_WRITE = re.compile(r"^\W*(?:on|el|le|am|il|em|\d{4}-\d\d-\d\d)\b", re.IGNORECASE)
_LONGEST_WROTE = 3
_LONGEST_LINE = 500


def own_words(text: str) -> str:
    """Without what is marked as quoted, and up to what is copied unmarked, signs, or is fine print below a letter.

    Whoever answers below or between the lines they quote is heard as whoever answers above. "On … wrote:" may be
    broken in three; what follows it unmarked is the other's letter.
    """
    return "\n".join(_own_lines(text.splitlines())).strip()


def _own_lines(lines: Sequence[str]) -> Iterator[str]:
    place, said = 0, False
    while place < len(lines):
        line = lines[place]
        wrote = _wrote_at(lines, place)
        if wrote:
            place += wrote
            if not _MARKED.match(_next_said(lines, place)):
                return
            continue
        place += 1
        if _MARKED.match(line):
            continue
        if _COPIED.match(line) or (_SENDER.match(line) and _HEADER.match(_next_said(lines, place))):
            return
        below = _SIGNATURE.match(line)
        if below or _SIGNED.match(line) or _FINE_PRINT.search(line):
            if said or below:
                place = _next_marked(lines, place)
            continue
        said = said or bool(line.strip())
        yield line


def _wrote_at(lines: Sequence[str], place: int) -> int:
    """How many lines from here say who wrote what follows; 0 when they say something else."""
    for many in range(1, _LONGEST_WROTE + 1 if _MAY_WRITE.match(lines[place]) else 2):
        both = " ".join(lines[place : place + many])
        if len(both) <= _LONGEST_LINE and _WROTE.match(both):
            return many
    ends = lines[place].rstrip().endswith(":") and bool(lines[place].strip(" :"))
    return int(ends and place + 1 < len(lines) and _MARKED.match(lines[place + 1]) is not None)


def _next_said(lines: Sequence[str], place: int) -> str:
    return next((line for line in lines[place:] if line.strip()), "")


def _next_marked(lines: Sequence[str], place: int) -> int:
    """Below a signature only what answers a marked quotation is theirs again."""
    return next((at for at in range(place, len(lines)) if _MARKED.match(lines[at])), len(lines))
