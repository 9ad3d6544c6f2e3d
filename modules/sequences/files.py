"""A sequence file read as a whole: a definition, or everything that is wrong with it.

All problems are told at once, each with its line and the way out, because a file that fails five times in a row for one
reason each is a file nobody wants to write.
"""

import re
from datetime import timedelta

from modules.content import is_variable
from modules.labels import ChannelName, OnReply, Purpose, WaitsFor
from modules.sequences.branch_steps import BRANCH, branch_step
from modules.sequences.check_flow import check_flow
from modules.sequences.check_sense import check_sense
from modules.sequences.models import Content, Definition, Step, Wait
from modules.sequences.models_of_rules import AfterWindow, Priority
from modules.sequences.names import SLUG
from modules.sequences.read_conditions import read_branch, read_goal
from modules.sequences.read_content import read_content
from modules.sequences.read_entry import ENTRY, read_entry, read_stop_on
from modules.sequences.read_follow import read_follow
from modules.sequences.read_tasks import TASK_FIELDS, read_task
from modules.sequences.read_times import read_duration, read_milestone, read_wait, read_windows
from modules.sequences.read_yaml import Fields, Problem, read_mapping
from modules.sequences.task_steps import TASK, task_step

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_STEPS_LIMIT = 200
_NAME_LIMIT = 200
_TOP = (
    "name",
    "slug",
    "purpose",
    "timezone",
    "windows",
    "fallbacks",
    "enroll_when",
    "goal",
    "stop_on",
    "priority",
    *ENTRY,
    "steps",
)
_BRANCH = ("key", "channel", "wait", "wait_for", "when", "otherwise")
_WAYS = ("on_success", "on_failure", "otherwise")
_ENDS = ("on_success", "on_failure", "on_reply")
_STEP = ("key", "channel", "wait", "waits_for", "content", *_ENDS, "max_lateness", "after_window", "max_hold")
_STEP_LATER = ("variants", "adapt")
_MAX_LATENESS = timedelta(days=3)


def read_sequence(text: str) -> Definition | list[Problem]:
    """The definition a YAML text stands for, or its problems in the order of the file (never an empty list)."""
    problems: list[Problem] = []
    top = read_mapping(text, problems)
    definition = _definition(top) if top else None
    if top and definition and not problems:
        problems += check_sense(top, definition)
    if problems or definition is None:
        return sorted(problems, key=lambda problem: problem.line)
    return definition


def _definition(top: Fields) -> Definition:
    top.allow(_TOP)
    name = top.text("name", needed="give the sequence a name, such as 'New lead welcome'")
    if name and len(name.value) > _NAME_LIMIT:
        top.say("name", f"a name has at most {_NAME_LIMIT} characters")
    slug = _matching(top, "slug", SLUG, "new-lead-welcome", "lower-case letters, digits and -")
    zone = top.text("timezone")
    if zone and zone.value != "contact":
        top.say(
            "timezone", f"'{zone.value}' is not available; leave it out or write 'contact' (each contact's own time)"
        )
    fallbacks = _fallbacks(top)
    windows = read_windows(top)
    tags = _enroll_when(top)
    found = [(fields, _step(fields, fallbacks)) for fields in top.groups("steps", "- key: hello")]
    if not found and not any(problem.field.startswith("steps") for problem in top.problems):
        top.say("steps", "the sequence has no steps; add at least one under 'steps:'")
    if len(found) > _STEPS_LIMIT:
        top.say("steps", f"a sequence has at most {_STEPS_LIMIT} steps")
    steps = _whole_steps(found)
    if len(steps) == len(found) <= _STEPS_LIMIT:
        top.problems += check_flow(steps, {step.key: fields.line for fields, step in found if step}, _way_lines(found))
    return Definition(
        name=name.value if name else "",
        slug=slug or "",
        windows=windows,
        steps=tuple(steps),
        fallbacks=fallbacks,
        enroll_when_tags=tags,
        purpose=_purpose(top),
        goal=read_goal(top),
        stop_on=read_stop_on(top),
        entry=read_entry(top),
        priority=_priority(top),
    )


