"""Where a person may be: everything that is known is kept, because sources disagree and the strictest hours are safe.

A zip tells where somebody lives, a number where it was once bought, and nobody can tell which of the two is true today.
So zones and states of all evidence are joined and none is preferred (rule T-1 of our notes on the law, 2026-11-20).
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from modules.labels import ChannelName
from modules.policy.models import Evidence, Place
from modules.policy.rules import clocks_of
from modules.policy.us_states import ANYWHERE, CONTIGUOUS, MISSED_ZONES, STATE_OF_AREA, STATES, UNKNOWN, state_code
from utils.address import area_code, area_zones, is_time_zone, is_toll_free, phone_time_zones, places_of_zip

ZIP, STATE, CLOCK = "zip", "state", "state_clock"
_NONE: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def find_place(
    phone: str | None, zips: tuple[str, ...] = (), zone: str | None = None, states: tuple[str, ...] = ()
) -> Place:
    """The place of somebody reached by telephone. Without a zone of any kind it is empty, and nothing leaves."""
    evidence = [one for text in zips for one in evidence_of_zip(text)]
    evidence += evidence_of_zone(zone) + [one for text in states for one in evidence_of_state(text)]
    return _joined((*evidence, *(evidence_of_phone(phone) if phone else ())))


@lru_cache(maxsize=4096)
def _joined(evidence: tuple[Evidence, ...]) -> Place:
    """Neighbours share what is known of them: their numbers differ, the places do not."""
    return join(evidence)


def place_of_person(
    channel: ChannelName, phone: str | None, fields: Mapping[str, object], stated: str | None, otherwise: str
) -> Place:
    """Everywhere a person may be, by the fields `zip`, `postal_code` and `state`, the `stated` zone and the number."""
    if channel is ChannelName.email:
        return email_place(stated or otherwise)
    return find_place(phone, _texts(fields, "zip", "postal_code"), stated, _texts(fields, "state"))


def _texts(fields: Mapping[str, object], *names: str) -> tuple[str, ...]:
    found = (fields.get(name) for name in names)
    return tuple(str(value) for value in found if isinstance(value, str | int) and value)


def email_place(zone: str) -> Place:
    """The zone in which a sequence's own hours count; mail knows no other hours."""
    return Place(frozenset({zone}), _NONE)


def join(evidence: Iterable[Evidence]) -> Place:
    """All zones and all states of all evidence, in whatever order it came.

    One thing is made more precise and nothing is widened by it: a stated state stands for all its zones only while no
    zip says where in that state.
    """
    known = list(evidence)
    zipped = _union(one.states for one in known if one.source == ZIP)
    known = [
        Evidence(STATE, _NONE, one.states) if one.source == STATE and one.states <= zipped else one for one in known
    ]
    zones, states = _union(one.zones for one in known), _union(one.states for one in known)
    clocks = _union(clocks_of(state) for state in states)
    if zones and clocks - zones:
        known.append(Evidence(CLOCK, clocks, _NONE))
    ordered = sorted(set(known), key=lambda one: (one.source, sorted(one.zones), sorted(one.states)))
    return Place(zones | clocks if zones else zones, states, tuple(ordered))


def evidence_of_zip(text: str) -> list[Evidence]:
    """A zip of the forces abroad is in no state, and often in no zone that is told."""
    places = places_of_zip(text)
    zones = frozenset(zone for _, zone in places if zone)
    zones = zones or _union(STATES[state].zones for state, _ in places if state in STATES)
    states = frozenset(state if state in STATES else UNKNOWN for state, _ in places)
    return [Evidence(ZIP, zones, states)] if places else []


def evidence_of_zone(zone: str | None) -> list[Evidence]:
    return [Evidence("stated_zone", frozenset({zone}), _NONE)] if zone and is_time_zone(zone) else []


def evidence_of_state(text: str) -> list[Evidence]:
    code = state_code(text)
    return [Evidence(STATE, STATES[code].zones, frozenset({code}))] if code else []


def evidence_of_phone(e164: str) -> list[Evidence]:
    """What the number says and all that its area code may say. One that tells no place may be anywhere."""
    area = area_code(e164)
    if area and is_toll_free(e164):
        return [Evidence("toll_free", ANYWHERE, frozenset({UNKNOWN}))]
    by_number = frozenset(phone_time_zones(e164))
    if not area:
        return [Evidence("number", by_number, frozenset({UNKNOWN}))]
    by_area = frozenset(area_zones(area)) | MISSED_ZONES.get(area, _NONE)
    state = frozenset({STATE_OF_AREA.get(area, UNKNOWN)})
    if not by_area:
        return [Evidence("unknown_number", CONTIGUOUS, state)]
    return [Evidence("number", by_number, _NONE), Evidence("area_code", by_area, state)]


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)
