"""A link of a mail was followed: written down once, and by whom: a person, or a machine that looks mail over."""

from modules.channels import Click, Fact
from modules.ids import TouchId
from modules.labels import TouchState
from modules.milestones import MACHINE_WITHIN, is_machine, mark_scanned, note_click
from modules.touches import lock_delivery
from utils.log import logger
from utils.uuid7 import uuid7
from workers.context import Deps

LOG = logger("follow_links")


async def note_followed_link(deps: Deps, touch_id: TouchId, fact: Fact, click: Click) -> bool:
    """True when it is new. Told again, under the same id of the event, it writes nothing.

    The touch stays locked meanwhile, so that its delivery is either known here, or sees this click (see
    `judge_links_again`).
    """
    async with deps.database.transaction() as conn:
        now = deps.clock.now()
        at = min(click.at or fact.at or now, now)
        touch = await lock_delivery(conn, touch_id)
        if touch is None:
            return False
        machine = is_machine(click.user_agent, at, touch.delivered_at or touch.armed_at)
        event = fact.evidence_id
        fresh = await note_click(conn, uuid7(now), touch.client_id, touch_id, event, at, by_machine=machine)
    if fresh:
        LOG.info("link_followed", touch_id=str(touch_id), by_machine=machine)
    return fresh


async def judge_links_again(deps: Deps, touch_id: TouchId, fact: Fact) -> None:
    """News of a delivery may come after the click of the scanner that stood in its way."""
    if fact.state is not TouchState.delivered or fact.at is None:
        return
    async with deps.database.transaction() as conn:
        marked = await mark_scanned(conn, touch_id, fact.at + MACHINE_WITHIN)
    if marked:
        LOG.info("link_judged_again", touch_id=str(touch_id), clicks=marked)
