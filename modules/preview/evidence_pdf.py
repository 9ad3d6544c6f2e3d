"""The evidence pack on paper: every section and record of the JSON, page numbers, and the hash that ties them.

Drawn by reportlab (BSD) with the Noto Sans that `fontpkg-noto-sans` carries (SIL Open Font License 1.1). Both are
loaded by the function that draws, so that the sweep never pays for them.
"""

import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

from modules.preview.evidence_models import Pack

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

FONT = "NotoSans"
MOST_LETTERS = 6000
"""What of one text is printed; all of it stands in the JSON."""
_GREY, _BLUE = "#555555", "#1b4b7a"
_INSTANT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d+)?)\+00:00$")
Paint = Callable[[str], str]


def draw_pdf(pack: Pack) -> bytes:
    """The pack as a PDF; the same pack gives the same bytes. A letter that the font lacks is printed as its code
    point, [U+05D0], so that nothing is lost and nothing looks like something else."""
    from reportlab.lib.pagesizes import LETTER
    from reportlab.platypus import SimpleDocTemplate

    known = _register_font()
    signed = pack.signed()
    foot = f"Evidence pack of contact {signed['contact']}, client {signed['client']}, SHA-256 {signed['sha256'][:16]}…"
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=LETTER, leftMargin=48, rightMargin=48, topMargin=48, bottomMargin=54, invariant=1, lang="en",
        title=f"Evidence pack {signed['contact']}", author="Omnify Sequencer", subject=f"SHA-256 {signed['sha256']}",
    )  # fmt: skip
    document.build(list(_story(signed, lambda text: drawable(text, known))), canvasmaker=_numbered(foot))
    return out.getvalue()


def drawable(text: str, known: Mapping[int, int]) -> str:
    """The text with everything that cannot be drawn, or steers the direction of what can, as its code point."""
    return "".join(one if _is_drawn(one, known) else f"[U+{ord(one):04X}]" for one in text)


def _is_drawn(letter: str, known: Mapping[int, int]) -> bool:
    seen = letter.isprintable() or unicodedata.category(letter) == "Zs"
    return letter == "\n" or (seen and ord(letter) in known)


def _register_font() -> Mapping[int, int]:
    """Which code points the font has."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    if FONT not in pdfmetrics.getRegisteredFontNames():
        with as_file(files("fontpkg_noto_sans") / "files" / "NotoSans[wdth,wght].ttf") as path:
            pdfmetrics.registerFont(TTFont(FONT, str(path)))
            pdfmetrics.registerFontFamily(FONT, FONT, FONT, FONT, FONT)
    font = pdfmetrics.getFont(FONT)
    if not isinstance(font, TTFont):
        raise TypeError(f"another font is registered as {FONT}")
    glyphs: Mapping[int, int] = font.face.charToGlyph
    return glyphs


def _story(signed: Mapping[str, Any], paint: Paint) -> Iterator["Flowable"]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Spacer

    def written(text: str, size: float, colour: str = "#000000", indent: int = 0, before: int = 0) -> "Flowable":
        style = ParagraphStyle(
            "own", fontName=FONT, fontSize=size, leading=size * 1.35, textColor=HexColor(colour), leftIndent=indent,
            spaceBefore=before, splitLongWords=1, keepWithNext=1 if before else 0,
        )  # fmt: skip
        return Paragraph(escape(paint(text)).replace("\n", "<br/>"), style)

    yield written("Evidence pack", 18, _BLUE)
    for name in ("contact", "client", "asked_by", "asked_at", "schema", "sha256"):
        yield written(f"{_label(name)}: {_said(signed[name])}", 9)
    yield written(f"The same, complete, stands in the JSON of this pack. {signed['how_to_check']}", 8, _GREY)
    for section in signed["sections"].values():
        yield Spacer(1, 10)
        yield written(section["title"], 13, _BLUE, before=6)
        yield written(f"From the tables {', '.join(section['tables'])}. {section['note']}", 8, _GREY)
        if not section["records"]:
            yield written("Nothing is on record.", 9, before=2)
        for record in section["records"]:
            rest = {name: value for name, value in record.items() if name != "what"}
            yield written(str(record.get("what", "")), 10, before=6) if "what" in record else Spacer(1, 4)
            for depth, line in _lines(rest, 0):
                yield written(line, 8.5, indent=10 + 12 * depth)


def _lines(value: Mapping[str, Any], depth: int) -> Iterator[tuple[int, str]]:
    """Each fact on its own line, what is inside another indented below it. Nothing known is left out as nothing."""
    for name, one in value.items():
        label = _label(name)
        if isinstance(one, Mapping) and one:
            yield depth, f"{label}:"
            yield from _lines(one, depth + 1)
        elif isinstance(one, list) and any(isinstance(part, Mapping) for part in one):
            yield depth, f"{label}:"
            for part in one:
                yield depth + 1, ", ".join(f"{_label(key)} {_said(said)}" for key, said in part.items())
        else:
            yield depth, f"{label}: {_said(one)}"


def _said(value: Any) -> str:
    if value is None or value in ([], {}):
        return "none on record"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_said(one)}" for key, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_said, value))
    text = _INSTANT.sub(r"\1 \2 UTC", str(value))
    more = len(text) - MOST_LETTERS
    return f"{text[:MOST_LETTERS]} … and {more} letters more, in the JSON" if more > 0 else text


def _label(name: str) -> str:
    return name.replace("_", " ")


def _numbered(foot: str) -> Any:
    """A canvas that writes «Page 2 of 5» once it knows how many pages there are."""
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._pages.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                self.setFont(FONT, 8)
                self.setFillGray(0.35)
                self.drawString(54, 30, foot)
                self.drawRightString(self._pagesize[0] - 54, 30, f"Page {number} of {len(self._pages)}")  # type: ignore[attr-defined]
                super().showPage()
            super().save()

    return Numbered
