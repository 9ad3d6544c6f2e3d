"""More of the contract's table: lists that page wrongly are bounded, and never taken for the whole truth."""

from dataclasses import replace

from modules.channels import Absent, CannotTell, Found
from tests.contract.adapter_cases import case
from tests.contract.adapter_list_cases import listed, send_some
from tests.contract.adapter_rig import Rig, touch

MOST_REQUESTS = 60
"""Of one reading; the adapters themselves stop after 20 or 50 pages."""
PAGING_WRONGLY = ("same_page", "endless")


async def long_list(rig: Rig) -> Rig:
    """Three pages and one line to one person, read in pages as small as may be."""
    await send_some(rig, 3 * rig.pair.smallest_page + 1)
    rig.customer.step(minutes=5)
    return rig.with_small_pages()


@case()
async def a_list_that_gives_a_page_again_tells_nothing_and_is_soon_given_up(rig: Rig) -> None:
    small = await long_list(rig)
    for kind in PAGING_WRONGLY:
        rig.twin.misprint(rig.provider, kind)
        before = len(rig.requests)
        told = await small.channel.listing(rig.client, rig.account, *rig.all_day())
        assert isinstance(told, CannotTell), (kind, told)
        assert len(rig.requests) - before <= MOST_REQUESTS, kind


@case()
async def a_list_that_gives_a_page_again_never_says_that_a_message_is_absent(rig: Rig) -> None:
    """The oldest of all is on the page that the list does not give."""
    first = rig.sought(rig.message(touch(0), body="Words 0"))
    small = await long_list(rig)
    known = frozenset(str(line["provider_id"]) for line in rig.ledger()[1:])
    sought = type(first)(first.message, first.armed_at, rig.customer.clock.now(), known)
    for kind in PAGING_WRONGLY:
        rig.twin.misprint(rig.provider, kind)
        before = len(rig.requests)
        looked = await small.channel.lookup(rig.client, rig.account, sought)
        assert not isinstance(looked, Absent), kind
        assert len(rig.requests) - before <= MOST_REQUESTS, kind
    rig.twin.misprint(rig.provider, None)
    assert isinstance(await small.channel.lookup(rig.client, rig.account, sought), Found)


@case()
async def a_page_that_is_shorter_than_asked_for_is_not_the_lists_end(rig: Rig) -> None:
    """The oldest of all is on a page that nobody reads who believes that."""
    first = rig.sought(rig.message(touch(0), body="Words 0"))
    ids = await send_some(rig, 3 * rig.pair.smallest_page + 1)
    rig.customer.step(minutes=5)
    sought = replace(first, until=rig.customer.clock.now(), known=frozenset(ids[1:]))
    rig.twin.misprint(rig.provider, "short")
    assert sorted(one.fact.provider_id for one in await listed(rig)) == sorted(ids)
    looked = await rig.channel.lookup(rig.client, rig.account, sought)
    assert isinstance(looked, Found), looked
    assert looked.fact.provider_id == ids[0]


@case()
async def a_line_that_is_listed_twice_is_told_once(rig: Rig) -> None:
    ids = await send_some(rig, 3)
    rig.customer.step(minutes=5)
    rig.twin.misprint(rig.provider, "doubled")
    assert sorted(one.fact.provider_id for one in await listed(rig)) == sorted(ids)
