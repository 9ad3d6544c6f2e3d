"""What a SIGKILL with 1,000 requests in flight costs: time until all is known, and messages that people get twice.

Duplicates are counted by the provider's own ledger: the twin took every request and answered none before the kill.
Ours is a whole sweep, killed; then sweeps go on as the platform would start them, on the stepped clock. The others are
their own workers, killed; then what their manuals say about jobs of dead workers, in real time. Their job is run again
from its beginning; one that stops where it finds its row would lose what had not left instead.

Counts need no rounds: each is played once.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

from modules.labels import Provider, UnknownPolicy
from scripts.bench.ground import Ground, open_ground
from scripts.bench.models import Line, Outcome, Plan, Sign, Target
from scripts.bench.peer import CONTESTANTS, copy_for, facts_of, need, start_peer
from scripts.bench.peer_errand import until
from scripts.bench.peers import copy_of, durable, names_for
from scripts.bench.recovery_ours import Fleet, Recovered, count_duplicates, recover_ours, taken_by
from scripts.bench.world import NUMBER, SID, START, TOKEN, plant_world, settings_for
from scripts.sandbox.remote import start_twin
from utils.clock import monotonic
from workers.context import open_deps
from workers.send import AT_ONCE

QUARANTINE_AND_A_SWEEP = Target(Sign.at_most, 6.0)
NONE_TWICE = Target(Sign.at_most, 0.0)
OURS = "ours: asks the provider's list after 5 min, never sends again what may have left"
THEIRS = "run the job again, and with it the request"
NOT_YET_SENT = {
    UnknownPolicy.never_rearm: "ours: what may have left is not sent again; it ends as expired, for everybody to see",
    UnknownPolicy.rearm_after_absent: "ours: what the provider's list proves absent, twice, is sent then",
}
TAKEN_WITHIN = 25.0
"""The twin keeps silent for 30 s."""


@dataclass(frozen=True)
class Rerun:
    """What one queue did after the kill: jobs run again, real seconds from the kill to the last one."""

    freed: int
    seconds: float
    duplicates: int


async def recover_peer(ground: Ground, name: str, libraries: Path, people: int, stalled_seconds: float) -> Rerun:
    dsn = copy_for(ground, copy_of(name))
    async with open_deps(settings_for(dsn), dsn) as deps:
        await plant_world(deps, Provider.twilio, people, people)
    with start_twin(f"at:{START.isoformat()}") as twin:
        twin.add_twilio(SID, TOKEN, [NUMBER])
        twin.script(Provider.twilio, "timeout_after_accept", times=people)
        more: dict[str, Any] = {"concurrency": people, "stalled_seconds": stalled_seconds, "url": twin.twilio_url}

        async def has_taken() -> bool:
            return await taken_by(twin) >= people

        with start_peer(name, libraries, dsn, START, **more) as doomed:
            await asyncio.to_thread(doomed.ask, "prepare")
            await asyncio.to_thread(doomed.ask, "enqueue", enrollments=ids_of(people))
            ground.settle(copy_of(name))
            doomed.tell("work")
            await until("The last request", has_taken, TAKEN_WITHIN)
            doomed.kill()
        killed = monotonic()
        with start_peer(name, libraries, dsn, START, **more) as heir:
            freed = (await asyncio.to_thread(heir.ask, "recover"))["freed"]
            await heir.work(people)
            return Rerun(int(freed), monotonic() - killed, count_duplicates(twin))


async def compare(ground: Ground, plan: Plan, libraries: Mapping[str, Path]) -> Outcome:
    clients, people = plan.pick(50, 4), plan.pick(AT_ONCE, 5)
    stalled = float(plan.pick(30, 1))
    ours = await recover_ours(ground, "ours", Fleet(clients, people, people))
    # half of them have no place at the sockets yet
    waiting = Fleet(plan.pick(clients // 2, 1), 2 * AT_ONCE, AT_ONCE)
    unsent = {
        policy: await recover_ours(ground, policy, waiting, policy)
        for policy in (UnknownPolicy.never_rearm, UnknownPolicy.rearm_after_absent)
    }
    settings = durable(ground.settings()) | {"in_flight": clients * people}
    lines = [*_our_lines(ours, settings), *(_unsent_line(*one, waiting) for one in unsent.items())]
    for name, folder in libraries.items():
        rerun = await recover_peer(ground, name, folder, clients * people, stalled)
        lines.append(_line(name, ours, rerun, settings | {"stalled_after_seconds": stalled}))
    return Outcome(tuple(lines), {"recovery_minutes": ours.minutes, "recovery_duplicates": ours.duplicates})


def ids_of(people: int) -> list[str]:
    """Enrollment n of the planted world has n as its id."""
    return [f"{number:032x}" for number in range(1, people + 1)]


def _our_lines(ours: Recovered, settings: Mapping[str, Any]) -> list[Line]:
    told = {**settings, "webhooks": "all lost", "states": dict(ours.states), "duplicates": ours.duplicates}
    title = "recovery: until all in flight is known"
    return [
        Line(f"{title}, business time", "min", (ours.minutes,), (), QUARANTINE_AND_A_SWEEP, told, OURS),
        Line(f"{title}, work", "s", (ours.seconds,), (), None, told, OURS),
    ]


def _unsent_line(policy: UnknownPolicy, unsent: Recovered, fleet: Fleet) -> Line:
    told = {
        "armed": fleet.armed,
        "sent": unsent.taken,
        "states": dict(unsent.states),
        "duplicates": unsent.duplicates,
        "webhooks": "all lost",
    }
    title = f"recovery: half of them not yet sent, {policy}"
    return Line(title, "min", (unsent.minutes,), (), None, told, NOT_YET_SENT[policy])


def _line(name: str, ours: Recovered, rerun: Rerun, settings: Mapping[str, Any]) -> Line:
    told = {
        **settings,
        **facts_of(name),
        "run_again": rerun.freed,
        "seconds_until_done": round(rerun.seconds, 1),
        "after_a_crash": CONTESTANTS[name].after_a_crash,
    }
    contract = f"{OURS}. {name}: {THEIRS}"
    title = f"recovery: sent twice, beside {name}"
    return Line(title, "messages", (float(ours.duplicates),), (float(rerun.duplicates),), NONE_TWICE, told, contract)


def bench_recovery(plan: Plan) -> Outcome:
    libraries = need(names_for(plan))
    with open_ground(fsync=True) as ground:
        return uvloop.run(compare(ground, plan, libraries))
