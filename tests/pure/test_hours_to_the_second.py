"""The first and the last second of the calling hours in every zone of the states, also when the clocks change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.labels import ChannelName, ConsentKind
from modules.policy import Agreement, Allow, guard
from modules.policy.us_states import ANYWHERE
from tests.pure.candidates import ALLOWED, candidate, in_zone

SMS, VOICE = ChannelName.sms, ChannelName.voice
DAYS = ("2026-12-02", "2027-03-14", "2027-07-06", "2027-11-07", "2028-02-29")
ZONES = sorted(ANYWHERE | {"America/Phoenix", "America/Puerto_Rico", "Pacific/Guam", "Pacific/Pago_Pago"})
# local time, a text, a call: 47 CFR 64.1200(c)(1), less what rule H-1 of our notes (2026-11-20) keeps free at the end
SECONDS = [
    ("07:59:59", False, False),
    ("08:00:00", True, True),
    ("20:44:59", True, True),
    ("20:45:00", False, True),
    ("20:58:59", False, True),
    ("20:59:00", False, False),
    ("20:59:59", False, False),
    ("21:00:00", False, False),
]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", DAYS)
def test_each_zone_opens_and_shuts_to_the_second(zone: str, day: str) -> None:
    for time, texts, calls in SECONDS:
        at = in_zone(f"{day}T{time}", zone)
        agreed = Agreement(ConsentKind.written, at, covers_ai_voice=True)
        facts = replace(ALLOWED, zones=frozenset({zone}), states=frozenset(), agreement=agreed)
        for channel, expected in ((SMS, texts), (VOICE, calls)):
            verdict = guard(facts, candidate(channel, due_at=at), at).verdict
            assert (verdict == Allow()) is expected, (time, channel, verdict)
