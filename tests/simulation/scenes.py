"""Which scenes a seed plays beside its weather: who is at hand in it, drawn from a stream of its own, so that the seeds
without any of them keep the stories they had.
"""

from dataclasses import dataclass
from datetime import timedelta

from tests.simulation.scheduler import Dice

TESTED, WORKED = 0.18, 0.6
SOON = (timedelta(0), timedelta(0), timedelta(minutes=3), timedelta(minutes=3), timedelta(days=1))


@dataclass(frozen=True)
class Scenes:
    """`tested`: from this long after the beginning on, every process has OMNIFY_TEST_REDIRECT. `tasked`: steps that the
    client's people do. `ordered`: they pause, stop, move, publish and take over. `replied`: they write
    back to what came in. `checked`: they let checks of ours leave every so often.
    `forked`: sequences branch, by outcomes and by milestones that somebody writes down."""

    tested: timedelta | None = None
    tasked: bool = False
    ordered: bool = False
    replied: bool = False
    checked: bool = False
    forked: bool = False


def writes_back(seed: int) -> bool:
    """One seed in five after the first hundred, so that the others keep the stories they had."""
    return seed > 100 and seed % 5 == 3


def checks_leave(seed: int) -> bool:
    """One in ten of them, and none of those: a day of turns takes as long as two other stories."""
    return seed > 100 and seed % 10 == 6


def branches_off(seed: int) -> bool:
    """One in ten of them, and none of those."""
    return seed > 100 and seed % 10 == 9


def scenes_of(seed: int) -> Scenes:
    """About one seed in eight is a test, three in eight have people of the client in it."""
    dice = Dice(f"extra {seed}")
    which, after, other = dice.number(), dice.below(len(SOON)), dice.number()
    if which < TESTED:
        return Scenes(tested=SOON[after])
    return Scenes(tasked=other < 0.7, ordered=other >= 0.3) if which < WORKED else Scenes()


TASK_STEP = """  - key: {key}
    channel: task
    wait: {{ {wait} }}
    content: {{ title: "{key} for {{{{ contact.first_name }}}}" }}
"""
WAITS = ("minutes: 0", "minutes: 0", "hours: 2", "days: 1")
WITHIN = ("{ minutes: 30 }", "{ hours: 4 }", "{ days: 1 }", "{ days: 4 }")
ELSE = ("skip", "end", "{ go_to: last }")
HANDED_OVER = 0.6


def task_step(dice: Dice, place: int) -> str:
    """A step that somebody of the client does; three in four keep the sequence waiting."""
    wait, otherwise = WAITS[dice.below(len(WAITS))], ELSE[dice.below(len(ELSE))]
    text = TASK_STEP.format(key=f"task-{place}", wait=wait)
    within = f"    within: {WITHIN[dice.below(len(WITHIN))]}\n    on_failure: {otherwise}\n"
    within = within if dice.number() < 0.75 else "    blocks: false\n"
    records = "    records: prepared\n" if dice.number() < 0.4 else ""
    reply = ("", "    on_reply: continue\n", "    on_reply: hold\n")[dice.below(3)]
    return text + within + records + reply


def with_tasks(dice: Dice, steps: list[str], to: str | None) -> list[str]:
    """One or two tasks more, anywhere before the last step. Who has done one may be handed over `to` another sequence
    (this follows from the steps themselves, and not from the dice)."""
    told = list(steps)
    for place in range(1 + dice.below(2)):
        told.insert(dice.below(len(told)), task_step(dice, place))
    if to is None or Dice("".join(told)).number() > HANDED_OVER:
        return told
    more = f"    on_success: {{ hand_over: {to} }}\n"
    return [one + more if "channel: task" in one and "on_failure: skip" in one else one for one in told]
