"""Seeds that once broke a promise, and what it was: regressions.json."""

import json
from pathlib import Path

_TOLD = Path(__file__).with_suffix(".json")


def kept(tier: str) -> list[int]:
    """Those of one tier."""
    return [one["seed"] for one in json.loads(_TOLD.read_text(encoding="utf-8")) if one["tier"] == tier]
