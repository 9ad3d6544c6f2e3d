"""The notes of skipped steps stay beside the newest one, the latest ten of them, in the row that is written anyway."""

from typing import Any

from modules.labels import NextChannel
from modules.sequences import EnrollmentChange, EnrollmentState, write_enrollments
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database
from tests.db.rig import MONDAY, open_rig
from workers.context import Deps

SKIPPED = {"skipped": "a", "reason": "no_consent", "at": "1"}


async def written(deps: Deps, cast: Cast, decision: dict[str, str] | None) -> Any:
    """The enrollment's note after this one was written over it."""
    (enrollment,) = cast.enrollments
    active, text = EnrollmentState.active, NextChannel.sms
    change = EnrollmentChange(enrollment, active, None, "sms-0", 0, text, MONDAY, False, None, decision)
    async with deps.database.transaction() as conn:
        await write_enrollments(conn, [change], MONDAY)
    return (await rows(deps, "enrollments"))[0]["decision"]


async def test_a_note_takes_the_place_of_the_one_before_unless_that_told_of_a_skip(database: Database) -> None:
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms", "sms"))
        assert await written(deps, cast, None) is None
        assert await written(deps, cast, {"reason": "x", "until": "u"}) == {"reason": "x", "until": "u"}
        assert await written(deps, cast, SKIPPED) == SKIPPED
        assert await written(deps, cast, {"reason": "y"}) == {"reason": "y", "skips": [SKIPPED]}
        assert await written(deps, cast, None) == {"skips": [SKIPPED]}


async def test_ten_skips_are_remembered_and_the_eleventh_is_forgotten(database: Database) -> None:
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms", "sms"))
        for n in range(14):
            await written(deps, cast, SKIPPED | {"at": str(n)})
        last = await written(deps, cast, SKIPPED | {"at": "14"})
        assert [one["at"] for one in last["skips"]] == [str(n) for n in range(4, 14)]
        assert last["at"] == "14"
