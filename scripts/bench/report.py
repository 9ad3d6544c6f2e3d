"""Outcomes as rows of a table, as one JSON object for the last line, and with every round for whoever keeps them."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from scripts.bench.models import Line, Outcome


def rows_of(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The table: medians of ours and the baseline, the median of the rounds' ratios with their spread."""
    lines = [line for outcome in outcomes for line in outcome.lines]
    contracts = any(line.contract for line in lines)
    return [_row(line) | ({"contract": line.contract or None} if contracts else {}) for line in lines]


def _row(line: Line) -> dict[str, Any]:
    ratios = line.ratios
    return {
        "name": line.name,
        "ours": f"{round_off(median(line.ours)):,} {line.unit}",
        "baseline": f"{round_off(median(line.baseline)):,} {line.unit}" if line.baseline else None,
        "ratio": f"{line.value:.2f}" if ratios else None,
        "spread": f"{min(ratios):.2f} to {max(ratios):.2f}" if ratios else None,
        "target": str(line.target) if line.target else None,
        "met": line.is_met,
    }


def settings_of(outcomes: Sequence[Outcome]) -> list[str]:
    """One line a benchmark: what it ran with."""
    return [
        f"{line.name}: {len(line.ours)} rounds"
        + "".join(f", {name.replace('_', ' ')} {value}" for name, value in line.settings.items())
        for outcome in outcomes
        for line in outcome.lines
    ]


def report_of(outcomes: Sequence[Outcome], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The last line: the named facts, the settings of the run, and every line with its medians and its rounds."""
    facts = {name: value for outcome in outcomes for name, value in outcome.facts.items()}
    lines = [_summary(line) for outcome in outcomes for line in outcome.lines]
    return {**facts, "benchmarks": lines, "settings": dict(settings)}


def _summary(line: Line) -> dict[str, Any]:
    ratios = line.ratios
    return {
        "name": line.name,
        "unit": line.unit,
        "ours": round_off(median(line.ours)),
        "baseline": round_off(median(line.baseline)) if line.baseline else None,
        "ratio": round_off(line.value) if ratios else None,
        "ratio_spread": [round_off(min(ratios)), round_off(max(ratios))] if ratios else None,
        "target": str(line.target) if line.target else None,
        "met": line.is_met,
        "contract": line.contract or None,
        "rounds": {"ours": list(line.ours), "baseline": list(line.baseline)},
        "settings": dict(line.settings),
    }


def round_off(value: float) -> float:
    """Three digits say all that such a measurement knows."""
    return round(value) if abs(value) >= 100 else round(value, 3)
