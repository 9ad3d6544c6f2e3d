"""A definition as the plain values that `sequence_versions.definition` keeps and that a sequence file shows.

One shape for both: what `show` prints can be published again and gives the same definition.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import time, timedelta
from typing import Any

import yaml

from modules.labels import ChannelName, OnReply, Purpose, WaitsFor
from modules.sequences.models import Content, Definition, Follow, Next, Step, Wait, Window
from modules.sequences.read_times import DAY_NAMES

Json = dict[str, Any]
_MINUTE = timedelta(minutes=1)
_AMOUNTS = ("minutes", "hours", "days", "business_days")


def definition_to_json(definition: Definition) -> Json:
    """Plain values for a jsonb column; `definition_from_json` gives back an equal definition.

    ValueError for a duration that is not of whole minutes, which no file can hold.
    """
    return {
        "name": definition.name,
        "slug": definition.slug,
        "purpose": definition.purpose.value,
        "timezone": "contact",
        "windows": [_window_out(window) for window in definition.windows],
        "fallbacks": dict(definition.fallbacks),
        "enroll_when": {"ghl_tags": list(definition.enroll_when_tags)} if definition.enroll_when_tags else {},
        "steps": [_step_out(step) for step in definition.steps],
    }


def definition_from_json(value: Mapping[str, Any]) -> Definition:
    """The definition that was kept; KeyError or ValueError when the value was never ours."""
    return Definition(
        name=value["name"],
        slug=value["slug"],
        windows=tuple(_window_in(window) for window in value["windows"]),
        steps=tuple(_step_in(step) for step in value["steps"]),
        fallbacks=dict(value["fallbacks"]),
        purpose=Purpose(value.get("purpose", Purpose.marketing)),
        enroll_when_tags=tuple(value.get("enroll_when", {}).get("ghl_tags", ())),
    )


def definition_to_yaml(definition: Definition) -> str:
    """A sequence file that publishes to this definition."""
    plain = {name: value for name, value in definition_to_json(definition).items() if value}
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, so that a person can read and edit them."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text_out(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text_out)


def _window_out(window: Window) -> Json:
    days = [DAY_NAMES[day - 1] for day in window.days]
    return {"days": days, "from": _time_out(window.start), "to": _time_out(window.end)}


def _window_in(value: Json) -> Window:
    days = tuple(DAY_NAMES.index(day) + 1 for day in value["days"])
    return Window(days, time.fromisoformat(value["from"]), time.fromisoformat(value["to"]))


def _step_out(step: Step) -> Json:
    content = asdict(step.content)
    wait = _wait_out(step.wait)
    return {
        "key": step.key,
        "channel": step.channel.value,
        **({"wait": wait} if wait else {}),
        "waits_for": step.waits_for.value,
        "content": {name: text for name, text in content.items() if text is not None},
        "on_success": _follow_out(step.on_success),
        "on_failure": _follow_out(step.on_failure),
        "on_reply": step.on_reply.value,
        "max_lateness": _duration_out(step.max_lateness),
    }


def _step_in(value: Json) -> Step:
    return Step(
        key=value["key"],
        channel=ChannelName(value["channel"]),
        wait=_wait_in(value.get("wait", {})),
        waits_for=WaitsFor(value["waits_for"]),
        content=Content(**value["content"]),
        on_success=_follow_in(value["on_success"]),
        on_failure=_follow_in(value["on_failure"]),
        max_lateness=timedelta(**value["max_lateness"]),
        on_reply=OnReply(value.get("on_reply", OnReply.stop)),
    )


def _wait_out(wait: Wait) -> Json:
    amounts = {name: getattr(wait, name) for name in _AMOUNTS if getattr(wait, name)}
    return amounts if wait.at is None else {**amounts, "at": _time_out(wait.at)}


def _wait_in(value: Json) -> Wait:
    at = value.get("at")
    return Wait(**{name: value.get(name, 0) for name in _AMOUNTS}, at=None if at is None else time.fromisoformat(at))


def _follow_out(follow: Follow) -> str | Json:
    if follow.kind is Next.go_to:
        return {"go_to": follow.step}
    if follow.kind is Next.retry:
        return {"retry": {"times": follow.times, "after": _duration_out(follow.after)}}
    return follow.kind.value


def _follow_in(value: str | Json) -> Follow:
    if isinstance(value, str):
        return Follow(Next(value))
    if "go_to" in value:
        return Follow(Next.go_to, value["go_to"])
    return Follow(Next.retry, None, value["retry"]["times"], timedelta(**value["retry"]["after"]))


def _duration_out(duration: timedelta) -> Json:
    minutes, rest = divmod(duration, _MINUTE)
    if rest:
        raise ValueError(f"{duration} is not of whole minutes")
    if minutes % 1440 == 0:
        return {"days": minutes // 1440}
    return {"hours": minutes // 60} if minutes % 60 == 0 else {"minutes": minutes}


def _time_out(value: time) -> str:
    return value.isoformat("minutes") if not value.second and not value.microsecond else value.isoformat()
