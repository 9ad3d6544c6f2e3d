"""T1: the real engine on a real PostgreSQL under a seeded scheduler."""

from dataclasses import replace
from pathlib import Path

from scripts.conductor.check import SQL as BOOKS
from scripts.conductor.check import attribute
from tests.simulation.checker import check
from tests.simulation.database import SQL
from tests.simulation.evidence import Evidence, Redirected
from tests.simulation.ground import Ground
from tests.simulation.home import TESTERS
from tests.simulation.loop import SeededLoop, told
from tests.simulation.outcome import Outcome
from tests.simulation.plan import plan_of
from tests.simulation.scheduler import WORLD, Dice
from tests.simulation.story import START, Story
from utils.crashpoint import install

TIER = "T1"


def play(ground: Ground, seed: int) -> Story:
    """Plays one seed to its end on an emptied database. Nothing outside of the story is changed by it."""
    ground.clear()
    loop = SeededLoop()
    story = Story(ground, loop, plan_of(seed))
    install(story.scheduler.visit)
    try:
        with told(loop, Dice(f"ids {seed}").bytes):
            loop.play(story.play())
    finally:
        install(None)
    return story


def evidence_of(ground: Ground, story: Story) -> Evidence:
    """The books of a played seed; our own ledger is read now."""
    touches = [dict(row) for row in ground.stage.looker.execute(BOOKS["all_touches"]).fetchall()]
    rates: dict[str, float] = {}
    for company in story.companies:
        for provider in company.providers:
            rates[provider] = rates.get(provider, 0.0) + company.rate
    windowed = frozenset(str(company.cast.client_id) for company in story.companies if company.windowed)
    truth = attribute(touches, story.twin.ledger())
    known = ground.stage.looker.execute(SQL["addresses_of_people"]).fetchall()
    people = {row["contact"]: frozenset(row["addresses"]) for row in known}
    test = Redirected(story.test_begins, TESTERS, people) if story.test_begins else None
    forks = {key: fork for company in story.companies for key, fork in company.forks.items()}
    books = story.history.events, truth, touches, rates, windowed, story.changed, story.ended_at
    return Evidence(*books, test, people, forks)


def _world_stands(story: Story) -> None:
    """What fails in the world around the engine is a fault of the simulation, and would make it kinder than it is."""
    failed = [event for event in story.history.events if event["op"] == "failed" and event["who"] == WORLD.name]
    if failed:
        raise RuntimeError(f"seed {story.plan.seed}: the world itself failed: {failed[0]}")


def run_seed(seed: int, ground: Ground, folder: Path | None = None) -> Outcome:
    """Plays and checks one seed; its history is written into `folder` when one is given."""
    story = play(ground, seed)
    _world_stands(story)
    violations = check(evidence_of(ground, story))
    hours = (story.ended_at - START).total_seconds() / 3600
    crashes = story.scheduler.crashes.total()
    outcome = Outcome(TIER, seed, hours, len(story.twin.world.ledger.acceptances), crashes, violations)
    return replace(outcome, history_path=story.history.write(folder / f"t1-{seed}.jsonl")) if folder else outcome
