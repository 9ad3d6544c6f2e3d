"""Writes dashboard/openapi.json from the routes, the same bytes each time: `python -m scripts.export_openapi`."""

import json
from pathlib import Path

from workers.api import describe_app

TARGET = Path(__file__).resolve().parents[1] / "dashboard" / "openapi.json"


def render_openapi() -> str:
    """The API's description as the dashboard's client generator reads it."""
    return json.dumps(describe_app().openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(render_openapi(), encoding="utf-8")
    print(f"wrote {TARGET}")


if __name__ == "__main__":
    main()
