"""People who ask to be left alone, or for help; what code answers them, and whether that was lawful."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from modules.content import Language, help_answer, opt_out_confirmation
from scripts.conductor.check import SQL as CHECKS
from scripts.conductor.check import attribute, count_after_opt_out, count_duplicates, count_unarmed
from scripts.conductor.stage import Stage
from tests.cast import Cast, rows
from utils.db import Row, execute, fetch_all
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("answers.sql"))
CONFIRMED = opt_out_confirmation("Acme", Language.en)
HELPED = help_answer("Acme", "help@acme.example", Language.en)
NIGHT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
"""Three in the morning in New York."""


async def write(stage: Stage, cast: Cast, *texts: str) -> None:
    """The person writes; Twilio acts on it and tells us."""
    for text in texts:
        stage.twin.text_us(cast.sid, cast.phones[0], cast.number, text)
        await asyncio.to_thread(stage.twin.advance, stage.clock.now())


async def answers(stage: Stage) -> list[Row]:
    """What code answered, oldest first."""
    return [one for one in await rows(stage.deps, "touches") if one["origin"] in ("confirmation", "help")]


def reached(stage: Stage, text: str) -> int:
    """How often the provider took these words from us."""
    return sum(line["body"] == text for line in stage.twin.ledger())


async def is_lawful(stage: Stage) -> bool:
    """The checker's own judgement of opt-outs, doubles and rows before requests."""
    async with stage.deps.database.transaction() as conn:
        touches = await fetch_all(conn, CHECKS["all_touches"])
    truth = attribute(touches, stage.twin.ledger())
    return not (count_after_opt_out(touches) or count_duplicates(touches, truth) or count_unarmed(touches, truth))


async def change(stage: Stage, block: str, **values: Any) -> None:
    """One block of answers.sql."""
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL[block], values)


async def closed(stage: Stage) -> dict[str, str | None]:
    return {row["value"]: row["suppressed_reason"] for row in await rows(stage.deps, "addresses")}
