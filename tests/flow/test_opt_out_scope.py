"""How far a stop reaches: the address it came from, or every address of the person; and what a doubt does."""

import pytest

from modules.contacts import ContactDraft, add_contact
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import gather_cast, rows, story
from tests.flow.outside import play_on, standing, sweep_after
from tests.flow.speaking import post_text, rematch, told

STRANGER = "+12125559876"


async def closed(stage: Stage) -> dict[str, str | None]:
    return {row["value"]: row["suppressed_reason"] for row in await rows(stage.deps, "addresses")}


@pytest.mark.parametrize(
    ("text", "mail_too"), [("pls quit textin me", False), ("Wrong number", False), ("Do not contact me again", True)]
)
async def test_a_stop_in_other_words_closes_as_much_as_it_says(stage: Stage, text: str, mail_too: bool) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("sms", "email"))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    post_text(stage, acme, acme.phones[0], text)
    touches = await play_on(stage)
    (row,) = await told(stage)
    assert row["opted_out"]
    assert await closed(stage) == {acme.phones[0]: "opted_out", acme.mails[0]: "opted_out" if mail_too else None}
    assert [(touch["channel"], touch["origin"]) for touch in touches] == [("sms", "step"), ("sms", "confirmation")]
    assert await standing(stage) == {"stopped:suppressed": 1}


async def test_a_doubt_closes_nothing_and_holds_until_a_person_has_read_it(stage: Stage) -> None:
    waits = story("sms", "sms").replace("    on_failure:", "    on_reply: hold\n    on_failure:")
    acme = await gather_cast(stage.deps, stage.twin, waits)
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    post_text(stage, acme, acme.phones[0], "Not interested")
    await sweep_after(stage, days=1)
    (row,) = await told(stage)
    assert (row["opted_out"], row["payload"]["opt_out"], row["payload"]["opt_out_rule"]) == (
        False,
        "unsure",
        "not_interested",
    )
    assert set((await closed(stage)).values()) == {None}
    assert await standing(stage) == {"held:reply_waiting": 1}


async def test_who_wants_nothing_at_all_and_is_known_only_later_hears_nothing_then(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("sms"))
    post_text(stage, acme, STRANGER, "Do not contact me")
    async with stage.deps.database.transaction() as conn:
        draft = ContactDraft(phone=STRANGER, email="late@example.com")
        await add_contact(conn, acme.client_id, draft, stage.clock.now())
    assert await rematch(stage) == 1
    found = await closed(stage)
    assert (found[STRANGER], found["late@example.com"]) == ("opted_out", "opted_out")
