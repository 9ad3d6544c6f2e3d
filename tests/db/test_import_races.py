"""An import beside an erasure: whoever is first, nothing is written of a person who is gone."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from modules.consents import add_imported_consents
from modules.contacts import take_over_imported
from modules.imports import (
    AgreementPlan,
    Column,
    FileFacts,
    Record,
    Staging,
    Target,
    drop_rows,
    insert_import,
    stage_rows,
)
from modules.labels import ChannelName, ConsentKind
from tests.cast import Cast, gather_cast, story
from tests.databases import Database, Engine
from tests.db.erasing import MAIL, PHONE, add_canary, dump, erase, found_in
from tests.db.rig import open_rig
from utils.uuid7 import uuid7
from workers.context import Deps

pytestmark = pytest.mark.race

COLUMNS = (Column(0, "phone", Target.phone), Column(1, "email", Target.email))
PLAN = AgreementPlan((ChannelName.sms, ChannelName.email), "web form", ConsentKind.written, "Eva Klein", "Yes")


@pytest_asyncio.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


@pytest_asyncio.fixture
async def cast(deps: Deps) -> Cast:
    return await gather_cast(deps, None, story("sms"))


async def test_who_is_erased_while_a_file_is_read_gets_no_consent_from_it(
    deps: Deps, cast: Cast, engine: Engine, database: Database
) -> None:
    contact_id, now = await add_canary(deps, cast), deps.clock.now()
    async with deps.database.transaction() as conn:
        staging = Staging(uuid7(now), cast.client_id, COLUMNS, PLAN, None, now)
        file = FileFacts("people.csv", "0" * 64, 1)
        await insert_import(conn, staging.import_id, cast.client_id, file, {}, "Eva Klein", now)
        counts = await stage_rows(conn, staging, [Record(2, (PHONE, MAIL))], lambda _: None)
        assert counts.known == 1
        await erase(deps, cast, contact_id)
        assert await take_over_imported(conn, staging.import_id, now) == 0
        proof = {"file_name": "people.csv", "file_hash": "0" * 64, "attested_by": "Eva Klein"}
        args = (PLAN.kind, PLAN.wording, None, PLAN.source, proof, now)
        assert await add_imported_consents(conn, staging.import_id, *args) == 0
        await drop_rows(conn, staging.import_id)
    assert found_in(dump(engine, database)) == []
