"""The ids of everything, as distinct types: a touch's id is never passed where a contact's is meant."""

from typing import NewType
from uuid import UUID

ClientId = NewType("ClientId", UUID)
UserId = NewType("UserId", UUID)
AccountId = NewType("AccountId", UUID)
ContactId = NewType("ContactId", UUID)
AddressId = NewType("AddressId", UUID)
SequenceId = NewType("SequenceId", UUID)
EnrollmentId = NewType("EnrollmentId", UUID)
TouchId = NewType("TouchId", UUID)
