"""Which request goes wrong, and how: scripted by a test, or drawn by seed.

A draw is a function of (seed, provider, op, reference, how often this reference was seen), never of arrival order, so
one seed repeats under any interleaving. A scripted fault wins over the profile, and keeps it out of that request.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from scripts.sandbox.profiles import PROFILES, Chance
from utils.chance import Draw

ASPECT_OF = {
    "timeout_after_accept": "transport",
    "late_accept": "transport",
    "reset_after_accept": "transport",
    "reset_before_accept": "transport",
    "500_after_accept": "transport",
    "500_before_accept": "transport",
    "429": "transport",
    "unreadable_200": "transport",
    "reject": "transport",
    "list_lag": "visibility",
    "list_repeats": "visibility",  # Twilio: every line of a page stands there twice
    "list_loops": "visibility",  # Twilio: the next page is the same one again
    "list_skips": "visibility",  # Twilio: every second line of a page is left out
    "webhook_early": "early",
    "webhook_lost": "posting",
    "webhook_doubled": "posting",
    "webhook_delayed": "posting",
    "status_undelivered": "outcome",
    "status_failed": "outcome",
    "bounced": "outcome",
    "complained": "outcome",
    "suppressed": "outcome",
    "delivery_delayed": "outcome",
    "no_dlr": "outcome",
    "slow_queue": "outcome",
    "dnd_dropped": "outcome",
    "dnd_refused": "outcome",
    "transport_fault": "outcome",
    "concurrency_blocked": "outcome",
    "over_concurrency": "outcome",
    "concurrency_limit": "outcome",
    "ended_reason": "outcome",
}
"""Every fault and the aspect it spoils; one request can suffer one fault of each aspect."""

DEFAULT_DELAY = {
    "late_accept": 15.0,
    "list_lag": 20.0,
    "webhook_delayed": 300.0,
    "delivery_delayed": 1800.0,
    "slow_queue": 600.0,
}
CALL_OUTCOMES = {
    "vapi": ("transport_fault", "concurrency_blocked", "over_concurrency", "ended_reason", "slow_queue"),
    "retell": ("concurrency_limit", "ended_reason", "slow_queue"),
}
OPS = ("send", "list", "fetch", "webhook")
SENDING_ASPECTS = ("outcome", "early")


@dataclass(frozen=True)
class Fault:
    """What goes wrong. `delay` is business seconds, `code` the provider's own code or word."""

    name: str
    delay: float = 0.0
    code: str | None = None


@dataclass
class Script:
    """A fault waiting for the next `times` requests that match."""

    provider: str
    op: str
    fault: Fault
    times: int = 1
    match: dict[str, str] = field(default_factory=dict)

    def fits(self, provider: str, op: str, traits: dict[str, str]) -> bool:
        same = self.times > 0 and self.provider == provider and self.op == op
        return same and all(traits.get(key) == value for key, value in self.match.items())


Fates = dict[str, Fault]
"""What befalls one request: aspect to fault; empty is a good day."""


class FaultBook:
    def __init__(self, draw: Draw, profile: str) -> None:
        if profile not in PROFILES:
            raise ValueError(f"there is no fault profile '{profile}'; choose none, mild or harsh")
        self._draw = draw
        self._profile = profile
        self._scripts: list[Script] = []
        self._seen: Counter[tuple[str, str, str]] = Counter()

    def script(self, script: Script) -> None:
        """Take a scripted fault. What spoils an outcome or outruns an answer belongs to the send, whatever `op` says.

        ValueError names an unknown fault or op, or a code that Twilio could not have.
        """
        name = script.fault.name
        if name not in ASPECT_OF:
            raise ValueError(f"there is no fault '{name}'; choose one of {', '.join(ASPECT_OF)}")
        if script.op not in OPS:
            raise ValueError(f"there is no op '{script.op}'; choose one of {', '.join(OPS)}")
        if script.provider == "twilio" and not (script.fault.code or "0").isdecimal() and name != "webhook_early":
            raise ValueError(f"Twilio's codes are numbers, '{script.fault.code}' is none")
        outcomes = CALL_OUTCOMES.get(script.provider)
        if outcomes is not None and ASPECT_OF[name] == "outcome" and name not in outcomes:
            raise ValueError(f"a call at {script.provider} has no fault '{name}'; choose one of {', '.join(outcomes)}")
        if ASPECT_OF[name] in SENDING_ASPECTS:
            script = replace(script, op="send")
        if ASPECT_OF[name] == "posting":
            script = replace(script, op="webhook")
        self._scripts.append(script)

    def clear(self) -> None:
        self._scripts.clear()

    def befall(self, provider: str, op: str, reference: str, traits: dict[str, str]) -> Fates:
        """What befalls this request. Called once a request: it counts the reference and uses up scripts."""
        self._seen[provider, op, reference] += 1
        scripted = self._use_scripts(provider, op, traits)
        if scripted:
            return scripted
        count = str(self._seen[provider, op, reference])
        return self._draw_fates(provider, op, reference, count)

    def _use_scripts(self, provider: str, op: str, traits: dict[str, str]) -> Fates:
        fates: Fates = {}
        for script in self._scripts:
            aspect = ASPECT_OF[script.fault.name]
            if aspect not in fates and script.fits(provider, op, traits):
                script.times -= 1
                fates[aspect] = script.fault
        self._scripts = [script for script in self._scripts if script.times > 0]
        return fates

    def _draw_fates(self, provider: str, op: str, reference: str, count: str) -> Fates:
        fates: Fates = {}
        for aspect, chances in PROFILES[self._profile].get((provider, op), {}).items():
            mark = self._draw.number(provider, op, reference, count, aspect)
            chance = pick(chances, mark)
            if chance is not None:
                scale = self._draw.number(provider, op, reference, count, aspect, "delay")
                fates[aspect] = Fault(chance.name, float(round(chance.longest * scale)), chance.code)
        return fates


def pick(chances: tuple[Chance, ...], mark: float) -> Chance | None:
    """The chance into whose share of [0, 1) the mark falls; None when it falls beyond them all."""
    reached = 0.0
    for chance in chances:
        reached += chance.share
        if mark < reached:
            return chance
    return None


def make_fault(name: str, delay: float | None, code: str | None) -> Fault:
    """A fault with this fault's usual delay where none is given."""
    return Fault(name, DEFAULT_DELAY.get(name, 0.0) if delay is None else delay, code)
