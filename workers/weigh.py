"""What a text asks for beside what it says: an answer by code, or to be written to again. Decided under the person's
locks, in the transaction that keeps the text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from modules.contacts import consent_since_closing, reopen_address, said_stop_at
from modules.emotion import OptOut
from modules.ids import ClientId
from modules.inbox import AnswerHistory, AnswerKind, Match, answer_history, leave_to_provider
from modules.labels import OWN_WORD, AddressKind, ChannelName
from utils.db import Connection
from utils.log import logger
from workers.hear import Heard, answer_to, asks_to_start, is_text, provider_answers

LOG = logger("weigh")
HELP_EVERY = timedelta(hours=1)
BY_START = "start"


@dataclass(frozen=True)
class Weighed:
    """Of one client: the answer code owes, and the agreement that lets a START open the number."""

    answer: AnswerKind | None = None
    wants_back: bool = False
    consent_id: UUID | None = None

    def flags(self) -> dict[str, str]:
        """What the inbox row keeps, for the person who reads it."""
        if not self.wants_back:
            return {}
        return {"reopened" if self.consent_id else "asks_to_start": "yes"}


NOTHING = Weighed()


async def weigh(conn: Connection, heard: Heard, matches: Sequence[Match], now: datetime) -> dict[ClientId, Weighed]:
    """For each client that knows the person. Before anything is closed: whether this text closes it is the question."""
    found: dict[ClientId, Weighed] = {}
    if not is_text(heard.event) or heard.sender is None:
        return found
    for match in matches:
        if match.contact_id is not None:
            history = await answer_history(conn, match.client_id, heard.sender, heard.at - HELP_EVERY)
            found[match.client_id] = await _weigh_one(conn, heard, match, history, now)
    return one_answer(found, matches)


async def carry_out(conn: Connection, heard: Heard, weighed: Mapping[ClientId, Weighed], now: datetime) -> None:
    """What follows once the text is kept. A START that a newer agreement stands behind opens the number (the provider
    lifts its own block itself); an opt-out that the provider has confirmed takes over what we still owed."""
    confirmed_there = heard.verdict.opt_out is OptOut.yes and provider_answers(heard.provider, heard.event)
    for client_id, one in weighed.items():
        if one.consent_id and heard.sender:
            await reopen_address(conn, client_id, AddressKind.phone, heard.sender, one.consent_id, BY_START, now)
            LOG.info("address_reopened", client_id=str(client_id), consent_id=str(one.consent_id))
        if confirmed_there and heard.sender:
            await leave_to_provider(conn, client_id, heard.sender, heard.at - HELP_EVERY)


async def _weigh_one(conn: Connection, heard: Heard, match: Match, history: AnswerHistory, now: datetime) -> Weighed:
    if not asks_to_start(heard.event) or history.closed_for not in OWN_WORD:
        return Weighed(answer_to(heard, history))
    if match.contact_id is None or heard.sender is None:
        return NOTHING
    said = await said_stop_at(conn, match.client_id, AddressKind.phone, heard.sender)
    if said is not None and said > heard.at:  # told late: the stop came after it
        return Weighed(wants_back=True)
    consent_id = await consent_since_closing(
        conn, match.client_id, match.contact_id, AddressKind.phone, heard.sender, [ChannelName.sms], now
    )
    return Weighed(wants_back=True, consent_id=consent_id)


def one_answer(found: dict[ClientId, Weighed], matches: Sequence[Match]) -> dict[ClientId, Weighed]:
    """Where several clients share a number, the one who wrote last answers: one text, one answer."""
    owing = [one for one in matches if one.client_id in found and found[one.client_id].answer]
    if len(owing) < 2:
        return found
    # ids of touches tell the time (UUID version 7)
    last = max(owing, key=lambda one: (str(one.touch_id or ""), str(one.client_id)))
    return {
        client_id: one if client_id == last.client_id else Weighed(None, one.wants_back, one.consent_id)
        for client_id, one in found.items()
    }
