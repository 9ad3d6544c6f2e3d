"""The ledger in a real browser: who may see it, what it shows, and that it keeps itself current."""

import gzip
import re
from uuid import UUID

from playwright.sync_api import Page, Response, Route, expect

from tests.browser.conftest import PROOF, sign_in
from tests.browser.served import Served

FIRST_LOAD_KIB = 350


def test_a_wrong_password_is_refused_in_words_and_the_right_one_opens_the_ledger(page: Page, served: Served) -> None:
    sign_in(page, served, password="not the password")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ledger")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/clients/bright/ledger$"))


def test_a_link_from_elsewhere_leads_through_signing_in_to_where_it_pointed(page: Page, served: Served) -> None:
    sign_in(page, served, path="/clients/bright/ledger?state=failed")
    expect(page).to_have_url(re.compile(r"/clients/bright/ledger\?state=failed$"))
    expect(page.locator("tbody tr")).to_have_count(1)


def test_the_ledger_shows_each_touch_with_its_state_and_its_proof(ledger: Page) -> None:
    rows = ledger.locator("tbody tr")
    expect(rows).to_have_count(4)
    ada = rows.filter(has_text="Ada Lovelace")
    expect(ada).to_contain_text("Delivered")
    expect(ada.get_by_text(PROOF)).to_be_visible()
    grace = rows.filter(has_text="Grace Hopper")
    expect(grace).to_contain_text("Waiting for proof")
    expect(grace).to_contain_text("no proof yet")
    expect(ledger.locator("[data-outcome=proven]")).to_contain_text("1")


def test_a_proof_that_arrives_shows_without_a_reload(ledger: Page, served: Served) -> None:
    ledger.evaluate("window.sameDocument = true")
    grace = ledger.locator("tbody tr").filter(has_text="Grace Hopper")
    touch = grace.get_attribute("data-touch")
    assert touch is not None
    served.move_touch(touch, "delivered", "SM777:delivered")
    expect(grace).to_contain_text("Delivered")
    expect(grace.get_by_text("SM777:delivered")).to_be_visible()
    expect(grace).to_have_attribute("data-flash", "odd")
    expect(ledger.locator("[data-outcome=proven]")).to_contain_text("2")
    assert ledger.evaluate("window.sameDocument") is True


def test_a_touch_that_is_armed_now_appears_by_itself(ledger: Page, served: Served) -> None:
    served.add_touch("Radia Perlman", next(iter(served.house.accounts)), "+14155550199")
    expect(ledger.locator("tbody tr").first).to_contain_text("Radia Perlman")
    expect(ledger.locator("tbody tr")).to_have_count(5)


def test_a_filter_stands_in_the_address_and_survives_a_reload(ledger: Page) -> None:
    ledger.get_by_role("radiogroup", name="Channel").get_by_text("E-mail").click()
    ledger.get_by_label("State").select_option("failed")
    expect(ledger).to_have_url(re.compile(r"\?(?=.*channel=email)(?=.*state=failed)"))
    expect(ledger.locator("tbody tr")).to_have_count(1)
    ledger.reload()
    expect(ledger.locator("tbody tr")).to_have_count(1)
    expect(ledger.locator("tbody tr")).to_contain_text("Mary Jackson")
    ledger.get_by_role("button", name="Clear filters").click()
    expect(ledger.locator("tbody tr")).to_have_count(4)


def test_the_client_on_screen_is_told_by_name_and_colour(ledger: Page) -> None:
    bright = ledger.get_by_test_id("client-colour").evaluate("(band) => getComputedStyle(band).backgroundColor")
    expect(ledger.get_by_test_id("page-client")).to_have_text("Bright")
    ledger.get_by_role("button", name="Client: Bright").click()
    ledger.get_by_role("menuitem", name="Calm").click()
    expect(ledger.get_by_test_id("page-client")).to_have_text("Calm")
    expect(ledger.get_by_text("Nothing has been sent yet")).to_be_visible()
    expect(ledger).to_have_title(re.compile("Calm"))
    calm = ledger.get_by_test_id("client-colour").evaluate("(band) => getComputedStyle(band).backgroundColor")
    assert calm != bright


def test_a_client_of_somebody_else_is_not_shown(ledger: Page) -> None:
    ledger.goto("/clients/somebody-else/ledger")
    expect(ledger.get_by_role("heading", name="You cannot see")).to_be_visible()


