"""The library: sequences that are ready to be published as they are, one file each in the folder `library`.

They lie beside the code, because whoever has the code has them, and a version of the engine and of its library belong
together. A client's own sequences never come from here: `take` publishes a copy, and from then on it is the client's.
"""

import re
from pathlib import Path

from utils.errors import NotFound

_FOLDER = Path(__file__).with_name("library")
_END = re.compile(r"^  (\S+(?: \S+)?): (.+)$", re.MULTILINE)


def library_slugs() -> list[str]:
    """The slugs of all sequences of the library, in alphabetical order; each is its file's name and its `slug`."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def library_source(slug: str) -> str:
    """The file as it lies there, as `publish` takes it. NotFound, naming what there is, for any other slug."""
    there = library_slugs()
    if slug not in there:
        words = f"The library has no sequence '{slug}'; it has: {', '.join(there)}"
        raise NotFound(words, field="slug")
    return (_FOLDER / f"{slug}.yaml").read_text(encoding="utf-8")


def library_head(slug: str) -> str:
    """What the file says of itself above its first key, without the marks of a comment."""
    head = library_source(slug).split("\nname:")[0]
    return "\n".join(line.removeprefix("#").removeprefix(" ").rstrip() for line in head.splitlines())


def library_ends(slug: str) -> dict[str, str]:
    """The ends that its head declares, such as `handed_over re-engagement`, and what each means."""
    told = library_head(slug).partition("\nEnds:\n")[2].partition("\nBesides")[0]
    return {end: words.strip() for end, words in _END.findall(told)}
