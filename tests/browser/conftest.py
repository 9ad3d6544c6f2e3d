"""A real browser, the real application, a real database; nothing is played by a stand-in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from modules.labels import ChannelName
from tests.browser.served import Served, serve
from tests.databases import Engine, scratch_engine
from tests.tenants import PASSWORD
from workers.api import DASHBOARD

CHROMIUM = "/usr/bin/chromium"
# Without the background flags, Chromium keeps asking its maker's hosts, which no test machine should reach.
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PROOF = "SM0123456789:delivered"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with scratch_engine("embedded") as running:
        yield running


@pytest.fixture
def served(engine: Engine) -> Iterator[Served]:
    """The application with four touches of Bright: delivered, waiting, failed (e-mail), withheld (e-mail)."""
    assert (DASHBOARD / "index.html").is_file(), (
        "dashboard/dist is missing; run: cd dashboard && npm ci && npm run build"
    )
    with engine.fresh_database() as database, serve(database) as running:
        delivered = running.add_touch("Ada Lovelace", ChannelName.sms, "+14155550101")
        running.move_touch(delivered, "delivered", PROOF)
        waiting = running.add_touch("Grace Hopper", ChannelName.sms, "+14155550102")
        running.move_touch(waiting, "accepted")
        failed = running.add_touch("Mary Jackson", ChannelName.email, "mary@example.com")
        running.move_touch(failed, "failed")
        cancelled = running.add_touch("Hedy Lamarr", ChannelName.email, "hedy@example.com")
        running.move_touch(cancelled, "cancelled")
        yield running


@pytest.fixture
def context(chromium: Browser, served: Served) -> Iterator[BrowserContext]:
    """A browser profile of its own; whatever the page asks of another host, or throws, fails the test."""
    trouble: list[str] = []
    opened = chromium.new_context(viewport={"width": 1280, "height": 820}, base_url=served.url)
    opened.set_default_timeout(10_000)
    opened.on("request", lambda asked: None if asked.url.startswith(served.url) else trouble.append(asked.url))
    opened.on("weberror", lambda error: trouble.append(str(error.error)))
    yield opened
    opened.close()
    assert trouble == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def ledger(page: Page, served: Served) -> Page:
    """The ledger of Bright, signed in and followed live."""
    sign_in(page, served)
    expect(page.get_by_role("status").get_by_text("Live", exact=True)).to_be_visible()
    return page


def sign_in(page: Page, served: Served, password: str = PASSWORD, path: str = "/") -> None:
    page.goto(path)
    page.get_by_label("E-mail").fill(served.house.email)
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")
