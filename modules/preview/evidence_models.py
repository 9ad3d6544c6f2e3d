"""The evidence pack of one contact: its parts, its canonical form, and the hash that shows when a word was changed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from utils.digest import hash_text

SCHEMA = "omnify-evidence/1"
"""Changes whenever a reader of the JSON would have to."""
HOW_TO_CHECK = (
    "sha256 is SHA-256, in hexadecimal, over this document without its key sha256, as UTF-8 JSON with sorted keys, "
    "without spaces, and letters beyond ASCII as they are."
)
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Section:
    """One part of the pack. `tables` are where its records were read; `note` says what has to be known to read them."""

    name: str
    title: str
    tables: tuple[str, ...]
    records: tuple[Record, ...]
    note: str = ""


@dataclass(frozen=True)
class Pack:
    """All that is on record of one contact of one client at one instant, and who asked for it."""

    contact_id: UUID
    client: str
    asked_by: str
    asked_at: datetime
    sections: tuple[Section, ...]

    def content(self) -> dict[str, Any]:
        """The pack in values of JSON; the same rows and the same instant give the same content."""
        return {
            "schema": SCHEMA,
            "contact": str(self.contact_id),
            "client": self.client,
            "asked_by": self.asked_by,
            "asked_at": plain(self.asked_at),
            "how_to_check": HOW_TO_CHECK,
            "sections": {
                one.name: {
                    "title": one.title,
                    "tables": list(one.tables),
                    "note": one.note,
                    "records": plain(one.records),
                }
                for one in self.sections
            },
        }

    def signed(self) -> dict[str, Any]:
        """The content with its hash, the last key."""
        content = self.content()
        return {**content, "sha256": content_hash(content)}


def content_hash(content: Mapping[str, Any]) -> str:
    """The hash that `HOW_TO_CHECK` tells of."""
    rest = {name: value for name, value in content.items() if name != "sha256"}
    canonical = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hash_text(canonical)


def plain(value: Any) -> Any:
    """A value as JSON has it: instants in UTC as ISO 8601, ids as text, sequences as lists."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(one) for one in value)
    return str(value) if isinstance(value, str) else value
