"""What a case of the SIGKILL matrix plays, and what must hold after it by the provider's own ledger."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from modules.labels import ChannelName, Provider, TouchState
from modules.touches import OPEN, SUCCESS, TERMINAL
from scripts.conductor.check import attribute, count_changed, count_duplicates, count_unarmed, count_unproven
from scripts.conductor.conduct import conduct
from scripts.conductor.stage import Stage, open_stage
from scripts.jobs import run_sweep
from tests.cast import BY, gather_cast, rows, story
from tests.databases import Database, Engine
from tests.flow.conftest import START
from tests.flow.forking import Forge
from utils.db import Row, execute
from utils.sql import Queries
from workers.reconcile import reconcile

SQL = Queries(Path(__file__).with_name("kill.sql"))
WAYS: Mapping[str, tuple[Provider, ChannelName]] = {
    "twilio": (Provider.twilio, ChannelName.sms),
    "resend": (Provider.resend, ChannelName.email),
    "vapi": (Provider.vapi, ChannelName.voice),
    "retell": (Provider.retell, ChannelName.voice),
    "ghl sms": (Provider.ghl, ChannelName.sms),
    "ghl email": (Provider.ghl, ChannelName.email),
}
PAST_QUARANTINE = timedelta(minutes=6)
HTTP_SECONDS, DATABASE_SECONDS = "10", "30"


@asynccontextmanager
async def open_patient_stage(folder: Path, database: Database, leaving: list[threading.Thread]) -> AsyncIterator[Stage]:
    """A stage where nothing but a kill goes wrong: on a machine that others keep busy, neither the twin's answer nor a
    connection may count as missing because it took its time."""
    async with open_stage(
        folder, database.url, START, timeout=HTTP_SECONDS, patience=DATABASE_SECONDS, leaving=leaving
    ) as stage:
        yield stage


@asynccontextmanager
async def fresh_database(engine: Engine) -> AsyncIterator[Database]:
    """A database of a case's own, made and dropped outside the event loop that the other cases live in.

    PostgreSQL makes and drops one only when every backend has heard of it, and one that is just letting somebody in
    hears nothing until that is done. If the one who waits for PostgreSQL is also the one who has to answer for the
    password, both wait for each other, until a minute later the connection is given up.
    """
    ours = engine.fresh_database()
    database = await asyncio.to_thread(ours.__enter__)
    try:
        yield database
    finally:
        await asyncio.to_thread(ours.__exit__, None, None, None)


@dataclass
class Run:
    """One case: a sweep dies at each crashpoint of `deaths` in turn, as often as that; all others live.

    A sweep that died is run again at the same instant, as a platform does that starts a preempted function anew.
    """

    stage: Stage
    forge: Forge
    deaths: Sequence[str]
    kills: int = 0
    touches: list[Row] = field(default_factory=list)
    truth: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def all_died(self) -> bool:
        return self.kills == len(self.deaths)

    async def sweep(self) -> dict[str, int]:
        """A sweep in a process of its own while somebody is still to die, in this process after that."""
        before = self.kills
        while not self.all_died and await self._dies(self.deaths[self.kills]):
            self.kills += 1
        if self.all_died and self.kills == before:
            return await run_sweep(self.stage.deps)
        return {"killed": self.kills - before}

    async def _dies(self, crashpoint: str) -> bool:
        died = await asyncio.to_thread(self.forge.run, "sweep", self.stage.environment, crashpoint)
        if died:
            async with self.stage.deps.database.transaction() as conn:
                await execute(conn, SQL["wait_for_the_dead"])
        return died

    async def compare(self) -> None:
        """What must hold at any moment, whatever has died: I1, I3, I5 and I10."""
        self.touches = await rows(self.stage.deps, "touches")
        self.truth = list(attribute(self.touches, self.stage.twin.ledger()))
        assert count_duplicates(self.touches, self.truth) == 0, self.truth
        assert count_unproven(self.touches, self.truth) == 0, self.touches
        assert count_unarmed(self.touches, self.truth) == 0, self.truth
        assert count_changed(self.touches, self.truth) == 0, self.truth

    @property
    def acceptances(self) -> Counter[str]:
        """How often the provider took each touch."""
        return Counter(str(line["touch"]) for line in self.truth)


async def play(stage: Stage, forge: Forge, way: str, deaths: Sequence[str], steps: int, *, silent: bool) -> Run:
    """`steps` steps of one channel for one person, a day apart. When the last sweep that is to die has died: one whole
    sweep and one reconcile, after which everything is known that can be; then on to the very end.

    `silent`: no webhook ever comes, so that only asking can tell.
    """
    provider, channel = WAYS[way]
    await gather_cast(stage.deps, stage.twin, story(*[channel] * steps), by={**BY, channel: provider})
    if silent:
        stage.twin.script(provider, "webhook_lost", op="webhook", times=1000)
    run = Run(stage, forge, deaths)
    async for _ in conduct(stage, run.sweep):
        await run.compare()
        if run.all_died:
            break
    await settle(run)
    async for _ in conduct(stage, lambda: run_sweep(stage.deps)):
        pass
    await run.compare()
    return run


async def settle(run: Run) -> None:
    """Past the quarantine: one sweep, one reconcile. Nothing is lost then: what the provider took is known to us, and
    what it did not take is open, visibly, or over; never a success."""
    stage = run.stage
    later = stage.clock.now() + PAST_QUARANTINE
    stage.clock.set(later)
    await asyncio.to_thread(stage.twin.advance, later)
    await run_sweep(stage.deps)
    await reconcile(stage.deps)
    await asyncio.to_thread(stage.twin.advance, later)
    await run.compare()
    for touch in run.touches:
        state, taken = TouchState(touch["state"]), run.acceptances[str(touch["id"])]
        assert state is not TouchState.sending, touch
        known = state is TouchState.accepted or state in SUCCESS
        assert known is bool(taken), (taken, touch)
        assert known or state in OPEN or state in TERMINAL, touch
