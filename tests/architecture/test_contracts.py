"""The import rules and bans that stand in pyproject.toml, each seen to hold and seen to fail."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

TOOLS = Path(sys.executable).parent
# A small tree that keeps every contract: the API and utils.web know FastAPI, nothing below them does.
SOUND = {
    "utils/web.py": "import fastapi\n",
    "utils/db.py": "",
    "modules/ids.py": "",
    "modules/accounts/__init__.py": "from modules.ids import x\nfrom utils import db\n",
    "modules/contacts/__init__.py": "import modules.accounts\n",
    "modules/contacts/api.py": "import fastapi\nimport pydantic\nfrom utils import web\n",
    "modules/contacts/models.py": "from modules import ids\n",
    "modules/sequences/__init__.py": "import modules.contacts\n",
    "modules/touches/__init__.py": "import modules.contacts\n",
    "workers/sweep.py": "import modules.touches\nimport modules.sequences\n",
    "workers/api.py": "import modules.contacts.api\n",
}


def test_a_sound_tree_keeps_every_import_contract(tmp_path: Path) -> None:
    assert broken_contracts(tmp_path, {}) == set()


@pytest.mark.parametrize(
    ("contract", "file", "code"),
    [
        ("utils <- modules <- workers", "utils/db.py", "import modules.ids"),
        ("utils <- modules <- workers", "modules/contacts/find.py", "import workers.sweep"),
        ("Nothing imports modal_app", "workers/sweep.py", "import modal"),
        ("Nothing imports modal_app", "workers/sweep.py", "import modal_app"),
        ("Nothing imports modal_app", "modules/contacts/find.py", "from scripts.sandbox import app"),
        ("Inside modules", "modules/sequences/decide.py", "import modules.touches"),
        ("Inside modules", "modules/accounts/find.py", "import modules.contacts"),
        ("Inside modules", "modules/ids.py", "import modules.accounts"),
        ("Inside modules", "modules/unplaced/__init__.py", ""),
        ("In utils, only utils.web", "utils/db.py", "import fastapi"),
        ("A module's face", "modules/touches/__init__.py", "from modules.touches import arm"),
        ("pydantic stays at the edges", "modules/contacts/models.py", "import pydantic"),
    ],
)
def test_a_broken_import_rule_is_found(contract: str, file: str, code: str, tmp_path: Path) -> None:
    arm = {"modules/touches/arm.py": "import utils.web\n"}
    found = broken_contracts(tmp_path, {**arm, file: f"{code}\n"})
    assert any(name.startswith(contract) for name in found), found


def test_the_project_keeps_every_import_contract() -> None:
    run = lint_imports(ROOT)
    assert run.returncode == 0, run.stdout


def broken_contracts(folder: Path, changes: dict[str, str]) -> set[str]:
    """Plants the sound tree with these changes under our own contracts; the names of the contracts that broke."""
    shutil.copy(ROOT / "pyproject.toml", folder / "pyproject.toml")
    for name, code in {**SOUND, **changes}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
    for path in [*folder.glob("*/"), *folder.glob("*/*/")]:
        (path / "__init__.py").touch()
    run = lint_imports(folder)
    assert "Contracts: " in run.stdout, run.stdout + run.stderr
    return {match[1] for match in re.finditer(r"^(.+) BROKEN", run.stdout, re.MULTILINE)}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(TOOLS / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime\nnow = datetime.now()\n",
        "import time\nnow = time.time()\n",
        "import random\n",
        "import uuid\nkey = uuid.uuid4()\n",
        "import os\nkey = os.environ['A']\n",
        "import os\nkey = os.getenv('A')\n",
    ],
)
def test_ruff_bans_clock_chance_and_environment_outside_the_named_files(code: str) -> None:
    assert "TID251" in ruff("modules/touches/arm.py", code)
    for allowed in ("utils/clock.py", "utils/chance.py", "utils/uuid7.py", "utils/config.py", "scripts/sandbox/x.py"):
        assert "TID251" not in ruff(allowed, code)


def ruff(name: str, code: str) -> str:
    """What ruff says, under our configuration, of this code as if it stood there."""
    command = [str(TOOLS / "ruff"), "check", "--no-cache", "--output-format=concise", "--stdin-filename", name, "-"]
    return subprocess.run(command, cwd=ROOT, input=code, capture_output=True, text=True, check=False, timeout=60).stdout
