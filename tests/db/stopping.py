"""Every way in which a person's wish to hear no more reaches us, each inside a transaction that the caller commits."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from modules.channels import ContactSeen, Inbound
from modules.contacts import close_address
from modules.ids import AddressId, TouchId
from modules.labels import AddressKind, CallDetails, ChannelName, Provider, SuppressionReason, TouchState
from modules.touches import News, suppress_claimed
from tests.cast import Cast
from tests.db.rig import MONDAY
from utils.db import Connection
from workers import confirm as confirming
from workers.context import Deps
from workers.erase import erase_person
from workers.inbound import take_inbound
from workers.meet import meet
from workers.take_in import Post
from workers.unsubscribe import end_mails

SMS, EMAIL, VOICE = ChannelName.sms, ChannelName.email, ChannelName.voice
EVERYTHING = "Never contact me again, not by phone, not by email, not at all."


@dataclass(frozen=True)
class Leaver:
    """Person `place` of the cast; `touch` is what was sent to them before, `mailbox` the id of their mail address,
    `posts` where a channel's provider posts to."""

    place: int
    touch: TouchId
    mailbox: AddressId
    posts: Mapping[ChannelName, Post]


Stop = Callable[[Deps, Connection, Cast, Leaver], Awaitable[object]]


async def writes(deps: Deps, conn: Connection, cast: Cast, who: Leaver, channel: ChannelName, text: str) -> object:
    sender = (cast.phones if channel is SMS else cast.mails)[who.place]
    event = Inbound(f"in-{channel}-{who.place}", sender, cast.number, text, False, {"From": sender}, channel=channel)
    return await take_inbound(conn, await deps.pepper(conn), who.posts[channel], event, deps.clock)


async def texts_stop(deps: Deps, conn: Connection, cast: Cast, who: Leaver) -> object:
    return await writes(deps, conn, cast, who, SMS, "Stop please")


async def texts_everything(deps: Deps, conn: Connection, cast: Cast, who: Leaver) -> object:
    return await writes(deps, conn, cast, who, SMS, EVERYTHING)


async def mails_stop(deps: Deps, conn: Connection, cast: Cast, who: Leaver) -> object:
    return await writes(deps, conn, cast, who, EMAIL, "Please unsubscribe me")


async def clicks(deps: Deps, conn: Connection, cast: Cast, who: Leaver) -> object:
    return await end_mails(deps, conn, cast.client_id, who.mailbox)


async def is_told(deps: Deps, conn: Connection, news: News) -> object:
    """As `confirm` does it, in a transaction of ours, so that what is counted and what is closed commit as one."""
    return await confirming._confirm_once(deps, conn, [news], deps.clock.now())


async def complains(deps: Deps, conn: Connection, cast: Cast, who: Leaver) -> object:
    state, why = TouchState.complained, SuppressionReason.complained
    return await is_told(deps, conn, News(who.touch, state, provider_id=str(who.touch), evidence_id="c", suppress=why))


async def is_refused(deps: Deps, conn: Connection, cast: Cast, who: Leaver) -> object:
    """The provider knows of a STOP that we have not heard of (Twilio 21610)."""
    state, why = TouchState.failed, SuppressionReason.provider_opt_out
    return await is_told(deps, conn, News(who.touch, state, provider_id=str(who.touch), evidence_id="f", suppress=why))


async def says_so_in_a_call(deps: Deps, conn: Connection, cast: Cast, who: Leaver) -> object:
    news = News(
        who.touch,
        TouchState.completed,
        provider_id=str(who.touch),
        evidence_id="e",
        suppress=SuppressionReason.opted_out,
        person_closed=True,
        call=CallDetails(transcript="User: never call me again"),
    )
    return await is_told(deps, conn, news)


async def is_closed_at_the_provider(deps: Deps, conn: Connection, cast: Cast, who: Leaver) -> object:
    """Do-Not-Disturb was switched on at GoHighLevel."""
    phone, mail = cast.phones[who.place], cast.mails[who.place]
    ref, closed = cast.who.ref_of(phone), frozenset({SMS, EMAIL})
    seen = ContactSeen(ref, "Ada", None, phone, mail, "America/New_York", (), closed, {})
    post = next(one for one in who.posts.values() if one.provider is Provider.ghl)
    return await meet(conn, await deps.pepper(conn), post, seen, deps.clock.now())


async def is_closed_by_hand(deps: Deps, conn: Connection, cast: Cast, who: Leaver) -> object:
    kind, value, why = AddressKind.phone, cast.phones[who.place], SuppressionReason.by_hand
    await close_address(conn, await deps.pepper(conn), cast.client_id, kind, value, why, MONDAY)
    return await suppress_claimed(conn, cast.client_id, value, why, MONDAY)


async def is_erased(deps: Deps, conn: Connection, cast: Cast, who: Leaver) -> object:
    return await erase_person(deps, conn, cast.client_id, cast.contacts[who.place], "test", deps.clock.now())


STOPS: Mapping[str, Stop] = {
    stop.__name__: stop
    for stop in (
        *(texts_stop, texts_everything, mails_stop, clicks, complains, is_refused, says_so_in_a_call),
        *(is_closed_at_the_provider, is_closed_by_hand, is_erased),
    )
}
