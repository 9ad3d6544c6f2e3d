"""'Do not contact me again in any way' of somebody nobody knew: once they are known, they are closed as a person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.channels import Inbound
from modules.contacts import ContactDraft, add_contact, revise_contact
from modules.ids import ClientId, ContactId
from modules.labels import ChannelName, Provider
from tests.cast import Cast, gather_cast, join, rows, story
from tests.db.rig import account_of, arm_all
from tests.db.test_inbound import STRANGER, rematch, shared_post, told, two_who_share
from tests.db.test_inbound import deps as deps
from utils.clock import FixedClock
from workers.context import Deps
from workers.take_in import Post, post_of_account, take_in

NEVER_AGAIN = "Do not contact me again in any way."
MAIL = "new@person.example"
WISH = Inbound("SM1", STRANGER, "+12065550100", NEVER_AGAIN, False, {"From": STRANGER})


async def own_post(deps: Deps, cast: Cast) -> Post:
    async with deps.database.transaction() as conn:
        return await post_of_account(conn, await account_of(deps, cast.client_id, ChannelName.sms))


async def meet(deps: Deps, client_id: ClientId) -> ContactId:
    """The client learns who the stranger is."""
    async with deps.database.transaction() as conn:
        return await add_contact(conn, client_id, ContactDraft(phone=STRANGER), deps.clock.now())


async def learn_mail(deps: Deps, client_id: ClientId, person: ContactId) -> Deps:
    """A day later a provider tells their e-mail address; the engine of that day."""
    later = replace(deps, clock=FixedClock(deps.clock.now() + timedelta(days=1)))
    async with later.database.transaction() as conn:
        await revise_contact(conn, client_id, person, Provider.ghl, "r1", ContactDraft(email=MAIL), later.clock.now())
    return later


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("known_before", [False, True])
async def test_who_wants_nothing_in_any_way_is_closed_as_a_person_whenever_they_become_known(
    deps: Deps, known_before: bool, shared: bool
) -> None:
    if shared:
        _, cast = await two_who_share(deps)
        post = await shared_post(deps)
    else:
        cast = await gather_cast(deps, None, story("sms"))
        post = await own_post(deps, cast)
    person = await meet(deps, cast.client_id) if known_before else None
    assert await take_in(deps, post, WISH) == "opted_out"
    person = person or await meet(deps, cast.client_id)
    assert await rematch(deps) == int(not known_before)
    (only,) = await told(deps, "closed_people")
    assert (only["id"], only["suppressed_reason"]) == (person, "opted_out")


@pytest.mark.parametrize(("words", "written_to"), [(NEVER_AGAIN, []), ("Stop texting me", [MAIL])])
async def test_nobody_who_wanted_nothing_in_any_way_is_written_to_at_an_address_learned_later(
    deps: Deps, words: str, written_to: list[str]
) -> None:
    """Who wanted no more texts alone still gets the mail."""
    cast = await gather_cast(deps, None, story("sms"))
    assert await take_in(deps, await own_post(deps, cast), replace(WISH, text=words)) == "opted_out"
    person = await meet(deps, cast.client_id)
    assert await rematch(deps) == 1
    later = await learn_mail(deps, cast.client_id, person)
    await join(later, cast.client_id, story("email", slug="letters"), [person])
    await arm_all(later, cast.client_id, await account_of(later, cast.client_id, ChannelName.email), 5)
    assert [row["to_address"] for row in await rows(deps, "touches")] == written_to
    assert len(await told(deps, "closed_people")) == (0 if written_to else 1)
