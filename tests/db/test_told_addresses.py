"""Numbers and addresses that were told of a person and never used: an erasure finds them as well."""

import pytest

from modules.contacts import ContactDraft, close_address, revise_contact
from modules.labels import AddressKind, Provider, SuppressionReason
from tests.cast import Cast, rows
from tests.db.erasing import PHONE, REF, add_canary, erase
from tests.db.rig import MONDAY
from tests.db.test_erasure import cast as cast
from tests.db.test_erasure import deps as deps
from workers.context import Deps


@pytest.mark.parametrize("closed", [True, False])
async def test_what_was_only_told_of_a_person_goes_too(deps: Deps, cast: Cast, closed: bool) -> None:
    """Each number in place of the one before, to which nothing went; after a stop, beside the one that stays."""
    contact_id = await add_canary(deps, cast)
    numbers = ["+12025550198", "+12025550199"]
    async with deps.database.transaction() as conn:
        if closed:
            pepper, reason = await deps.pepper(conn), SuppressionReason.opted_out
            await close_address(conn, pepper, cast.client_id, AddressKind.phone, PHONE, reason, MONDAY)
        for number in [*numbers, numbers[0], numbers[1]]:
            new = ContactDraft(phone=number)
            await revise_contact(conn, cast.client_id, contact_id, Provider.ghl, REF, new, MONDAY)
    done = await erase(deps, cast, contact_id)
    assert (done.counts["addresses_unlinked"], done.counts["addresses_deleted"]) == (2, 4)
    assert not {PHONE, *numbers} & {row["value"] for row in await rows(deps, "addresses")}


async def test_an_address_that_was_told_of_somebody_else_too_goes_with_its_last_owner(deps: Deps, cast: Cast) -> None:
    """What a person had before them keeps nobody's address."""
    first, second = await add_canary(deps, cast), cast.contacts[0]
    async with deps.database.transaction() as conn:
        for person, number in ((second, PHONE), (second, "+12025550198"), (first, "+12025550199")):
            ref = REF if person == first else "another-ref"
            new = ContactDraft(phone=number)
            await revise_contact(conn, cast.client_id, person, Provider.ghl, ref, new, MONDAY)
    await erase(deps, cast, first)
    values = {row["value"] for row in await rows(deps, "addresses")}
    assert PHONE not in values
    assert "+12025550198" in values
