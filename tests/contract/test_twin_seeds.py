"""One seed, one story: what goes wrong is a function of the seed and of what is sent, never of the order of arrival."""

from pathlib import Path
from typing import Any

import httpx

from scripts.sandbox.faults import ASPECT_OF, FaultBook, Script, make_fault
from scripts.sandbox.profiles import PROFILES
from scripts.sandbox.remote import start_twin
from tests.contract.twin_customer import open_customer
from utils.chance import Draw
from utils.clock import FileClock


def draw_many(seed: str, profile: str, references: list[str]) -> dict[tuple[str, str, int], Any]:
    book = FaultBook(Draw(seed), profile)
    drawn: dict[tuple[str, str, int], Any] = {}
    for repeat in range(2):
        for reference in references:
            for provider in ("twilio", "resend"):
                drawn[provider, reference, repeat] = book.befall(provider, "send", reference, {})
    return drawn


def test_a_seed_repeats_whatever_the_order_of_arrival() -> None:
    references = [f"touch-{number}" for number in range(300)]
    drawn = draw_many("7", "harsh", references)
    assert drawn == draw_many("7", "harsh", references[::-1])
    assert drawn != draw_many("8", "harsh", references)


def test_harsh_is_worse_than_mild_and_none_is_none() -> None:
    references = [f"touch-{number}" for number in range(500)]
    spoiled = {name: sum(bool(fates) for fates in draw_many("1", name, references).values()) for name in PROFILES}
    assert spoiled["none"] == 0 < spoiled["mild"] < spoiled["harsh"] < 2000


def test_every_fault_of_the_profiles_exists_and_keeps_the_assumed_bounds() -> None:
    for profile in PROFILES.values():
        for spoils in profile.values():
            for aspect, chances in spoils.items():
                assert sum(chance.share for chance in chances) < 1
                assert all(ASPECT_OF[chance.name] == aspect for chance in chances)
                late = [chance.longest for chance in chances if chance.name == "late_accept"]
                assert all(longest <= 20 for longest in late)


def test_a_scripted_fault_keeps_the_profile_out_of_its_request() -> None:
    book = FaultBook(Draw("1"), "harsh")
    for number in range(50):
        book.script(Script("twilio", "send", make_fault("429", None, None)))
        assert list(book.befall("twilio", "send", f"t{number}", {})) == ["transport"]


def run_story(clock: FileClock, seed: str) -> list[dict[str, Any]]:
    """Twenty texts and mails through a harsh day; transport weather is what it is, the books are compared."""
    with start_twin(f"file:{clock.path}", seed=seed, faults="harsh") as twin, open_customer(twin, clock) as customer:
        for number in range(20):
            for send in (customer.text, customer.mail):
                try:
                    send(touch=f"touch-{number}", timeout=0.3)
                except httpx.TransportError:
                    continue
        customer.step(days=3)
        lines = twin.ledger()
    return [{name: line[name] for name in ("provider_id", "touch", "facts", "accepted_at")} for line in lines]


def test_a_whole_day_repeats_by_its_seed(tmp_path: Path, twin_clock: FileClock) -> None:
    begin = twin_clock.now()
    first = run_story(twin_clock, "11")
    twin_clock.set(begin)
    assert run_story(twin_clock, "11") == first
    assert {fact["status"] for line in first for fact in line["facts"]} >= {"queued", "sent", "delivered"}
