"""House section 3: importing any module reads no environment and opens nothing; the sweep does not load FastAPI."""

from pathlib import Path

import pytest

from tests.architecture.laws_imports import module_names, watch_imports
from tests.architecture.tree import holds, project


def test_importing_any_module_reads_no_environment_and_opens_nothing() -> None:
    sentences, _ = watch_imports(module_names("utils", "modules", "workers"))
    holds(sentences)


@pytest.mark.parametrize(
    "code",
    [
        "import os\nKEY = os.environ.get('KEY')",
        "import os\nKEY = os.getenv('KEY', 'x')",
        "from os import environ\nKEY = 'KEY' in environ",
        "import os\nALL = dict(os.environ)",
        "from pathlib import Path\nTEXT = Path(__file__).read_text()",
        "TEXT = open(__file__).read()",
        "import socket\nS = socket.socket()",
        "import subprocess\nsubprocess.run(['true'])",
        "raise RuntimeError('not importable')",
        "import no_such_module",
    ],
)
def test_a_side_effect_of_an_import_is_found(code: str, tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(code, encoding="utf-8")
    sentences, _ = watch_imports(["planted"], tmp_path)
    assert sentences
    assert all("planted" in sentence for sentence in sentences)


def test_an_import_that_does_nothing_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text("import os, httpx\ndef key(): return os.environ['KEY']", encoding="utf-8")
    assert watch_imports(["planted"], tmp_path)[0] == []


def test_the_faces_and_the_sweep_do_not_load_fastapi() -> None:
    faces = [source.folder.replace("/", ".") for source in project("modules") if source.is_face]
    sweep = module_names("workers/sweep.py")
    assert not watch_imports([*faces, *sweep])[1] & {"fastapi", "starlette", "uvicorn", "modal"}


def test_loading_fastapi_is_seen(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text("import fastapi", encoding="utf-8")
    assert "fastapi" in watch_imports(["planted"], tmp_path)[1]
