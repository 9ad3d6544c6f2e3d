"""What one verb of the command line costs, in a process of its own."""

import json
import subprocess
import sys
from typing import Any

from tests.flow.house import ROOT, House

# Runs one verb of the command line and says on its last line how much memory and time that took. VmHWM begins anew with
# the program; ru_maxrss would remember the test's own process, which it was forked from.
MEASURED = """
import re, sys, time
from pathlib import Path
from scripts.cli.app import main
begin = time.monotonic()
code = main(sys.argv[1:])
used = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024
print('{"megabytes": %d, "seconds": %.1f}' % (used, time.monotonic() - begin))
sys.exit(code)
"""


def measured(house: House, *arguments: str) -> tuple[dict[str, Any], dict[str, float]]:
    """What the verb said (JSON), and `megabytes` at its peak and `seconds`."""
    run = subprocess.run(
        [sys.executable, "-c", MEASURED, *arguments, "--json"],
        cwd=ROOT,
        env=dict(house.environment),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    said, cost = run.stdout.splitlines()
    return json.loads(said), json.loads(cost)
