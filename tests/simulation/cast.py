"""Who plays in a seed: two clients whose accounts are at all five providers, their sequences and their people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from modules.labels import ChannelName, Provider, UnknownPolicy
from scripts.sandbox.remote import Twin
from tests.cast import STEPS, Cast, gather_cast, join
from tests.cast_accounts import Given
from tests.simulation.database import SQL
from tests.simulation.forks import Fork, with_forks
from tests.simulation.scenes import with_tasks
from tests.simulation.scheduler import Dice
from utils.db import execute
from workers.context import Deps

C, P = ChannelName, Provider
WAYS = (
    {C.sms: P.twilio, C.email: P.resend, C.voice: P.vapi},
    {C.sms: P.ghl, C.email: P.ghl, C.voice: P.retell},
)
KEYED = (P.resend, P.retell)
"""They take the same bytes under the same key again and count them once."""
SLUGS = ("harbor", "dental")
RATES = (1.0, 2.0, 10.0, 50.0)
RUSH_RATE = 0.1
WAITS = ("minutes: 20", "hours: 3", "hours: 20", "days: 1", "days: 2", "days: 5")
FAILURES = (
    "skip",
    "end",
    "{ retry: { times: 2, after: { minutes: 15 } } }",
    "{ retry: { times: 1, after: { hours: 2 } } }",
    "{ retry: { after: [{ minutes: 5 }, { minutes: 30 }], then: { go_to: last } } }",
    "{ go_to: last }",
)
WINDOW = 'windows:\n  - {days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00"}\n'


@dataclass(frozen=True)
class Company:
    """One client, what it may send in a second, by account, its sequences' files by slug, and their branches."""

    cast: Cast
    rate: float
    windowed: bool
    providers: tuple[Provider, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    forks: Mapping[str, Fork] = field(default_factory=dict)


@dataclass(frozen=True)
class Hands:
    """Streams of their own for what only some stories have: steps that people do, and branches."""

    tasks: Dice | None = None
    forks: Dice | None = None


ALONE = Hands()


def sequence(
    dice: Dice, slug: str, *, windowed: bool, at_once: bool = False, hands: Hands = ALONE
) -> tuple[str, Mapping[str, Fork]]:
    """Three to five steps over every channel, drawn from the seed; with `at_once` most follow without a wait. The hands
    draw what comes in between."""
    channels = [("sms", "email", "voice")[dice.below(3)] for _ in range(2 + dice.below(3))]
    steps = [_step(dice, channel, f"{channel}-{place}", place) for place, channel in enumerate(channels)]
    steps.append(_step(dice, ("sms", "email")[dice.below(2)], "last", len(channels), on_failure="skip"))
    to = slug.replace("-first", "-second") if slug.endswith("-first") else None
    steps = with_tasks(hands.tasks, steps, to) if hands.tasks else steps
    steps, forks = with_forks(hands.forks, slug, steps) if hands.forks else (steps, {})
    text = _head(slug, windowed=windowed) + "".join(steps)
    hasty = text.replace("hours: 3 }", "minutes: 0 }").replace("minutes: 20 }", "minutes: 0 }")
    return hasty if at_once else text, forks


def _head(slug: str, *, windowed: bool) -> str:
    head = f"name: {slug.title()}\nslug: {slug}\ntimezone: contact\n{WINDOW if windowed else ''}"
    return f"{head}fallbacks:\n  contact.first_name: there\nsteps:\n"


def _step(dice: Dice, channel: str, key: str, place: int, on_failure: str | None = None) -> str:
    wait = WAITS[dice.below(len(WAITS))] if place else "minutes: 0"
    chosen = on_failure or FAILURES[dice.below(len(FAILURES))]
    text = STEPS[channel].format(key=key, wait=wait, on_failure=chosen)
    ended = dice.number() < 0.4
    reply = ("", "    on_reply: continue\n", "    on_reply: hold\n")[dice.below(3)]
    return text + ("    waits_for: ended\n" if ended and channel != "voice" else "") + reply


def _given(dice: Dice, by: Mapping[ChannelName, Provider], *, trusting: bool) -> dict[ChannelName, Given]:
    """Some accounts send again what two looks at the provider's list did not show; some ask a person."""
    again = UnknownPolicy.rearm_after_absent if trusting or dice.number() < 0.4 else None
    policy = {channel: None if provider in KEYED else again for channel, provider in by.items()}
    return {
        C.voice: Given(second_number=True, policy=policy[C.voice]),
        C.sms: Given(review=dice.number() < 0.2, policy=policy[C.sms]),
        C.email: Given(policy=policy[C.email]),
    }


async def gather(
    deps: Deps,
    twin: Twin,
    dice: Dice,
    people: int,
    *,
    households: bool,
    trusting: bool,
    rush: bool = False,
    at_once: bool = False,
    hands: Hands = ALONE,
    in_test: bool = False,
) -> Sequence[Company]:
    """Writes both clients and `people` of each into the database and the twin; some run in two sequences at once.

    `households`: instead the first client alone, whose people share telephones two by two and are written to at
    different times. Whoever of two says stop says it for both, and only the row of the number is common to them.
    `trusting`: every account sends again what its provider's list did not show twice. `rush`: one client alone, whose
    accounts send one message in ten seconds. `at_once`: most steps follow without a wait. `hands`: with
    what they draw. `in_test`: the first client alone (a provider that sends to ids of its own
    reaches no tester).
    """
    if households:
        return [await _gather_households(deps, twin, dice, people, trusting=trusting)]
    companies = []
    for slug, by in list(zip(SLUGS, WAYS, strict=True))[: 1 if rush or in_test else None]:
        windowed, rate = dice.number() < 0.5, RUSH_RATE if rush else RATES[dice.below(len(RATES))]
        given = _given(dice, by, trusting=trusting)
        first, forks = sequence(dice, f"{slug}-first", windowed=windowed, at_once=at_once, hands=hands)
        files = {f"{slug}-first": first}
        cast = await gather_cast(deps, twin, first, people, slug=slug, rate=rate, by=by, given=given)
        if dice.number() < 0.6:
            more, others = sequence(dice, f"{slug}-second", windowed=windowed, at_once=at_once, hands=hands)
            forks = {**forks, **others}
            await join(deps, cast.client_id, more, cast.contacts[: max(1, people // 2)])
            files[f"{slug}-second"] = more
        if Provider.twilio in by.values() and dice.number() < 0.6:
            await _share_phones(deps, cast, 1)
        companies.append(Company(cast, rate, windowed, tuple(by.values()), files, forks))
    return companies


async def _gather_households(deps: Deps, twin: Twin, dice: Dice, people: int, *, trusting: bool) -> Company:
    slug, by, rate = SLUGS[0], WAYS[0], RATES[dice.below(len(RATES))]
    one, other = (_texts(dice, f"{slug}-{name}") for name in ("first", "second"))
    given = _given(dice, by, trusting=trusting)
    cast = await gather_cast(deps, twin, one, 2 * people, slug=slug, rate=rate, by=by, given=given)
    await join(deps, cast.client_id, other, cast.contacts[1::2])
    await _share_phones(deps, cast, people)
    return Company(cast, rate, False, tuple(by.values()))


def _texts(dice: Dice, slug: str) -> str:
    steps = [_step(dice, "sms", f"sms-{place}", place) for place in range(3)]
    steps.append(_step(dice, "sms", "last", 3, on_failure="skip"))
    return _head(slug, windowed=False) + "".join(steps)


async def _share_phones(deps: Deps, cast: Cast, households: int) -> None:
    async with deps.database.transaction() as conn:
        for first, second in list(zip(cast.contacts[::2], cast.contacts[1::2], strict=False))[:households]:
            await execute(conn, SQL["share_phone"], {"first": first, "second": second})
