"""Who works with whom: the domain of their mail says it, unless everybody may have a mailbox there."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from modules.contacts import ContactDraft, add_contact
from modules.policy import load_colleague_replies
from tests.cast import gather_cast, story
from tests.databases import Database
from tests.db.rig import open_rig, text_account
from tests.db.test_inbound import STRANGER, TEXT
from workers.context import Deps
from workers.take_in import post_of_account, take_in


@pytest_asyncio.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


@pytest.mark.parametrize(
    ("domain", "colleagues"),
    [
        *(("acme.example", True), ("gmail.com", False), ("yahoo.com.mx", False), ("hotmail.es", False)),
        *(("outlook.es", False), ("pacbell.net", False), ("tampabay.rr.com", False), ("netzero.net", False)),
        *(("live.com.mx", False), ("outlook.fr", False), ("suddenlink.net", False), ("hotmail.fr", False)),
    ],
)
async def test_who_shares_only_a_provider_of_mail_is_no_colleague(deps: Deps, domain: str, colleagues: bool) -> None:
    cast = await gather_cast(deps, None, story("sms"))
    account = await text_account(deps, cast.client_id)
    began = deps.clock.now() - timedelta(hours=1)
    async with deps.database.transaction() as conn:
        post = await post_of_account(conn, account)
        writes = ContactDraft(phone=STRANGER, email=f"ada@{domain}")
        await add_contact(conn, cast.client_id, writes, began)
        silent = await add_contact(conn, cast.client_id, ContactDraft(email=f"bob@{domain}"), began)
    assert await take_in(deps, post, replace(TEXT, text="Please call me")) == "kept"
    async with deps.database.transaction() as conn:
        assert set(await load_colleague_replies(conn, {silent: began})) == ({silent} if colleagues else set())
