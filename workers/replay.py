"""A kept event, or a touch's stored evidence, through the code of today: what would it change now?

Looking ahead uses the same pure functions as the real thing (judge, settle, apply, the words that close an address) on
rows read without a lock, in a transaction that PostgreSQL itself keeps from writing.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from modules.emotion import OptOut
from modules.inbox import EventKind, Kept, Queued, kept_events, list_places, unpack_fact, unpack_inbound
from modules.labels import TouchState
from modules.preview import make_read_only
from modules.sequences import EnrollmentChange, Snapshot, apply, lock_and_load_snapshots, settle
from modules.touches import News, Proof, Touch, find_touches, load_proofs, load_touches, match_facts
from utils.db import Connection
from utils.errors import NotFound
from workers.confirm import confirm, definitions_of, judge_touch, news_of_fact
from workers.context import Deps
from workers.hear import judge as judge_words_of
from workers.inbound import plan_again, rematch_inbound

NOTHING = "nothing"


@dataclass(frozen=True)
class Effect:
    """What one thing would change: `subject` is what, `was` and `would_be` how it stands and would stand. `news` is
    what is told when it is replayed for real; `again`: waiting messages are matched again instead."""

    subject: str
    was: str
    would_be: str
    news: News | None = None
    again: bool = False

    @property
    def changes(self) -> bool:
        return self.was != self.would_be


async def foresee(deps: Deps, conn: Connection, name: str, now: datetime) -> list[Effect]:
    """All effects of what `name` means (an event's key, a row's or a touch's id, a provider's id). NotFound for none.
    From here on the transaction writes nothing."""
    await make_read_only(conn)
    row_id = _uuid(name)
    kept = await kept_events(conn, name, row_id)
    proofs = await load_proofs(conn, name, row_id)
    if not kept and not proofs:
        raise NotFound(
            f"Nothing was kept under '{name}'. Give an event's key, the id of a message or touch, or a provider's id",
            field="event",
        )
    effects: list[Effect] = []
    for one in kept:
        effects += await _effects_of(deps, conn, one, now)
    for proof in proofs:
        effects.append(await _proven_again(conn, proof))
    return effects


async def replay(deps: Deps, name: str, now: datetime) -> list[Effect]:
    """The same for real: what would change is told the way of all news. What is old writes nothing."""
    async with deps.database.transaction() as conn:
        effects = await foresee(deps, conn, name, now)
    for effect in effects:
        if effect.news and effect.changes:
            await confirm(deps, [effect.news])
    if any(effect.again and effect.changes for effect in effects):
        async with deps.database.transaction() as conn:
            await rematch_inbound(conn, await deps.pepper(conn), now)
    return effects


async def _effects_of(deps: Deps, conn: Connection, kept: Kept, now: datetime) -> list[Effect]:
    match kept.kind:
        case EventKind.unknown_touch:
            return await _orphan(deps, conn, kept, now)
        case EventKind.inbound:
            return await _words(conn, kept, now)
        case EventKind.unknown_type:
            # the request itself was not kept, only what it named itself
            kind = str(kept.payload.get("kind") or kept.payload.get("hint") or "")
            return [Effect(f"event {kept.event_key}", f"kept: kind '{kind}'", f"kept: kind '{kind}'")]


async def _orphan(deps: Deps, conn: Connection, kept: Kept, now: datetime) -> list[Effect]:
    fact = unpack_fact(kept.payload)
    accounts = [one.account_id for one in await list_places(conn, kept.provider, kept.client_id)]
    seen = await find_touches(conn, accounts, [fact.reference], [fact.provider_id])
    [known] = match_facts(seen, [(accounts, fact)])
    if known is None:
        waits = "waits: no touch of ours has this id"
        return [Effect(f"event {kept.event_key}", waits, waits)]
    [touch] = await load_touches(conn, [known.id])
    news = news_of_fact(touch.id, fact)
    verdict = judge_touch(touch, news)
    after = verdict.change.after if verdict.change else touch.state
    effects = [Effect(f"touch {touch.id}", touch.state, after, news)]
    if verdict.change and news.suppress:
        effects.append(Effect(f"address of touch {touch.id}", "as it is", f"closed: {news.suppress}"))
    return effects + (await _enrollment(deps, conn, touch, after, news, now) if verdict.change else [])


async def _enrollment(
    deps: Deps, conn: Connection, touch: Touch, after: TouchState, news: News, now: datetime
) -> list[Effect]:
    snapshots = await lock_and_load_snapshots(
        conn, [touch.enrollment_id] if touch.enrollment_id else [], only_look=True
    )
    definitions = await definitions_of(deps, conn, snapshots)
    effects = []
    for one in snapshots:
        if one.last_touch is None or one.last_touch.id != touch.id:
            continue
        told = replace(one, last_touch=replace(one.last_touch, state=after, reason=news.reason))
        row = apply(told, settle(told, definitions[one.sequence_id, one.version], now), now)
        effects.append(Effect(f"enrollment {one.enrollment_id}", _place(one), _place(row or one)))
    return effects


async def _words(conn: Connection, kept: Kept, now: datetime) -> list[Effect]:
    event = unpack_inbound(kept.payload)
    verdict = judge_words_of(event)
    effects = []
    if kept.opted_out is not None:
        was = OptOut.yes if kept.opted_out else OptOut.unsure if kept.unsure else OptOut.no
        effects.append(Effect(f"wish to stop in {kept.event_key}", was, verdict.opt_out))
    if kept.contact_id is None:
        queued = Queued(kept.provider, kept.account_id, kept.event_key, kept.client_id, kept.row_id, kept.payload)
        _, _, matches, _ = await plan_again(conn, queued, now)
        people = ", ".join(f"contact {match.contact_id}" for match in matches)
        effects.append(Effect(f"sender of {kept.event_key}", "nobody we know", people or "nobody we know", again=True))
    return effects


async def _proven_again(conn: Connection, proof: Proof) -> Effect:
    """The stored evidence from the beginning, in the order in which it came, through the lattice of today. What no
    provider proved (expired, not sent, still open) cannot follow from evidence and stays."""
    [now_known] = await load_touches(conn, [proof.id])
    touch = replace(now_known, state=TouchState.sending, evidence_id=None)
    for one in proof.evidence:
        state = TouchState(one["state"])
        verdict = judge_touch(touch, News(touch.id, state, proof.provider_id, proof.provider_status, one["id"]))
        if verdict.change:
            touch = replace(touch, state=verdict.change.after, evidence_id=one["id"])
    proven = touch.state if proof.evidence else proof.state
    news = None
    if proven is not proof.state and proof.evidence:
        won = next(one for one in reversed(proof.evidence) if one["state"] == proven)
        news = News(proof.id, proven, proof.provider_id, proof.provider_status, won["id"])
    return Effect(f"touch {proof.id}", proof.state, proven, news)


def _place(one: Snapshot | EnrollmentChange) -> str:
    due = f", due {one.due_at.isoformat()}" if one.due_at else ""
    step = f" at step '{one.step}'" if one.step else ""
    waiting = ", waiting for its touch" if one.waiting else ""
    return f"{one.status}{step}{due}{waiting}"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
