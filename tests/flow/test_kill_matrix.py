"""Real processes, really killed: at every crashpoint, for every provider, with no, one and two re-runs that die too.

The cases of one crashpoint and provider are played side by side, each on a stage of its own.
"""

import asyncio
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from modules.labels import ChannelName
from tests.cast import rows
from tests.databases import Engine
from tests.flow.conftest import Tally
from tests.flow.forking import Forge, open_forge
from tests.flow.killing import WAYS, Run, fresh_database, open_patient_stage, play

ROOT = Path(__file__).resolve().parents[2]
POINTS = (
    "before_facts",
    "before_arm_commit",
    "after_arm",
    "before_send",
    "after_send",
    "before_confirm_commit",
    "after_confirm",
    "after_repeat_check",
)
RERUNS = (0, 1, 2)
KEYED = ("resend", "retell")
"""They take the same bytes under the same key again and count them once."""
LOST = ("after_arm", "before_send", "after_repeat_check")
"""Killed between the row and the request: without an idempotency key the touch is never sent, visibly."""


@dataclass(frozen=True)
class Case:
    """`silent`: and no webhook ever comes, so that only the provider's list can tell."""

    point: str
    way: str
    reruns: int
    silent: bool = False

    def __str__(self) -> str:
        return f"{self.point} {self.way} re-runs {self.reruns}" + " silent" * self.silent

    @property
    def deaths(self) -> list[str]:
        """Where the sweeps die in turn. A repetition needs something unknown first; who has no key never repeats."""
        if self.point != "after_repeat_check":
            return [self.point] * (1 + self.reruns)
        again = self.point if self.way in KEYED else "after_arm"
        return ["after_arm", *[again] * (self.reruns + (self.way in KEYED))]


def cases_of(point: str, way: str) -> list[Case]:
    return [*(Case(point, way, reruns) for reruns in RERUNS), Case(point, way, 0, silent=True)]


PLAIN = [Case("after_send", "twilio", 0), Case("after_arm", "resend", 0), Case("before_confirm_commit", "vapi", 0)]
"""Played in every run of the suite; all of them with `--full`."""
PAIRS = [(point, way) for point in POINTS for way in WAYS]
CASES = [case for pair in PAIRS for case in cases_of(*pair)]


@pytest.fixture(scope="module")
def forge() -> Iterator[Forge]:
    with open_forge() as running:
        yield running


@dataclass(frozen=True)
class Yard:
    """What every case needs."""

    engine: Engine
    forge: Forge
    leaving: list[threading.Thread]
    tally: Tally


@pytest.fixture
def yard(engine: Engine, forge: Forge, leaving: list[threading.Thread], tally: Tally) -> Yard:
    return Yard(engine, forge, leaving, tally)


async def play_case(case: Case, yard: Yard, folder: Path) -> None:
    async with (
        fresh_database(yard.engine) as database,
        open_patient_stage(folder, database, yard.leaving) as stage,
    ):
        run = await play(stage, yard.forge, case.way, case.deaths, steps=case.reruns + 2, silent=case.silent)
        statuses = [row["status"] for row in await rows(stage.deps, "enrollments")]
    print(f"\n{case}: {run.kills} kills, {[touch['state'] for touch in run.touches]}")
    assert statuses == ["finished"], case
    judge(case, run)
    yard.tally.note(str(case), run.kills)


def judge(case: Case, run: Run) -> None:
    """What was taken by the provider is a success, once; what was not, is visibly lost, and only where it must be."""
    assert run.kills == len(case.deaths), case
    assert len(run.touches) == case.reruns + 2, f"{case}: each step once"
    for touch in run.touches:
        if taken := run.acceptances[str(touch["id"])]:
            good = "completed" if touch["channel"] == ChannelName.voice else "delivered"
            assert (taken, touch["state"]) == (1, good), (case, touch)
        else:
            assert case.way not in KEYED, (case, touch)
            assert (touch["state"], touch["reason"]) == ("expired", "unresolved"), (case, touch)
    lost = sum(touch["state"] == "expired" for touch in run.touches)
    assert lost == (case.point in LOST and case.way not in KEYED) * run.kills, case


@pytest.mark.parametrize("case", PLAIN, ids=str)
async def test_a_killed_sweep_sends_nothing_twice(yard: Yard, tmp_path: Path, case: Case) -> None:
    await play_case(case, yard, tmp_path)


@pytest.mark.full
@pytest.mark.parametrize(("point", "way"), PAIRS)
async def test_however_often_a_sweep_is_killed_nothing_is_sent_twice_and_nothing_lost_unseen(
    yard: Yard, tmp_path: Path, point: str, way: str
) -> None:
    async with asyncio.TaskGroup() as side_by_side:
        for place, case in enumerate(cases_of(point, way)):
            folder = tmp_path / str(place)
            folder.mkdir()
            side_by_side.create_task(play_case(case, yard, folder))


def crashpoints() -> set[str]:
    """Every name that is written as crashpoint("…") in the engine."""
    files = [file for folder in ("utils", "modules", "workers") for file in (ROOT / folder).rglob("*.py")]
    texts = [file.read_text(encoding="utf-8") for file in files if file.name != "crashpoint.py"]
    return {name for text in texts for name in re.findall(r"\bcrashpoint\(\s*(.+?)\s*\)", text)}


def test_the_matrix_holds_every_crashpoint_for_every_provider_with_none_one_and_two_reruns() -> None:
    """A new crashpoint cannot be forgotten, nor hide behind a name that is made up while the program runs."""
    print(f"\n{len(POINTS)} crashpoints, {len(CASES)} cases")
    assert crashpoints() == {f'"{point}"' for point in POINTS}
    reruns = [(case.point, case.way, case.reruns) for case in CASES if not case.silent]
    assert len(set(reruns)) == len(POINTS) * len(WAYS) * len(RERUNS) == 144
    assert len(CASES) == 192
