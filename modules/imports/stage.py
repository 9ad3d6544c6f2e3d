"""A checked row as the database takes it, with every id it will need."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from modules.consents import covers_ai_voice
from modules.ids import ClientId
from modules.imports.agreement import read_agreement
from modules.imports.check import check_row
from modules.imports.models import Agreement, AgreementPlan, Column, Fault, Outcome, Person, Record, Refusal
from modules.labels import AddressKind
from utils.signing import Pepper
from utils.uuid7 import uuid7

_NOBODY = Agreement()
_covers = lru_cache(maxsize=64)(covers_ai_voice)


@dataclass(frozen=True)
class Staging:
    """What all rows of one import share. `pepper` None: nothing was ever erased here, so nothing is kept closed."""

    import_id: UUID
    client_id: ClientId
    columns: Sequence[Column]
    agreement: AgreementPlan | None
    pepper: Pepper | None
    now: datetime

    def rows(self, records: Iterable[Record]) -> Iterator[tuple[Any, ...]]:
        """One tuple a record, in the order of the query copy_rows."""
        for record in records:
            found = check_row(record, self.columns)
            yield self._refused(record, found) if isinstance(found, Refusal) else self._new(record, found)

    def _refused(self, record: Record, refusal: Refusal) -> tuple[Any, ...]:
        told = (Outcome.rejected.value, refusal.fault.value, refusal.field, _storable(refusal.detail))
        nothing = (None,) * 12
        return (*self._head(record), *told, *nothing, [], [], *(None,) * 6)

    def _new(self, record: Record, person: Person) -> tuple[Any, ...]:
        plan = self.agreement
        agreed = read_agreement(plan, record.cells, person, self.now) if plan else _NOBODY
        wording = agreed.wording or (plan.wording if plan else None)
        return (
            *self._head(record),
            Outcome.new.value,
            *(None, None, None),
            uuid7(self.now),
            *(person.external_ref, person.first_name, person.last_name, person.time_zone),
            json.dumps(dict(person.fields), ensure_ascii=False),
            *self._address(AddressKind.phone, person.phone),
            *self._address(AddressKind.email, person.email),
            *self._fault_free(agreed, wording),
        )

    def _fault_free(self, agreed: Agreement, wording: str | None) -> tuple[Any, ...]:
        return (
            [str(one) for one in agreed.channels],
            [uuid7(self.now) for _ in agreed.channels],
            agreed.at,
            agreed.wording,
            _covers(wording) if agreed.channels and wording else None,
            json.dumps(dict(agreed.proof), ensure_ascii=False) if agreed.channels else None,
            *_fault(agreed.fault, agreed.detail),
        )

    def _head(self, record: Record) -> tuple[Any, ...]:
        # as ASCII, so that a NUL, which no column can hold, stands there as its escape
        return self.client_id, self.import_id, record.number, json.dumps(record.cells)

    def _address(self, kind: AddressKind, value: str | None) -> tuple[Any, ...]:
        if value is None:
            return None, None, None
        return value, uuid7(self.now), self.pepper.hash(self.client_id, kind, value) if self.pepper else None


def _fault(fault: Fault | None, detail: str | None) -> tuple[str | None, str | None]:
    return (fault.value if fault else None), detail


def _storable(text: str | None) -> str | None:
    return text.replace("\x00", "") if text else text
