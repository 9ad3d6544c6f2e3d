"""People of one client by their numbers and fields, as a list of contacts would bring them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from modules.consents import ConsentGiven
from modules.contacts import ContactDraft, add_contact
from modules.ids import ContactId
from modules.labels import ChannelName, ConsentKind, Provider
from scripts.conductor.stage import Stage
from tests.cast import BY, Cast, gather_cast, join, rows, story

WORDS = "I agree that Acme may text me and call me with an artificial or prerecorded (AI) voice."


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def gather(
    stage: Stage,
    at: datetime,
    people: Sequence[tuple[str, Mapping[str, str]]],
    sequence: str | None = None,
    *,
    agreed: datetime | None = None,
    by: Mapping[ChannelName, Provider] = BY,
) -> tuple[Cast, dict[ContactId, str]]:
    """A client and these people (number, fields), who agreed a minute ago unless told otherwise, enrolled now."""
    stage.clock.set(at)
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), 0, by=by)
    consents = tuple(
        ConsentGiven(channel, WORDS, "form", ConsentKind.written, at=agreed or at - timedelta(minutes=1))
        for channel in (ChannelName.sms, ChannelName.voice)
    )
    found: dict[ContactId, str] = {}
    async with stage.deps.database.transaction() as conn:
        for phone, fields in people:
            draft = ContactDraft(first_name="Ada", phone=phone, fields=dict(fields), consents=consents)
            found[await add_contact(conn, cast.client_id, draft, at)] = phone
    await join(stage.deps, cast.client_id, sequence or story("sms", slug="first"), list(found))
    return cast, found


async def gone(stage: Stage) -> set[str]:
    """The numbers to which anything was armed."""
    return {touch["to_address"] for touch in await rows(stage.deps, "touches")}
