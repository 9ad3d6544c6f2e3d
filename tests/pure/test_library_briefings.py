"""What the library's calls are told: who they are, what they may say and never, and who takes over."""

from datetime import timedelta

import pytest

from modules.sequences import Step
from modules.sequences.models import Next
from tests.pure.test_library import BRAND, CALLS, LIBRARY, person, words_of


@pytest.mark.parametrize(("slug", "step"), CALLS, ids=[f"{slug}-{step.key}" for slug, step in CALLS])
def test_a_briefing_says_who_why_what_never_and_how_to_end(slug: str, step: Step) -> None:
    prompt = words_of(slug, step, person("short"))[0]
    assert prompt.startswith(f"You call for {BRAND}, ")
    heads = ["AIM", "WHAT YOU MAY SAY", "NEVER", "IF"]
    assert [line for line in prompt.splitlines() if line.isupper()] == heads
    never, whatever = prompt.split("NEVER\n")[1].split("IF\n")
    for word in ("price", "legal", "loan", "financial advice", "the people, the schools or the safety", "human being"):
        assert word in never
    for word in (
        "voicemail or a machine answers: leave no message",
        "wrong person",
        "have written",
        "they say stop",
        "three minutes",
    ):
        assert word in whatever
    assert len(prompt) < 3_000


@pytest.mark.parametrize(("slug", "step"), CALLS, ids=[f"{slug}-{step.key}" for slug, step in CALLS])
def test_a_call_is_tried_again_once_and_soon_and_leads_to_a_person_when_it_was_answered(slug: str, step: Step) -> None:
    if step.key != "first-call":  # another one follows it the next day
        assert step.on_failure.kind is Next.retry
        assert [pause <= timedelta(minutes=30) for pause in step.on_failure.ladder] == [True]
    assert step.on_success.kind is Next.go_to
    assert LIBRARY[slug].step(step.on_success.step or "").task is not None
