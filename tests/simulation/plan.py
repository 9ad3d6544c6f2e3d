"""What a seed draws before anything happens: how many people, which weather, which scenes."""

from dataclasses import dataclass, field, replace

from tests.simulation.scenes import Scenes, branches_off, checks_leave, scenes_of, writes_back
from tests.simulation.scheduler import Dice, Weather

ECHOING = 0.36
"""From here on a stalled story is left to the webhooks that come again: they find the locks of a confirmation."""
MORE_AT_BRANCHES = 4
"""Many end before they come to one."""


@dataclass(frozen=True)
class Plan:
    """What the seed has drawn before anything happens. Some scenes are for one guard each: `households` (see cast.py)
    for the lock on an address's row, `lagging` (see LISTED) for the quarantine, `rush` (several are due, and one may
    leave in ten seconds) for the lock on a sender, `stalled` (steps that follow at once, processes that stand still
    inside a transaction beside others that work) for the locks on enrollments and touches, `doubted` (nobody hears what
    became of the first sends under a key, and everybody says stop) for the guards before a repetition; `scenes` for
    tests, tasks and orders by hand."""

    seed: int
    people: int
    households: bool
    lagging: bool
    faults: str
    weather: Weather
    rush: bool = False
    stalled: bool = False
    doubted: bool = False
    scenes: Scenes = field(default_factory=Scenes)


def plan_of(seed: int) -> Plan:
    """One seed in four is calm, so that a fault of the checker does not hide behind bad weather."""
    dice = Dice(f"plan {seed}")
    people, faults, wild = 2 + dice.below(4), ("none", "mild", "harsh", "harsh")[dice.below(4)], dice.number()
    households, lagging = dice.number() < 0.25, faults != "none" and dice.number() < 0.25
    storm = Weather(
        dies=0.004 * wild,
        dies_at_crashpoint=0.06 * wild,
        slow=0.02 * dice.number(),
        database_away=0.01 * dice.number(),
        no_connection=0.04 * dice.number(),
        zombie=0.3 if lagging else 0.06 * dice.number(),
        overlap=0.4 * dice.number(),
        missed=0.1 * dice.number(),
    )
    weather = storm if faults != "none" else Weather(overlap=0.2)
    scene, echo = dice.number(), dice.number()
    rush, stalled = scene < 0.12 and not households, 0.12 <= scene < 0.3 and faults != "none"
    if rush:
        people, weather = 3 + dice.below(3), replace(weather, overlap=1.0)
    if stalled:
        weather = replace(weather, slow=0.04 + 0.08 * dice.number(), overlap=0.8, dies=weather.dies / 4)
    if faults != "none":
        weather = replace(weather, echo=0.4 * echo if stalled else 0.15 * echo)
    doubted = 0.3 <= scene < 0.4 and faults != "none" and not households
    crowded = households or rush or doubted or (stalled and weather.echo > ECHOING)
    scenes = replace(Scenes() if crowded else scenes_of(seed), replied=writes_back(seed), checked=checks_leave(seed))
    scenes = replace(scenes, forked=branches_off(seed) and not households and scenes.tested is None)
    people += MORE_AT_BRANCHES * scenes.forked
    return Plan(seed, people, households, lagging, faults, weather, rush, stalled, doubted, scenes)
