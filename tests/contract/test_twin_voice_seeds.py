"""Who answers the telephone is drawn by seed and number, and a whole day of calls repeats by its seed."""

from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.sandbox.personas import VOICE_MIX, voice_persona
from scripts.sandbox.remote import Twin, start_twin
from scripts.sandbox.world import open_world
from tests.contract.telephone import NUMBER, NUMBER_ID, PERSON, VAPI_KEY, open_caller
from utils.clock import FileClock

NUMBERS = [f"+1352555{number:04d}" for number in range(2000)]


def draw_all(clock: FileClock, seed: str) -> list[str]:
    world = open_world(clock, seed, "none")
    return [voice_persona(world, number) for number in NUMBERS]


def test_personas_repeat_by_seed_and_keep_their_shares(twin_clock: FileClock) -> None:
    drawn = draw_all(twin_clock, "7")
    assert drawn == draw_all(twin_clock, "7") != draw_all(twin_clock, "8")
    counted = Counter(drawn)
    assert all(abs(counted[chance.name] / len(NUMBERS) - chance.share) < 0.03 for chance in VOICE_MIX)


def test_a_persona_for_texts_answers_the_telephone_as_most_do(twin_clock: FileClock) -> None:
    world = open_world(twin_clock, "1", "none")
    world.personas[PERSON] = "replies"
    assert voice_persona(world, PERSON) == "answers"


def test_a_misspelt_persona_is_not_taken(twin: Twin) -> None:
    with pytest.raises(ValueError, match="there is no persona 'voice_mail'"):
        twin.person(PERSON, "voice_mail")


def test_over_the_limit_all_three_answers_of_vapi_occur(twin: Twin, twin_clock: FileClock) -> None:
    with open_caller(twin, twin_clock) as caller:
        twin.add_vapi(VAPI_KEY, {NUMBER_ID: NUMBER}, concurrency_limit=1)
        caller.ring_vapi()
        answers = [caller.ring_vapi(customer={"number": number}) for number in NUMBERS[:12]]
    forms = {(answer.status_code, "true" in answer.text) for answer in answers}
    assert forms == {(400, False), (201, True), (201, False)}


def run_story(clock: FileClock, seed: str) -> list[dict[str, Any]]:
    with start_twin(f"file:{clock.path}", seed=seed, faults="harsh") as twin, open_caller(twin, clock) as caller:
        for number in NUMBERS[:20]:
            for ring, whom in (
                (caller.ring_vapi, {"customer": {"number": number}}),
                (caller.ring_retell, {"to_number": number}),
            ):
                try:
                    ring(touch=f"touch-{number}", timeout=0.3, **whom)
                except httpx.TransportError:
                    continue
            caller.step(minutes=2)
        caller.step(hours=3)
        lines = twin.ledger()
    return [{name: line[name] for name in ("provider_id", "touch", "facts", "accepted_at")} for line in lines]


def test_a_whole_day_of_calls_repeats_by_its_seed(tmp_path: Path, twin_clock: FileClock) -> None:
    begin = twin_clock.now()
    first = run_story(twin_clock, "11")
    twin_clock.set(begin)
    assert run_story(twin_clock, "11") == first
    assert {fact["status"] for line in first for fact in line["facts"]} >= {"queued", "registered", "completed"}
