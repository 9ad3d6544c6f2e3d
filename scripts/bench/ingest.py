"""How fast webhooks are taken in, against the barest application that keeps what it is told.

Ours checks the signature on the raw bytes, finds the message, proves it under locks and moves what depends on it; the
bare one trusts everybody and inserts a row. Both are told the same: a delivery of each of many texts, three posts in
ten being repeats. Who posts is a process of its own, measured too, so that it is known not to be the narrow place.
"""

import asyncio
import base64
import hashlib
import hmac
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import psycopg

from modules.labels import Provider
from scripts.bench.economy import count_row_writes
from scripts.bench.ground import Ground, open_ground
from scripts.bench.load import Load, put_load
from scripts.bench.models import Line, Outcome, Plan, Sign, Target
from scripts.bench.provider import on_a_socket
from scripts.bench.receivers import CONNECTIONS, SQL, Side, receiving
from scripts.bench.rounds import in_turns_blocking
from scripts.bench.world import (
    NUMBER,
    SECRET_KEY,
    SID,
    START,
    TOKEN,
    World,
    backstage,
    count_states,
    phone_of,
    plant_world,
    settings_for,
)
from scripts.bench.world import SQL as WORLD
from scripts.database.launcher import DATABASE
from workers.context import open_deps

TARGET, QUICK, NOTHING = Target(Sign.at_least, 0.8), Target(Sign.at_most, 50.0), Target(Sign.at_most, 0.0)
PUBLIC_URL = "https://hooks.bench.example"
AT_ONCE = 32
CONTRACT = (
    "ours: signature, lookup, proof under locks, state and enrollment, log; baseline: FastAPI, one INSERT ON CONFLICT "
    "DO NOTHING that commits by itself, no signature, no log"
)


@dataclass(frozen=True)
class Book:
    """The posts of one round: a delivery of each of `fresh` people, and three repeats for every seven of them."""

    account_key: str

    def posts(self, first: int, fresh: int) -> list[bytes]:
        return [self.post(number) for number in with_repeats(range(first, first + fresh))]

    def post(self, number: int) -> bytes:
        path = f"/hooks/twilio/status/{self.account_key}?touch=00000000-0000-0000-0000-{number:012x}"
        sid = f"SM{number:032x}"
        form = {
            "AccountSid": SID,
            "ApiVersion": "2010-04-01",
            "From": NUMBER,
            "MessageSid": sid,
            "MessageStatus": "delivered",
            "SmsSid": sid,
            "SmsStatus": "delivered",
            "To": phone_of(number),
        }
        body = urlencode(form)
        told = PUBLIC_URL + path + "".join(f"{name}{form[name]}" for name in sorted(form))
        signature = base64.b64encode(hmac.new(TOKEN.encode(), told.encode(), hashlib.sha1).digest()).decode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: hooks.bench.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return (head + body).encode()


def with_repeats(numbers: range) -> Iterator[int]:
    """After every seven, three of those that were told up to a hundred ago."""
    for place, number in enumerate(numbers):
        yield number
        if place % 7 == 6:
            yield from (numbers[max(0, place - back)] for back in (0, 13, 97))


async def plant(ground: Ground, people: int) -> World:
    """So many texts that are on their way, by the superuser with triggers at rest."""
    async with open_deps(settings_for(ground.dsn), ground.dsn) as deps:
        world = await plant_world(deps, Provider.twilio, 1, 1)
    async with backstage(ground.cluster.superuser_url(DATABASE), people) as (conn, values):
        for block in ("plant_contacts", "plant_addresses", "plant_links"):
            await conn.execute(WORLD[block], values)
        for block in ("plant_accepted", "plant_waiting"):
            await conn.execute(SQL[block], values)
    ground.settle()
    return world


def environment_of(dsn: str) -> dict[str, str]:
    return {
        "DATABASE_URL": dsn,
        "OMNIFY_ENV": "test",
        "OMNIFY_SECRET_KEY": SECRET_KEY,
        "OMNIFY_PUBLIC_URL": PUBLIC_URL,
        "OMNIFY_CLOCK": f"at:{START.isoformat()}",
    }


