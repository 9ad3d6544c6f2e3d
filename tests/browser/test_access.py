"""Everybody can use it: by keyboard, on a phone, in both colour schemes, with a screen reader's rules (axe)."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PROOF, sign_in
from tests.browser.served import Served

# A frame first, in which what was just opened begins to move.
STILL = """new Promise((still) => requestAnimationFrame(still))
  .then(() => Promise.allSettled(document.getAnimations().map((one) => one.finished)))
  .then(() => true)"""


def violations(page: Page) -> list[tuple[str, list[list[str]]]]:
    """What axe finds once nothing moves any more: a half-faded word has the contrast of half a word."""
    page.evaluate(STILL)
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(page: Page, served: Served, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    sign_in(page, served, password="not the password")
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    sign_in(page, served)
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
    assert violations(page) == []
    page.get_by_role("button", name="Client: Bright").click()
    expect(page.get_by_role("menuitem", name="Calm")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Account of").click()
    expect(page.get_by_role("menuitem", name="Sign out")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ada Lovelace").click()
    expect(page.get_by_role("dialog")).to_contain_text("Hash of the exact text sent")
    assert violations(page) == []
    page.goto("/clients/calm/ledger")
    expect(page.get_by_text("Nothing has been sent yet")).to_be_visible()
    assert violations(page) == []


def test_a_row_opens_its_drawer_by_keyboard_alone_and_gives_the_focus_back(ledger: Page) -> None:
    ada = ledger.get_by_role("button", name="Ada Lovelace")
    ledger.locator("body").press("Tab")
    for _ in range(40):
        if ada.evaluate("(button) => button === document.activeElement"):
            break
        ledger.keyboard.press("Tab")
    expect(ada).to_be_focused()
    ledger.keyboard.press("Enter")
    drawer = ledger.get_by_role("dialog", name="Ada Lovelace")
    expect(drawer).to_contain_text(PROOF)
    expect(drawer).to_contain_text("Sending window still open for3 h 35 min")
    ledger.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(ada).to_be_focused()


def test_a_phone_shows_everything_without_sideways_scroll(page: Page, served: Served) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, served)
    expect(page.get_by_role("list", name="Ledger").get_by_role("listitem")).to_have_count(4)
    too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert page.evaluate(too_wide) is False
    assert violations(page) == []
    page.get_by_role("button", name="Ada Lovelace").click()
    expect(page.get_by_role("dialog")).to_contain_text(PROOF)
    assert page.evaluate(too_wide) is False
    assert violations(page) == []