def _way_lines(found: list[tuple[Fields, Step | None]]) -> dict[str, dict[str, int]]:
    """Where each way out stands; of branches whose cases could not all be read, none of their cases."""
    told: dict[str, dict[str, int]] = {}
    for fields, step in found:
        if step:
            cases, lines = step.branch.cases if step.branch else (), fields.lines("when")
            told[step.key] = {name: fields.line_of(name) for name in _WAYS if fields.has(name)}
            if len(lines) == len(cases):
                told[step.key] |= {f"when.{number}": line for number, line in enumerate(lines, 1)}
    return told


def _purpose(top: Fields) -> Purpose:
    """What decides how strong a consent has to be; marketing unless the file says otherwise."""
    found = top.text("purpose")
    if found and found.value not in tuple(Purpose):
        top.say("purpose", f"'{found.value}' is not a purpose; write marketing (the default) or informational")
        return Purpose.marketing
    return Purpose(found.value) if found else Purpose.marketing


def _priority(top: Fields) -> Priority:
    found = top.text("priority")
    if found and found.value not in tuple(Priority):
        top.say("priority", f"'{found.value}' is no priority; write high, normal (the default) or low")
        return Priority.normal
    return Priority(found.value) if found else Priority.normal


def _whole_steps(found: list[tuple[Fields, Step | None]]) -> list[Step]:
    """The steps that could be read, each key once; a key that comes again is reported."""
    steps: dict[str, Step] = {}
    for fields, step in found:
        if step and step.key in steps:
            fields.say("key", f"the key '{step.key}' stands twice; give each step its own")
        elif step:
            steps[step.key] = step
    return list(steps.values())


def _matching(fields: Fields, name: str, pattern: re.Pattern[str], example: str, allowed: str) -> str | None:
    found = fields.text(name, needed=f"'{name}' is missing; write for example {name}: {example}")
    if found and not pattern.fullmatch(found.value):
        fields.say(name, f"'{found.value}' may hold {allowed} only, at most 63; write for example {example}")
        return None
    return found.value if found else None


def _fallbacks(top: Fields) -> dict[str, str]:
    group = top.group("fallbacks", '{contact.first_name: "there"}')
    found: dict[str, str] = {}
    if group is None:
        return found
    for name in group.names():
        if not is_variable(name) or not name.startswith("contact."):
            group.say(name, f"'{name}' is not a variable of a contact, such as contact.first_name")
            continue
        text = group.text(name, needed="an empty fallback leaves a hole in the text; give it a word")
        if text:
            found[name] = text.value
    return found


def _step(fields: Fields, fallbacks: dict[str, str]) -> Step | None:
    """One step; None (with problems) when its key or channel cannot be told, so that nothing can refer to it."""
    key = _matching(fields, "key", _KEY, "hello", "lower-case letters, digits, - and _")
    if fields.is_text("channel", BRANCH):
        fields.allow(_BRANCH)
        wait, branch = read_wait(fields), read_branch(fields)
        event = _wait_for(fields, wait)
        return None if key is None else branch_step(key, wait, branch, event)
    if fields.is_text("channel", TASK):
        return _task_step(fields, key, fallbacks)
    fields.allow(_STEP, _STEP_LATER)
    channel = _channel(fields)
    wait = read_wait(fields)
    waits_for = _waits_for(fields, channel)
    on_reply = _on_reply(fields)
    content = read_content(fields, channel, fallbacks) if channel else Content()
    on_success = read_follow(fields, "on_success")
    on_failure = read_follow(fields, "on_failure", may_retry=True, may_skip=True)
    late = _max_lateness(fields)
    if key is None or channel is None:
        return None
    after, most = _after_window(fields)
    return Step(key, channel, wait, waits_for, content, on_success, on_failure, late, on_reply, after, most)


def _max_lateness(fields: Fields) -> timedelta:
    late = read_duration(fields, "max_lateness", "{hours: 24}") if fields.has("max_lateness") else None
    return late or _MAX_LATENESS


