"""A definition as the plain values that `sequence_versions.definition` keeps and that a sequence file shows.

One shape for both: what `show` prints can be published again and gives the same definition.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from modules.labels import ChannelName, OnReply, Purpose, WaitsFor
from modules.sequences.branch_steps import BRANCH, branch_step
from modules.sequences.freeze_rules import (
    case_in,
    case_out,
    condition_out,
    entry_in,
    entry_out,
    goal_in,
    until_in,
    until_out,
)
from modules.sequences.freeze_times import DAY_NAMES, duration_out, time_in, time_out
from modules.sequences.models import Branch, Content, Definition, Follow, Next, Step, Task, Wait, Window
from modules.sequences.models_of_rules import AfterWindow, Priority, StopOn
from modules.sequences.task_steps import TASK, task_step

Json = dict[str, Any]
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
        **({"goal": condition_out(definition.goal)} if definition.goal else {}),
        **({"stop_on": sorted(one.value for one in definition.stop_on)} if definition.stop_on else {}),
        **({"priority": definition.priority.value} if definition.priority is not Priority.normal else {}),
        **entry_out(definition.entry),
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
        goal=goal_in(value["goal"]) if "goal" in value else None,
        stop_on=frozenset(StopOn(one) for one in value.get("stop_on", ())),
        entry=entry_in(dict(value)),
        priority=Priority(value.get("priority", Priority.normal)),
    )


def _window_out(window: Window) -> Json:
    days = [DAY_NAMES[day - 1] for day in window.days]
    return {"days": days, "from": time_out(window.start), "to": time_out(window.end)}


def _window_in(value: Json) -> Window:
    days = tuple(DAY_NAMES.index(day) + 1 for day in value["days"])
    return Window(days, time_in(value["from"]), time_in(value["to"]))


def _step_out(step: Step) -> Json:
    content = asdict(step.content)
    wait, kind = _wait_out(step.wait), TASK if step.task is not None else BRANCH
    begins = {"key": step.key, "channel": str(step.channel or kind), **({"wait": wait} if wait else {})}
    if step.branch is not None:
        cases = [case_out(case) for case in step.branch.cases]
        event = {"wait_for": {"milestone": step.wait_for}} if step.wait_for else {}
        return {**begins, **event, "when": cases, "otherwise": _follow_out(step.branch.otherwise)}
    if step.task is not None:
        return {**begins, **_task_out(step, step.task)}
    most = {"max_hold": duration_out(step.max_hold)} if step.max_hold else {}
    return {
        **begins,
        "waits_for": step.waits_for.value,
        "content": {name: text for name, text in content.items() if text is not None},
        "on_success": _follow_out(step.on_success),
        "on_failure": _follow_out(step.on_failure),
        "on_reply": step.on_reply.value,
        "max_lateness": duration_out(step.max_lateness),
        **({"after_window": step.after_window.value, **most} if step.after_window is AfterWindow.skip else {}),
    }


def _step_in(value: Json) -> Step:
    if value["channel"] == BRANCH:
        cases = tuple(case_in(case) for case in value["when"])
        branch, event = Branch(cases, _follow_in(value["otherwise"])), value.get("wait_for", {}).get("milestone")
        return branch_step(value["key"], _wait_in(value.get("wait", {})), branch, event)
    if value["channel"] == TASK:
        return _task_in(value)
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
        after_window=AfterWindow(value.get("after_window", AfterWindow.hold)),
        max_hold=timedelta(**value.get("max_hold", {})),
    )


def _task_out(step: Step, task: Task) -> Json:
    content = {"title": task.title, **({"instructions": task.instructions} if task.instructions else {})}
    waits: Json = {"blocks": False}
    if task.blocks:
        waits = {"blocks": True, "within": duration_out(task.within), "on_failure": _follow_out(step.on_failure)}
    records = {"records": task.records} if task.records else {}
    ends = {"on_success": _follow_out(step.on_success), "on_reply": step.on_reply.value}
    return {"content": content, **waits, **records, **ends}


def _task_in(value: Json) -> Step:
    content, within = value["content"], value.get("within")
    task = Task(
        content["title"],
        content.get("instructions", ""),
        value["blocks"],
        timedelta(**within) if within else Task.within,
        value.get("records"),
    )
    on_failure = _follow_in(value.get("on_failure", Next.next.value))
    wait, on_success = _wait_in(value.get("wait", {})), _follow_in(value["on_success"])
    return task_step(value["key"], wait, task, on_success, on_failure, OnReply(value["on_reply"]))


def _wait_out(wait: Wait) -> Json:
    amounts = {name: getattr(wait, name) for name in _AMOUNTS if getattr(wait, name)}
    if wait.until is not None:
        return {**amounts, "until": until_out(wait.until)}
    return amounts if wait.at is None else {**amounts, "at": time_out(wait.at)}


def _wait_in(value: Json) -> Wait:
    at, until = value.get("at"), value.get("until")
    return Wait(
        **{name: value.get(name, 0) for name in _AMOUNTS},
        at=None if at is None else time_in(at),
        until=None if until is None else until_in(until),
    )


def _follow_out(follow: Follow) -> str | Json:
    if follow.kind is Next.go_to:
        return {"go_to": follow.step}
    if follow.kind is Next.hand_over:
        return {"hand_over": follow.to}
    if follow.kind is Next.retry:
        then = {"then": _follow_out(follow.then)} if follow.then else {}
        if follow.ladder:
            return {"retry": {"after": [duration_out(pause) for pause in follow.ladder], **then}}
        return {"retry": {"times": follow.times, "after": duration_out(follow.after), **then}}
    return follow.kind.value


def _follow_in(value: str | Json) -> Follow:
    if isinstance(value, str):
        return Follow(Next(value))
    if "go_to" in value:
        return Follow(Next.go_to, value["go_to"])
    if "hand_over" in value:
        return Follow(Next.hand_over, to=value["hand_over"])
    retry = value["retry"]
    then = _follow_in(retry["then"]) if "then" in retry else None
    if isinstance(retry["after"], list):
        ladder = tuple(timedelta(**pause) for pause in retry["after"])
        return Follow(Next.retry, None, len(ladder), ladder[0], ladder, then)
    return Follow(Next.retry, None, retry["times"], timedelta(**retry["after"]), then=then)
