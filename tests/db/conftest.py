"""Every database test runs on both engines: the embedded PostgreSQL and, with --full, the one of the distribution."""

from collections.abc import Iterator

import pytest

from scripts.database.binaries import Origin
from tests.databases import Database, Engine, scratch_engine

ORIGINS: tuple[Origin, ...] = ("embedded", "system")
BOTH = [pytest.param(origin, marks=pytest.mark.full if origin == "system" else ()) for origin in ORIGINS]


@pytest.fixture(scope="session", params=BOTH)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A scratch server with our migrations applied to its template; fails with the apt line when it is missing."""
    with scratch_engine(request.param) as running:
        yield running


@pytest.fixture
def database(engine: Engine) -> Iterator[Database]:
    """A migrated database of the test's own."""
    with engine.fresh_database() as fresh:
        yield fresh
