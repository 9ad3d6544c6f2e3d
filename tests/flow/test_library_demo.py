"""`scripts/demo --library`: each sequence of the library really comes to each end that its head declares."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from modules.sequences.shelf import library_ends, library_slugs
from modules.tasks import TaskState, list_tasks
from scripts.conductor.__main__ import arguments
from scripts.conductor.check import check
from scripts.conductor.conduct import conduct
from scripts.conductor.ends import Ends, count_ends
from scripts.conductor.hands import Hands
from scripts.conductor.library import LIBRARY_CLIENTS, build_library
from scripts.conductor.library_stories import STORIES, Tasks
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep


def test_for_each_end_that_a_head_declares_there_is_a_story() -> None:
    told = {(slug, end) for slug in library_slugs() for end in library_ends(slug)}
    assert len(told) == 27
    assert told <= {(one.sequence, one.end) for one in STORIES}


@pytest.mark.full
async def test_everybody_comes_to_the_end_of_their_story_and_every_success_is_proven(stage: Stage) -> None:
    started = stage.clock.now()
    members = await build_library(stage.deps, stage.twin, 1, "7", LIBRARY_CLIENTS[:1])
    async for _ in conduct(stage, lambda: run_sweep(stage.deps), Hands(stage, members, "7")):
        pass
    ends = await count_ends(stage, members)
    assert ends.astray == []
    assert ends.holds(), ends.table()
    assert {(one.sequence, one.end) for one in STORIES} <= set(ends.counted)
    async with stage.deps.database.transaction() as conn:
        settled = await list_tasks(conn, members[0].client_id, stage.clock.now(), 500, settled=True)
    done = {one.contact_id for one in settled if one.state is TaskState.done}
    assert done == {one.contact_id for one in members if one.story.tasks is Tasks.done}
    result = await check(stage, started, 0.0)
    assert result.holds(), result
    assert result.enrollments == sum(ends.counted.values()) > len(STORIES)
    assert stage.clock.now() - started < timedelta(days=130)


def test_an_end_that_nobody_came_to_and_one_that_no_head_names_are_told() -> None:
    all_of_them = Counter((slug, end) for slug in library_slugs() for end in library_ends(slug))
    assert Ends(all_of_them, []).holds()
    lacking = Ends(all_of_them - Counter({("buyer-nurture", "goal_met"): 1}), [])
    assert (lacking.holds(), lacking.missing) == (False, ["buyer-nurture: goal_met"])
    strange = Ends(all_of_them + Counter({("review-request", "hand_over_refused"): 2}), [])
    assert (strange.holds(), strange.undeclared) == (False, ["review-request: hand_over_refused"])
    assert "hand_over_refused                  2   NOT DECLARED" in strange.table()
    usual = Ends(all_of_them + Counter({("review-request", "suppressed"): 1}), [])
    assert usual.holds()


def test_the_library_brings_its_own_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert arguments(["--library", "--check"]).library
    with pytest.raises(SystemExit):
        arguments(["--library", "--contacts", "5"])
    assert "--library brings its own people; leave out --contacts" in capsys.readouterr().err
