"""Carries a voice provider's webhooks: one parcel, its weather, and the retries its provider promises."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from scripts.sandbox.ledger import Acceptance
from scripts.sandbox.postman import Answer
from scripts.sandbox.world import World

CONNECT_SECONDS = 5.0


@dataclass(frozen=True)
class Parcel:
    """`pack` makes bytes and headers of one attempt; `waits` holds the pause before each further one."""

    provider: str
    url: str
    call_id: str
    kind: str
    evidence: str
    traits: dict[str, str]
    pack: Callable[[int], tuple[bytes, dict[str, str]]]
    waits: tuple[timedelta, ...]
    final: frozenset[int]
    read_seconds: float
    acceptance: Acceptance | None


async def deliver(world: World, parcel: Parcel, at: datetime) -> int:
    """Post it, or spoil it as its fate says. Answers the number of attempts made now."""
    reference = f"{parcel.call_id}:{parcel.kind}"
    fault = world.faults.befall(parcel.provider, "webhook", reference, parcel.traits).get("posting")
    match fault.name if fault else None:
        case "webhook_lost":
            note(parcel, at, "lost")
            return 0
        case "webhook_delayed":
            attempt_later(world, parcel, at + timedelta(seconds=fault.delay if fault else 0), 1)
            return 0
        case "webhook_doubled":
            await attempt(world, parcel, at, len(parcel.waits) + 1)
            return 1 + await attempt(world, parcel, at, 1)
    return await attempt(world, parcel, at, 1)


async def attempt(world: World, parcel: Parcel, at: datetime, number: int) -> int:
    content, headers = parcel.pack(number)
    answer = await world.postman.post(parcel.url, content, headers, CONNECT_SECONDS, parcel.read_seconds)
    note(parcel, at, answer.shown)
    if number <= len(parcel.waits) and deserves_retry(parcel, answer):
        attempt_later(world, parcel, at + parcel.waits[number - 1], number + 1)
    return 1


def deserves_retry(parcel: Parcel, answer: Answer) -> bool:
    return not answer.succeeded and answer.status not in parcel.final


def attempt_later(world: World, parcel: Parcel, due: datetime, number: int) -> None:
    async def again(at: datetime) -> int:
        return await attempt(world, parcel, at, number)

    world.schedule.add(due, parcel.call_id, again)


def note(parcel: Parcel, at: datetime, answer: int | str) -> None:
    if parcel.acceptance is not None:
        parcel.acceptance.record_posting(parcel.evidence, parcel.kind, at, answer)