@dataclass
class Contest:
    """Both applications, and how far into the people each of them has been told."""

    book: Book
    folder: Path
    fresh: int
    urls: dict[Side, str]
    told: dict[Side, int]

    def load(self, side: Side, rate: float = 0.0) -> Load:
        posts = self.book.posts(self.told[side], self.fresh)
        self.told[side] += self.fresh
        done = put_load(self.urls[side], posts, AT_ONCE, rate, self.folder)
        if done.refused:
            raise RuntimeError(f"{done.refused} of {done.requests} webhooks were refused by {side}")
        return done


def compare(ground: Ground, plan: Plan, fresh: int, folder: Path) -> Outcome:
    people = (2 * plan.rounds + 1) * fresh
    world = asyncio.run(plant(ground, people))
    dsns = {Side.ours: ground.dsn, Side.bare: ground.copy("bare")}
    with psycopg.connect(ground.cluster.superuser_url("bare"), autocommit=True) as conn:
        conn.execute(SQL["make_raw_hooks"])
        conn.execute(SQL["let_owner_write"])
    book = Book(world.account_key)
    environments = {side: environment_of(dsn) for side, dsn in dsns.items()}
    with receiving(Side.ours, environments[Side.ours]) as ours, receiving(Side.bare, environments[Side.bare]) as bare:
        contest = Contest(book, folder, fresh, {Side.ours: ours, Side.bare: bare}, {Side.ours: 2, Side.bare: 2})
        rates = in_turns_blocking(
            plan.rounds,
            lambda _: contest.load(Side.ours).per_second,
            lambda _: contest.load(Side.bare).per_second,
        )
        halves = [contest.load(Side.ours, median(rates[0]) / 2) for _ in range(plan.rounds)]
        bare_half = contest.load(Side.bare, median(rates[1]) / 2)
    repeats = count_repeats(ground, environments[Side.ours], book, contest.told[Side.ours], folder)
    prove(ground, people)
    settings = ground.settings() | {
        "processes_a_side": 1,
        "connections_a_side": CONNECTIONS,
        "posts_at_once": AT_ONCE,
        "posts_a_round": len(book.posts(2, fresh)),
        "repeats": "3 of 10",
        "load_alone_per_second": round(load_alone(book, fresh, folder)),
    }
    half = settings | {
        "posts_a_second": round(median(rates[0]) / 2),
        "p50_ms": round(median(one.p50_ms for one in halves), 1),
        "baseline_p99_ms_at_its_half": round(bare_half.p99_ms, 1),
    }
    return Outcome(
        (
            Line("ingest", "webhooks/s", *rates, TARGET, settings, CONTRACT),
            Line("ingest: p99 at half load", "ms", tuple(one.p99_ms for one in halves), (), QUICK, half, CONTRACT),
            Line("ingest: a round told again", "row-writes", (float(repeats),), (), NOTHING, contract=CONTRACT),
        )
    )


def count_repeats(ground: Ground, environment: dict[str, str], book: Book, told: int, folder: Path) -> int:
    """What it writes when all that it was told comes once more."""
    before = count_row_writes(ground.cluster.superuser_url(DATABASE)).total()
    with receiving(Side.ours, environment) as url:
        again: Sequence[bytes] = [book.post(number) for number in range(2, min(told, 1002))]
        done = put_load(url, again, AT_ONCE, 0.0, folder)
    if done.refused:
        raise RuntimeError(f"{done.refused} repeats were refused")
    return count_row_writes(ground.cluster.superuser_url(DATABASE)).total() - before


def load_alone(book: Book, fresh: int, folder: Path) -> float:
    """How fast the load is against a server that does nothing."""
    with on_a_socket(0.0) as url:
        return put_load(url, book.posts(2, fresh), AT_ONCE, 0.0, folder).per_second


def prove(ground: Ground, people: int) -> None:
    """Each delivery that was told must stand in the ledger, or the numbers would mean nothing."""

    async def ask() -> dict[str, int]:
        async with open_deps(settings_for(ground.dsn), ground.dsn) as deps:
            return await count_states(deps)

    states = asyncio.run(ask())
    if states != {"delivered": people}:
        raise RuntimeError(f"all {people} were to be delivered and are {states}")


def bench_ingest(plan: Plan) -> Outcome:
    with open_ground(fsync=True) as ground, tempfile.TemporaryDirectory(prefix="omnify-bench-") as folder:
        return compare(ground, plan, plan.pick(2100, 70), Path(folder))
