"""Some value that satisfies a JSON schema of the kind models are given: strict objects, enums, unions, references."""

from collections.abc import Callable
from typing import Any

Chooser = Callable[..., float]
FORMATS = {
    "date-time": "2026-11-21T09:00:00Z",
    "date": "2026-11-21",
    "email": "ada@lovelace.example",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://twin.example/",
}
WORDS = "a plain twin reply "


def satisfy(schema: Any, root: Any, choose: Chooser, path: str = "$") -> Any:
    """The value at `path`. `choose(path)` gives a number in [0, 1) wherever there is a choice."""
    if "$ref" in schema:
        return satisfy(resolve(schema["$ref"], root), root, choose, path)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][int(choose(path) * len(schema["enum"]))]
    for union in ("anyOf", "oneOf"):
        if schema.get(union):
            return satisfy(schema[union][0], root, choose, path)
    if "allOf" in schema:
        return satisfy(merge(schema["allOf"], root), root, choose, path)
    kind = schema.get("type", "object")
    return of_type(kind[0] if isinstance(kind, list) else kind, schema, root, choose, path)


def resolve(reference: str, root: Any) -> Any:
    found = root
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def merge(parts: list[Any], root: Any) -> dict[str, Any]:
    merged: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
    for part in parts:
        whole = resolve(part["$ref"], root) if "$ref" in part else part
        merged["properties"] |= whole.get("properties", {})
        merged["required"] += whole.get("required", [])
    return merged


def of_type(kind: str, schema: Any, root: Any, choose: Chooser, path: str) -> Any:
    match kind:
        case "object":
            required = schema.get("required", [])
            fields = schema.get("properties", {})
            return {name: satisfy(fields.get(name, {}), root, choose, f"{path}.{name}") for name in required}
        case "array":
            count = schema.get("minItems", 0)
            return [satisfy(schema.get("items", {}), root, choose, f"{path}[{place}]") for place in range(count)]
        case "integer" | "number":
            return number_within(kind, schema, choose(path))
        case "boolean":
            return choose(path) < 0.5
        case "null":
            return None
    return text_within(schema)


def number_within(kind: str, schema: Any, mark: float) -> int | float:
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    high = schema.get("maximum", schema.get("exclusiveMaximum", low + 1))
    value = low + (high - low) * (0.25 + mark / 2)
    if kind == "number":
        return float(value)
    lowest, highest = low + ("exclusiveMinimum" in schema), high - ("exclusiveMaximum" in schema)
    return int(min(max(round(value), lowest), highest))


def text_within(schema: Any) -> str:
    text = FORMATS.get(schema.get("format", ""), WORDS.strip())
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", len(text) + schema.get("minLength", 0))
    while len(text) < shortest:
        text += " " + WORDS.strip()
    return text[:longest]
