"""The difference of two versions as a person reads it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modules.sequences.diff import Changed, Difference, StepDiff

_SHORT = 60


def diff_said(difference: Difference, before: str, after: str) -> str:
    """Plain text: what changed for the whole sequence, then one block a step."""
    if difference.is_none:
        return f"{before} and {after} mean the same.\n"
    blocks = [[f"{before} → {after}"]]
    if difference.whole:
        blocks.append(["The whole sequence", *(line for one in difference.whole for line in _changed(one))])
    blocks += [list(_step(step)) for step in difference.steps]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _step(step: StepDiff) -> Iterator[str]:
    if step.before is None:
        was = f"; '{step.renamed_from}', which is gone, said the same" if step.renamed_from else ""
        yield f"Step '{step.key}': added, in place {step.after}{was}"
        return
    if step.after is None:
        yield f"Step '{step.key}': removed, from place {step.before}"
        return
    moved = f": moved from place {step.before} to place {step.after}" if step.moved else ""
    yield f"Step '{step.key}'{moved}"
    for one in step.changed:
        yield from _changed(one)


def _changed(change: Changed) -> Iterator[str]:
    before, after = value_said(change.before), value_said(change.after)
    if "\n" not in before + after and len(before) + len(after) <= _SHORT:
        yield f"  {change.field}: {before} → {after}"
        return
    yield f"  {change.field}:"
    yield from (f"    - {line}".rstrip() for line in before.strip("\n").split("\n"))
    yield from (f"    + {line}".rstrip() for line in after.strip("\n").split("\n"))


def value_said(value: Any) -> str:
    """A field's value on one line, as a file would write it; a text as it stands."""
    if value is None or value in ({}, []):
        return "(nothing)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {value_said(one)}" for name, one in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(value_said, value)) + "]"
    return str(value)
