"""The sweep over real HTTP, against a bare loop that only sends: same client, same server, as many at once.

The server answers like Twilio at once, the hardest case: every microsecond of ours shows. The second line gives it the
time that a provider takes at best; there our work hides behind the wait as far as batches let it.
"""

import asyncio
from dataclasses import replace

import httpx
import uvloop

from modules.labels import Provider
from scripts.bench.engine import sweep_slot
from scripts.bench.ground import Ground, open_ground
from scripts.bench.models import Line, Outcome, Plan, Sign, Target
from scripts.bench.provider import InProcess, on_a_socket
from scripts.bench.rounds import in_turns, seconds_of
from scripts.bench.world import NUMBER, SID, TOKEN, phone_of, plant_world, settings_for
from utils.http import send_client
from workers.context import open_deps
from workers.send import AT_ONCE

TARGET = Target(Sign.at_least, 0.8)
A_PROVIDERS_HASTE = 0.1
BODY = "Hi Ada, news from Bench"
CALLBACK = "http://127.0.0.1:8400/hooks/twilio/status/{key}?touch={touch}#rc=5&rp=all"


async def only_send(url: str, numbers: range) -> None:
    """The same requests without a reason, a row or a record."""
    gate, address = asyncio.Semaphore(AT_ONCE), f"{url}/2010-04-01/Accounts/{SID}/Messages.json"
    async with send_client(15.0) as client:

        async def one(number: int) -> httpx.Response:
            callback = CALLBACK.format(key="0" * 32, touch=f"00000000-0000-7000-8000-{number:012x}")
            form = {
                "To": phone_of(number),
                "From": NUMBER,
                "Body": BODY,
                "StatusCallback": callback,
                "ValidityPeriod": "14400",
            }
            async with gate:
                return await client.post(address, data=form, auth=(SID, TOKEN))

        answers = await asyncio.gather(*map(one, numbers))
    if not all(answer.status_code == httpx.codes.CREATED for answer in answers):
        raise RuntimeError("the benchmark's provider refused a message")


async def compare(ground: Ground, plan: Plan, people: int, delay: float) -> Line:
    """On a copy of its own of the planted world."""
    dsn = ground.copy(f"after_{round(delay * 1000)}_ms")
    with on_a_socket(delay) as url:
        async with open_deps(settings_for(dsn, url), dsn) as deps:

            async def ours(number: int) -> float:
                return people / await seconds_of(sweep_slot(deps, number + 1, people))

            async def baseline(number: int) -> float:
                numbers = range(1 + people * (number + 1), 1 + people * (number + 2))
                return people / await seconds_of(only_send(url, numbers))

            rounds = await in_turns(plan.rounds, ours, baseline)
    settings = ground.settings() | {
        "at_once": AT_ONCE,
        "people_a_round": people,
        "answer_after_ms": round(delay * 1000),
    }
    name = "http" if not delay else f"http, answers after {round(delay * 1000)} ms"
    return Line(name, "touches/s", *rounds, TARGET, settings)


async def compare_both(ground: Ground, plan: Plan, people: int) -> tuple[Line, ...]:
    async with open_deps(settings_for(ground.dsn), ground.dsn) as deps:
        await plant_world(deps, Provider.twilio, (plan.rounds + 2) * people, people)
        await sweep_slot(replace(deps, transport=InProcess()), 0, people)
    ground.settle()
    return tuple([await compare(ground, plan, people, delay) for delay in (0.0, A_PROVIDERS_HASTE)])


def bench_http(plan: Plan) -> Outcome:
    with open_ground(fsync=True) as ground:
        return Outcome(uvloop.run(compare_both(ground, plan, plan.pick(1000, 60))))
