"""A person's wish that comes with news of a touch: plain words close at once, doubtful ones wait for a person.

One order of locks as everywhere (enrollment, contact, address, touch): `heed` takes the person's before the touches',
so that an arming either came before or sees what was said (delivery protocol, section 4).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from modules.contacts import close_address, is_erased, lock_person, said_stop_at, suppress_contact
from modules.emotion import OptOut, judge_call
from modules.erasure import is_mark
from modules.inbox import keep_inbound
from modules.labels import ADDRESS_KIND, CallDetails, ChannelName, InboundKind, SuppressionReason, TouchState
from modules.touches import News, Touch, advance, peek_touches, suppress_claimed
from utils.db import Connection, Row
from utils.uuid7 import uuid7
from workers.context import Deps
from workers.erase import keep_closed
from workers.hear import flags_of


async def heed(deps: Deps, conn: Connection, news: Sequence[News], now: datetime) -> None:
    """Locks everybody of whom a wish is told, and closes what they want closed; nothing for other news."""
    wishes = [one for one in news if one.suppress or one.doubtful]
    if not wishes:
        return
    touch_ids = [one.touch_id for one in wishes]
    await lock_person(conn, [row["contact_id"] for row in await peek_touches(conn, touch_ids)])
    # read again under their lock: who was erased meanwhile has no address in the ledger any more
    peeked = {row["id"]: row for row in await peek_touches(conn, touch_ids)}
    for one in sorted(wishes, key=lambda item: item.touch_id):
        row = peeked.get(one.touch_id)
        if one.suppress and row:
            await _obey(deps, conn, row, one, one.suppress, now)


async def keep_doubt(conn: Connection, news: News, touch: Touch, now: datetime) -> bool:
    """True when these doubtful words are new. Then they stand among what came in, once for each touch, and hold all
    that is planned for the person until somebody of the client has released them. `heed` came before.

    Of who was erased no word is kept, and nothing leaves to them.
    """
    if await is_erased(conn, touch.client_id, touch.contact_id):
        return False
    return await keep_inbound(conn, _row(news, touch, now))


def _row(news: News, touch: Touch, now: datetime) -> Mapping[str, Any]:
    call = news.call or CallDetails()
    words = call.transcript or ""
    return {
        "id": uuid7(now),
        "client_id": touch.client_id,
        "account_id": touch.account_id,
        "event_key": f"{InboundKind.own_call}:{touch.id}",
        "channel": touch.channel,
        "kind": InboundKind.own_call,
        "provider": touch.provider,
        "from_address": touch.to_address,
        "to_address": touch.sender or "",
        "subject": None,
        # the words that somebody has to judge, although the ledger may hold others: it keeps those of the first report
        "body": words,
        "recording": call.recording,
        "contact_id": touch.contact_id,
        "reply_to_touch_id": touch.id,
        "at": min(call.ended_at or now, now),
        "now": now,
        "opted_out": False,
        "released_at": None,
        "released_by": None,
        "payload": {**flags_of(judge_call(words)), "opt_out": OptOut.unsure},
        "answer": None,
    }


async def _obey(deps: Deps, conn: Connection, row: Row, news: News, reason: SuppressionReason, now: datetime) -> None:
    client_id, kind = row["client_id"], ADDRESS_KIND[ChannelName(row["channel"])]
    ends_all = await _closes_person(conn, row, news, reason, now)
    # the address is closed with its person even where it was before: what opens it again opens both
    if not ends_all and not await _closes(conn, row, news, now):
        return
    if is_mark(row["to_address"]):
        await keep_closed(conn, client_id, kind, row["to_address"], reason, now)
        return
    await close_address(conn, await deps.pepper(conn), client_id, kind, row["to_address"], reason, now)
    await suppress_claimed(conn, client_id, row["to_address"], reason, now)


async def _closes_person(conn: Connection, row: Row, news: News, reason: SuppressionReason, now: datetime) -> bool:
    """True when this closed the person; what a tester says closes the tester's address alone."""
    if not news.person_closed or row["by_tester"] or _has_agreed_since(row["person_agreed_at"], row, news, now):
        return False
    return await suppress_contact(conn, row["client_id"], row["contact_id"], reason, now)


async def _closes(conn: Connection, row: Row, news: News, now: datetime) -> bool:
    """A fact that moves the touch closes its address; a person's own word does so whatever it moves, once. What they
    said in a call before they agreed anew does not."""
    spent = _has_agreed_since(row["agreed_at"], row, news, now)
    if _is_news(row, news):
        return news.suppress is not SuppressionReason.opted_out or not spent
    kind = ADDRESS_KIND[ChannelName(row["channel"])]
    own_word = news.suppress in (SuppressionReason.opted_out, SuppressionReason.provider_opt_out)
    return own_word and not spent and await said_stop_at(conn, row["client_id"], kind, row["to_address"]) is None


def _is_news(row: Row, news: News) -> bool:
    """A repeated fact closes no address a second time, and writes nothing."""
    channel, state = ChannelName(row["channel"]), TouchState(row["state"])
    return advance(state, news.state or TouchState.accepted, channel) is not None


def _has_agreed_since(agreed_at: datetime | None, row: Row, news: News, now: datetime) -> bool:
    """Whether an agreement that opened something again came after these words, however late or often they are told.

    They were said by the end of the call that we are told now or were told before, at the latest when its end was
    proven to us. Where nobody can tell, they are as new as their report, and close.
    """
    ends = (news.call.ended_at if news.call else None, row["call_ended_at"], row["proven_at"])
    # an end before the call began is no instant
    said_by = min((one for one in ends if one and one >= row["armed_at"]), default=now)
    return agreed_at is not None and agreed_at > said_by
