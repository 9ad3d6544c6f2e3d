"""The page behind an unsubscribe link, for everybody: without scripts, on a phone, by keyboard, in any colours."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.served import SQL, Served
from tests.browser.test_access import violations
from utils.unsubscribe_links import link_keys, unsubscribe_token

KEY = "a secret key for tests that is long enough"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ADDRESS = UUID(int=0xADA)


@pytest.fixture
def link(served: Served) -> str:
    address = {"id": ADDRESS, "client_id": served.house.client_id, "value": "ada.lovelace@example.com", "now": NOW}
    with psycopg.connect(served.dsn) as connection:
        connection.execute(SQL["add_mailbox"], address)
    return f"{served.url}/u/{unsubscribe_token(link_keys(KEY)[0], served.house.client_id, ADDRESS)}"


@pytest.fixture(params=["light", "dark"])
def reader(chromium: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone that runs no script; whatever the page asks of another host, or its policy forbids, fails the test."""
    trouble: list[str] = []
    scheme: Literal["dark", "light"] = request.param
    phone: ViewportSize = {"width": 390, "height": 780}
    opened = chromium.new_context(viewport=phone, color_scheme=scheme, java_script_enabled=False)
    page = opened.new_page()
    page.on("request", lambda asked: None if asked.url.startswith(served.url) else trouble.append(asked.url))
    page.on("console", lambda said: trouble.append(said.text))
    yield page
    opened.close()
    assert trouble == []


def test_one_press_of_a_key_ends_the_mails(reader: Page, link: str) -> None:
    reader.goto(link)
    expect(reader.get_by_role("heading", name="Unsubscribe?")).to_be_visible()
    expect(reader.get_by_role("main")).to_contain_text("Bright will send no more e-mails to a•••@example.com.")
    button = reader.get_by_role("button", name="Unsubscribe")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    reader.keyboard.press("Tab")
    expect(button).to_be_focused()
    reader.keyboard.press("Enter")
    expect(reader.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    expect(reader.get_by_role("button")).to_have_count(0)
    reader.goto(link)
    expect(reader.get_by_role("heading", name="You are unsubscribed")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_page_before_and_after(chromium: Browser, link: str, scheme: str) -> None:
    """axe is a script of its own, so this context lets the page's policy be."""
    opened = chromium.new_context(
        viewport={"width": 390, "height": 780}, color_scheme="dark" if scheme == "dark" else "light", bypass_csp=True
    )
    page = opened.new_page()
    page.goto(link)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth") is False
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", name="You are unsubscribed")).to_be_visible()
    assert violations(page) == []
    page.goto(link[:-1])
    expect(page.get_by_role("heading", name="This link is not complete")).to_be_visible()
    assert violations(page) == []
    opened.close()
