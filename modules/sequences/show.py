"""A sequence as a person reads it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from modules.content import count_segments, render_message
from modules.labels import ChannelName, OnReply, WaitsFor
from modules.sequences.freeze_times import DAY_NAMES
from modules.sequences.models import Definition, Follow, Next, Step, Task, Wait, Window
from modules.sequences.models_of_rules import AfterWindow, Priority, StopOn
from modules.sequences.show_rules import condition_said, count_said, duration_said, entry_said, until_said

_CHANNELS = {ChannelName.sms: "SMS", ChannelName.email: "E-mail", ChannelName.voice: "Call"}
_ON_REPLY = {
    OnReply.stop: "the sequence ends",
    OnReply.hold: "it waits until a person releases the reply",
    OnReply.go_on: "it {} all the same",
}
_STOPS = {
    StopOn.bounce: "It ends when mail comes back from the contact's address.",
    StopOn.booking: "It ends when an appointment is made.",
    StopOn.company_reply: "It ends when somebody else of the contact's company replies.",
}
_PRIORITIES = {Priority.high: "before", Priority.low: "after"}
_SAMPLE = {"client": {"name": "Your company"}}


def show_sequence(definition: Definition, version: int) -> str:
    """Plain text, one block a step, in the order in which the steps stand."""
    head = [f"{definition.name} ({definition.slug}), version {version}", f"Sends {_windows(definition.windows)}."]
    if definition.enroll_when_tags:
        head.append(f"Enrolls contacts tagged at GoHighLevel with: {', '.join(definition.enroll_when_tags)}.")
    if definition.goal is not None:
        head.append(f"Goal: {condition_said(definition.goal)}. It ends before the next step then.")
    head += [said for stop, said in _STOPS.items() if stop in definition.stop_on]
    if definition.priority is not Priority.normal:
        head.append(f"Its steps are worked {_PRIORITIES[definition.priority]} those of other sequences.")
    head += entry_said(definition.entry)
    head += [f'When {name} is missing: "{text}".' for name, text in definition.fallbacks.items()]
    blocks = ["\n".join(_step(number, step, definition.fallbacks)) for number, step in enumerate(definition.steps, 1)]
    return "\n\n".join(["\n".join(head), *blocks]) + "\n"


def _step(number: int, step: Step, fallbacks: Mapping[str, str]) -> Iterator[str]:
    if step.task is not None:
        yield from _task(number, step, step.task)
        return
    if step.channel is None:
        yield from _branch(number, step)
        return
    yield f"{number}. {step.key}: {_CHANNELS[step.channel]}, {_wait(step.wait)}"
    if step.content.subject is not None:
        yield f"   Subject: {step.content.subject}"
    if step.content.assistant is not None:
        yield f"   Assistant: {step.content.assistant}"
    for line in (step.content.body or step.content.html or step.content.prompt or "").strip().splitlines():
        yield f"   | {line}".rstrip()
    if step.content.body is not None:
        sample = render_message(step.content, _SAMPLE, step.channel, fallbacks).body
        yield f"   About {count_said(count_segments(sample).count, 'SMS part')}."
    until = "its fate is known" if step.waits_for is WaitsFor.ended else "the provider took it"
    yield f"   Goes on when {until}: {_follow(step.on_success)}. If it fails: {_follow(step.on_failure, failed=True)}."
    yield f"   If the contact has replied before it leaves: {_ON_REPLY[step.on_reply].format('leaves')}."
    yield f"   Not sent when more than {duration_said(step.max_lateness)} late."
    if step.after_window is AfterWindow.skip:
        yield f"   Skipped when the hours put it off{_beyond(step.max_hold)}."


def _beyond(most: timedelta) -> str:
    return f" for more than {duration_said(most)}" if most else ""


def _branch(number: int, step: Step) -> Iterator[str]:
    early = f", or as soon as '{step.wait_for}' happens" if step.wait_for else ""
    yield f"{number}. {step.key}: decides, {_wait(step.wait)}{early}"
    if step.branch is not None:
        for case in step.branch.cases:
            yield f"   When {condition_said(case.condition)}: go to {case.go_to}."
        yield f"   Otherwise: {_follow(step.branch.otherwise)}."


def _task(number: int, step: Step, task: Task) -> Iterator[str]:
    yield f"{number}. {step.key}: a task for a person, {_wait(step.wait)}"
    yield f"   To do: {task.title.strip()}"
    for line in task.instructions.strip().splitlines():
        yield f"   | {line}".rstrip()
    if task.records:
        yield f"   Doing it records '{task.records}'."
    if task.blocks:
        yield f"   Waits until it is done, then: {_follow(step.on_success)}."
        late = duration_said(task.within)
        yield f"   Not done within {late}, or not possible: {_follow(step.on_failure, failed=True)}."
    else:
        yield f"   Does not wait until it is done: {_follow(step.on_success)}."
    yield f"   If the contact has replied before it is given: {_ON_REPLY[step.on_reply].format('is given')}."


def _wait(wait: Wait) -> str:
    if wait.until is not None:
        return until_said(wait.until)
    amounts = (
        (wait.minutes, "minute"),
        (wait.hours, "hour"),
        (wait.days, "day"),
        (wait.business_days, "business day"),
    )
    parts = [count_said(amount, unit) for amount, unit in amounts if amount]
    after = f"{' and '.join(parts)} later" if parts else "at once"
    if wait.at is None:
        return after
    return f"{after} at {wait.at:%H:%M}" if parts else f"at {wait.at:%H:%M}"


def _follow(follow: Follow, *, failed: bool = False) -> str:
    """What comes next. An end after a failure is counted as one, so it is told as one."""
    if follow.kind is Next.go_to:
        return f"go to {follow.step}"
    if follow.kind is Next.hand_over:
        return f"end here and enter '{follow.to}'"
    if follow.kind is Next.retry:
        onward = _follow(follow.then, failed=failed) if follow.then else "the next step"
        if follow.ladder:
            pauses = [duration_said(pause) for pause in follow.ladder]
            return f"try again after {', then '.join(pauses)}; then {onward}"
        times, pause = count_said(follow.times, "time"), duration_said(follow.after)
        return f"try again up to {times}, each after {pause}, then {onward}"
    ends = "end as failed" if failed else "end"
    return ends if follow.kind is Next.end else "the next step"


def _windows(windows: tuple[Window, ...]) -> str:
    if not windows:
        return "at any hour that the rules allow, in the contact's own time"
    spans = [
        f"{', '.join(DAY_NAMES[day - 1].title() for day in one.days)} {one.start:%H:%M}–{one.end:%H:%M}"
        for one in windows
    ]
    return f"{'; '.join(spans)}, in the contact's own time"
