"""Ids that sort by time (RFC 9562, version 7)."""

import os
from datetime import datetime
from uuid import UUID


def uuid7(now: datetime) -> UUID:
    """A version 7 UUID whose first 48 bits are `now` in milliseconds; the rest is chance."""
    milliseconds = int(now.timestamp() * 1000)
    tail = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= ((tail >> 62) & 0xFFF) << 64
    value |= 0b10 << 62
    value |= tail & ((1 << 62) - 1)
    return UUID(int=value)


def random_key() -> str:
    """128 bits of chance as 32 hex digits: opaque keys in addresses of hooks."""
    return os.urandom(16).hex()
