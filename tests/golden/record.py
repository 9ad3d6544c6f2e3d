"""Writes golden histories from real runs: `python -m tests.golden.record [NAME …]`, then commit the files.

A run is the engine on a scratch database against the providers' twin with faults by seed, on a stepped clock, to its
end; every decision of the planner is written down on its way through the workers. Record anew only when a history is to
hold more: a recorded line is what keeps today's planner honest.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import workers.arm as arming
import workers.confirm as confirming
import workers.withhold as withholding
from modules.labels import ChannelName, Provider
from modules.sequences import Definition, Snapshot
from modules.sequences.freeze import definition_to_json
from scripts.conductor.conduct import conduct
from scripts.conductor.stage import Stage, open_stage
from scripts.database.scratch import scratch_database
from scripts.jobs import run_sweep
from tests.cast import gather_cast
from tests.golden.histories import FOLDER, VERBS
from tests.golden.plain import as_plain, plan_as_plain

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SAMPLES = FOLDER.parents[1] / "scripts" / "samples"
PEOPLE = 12
BY = {ChannelName.sms: Provider.twilio, ChannelName.email: Provider.resend, ChannelName.voice: Provider.vapi}
PLACES: dict[str, tuple[Any, ...]] = {
    "decide": (arming,),
    "settle": (confirming,),
    "skip": (withholding,),
}
SAYINGS = ("Thanks, tell me more", "STOP", "I am out of office until 2026-12-10", "Who is this?")


@dataclass
class Recorder:
    """Lines in the order of the decisions, each once."""

    lines: dict[str, None] = field(default_factory=dict)
    definitions: list[Definition] = field(default_factory=list)

    def note(self, verb: str, snapshot: Snapshot, definition: Definition, now: datetime, plan: Any) -> None:
        if definition not in self.definitions:
            self.definitions.append(definition)
        line = {"verb": verb, "definition": self.definitions.index(definition), "at": now.isoformat()}
        told = {**line, "snapshot": as_plain(snapshot), "plan": plan_as_plain(plan)}
        self.lines.setdefault(json.dumps(told, ensure_ascii=False))

    def write(self, file: Path) -> int:
        heads = [
            json.dumps({"definition": number, "is": definition_to_json(one)}, ensure_ascii=False)
            for number, one in enumerate(self.definitions)
        ]
        file.write_text("\n".join([*heads, *self.lines]) + "\n", encoding="utf-8")
        return len(self.lines)


@contextmanager
def listening(recorder: Recorder) -> Iterator[None]:
    """The planner as the workers call it, written down."""
    kept = [(place, verb, getattr(place, verb)) for verb, places in PLACES.items() for place in places]

    def overheard(verb: str) -> Any:
        def call(snapshot: Snapshot, definition: Definition, now: datetime) -> Any:
            plan = VERBS[verb](snapshot, definition, now)
            recorder.note(verb, snapshot, definition, now, plan)
            return plan

        return call

    for place, verb, _ in kept:
        setattr(place, verb, overheard(verb))
    try:
        yield
    finally:
        for place, verb, was in kept:
            setattr(place, verb, was)


async def play(stage: Stage, text: str) -> None:
    """One sequence with people who answer now and then, to its end."""
    cast = await gather_cast(stage.deps, stage.twin, text, PEOPLE, by=BY)
    said = 0
    async for beat in conduct(stage, lambda: run_sweep(stage.deps)):
        if beat.report and said < len(SAYINGS) and (beat.at - START).days > said:
            await asyncio.to_thread(stage.twin.text_us, cast.sid, cast.phones[said], cast.number, SAYINGS[said])
            said += 1


async def record(name: str, text: str, seed: str) -> int:
    recorder = Recorder()
    with tempfile.TemporaryDirectory() as folder, scratch_database() as dsn, listening(recorder):
        async with open_stage(Path(folder), dsn, START, seed=seed, faults="harsh") as stage:
            await play(stage, text)
    return recorder.write(FOLDER / f"{name}.jsonl")


def main(names: list[str]) -> None:
    sources = {file.stem: file for file in [*sorted(SAMPLES.glob("*.yaml")), *sorted(FOLDER.glob("*.yaml"))]}
    for place, (name, source) in enumerate(sources.items()):
        if not names or name in names:
            decisions = asyncio.run(record(name, source.read_text(encoding="utf-8"), str(11 + place)))
            print(f"{name}: {decisions} decisions")


if __name__ == "__main__":
    main(sys.argv[1:])
