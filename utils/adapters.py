"""How values travel between Python and PostgreSQL: psycopg's own ways, some of them shorter."""

import json
import struct
from datetime import datetime
from types import NoneType
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg.adapt import AdaptersMap, Buffer, Loader, PyFormat
from psycopg.types.array import ListBinaryDumper, ListDumper
from psycopg.types.json import Jsonb, set_json_dumps

TEXT_OID = psycopg.adapters.types["text"].oid
_LENGTH, _HEAD = struct.Struct("!i").pack, struct.Struct("!iiIii").pack
_NULL = _LENGTH(-1)
_ALIKE = frozenset((str, UUID, datetime, Jsonb))
"""Types of which every value goes the same way, whichever is looked at."""


def _dumps(value: Any) -> bytes | str:
    """What orjson does not write (an integer beyond 64 bits, half a surrogate), or would write as null (NaN, which is
    none), is left to what writes it or has PostgreSQL refuse it."""
    try:
        written = orjson.dumps(value)
    except TypeError:
        return json.dumps(value)
    return json.dumps(value) if b"null" in written else written


class _JsonbLoader(Loader):
    """PostgreSQL writes jsonb as UTF-8 and without a space around: nothing has to be found out first."""

    _decode = staticmethod(json.JSONDecoder().raw_decode)

    def load(self, data: Buffer) -> Any:
        return self._decode(str(data, "utf-8"))[0]


class _FlatListDumper(ListBinaryDumper):
    """A list without lists in it: to look for them at each item took more than to write it down. The bytes are those of
    PostgreSQL's array_send: dimensions, whether one is null, the items' type, their number, the first index; then each
    item's length and bytes."""

    def _find_list_element(self, L: list[Any], format: PyFormat) -> Any:
        types = set(map(type, L)) - {NoneType}
        if len(types) == 1 and types <= _ALIKE:
            return next(one for one in L if one is not None)
        return super()._find_list_element(L, format)

    def dump(self, obj: list[Any]) -> Buffer | None:
        if not obj or self.sub_dumper is None or type(obj[0]) is list:
            return super().dump(obj)
        dump, has_null = self.sub_dumper.dump, 0
        parts = [b""]
        before: object = parts  # nothing in the list is this
        part = b""
        for one in obj:
            if one is not before:  # many columns hold one object in every row
                before = one
                data = None if one is None else dump(one)
                if data is None:
                    has_null, part = 1, _NULL
                else:
                    part = _LENGTH(len(data)) + data
            parts.append(part)
        parts[0] = _HEAD(1, has_null, self.sub_dumper.oid or TEXT_OID, len(obj), 1)
        return b"".join(parts)


def our_adapters() -> AdaptersMap:
    """For every connection of ours."""
    adapters = AdaptersMap(psycopg.adapters)
    adapters.register_loader("jsonb", _JsonbLoader)
    set_json_dumps(_dumps, adapters)
    adapters.register_dumper(list, _FlatListDumper)
    adapters.register_dumper(list, ListDumper)  # whoever does not ask for binary gets text, as from psycopg
    return adapters
