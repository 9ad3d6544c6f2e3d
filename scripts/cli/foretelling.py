"""`tick --dry-run`: what the next sweep would do with all that is due, in words or as JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from modules.accounts import list_clients
from modules.health import read_engine_state
from modules.ids import ClientId
from modules.preview import Outcome, Share, StepBacklog, count_fates
from scripts.cli.home import in_transaction
from scripts.cli.output import cell, note, write_json
from utils.clock import clock_from
from utils.db import Connection
from workers.context import Deps
from workers.foretell import foretell

SAID: dict[Outcome, str] = {
    Outcome.leave: "would leave now",
    Outcome.wait: "would wait",
    Outcome.too_late: "would be skipped as too late",
    Outcome.skip: "would be skipped",
    Outcome.hold: "would be held for a person",
    Outcome.end: "would end",
    Outcome.ask: "would be given to a person as a task",
    Outcome.go_on: "would go on to the next step",
}
DISARMED = "The engine is disarmed: nothing leaves until somebody runs scripts/omnify arm. If it were armed:"
NOT_ASKED = (
    "Not asked here: providers' own Do Not Disturb, and the service that checks numbers. The real sweep asks them."
)


def show_dry_run(at: datetime | None, as_json: bool) -> None:
    """Reads only; `at` None is now."""

    async def work(deps: Deps, conn: Connection) -> tuple[datetime, Mapping[ClientId, str], list[StepBacklog]]:
        slugs = {one.id: one.slug for one in await list_clients(conn)}
        now = at or clock_from(deps.settings.clock).now()
        state = await read_engine_state(conn)
        if state is None or not state.may_arm:
            note(DISARMED)
        return now, slugs, count_fates(await foretell(deps, conn, now))

    now, slugs, steps = in_transaction(work)
    steps.sort(key=lambda one: slugs[one.client_id])
    due = sum(one.due for one in steps)
    if as_json:
        found = [_facts(one, slugs[one.client_id]) for one in steps]
        write_json({"at": now, "due": due, "dry_run": True, "steps": found, "not_asked": NOT_ASKED})
        return
    print("\n".join(_lines(now, due, slugs, steps)))


def _lines(now: datetime, due: int, slugs: Mapping[ClientId, str], steps: Sequence[StepBacklog]) -> list[str]:
    if not steps:
        return [f"Nothing is due at {cell(now)}. Nothing was written."]
    lines = [f"{due:,} due at {cell(now)}. Nothing was written."]
    for one in steps:
        place = f"step '{one.step}'" if one.step else "no step"
        head = (
            f"{slugs[one.client_id]}, '{one.sequence}' version {one.version}, {place} ({one.channel}): {one.due:,} due"
        )
        lines += ["", cell(head), *(f"  {_said(share)}" for share in one.shares)]
    return [*lines, "", NOT_ASKED]


def _said(share: Share) -> str:
    why = f" ({share.reason})" if share.reason else ""
    until = ""
    if share.first_until and share.last_until:
        same = share.first_until == share.last_until
        span = cell(share.first_until) if same else f"{cell(share.first_until)} to {cell(share.last_until)}"
        until = f", {'until' if share.outcome is Outcome.wait else 'next due'} {span}"
    people = ", ".join(str(one) for one in share.examples) + (" …" if share.count > len(share.examples) else "")
    return cell(f"{share.count:,} {SAID[share.outcome]}{why}{until}: {people}")


def _facts(step: StepBacklog, client: str) -> dict[str, Any]:
    told = {"client": client, "sequence": step.sequence, "version": step.version, "step": step.step}
    shares = [
        {
            "outcome": one.outcome,
            "reason": one.reason,
            "count": one.count,
            "first_until": one.first_until,
            "last_until": one.last_until,
            "examples": one.examples,
        }
        for one in step.shares
    ]
    return {**told, "channel": step.channel, "due": step.due, "outcomes": shares}