def _task_step(fields: Fields, key: str | None, fallbacks: dict[str, str]) -> Step | None:
    fields.allow(TASK_FIELDS, _STEP_LATER)
    wait, task = read_wait(fields), read_task(fields, fallbacks)
    on_success, on_failure = read_follow(fields, "on_success"), read_follow(fields, "on_failure", may_skip=True)
    if fields.has("on_failure") and not task.blocks:
        fields.say("on_failure", "nothing waits for a task with blocks: false; remove 'on_failure', or let it block")
    on_reply = _on_reply(fields)
    return None if key is None else task_step(key, wait, task, on_success, on_failure, on_reply)


def _wait_for(fields: Fields, wait: Wait) -> str | None:
    """What ends a branch's wait early."""
    group = fields.group("wait_for", "{milestone: showing}")
    if group is None:
        return None
    group.allow(("milestone",))
    if not fields.has("wait"):
        fields.say("wait_for", "say how long it waits at most, beside it: wait: {days: 14}")
    elif wait.until is not None:
        fields.say("wait_for", "wait until a date, or for a milestone; beside wait_for write wait: {days: 14}")
    elif not (wait.minutes or wait.hours or wait.days or wait.business_days or wait.at) and not fields.problems:
        fields.say("wait_for", "this does not wait at all; say how long at most: wait: {days: 14}")
    return read_milestone(group, "milestone")


def _after_window(fields: Fields) -> tuple[AfterWindow, timedelta]:
    """Whether it waits for the hours to open or is skipped, and how much of a wait is still borne."""
    found = fields.text("after_window")
    if found and found.value not in tuple(AfterWindow):
        fields.say(
            "after_window", f"'{found.value}' is not known; write hold (the default: wait for the hours) or skip"
        )
        return AfterWindow.hold, timedelta(0)
    after = AfterWindow(found.value) if found else AfterWindow.hold
    if fields.has("max_hold") and after is AfterWindow.hold:
        fields.say("max_hold", "'max_hold' goes with after_window: skip; beyond max_lateness a step is skipped anyway")
    most = read_duration(fields, "max_hold", "{hours: 4}") if fields.has("max_hold") else None
    return after, most or timedelta(0)


def _channel(fields: Fields) -> ChannelName | None:
    found = fields.text(
        "channel",
        needed="say how this step reaches the contact: channel: sms, email or voice (or task, which a person does, or "
        "branch, which sends nothing)",
    )
    if found is None:
        return None
    if found.value not in tuple(ChannelName):
        fields.say("channel", f"'{found.value}' is not a channel; use sms, email or voice, or task or branch")
        return None
    return ChannelName(found.value)


def _waits_for(fields: Fields, channel: ChannelName | None) -> WaitsFor:
    """A call goes on when its fate is known, a message when the provider took it, unless the file says otherwise."""
    usual = WaitsFor.ended if channel is ChannelName.voice else WaitsFor.accepted
    found = fields.text("waits_for")
    if found is None:
        return usual
    if found.value not in tuple(WaitsFor):
        fields.say(
            "waits_for",
            f"'{found.value}' is not known; write accepted (the provider took it) or ended (its fate is known)",
        )
        return usual
    return WaitsFor(found.value)


def _on_reply(fields: Fields) -> OnReply:
    found = fields.text("on_reply")
    if found is None:
        return OnReply.stop
    if found.value not in tuple(OnReply):
        fields.say(
            "on_reply",
            f"'{found.value}' is not known; write stop (end here), hold (wait for a person) or continue (go on)",
        )
        return OnReply.stop
    return OnReply(found.value)


def _enroll_when(top: Fields) -> tuple[str, ...]:
    example = "{ghl_tags: [new-lead]}"
    group = top.group("enroll_when", example)
    if group is None:
        return ()
    group.allow(("ghl_tags",))
    tags = [tag.value.strip() for tag in group.texts("ghl_tags", "[new-lead]")]
    if not tags or not all(tags):
        group.say("ghl_tags", f"name the tags that enroll a contact, such as {example}")
    return tuple(dict.fromkeys(tags))
