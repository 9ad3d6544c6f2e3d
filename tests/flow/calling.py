"""Calls in tests: a cast that calls through one provider, what kept in whose ledger, and how many were under way."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest

from modules.labels import ChannelName, Provider
from scripts.conductor.stage import Stage
from tests.cast import BY, Cast, gather_cast, rows, story
from tests.cast_accounts import Given
from utils.db import Row

both = pytest.mark.parametrize("provider", [Provider.vapi, Provider.retell])
SILENT: Mapping[Provider, tuple[str, str]] = {
    Provider.vapi: ("transport_fault", "silent"),
    Provider.retell: ("ended_reason", "dial_failed"),
}
"""How each provider's line fails to dial; Retell always tells it, so its webhooks are lost besides."""
LOUD: Mapping[Provider, tuple[str, str | None]] = {**SILENT, Provider.vapi: ("transport_fault", None)}


async def call_cast(
    stage: Stage, provider: Provider, text: str = "", people: int = 1, given: Given | None = None, slug: str = "acme"
) -> Cast:
    """A client that calls through this provider; its texts and mails go as usual."""
    by, own = {**BY, ChannelName.voice: provider}, {ChannelName.voice: given or Given()}
    return await gather_cast(stage.deps, stage.twin, text or story("voice"), people, slug=slug, by=by, given=own)


def fail_to_dial(stage: Stage, provider: Provider, times: int = 1, *, silently: bool) -> None:
    """The next calls are taken with a 201 and end a moment later; silently means without any webhook."""
    name, code = (SILENT if silently else LOUD)[provider]
    stage.twin.script(provider, name, code=code, times=times)
    if silently and provider is Provider.retell:
        stage.twin.script(provider, "webhook_lost", op="webhook", times=2 * times)


def ends(touches: Sequence[Row]) -> list[tuple[str, str, str | None]]:
    """Step, state and reason of each."""
    return [(touch["step"], touch["state"], touch["reason"]) for touch in touches]


def calls_of(stage: Stage, provider: Provider) -> list[dict[str, Any]]:
    """The provider's own ledger of our calls, in the order in which it took them."""
    return sorted(stage.twin.ledger(provider=provider), key=lambda line: str(line["accepted_at"]))


def span(line: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """From the acceptance to the end, as the provider had it."""
    over = next(fact["at"] for fact in line["facts"] if fact["status"].startswith(("completed", "not_completed")))
    return datetime.fromisoformat(line["accepted_at"]), datetime.fromisoformat(over)


def most_at_once(lines: Sequence[Mapping[str, Any]]) -> int:
    """How many of these calls were under way at the busiest instant."""
    spans = [span(line) for line in lines]
    return max(sum(begun <= at < over for begun, over in spans) for at, _ in spans)


async def alarms(stage: Stage) -> list[str]:
    return [row["event"] for row in await rows(stage.deps, "logs") if row["level"] == "alarm"]


async def breakers(stage: Stage) -> list[Row]:
    return await rows(stage.deps, "breakers")
