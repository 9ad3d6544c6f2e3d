"""Files with people in them: for their owner's eyes, whole or not there, and never in place of another by accident."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from scripts.cli.typed import is_about_room, why_unwritten
from utils.errors import BadInput, Conflict


@contextmanager
def write_private(path: Path, force: bool, option: str) -> Iterator[TextIO]:
    """A UTF-8 text file with mode 0600 that stands at `path` when the block ended well, and nowhere when it did not.

    Conflict for a file that is there, unless `force`; BadInput for a folder that is not, or takes no file, for a disk
    without room, and for what is no file: a device or a pipe would be gone from where everybody looks for it, with
    people's data in its place.
    """
    try:
        handle, fresh = _begin(path, force, option)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {why_unwritten(error)}", field=option) from error
    try:
        file = os.fdopen(handle, "w", encoding="utf-8", newline="")
        try:
            yield file
            file.close()
        except OSError as error:
            if not is_about_room(error):
                raise
            raise BadInput(f"{path} cannot be written: {why_unwritten(error)}", field=option) from error
        finally:
            with suppress(OSError):  # what could not be written once cannot be written now, and has been told
                file.close()
        if force:
            os.replace(fresh, path)
        else:
            _link(fresh, path, option)
    finally:
        Path(fresh).unlink(missing_ok=True)


def _begin(path: Path, force: bool, option: str) -> tuple[int, str]:
    if str(path) == "-":
        raise BadInput("- is no name for a file here; name one such as people.csv", field=option)
    if not path.parent.is_dir():
        raise BadInput(f"There is no folder {path.parent}", field=option)
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name a file in it", field=option)
    if path.exists() and not path.is_file():
        raise BadInput(f"{path} is no file but a device or a pipe; name a file", field=option)
    if path.is_symlink() and force:
        raise BadInput(f"{path} is a link; name the file that it leads to, or another", field=option)
    if os.path.lexists(path) and not force:  # a link that leads nowhere is in the way as well
        raise _taken(path, option)
    return tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)  # mkstemp makes it 0600


def _link(fresh: str, path: Path, option: str) -> None:
    try:
        os.link(fresh, path)
    except FileExistsError as error:
        raise _taken(path, option) from error


def _taken(path: Path, option: str) -> Conflict:
    return Conflict(f"{path} is there already; name another file or say --force to replace it", field=option)
