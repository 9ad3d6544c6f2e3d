"""A library's first call, beside the texts that fail."""

from datetime import timedelta

from modules.sequences.shelf import library_source
from scripts.conductor.stage import Stage
from tests.cast import gather_cast, rows
from tests.flow.conftest import START
from tests.flow.outside import sweep_after
from tests.flow.test_one_cap import WITH_CALLS


async def test_the_first_call_fits_beside_the_texts_that_have_failed(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, library_source("speed-to-lead"), by=WITH_CALLS)
    stage.twin.script("twilio", "status_undelivered", times=9, match={"to": acme.phones[0]})
    for _ in range(16):
        await sweep_after(stage, minutes=1)
    touches = await rows(stage.deps, "touches")
    assert [touch["step"] for touch in touches] == ["hello", "hello", "first-call"]
    assert touches[-1]["armed_at"] <= START + timedelta(minutes=15)