def test_signing_out_closes_the_ledger(ledger: Page) -> None:
    ledger.get_by_role("button", name="Account of").click()
    ledger.get_by_role("menuitem", name="Sign out").click()
    expect(ledger.get_by_role("heading", name="Sign in")).to_be_visible()
    ledger.goto("/clients/bright/ledger")
    expect(ledger.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_first_load_keeps_to_its_budget_of_script(page: Page, served: Served) -> None:
    scripts: list[Response] = []
    page.on("response", lambda answer: scripts.append(answer) if answer.url.endswith(".js") else None)
    sign_in(page, served)
    expect(page.locator("tbody tr")).to_have_count(4)
    assert scripts
    assert sum(len(gzip.compress(one.body())) for one in scripts) <= FIRST_LOAD_KIB * 1024


def test_without_the_stream_the_page_says_so_and_asks_by_itself(page: Page, served: Served) -> None:
    page.route("**/api/v1/events*", lambda asked: asked.abort())
    sign_in(page, served)
    expect(page.get_by_text("Reconnecting…")).to_be_visible()
    grace = page.locator("tbody tr").filter(has_text="Grace Hopper")
    touch = grace.get_attribute("data-touch")
    assert touch is not None
    served.move_touch(touch, "delivered", "SM888:delivered")
    expect(grace).to_contain_text("Delivered", timeout=20_000)


def test_what_is_told_while_older_lines_are_on_their_way_stands(page: Page, served: Served) -> None:
    newest = add_fifty(served)
    held = hold_the_older_lines(page, served)
    served.move_touch(newest, "accepted")
    row = page.locator("tbody tr").filter(has_text="Person 49")
    expect(row).to_contain_text("Waiting for proof")
    held.continue_()
    expect(page.locator("tbody tr")).to_have_count(54)
    expect(row).to_contain_text("Waiting for proof")


def test_older_lines_come_also_while_new_ones_do(page: Page, served: Served) -> None:
    add_fifty(served)
    held = hold_the_older_lines(page, served)
    for waiting, name in ((52, "Barbara Liskov"), (53, "Radia Perlman")):
        served.add_touch(name, next(iter(served.house.accounts)), f"+141555501{waiting}")
        expect(page.locator("[data-outcome=waiting]")).to_contain_text(f"{waiting}")
    held.continue_()
    expect(page.locator("tbody tr")).to_have_count(56)
    expect(page.locator("tbody tr").first).to_contain_text("Radia Perlman")


def add_fifty(served: Served) -> UUID:
    """A page of touches; the newest."""
    sms = next(iter(served.house.accounts))
    return [served.add_touch(f"Person {one}", sms, f"+141555503{one:02d}") for one in range(50)][-1]


def hold_the_older_lines(page: Page, served: Served) -> Route:
    """Asks for the second page of the ledger, which is followed live, and keeps the question on its way."""
    sign_in(page, served)
    expect(page.get_by_role("status").get_by_text("Live", exact=True)).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(50)
    held: list[Route] = []
    page.route(re.compile(r"/api/v1/ledger\?.*cursor="), lambda asked: held.append(asked), times=1)
    with page.expect_request(re.compile(r"cursor=")):
        page.get_by_role("button", name="Load more").click()
    return held[0]


def test_what_changed_while_another_client_was_looked_at_shows_on_return(ledger: Page, served: Served) -> None:
    grace = ledger.locator("tbody tr").filter(has_text="Grace Hopper")
    touch = grace.get_attribute("data-touch")
    assert touch is not None
    look_at(ledger, "Bright", "Calm")
    served.move_touch(touch, "delivered", "SM999:delivered")
    look_at(ledger, "Calm", "Bright")
    expect(grace).to_contain_text("Delivered")
    expect(ledger.locator("[data-outcome=proven]")).to_contain_text("2")


def look_at(page: Page, before: str, after: str) -> None:
    """Goes from one client to another, until its page is followed live."""
    page.get_by_role("button", name=f"Client: {before}").click()
    page.get_by_role("menuitem", name=after).click()
    expect(page.get_by_test_id("page-client")).to_have_text(after)
    expect(page.get_by_role("status").get_by_text("Live", exact=True)).to_be_visible()


def test_older_lines_come_page_by_page(page: Page, served: Served) -> None:
    add_fifty(served)
    sign_in(page, served)
    expect(page.locator("tbody tr")).to_have_count(50)
    page.get_by_role("button", name="Load more").click()
    expect(page.locator("tbody tr")).to_have_count(54)
    expect(page.get_by_text("These are all 54 lines.")).to_be_visible()
