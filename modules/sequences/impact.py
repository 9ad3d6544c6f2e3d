"""What a new version would mean for everybody who is under way: one line for each version and step. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from modules.sequences.adopt import Adoption, Fate, Likeness, Standing, judge_adoption, likeness
from modules.sequences.models import Definition


@dataclass(frozen=True)
class ImpactLine:
    """People at one step of one version. Publishing moves none of them; `fates` says what `adopt` would do with them,
    by people; `repeats` the steps that some would get again."""

    version: int
    step: str | None
    people: int
    statuses: Mapping[str, int]
    likeness: Likeness
    fates: Mapping[Fate, int]
    repeats: tuple[str, ...] = ()


def impact_of(
    standings: Iterable[tuple[Standing, int]],
    versions: Mapping[int, Definition],
    new: Definition,
    mapping: Mapping[str, str],
) -> list[ImpactLine]:
    """By version and then in the order of that version's steps; `versions` holds each version that somebody is on."""
    found: dict[tuple[int, str | None], list[tuple[Standing, int, Adoption]]] = {}
    for standing, people in standings:
        judged = judge_adoption(standing, versions[standing.version], new, mapping)
        found.setdefault((standing.version, standing.step), []).append((standing, people, judged))
    lines = [_line(place, alike, versions, new, mapping) for place, alike in found.items()]
    return sorted(lines, key=lambda line: (line.version, _place(line.step, versions[line.version])))


def _line(
    place: tuple[int, str | None],
    alike: Iterable[tuple[Standing, int, Adoption]],
    versions: Mapping[int, Definition],
    new: Definition,
    mapping: Mapping[str, str],
) -> ImpactLine:
    version, step = place
    statuses: Counter[str] = Counter()
    fates: Counter[Fate] = Counter()
    repeats: set[str] = set()
    for standing, people, judged in alike:
        statuses[standing.status] += people
        fates[judged.fate] += people
        repeats |= set(judged.repeats)
    like = likeness(step, versions[version], new, mapping)
    return ImpactLine(version, step, statuses.total(), dict(statuses), like, dict(fates), tuple(sorted(repeats)))


def _place(step: str | None, definition: Definition) -> int:
    return next((place for place, one in enumerate(definition.steps) if one.key == step), len(definition.steps))
