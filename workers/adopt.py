"""Takes people who run on older versions over to the current one: in portions, each one transaction with its record.

A portion is small enough that the sweep beside it waits for nobody for long. What was taken over stays so when a later
portion fails; the same order again goes on with the rest.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import psycopg

from modules.contacts import lock_person
from modules.ids import ClientId, EnrollmentId
from modules.sequences import (
    Adoption,
    Definition,
    Fate,
    ImpactLine,
    KnownSequence,
    Standing,
    Taken,
    count_standings,
    find_sequence,
    impact_of,
    judge_adoption,
    keys_of,
    load_standings,
    load_versions,
    lock_older_runs,
    record_adoptions,
    write_adoptions,
)
from modules.touches import lock_touches
from utils.db import Connection
from utils.errors import BadInput, Conflict, NotFound
from utils.log import logger
from utils.uuid7 import uuid7
from workers.context import Deps

LOG = logger("adopt")
PORTION = 500
TRIES = 3
AS_THEY_ARE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class AdoptOrder:
    """Whom to take over: everybody under way in this sequence on an older version, or on version `only`. `mapping`: for
    steps that were renamed or replaced, where their people go on."""

    client_id: ClientId
    slug: str
    by: str
    reason: str | None = None
    only: int | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Adopted:
    """People by what became of them; `lines` are how they stood by version and step when the order was given."""

    version: int
    fates: Mapping[Fate, int]
    lines: Sequence[ImpactLine]


@dataclass(frozen=True)
class _Plan:
    order: AdoptOrder
    sequence: KnownSequence
    versions: Mapping[int, Definition]
    lines: Sequence[ImpactLine]

    @property
    def to(self) -> int:
        return self.sequence.current_version


async def load_impact(
    conn: Connection,
    sequence: KnownSequence,
    client_id: ClientId,
    new: Definition,
    mapping: Mapping[str, str] = AS_THEY_ARE,
    *,
    below: int | None = None,
    only: int | None = None,
) -> tuple[list[ImpactLine], dict[int, Definition]]:
    """What `new` would mean for who is under way, and every version in use; `below`: those on versions before it."""
    counted = [
        (standing, people)
        for standing, people in await count_standings(conn, client_id, sequence.id)
        if (below is None or standing.version < below) and only in (None, standing.version)
    ]
    used = {standing.version for standing, _ in counted}
    loaded = await load_versions(conn, [(sequence.id, version) for version in used])
    versions = {version: definition for (_, version), definition in loaded.items()}
    return impact_of(counted, versions, new, mapping), versions


async def foresee_adoption(deps: Deps, order: AdoptOrder) -> Adopted:
    """What `adopt_runs` would do now; nothing is written and nobody waits."""
    plan = await _plan(deps, order)
    fates: Counter[Fate] = Counter()
    for line in plan.lines:
        fates.update(line.fates)
    return Adopted(plan.to, dict(fates), plan.lines)


async def adopt_runs(deps: Deps, order: AdoptOrder, portion: int = PORTION) -> Adopted:
    """Takes over everybody who can go on in the version that is current now; the others stay where they are, counted.

    NotFound for no such sequence; BadInput for a mapping or a version that does not exist. Conflict, saying how many
    are done, when the database stays too busy: the same order again goes on.
    """
    plan = await _plan(deps, order)
    fates: Counter[Fate] = Counter()
    after: EnrollmentId | None = None
    while True:
        done = await _with_patience(deps, plan, after, portion, fates)
        fates.update(done.fates)
        if done.last is None:
            break
        after = done.last
    LOG.info("adopted", sequence_id=str(plan.sequence.id), version=plan.to, people=fates[Fate.adopts])
    return Adopted(plan.to, dict(fates), plan.lines)


async def _plan(deps: Deps, order: AdoptOrder) -> _Plan:
    async with deps.database.transaction() as conn:
        sequence = await find_sequence(conn, order.client_id, order.slug)
        if sequence is None:
            raise NotFound(
                f"There is no sequence '{order.slug}' at this client; `scripts/omnify list --client SLUG` shows them"
            )
        current = sequence.current_version
        if order.only is not None and not 0 < order.only < current:
            raise BadInput(
                f"Version {order.only} is no older version of '{order.slug}': {current} is current", field="from"
            )
        versions = await load_every_version(conn, sequence)
        older = [one for version, one in versions.items() if version < current]
        check_mapping(order.slug, order.mapping, older, versions[current], f"Version {current}")
        lines, _ = await load_impact(
            conn, sequence, order.client_id, versions[current], order.mapping, below=current, only=order.only
        )
    return _Plan(order, sequence, versions, lines)


async def load_every_version(conn: Connection, sequence: KnownSequence) -> dict[int, Definition]:
    numbers = range(1, sequence.current_version + 1)
    loaded = await load_versions(conn, [(sequence.id, version) for version in numbers])
    return {version: definition for (_, version), definition in loaded.items()}


def check_mapping(
    slug: str, mapping: Mapping[str, str], older: Iterable[Definition], new: Definition, name: str
) -> None:
    """BadInput for a step that no `older` version has, or that the `new` one, said by its `name`, has not: it would be
    passed over in silence."""
    known = {key for one in older for key in keys_of(one)}
    for before, after in mapping.items():
        if before not in known:
            raise BadInput(f"No older version of '{slug}' has a step '{before}'; nothing was changed", field="step")
        if after not in keys_of(new):
            there = ", ".join(step.key for step in new.steps)
            raise BadInput(f"{name} has no step '{after}'; it has {there}", field="step")


@dataclass(frozen=True)
class _Portion:
    fates: Mapping[Fate, int]
    last: EnrollmentId | None


async def _with_patience(
    deps: Deps, plan: _Plan, after: EnrollmentId | None, limit: int, done: Counter[Fate]
) -> _Portion:
    for tried in range(1, TRIES + 1):
        try:
            async with deps.database.transaction() as conn:
                return await _take(deps, conn, plan, after, limit)
        except (psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable):
            LOG.warning("adopt_busy", tries=tried)
    raise Conflict(
        f"The database is busy with the same rows. {done[Fate.adopts]} were taken over; the same command goes on with "
        "the rest"
    )


async def _take(deps: Deps, conn: Connection, plan: _Plan, after: EnrollmentId | None, limit: int) -> _Portion:
    """One portion; locks in the order in which everybody takes them: enrollment, contact, address, touch."""
    order, sequence = plan.order, plan.sequence
    runs = await lock_older_runs(conn, order.client_id, sequence.id, plan.to, order.only, after, limit)
    if not runs:
        return _Portion({}, None)
    await lock_person(conn, list(dict.fromkeys(run.contact_id for run in runs)))
    await lock_touches(conn, [run.last_touch_id for run in runs if run.last_touch_id])
    standings = await load_standings(conn, [run.id for run in runs])
    now = deps.clock.now()
    judged = {run.id: _judge(plan, standings[run.id]) for run in runs}
    taken = [
        Taken(run, uuid7(now), one.step, one.next_channel, one.lets_go, one.keeps)
        for run, one in judged.items()
        if one.fate is Fate.adopts and one.step is not None and one.next_channel is not None
    ]
    if taken:
        await record_adoptions(conn, taken, plan.to, order.by, order.reason, now)
        await write_adoptions(conn, taken, plan.to, plan.versions[plan.to].priority, now)
    return _Portion(Counter(one.fate for one in judged.values()), runs[-1].id)


def _judge(plan: _Plan, standing: Standing) -> Adoption:
    return judge_adoption(standing, plan.versions[standing.version], plan.versions[plan.to], plan.order.mapping)
