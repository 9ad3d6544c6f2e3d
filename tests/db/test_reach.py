"""A clone in a private folder: root may read it, the server's account may not."""

import os
from pathlib import Path

import pytest

from scripts.database import reach
from scripts.database.binaries import Binaries
from scripts.database.errors import DatabaseProblem


def private_package(folder: Path) -> Binaries:
    """Binaries laid out like the package, below a folder that only its owner enters."""
    hidden = folder / "private"
    bin_dir = hidden / "package" / "pginstall18" / "bin"
    bin_dir.mkdir(parents=True)
    (bin_dir / "postgres").write_text("program")
    (hidden / "package.libs").mkdir()
    (hidden / "package.libs" / "libpq.so").write_text("library")
    hidden.chmod(0o700)
    return Binaries("18.99", bin_dir)


def test_binaries_in_a_private_folder_are_copied_with_their_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.setattr(reach, "_PLACE", place)
    binaries = private_package(tmp_path)

    found = reach.within_reach(binaries)

    if os.geteuid() != 0:  # our own account runs the server and reads its own folders
        assert found == binaries
        return
    assert found.bin_dir == place / "omnify-postgres-18.99" / "package" / "pginstall18" / "bin"
    assert (found.bin_dir / "postgres").read_text() == "program"
    assert (place / "omnify-postgres-18.99" / "package.libs" / "libpq.so").read_text() == "library"
    assert reach.within_reach(binaries) == found
    assert [one.name for one in place.iterdir()] == ["omnify-postgres-18.99"]


def test_a_copy_that_others_can_change_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "place"
    planted = place / "omnify-postgres-18.99"
    planted.mkdir(parents=True)
    planted.chmod(0o777)
    monkeypatch.setattr(reach, "_PLACE", place)
    binaries = private_package(tmp_path)

    if os.geteuid() != 0:
        assert reach.within_reach(binaries) == binaries
        return
    with pytest.raises(DatabaseProblem, match="may not pass through"):
        reach.within_reach(binaries)
