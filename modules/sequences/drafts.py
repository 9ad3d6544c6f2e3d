"""A sequence that is written down and not published yet: one draft for each client and slug, faulty or not.

A draft remembers which version it was begun on. Whoever publishes it over another one, which they may never have seen,
has to name that version: so nobody takes back by accident what somebody else has changed.
"""

from datetime import datetime

from modules.ids import ClientId
from modules.sequences.drafts_store import Draft, drop_draft, lock_draft, save_draft
from modules.sequences.names import SLUG
from modules.sequences.publish import Published, publish_sequence
from modules.sequences.versions_store import find_sequence
from utils.db import Connection
from utils.errors import BadInput, Conflict, NotFound


def slug_in(text: str) -> str | None:
    """The slug that a text names, however faulty the rest of it is; None where it names none that can be one."""
    from modules.sequences.read_yaml import read_mapping  # heavy: yaml, for who writes

    top = read_mapping(text, [])
    found = top.text("slug") if top else None
    return found.value if found and SLUG.fullmatch(found.value) else None


async def keep_draft(
    conn: Connection, client_id: ClientId, text: str, saved_by: str, now: datetime, slug: str | None = None
) -> Draft:
    """Keeps the text in the place of the draft before it. `slug` is for a text that names none.

    BadInput for a text that cannot be told to belong anywhere, or is too large to be kept.
    """
    from modules.sequences.read_yaml import SIZE_LIMIT  # heavy: yaml, for who writes

    if len(text.encode()) > SIZE_LIMIT:
        raise BadInput(f"The file is larger than {SIZE_LIMIT // 1024} KB; nothing was saved", field="file")
    if "\0" in text:
        raise BadInput("The file holds a NUL character, which is no text; nothing was saved", field="file")
    named = slug_in(text)
    if named is None and slug is None:
        raise BadInput("The file names no slug that could be read; say which sequence it is: --slug SLUG", field="slug")
    if named and slug and named != slug:
        raise BadInput(f"The file says slug: {named}; leave --slug out, or change the file", field="slug")
    wanted = named or slug or ""
    if not SLUG.fullmatch(wanted):
        raise BadInput(f"'{wanted}' is no slug; it holds lower-case letters, digits and - only", field="slug")
    sequence = await find_sequence(conn, client_id, wanted)
    return await save_draft(conn, client_id, wanted, text, sequence.current_version if sequence else 0, saved_by, now)


async def publish_draft(
    conn: Connection, client_id: ClientId, slug: str, by: str, now: datetime, over: int | None = None
) -> Published:
    """The draft as the sequence's new version; it is a draft no more, in the same transaction.

    Conflict when another version became current since it was begun, unless `over` names that one; FileRefused (a
    BadInput) lists what is wrong with it, and it stays a draft.
    """
    draft = await lock_draft(conn, client_id, slug)
    if draft is None:
        raise NotFound(
            f"There is no draft of '{slug}'; `scripts/omnify sequence drafts --client SLUG` shows what there is"
        )
    named = slug_in(draft.source)
    if named is not None and named != slug:
        raise Conflict(f"The draft of '{slug}' says slug: {named}; save it again with its own slug", field="slug")
    sequence = await find_sequence(conn, client_id, slug)
    current = sequence.current_version if sequence else 0
    if over is not None and over != current:
        raise Conflict(f"Version {over} is not current: {_now(current)}. Nothing was published", field="over")
    if over is None and draft.based_on != current:
        raise Conflict(
            f"The draft was begun on {_on(draft.based_on)}, and {_now(current)}, which it may not know of. "
            f"See the difference: scripts/omnify sequence diff {slug} --client SLUG --from {current} --draft. To "
            f"publish it all the same, add --over {current}; nothing was published",
            field="over",
        )
    done = await publish_sequence(conn, client_id, draft.source, now, by=by, only_over=current)
    await drop_draft(conn, client_id, slug)
    return done


def _on(version: int) -> str:
    return f"version {version}" if version else "no version at all"


def _now(version: int) -> str:
    return f"version {version} is current now" if version else "none was published yet"
