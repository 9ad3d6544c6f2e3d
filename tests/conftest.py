"""What holds for every test: a skipped test is a failed one; what is marked `full` or slow runs only when asked for.

A skip reads as green and proves nothing; the day the database is missing, every test of it would be "fine".

`slow.txt` names the tests that take longest by measurement (all cases of one together), so that a run without --full
ends within minutes. Whoever names a file runs all of it but what is marked `full`.
"""

import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, so that a red build is red for the change that made it.
# `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("steady")

END_SECONDS = 20.0
SLOW = frozenset(Path(__file__).with_name("slow.txt").read_text(encoding="utf-8").split())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="also run what is marked full, and what is slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects what is marked `full`, and unless a file was named what is slow, if --full was not given."""
    if config.getoption("--full"):
        return
    slow: frozenset[str] = frozenset() if any(".py" in named for named in config.args) else SLOW
    deselected = [item for item in items if item.get_closest_marker("full") or item.nodeid.partition("[")[0] in slow]
    config.hook.pytest_deselected(items=deselected)
    items[:] = [item for item in items if item not in deselected]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip, an expected failure or an unexpected pass is reported as a failure, with its reason."""
    report = yield
    if report.skipped or hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped or expected to fail, which counts as failed: {report.longrepr or report.wasxfail}"
        if hasattr(report, "wasxfail"):
            del report.wasxfail
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A file that skips itself while it is collected is an error."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"a whole file skipped itself, which counts as failed: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def leaving() -> Iterator[list[threading.Thread]]:
    """Twins whose test is over; all have ended before the session does."""
    threads: list[threading.Thread] = []
    yield threads
    for thread in threads:
        thread.join(END_SECONDS)
    assert not [thread for thread in threads if thread.is_alive()]
