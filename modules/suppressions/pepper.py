"""The secret behind the hashes: made once, kept sealed in the database, so that it outlives every change of keys."""

from datetime import datetime

from modules.suppressions.store import add_house_key, load_house_key, reseal_house_key
from utils.db import Connection
from utils.signing import Pepper, Sealer

_NAME = "suppression pepper"


async def load_pepper(conn: Connection, sealer: Sealer) -> Pepper | None:
    """The pepper of this database; None before it was made. SettingsError when no key of ours opens it."""
    sealed = await load_house_key(conn, _NAME)
    return Pepper(sealer.open(sealed, _NAME)) if sealed else None


async def pepper_of(conn: Connection, sealer: Sealer, now: datetime) -> Pepper:
    """The pepper of this database; made at the first question, in the caller's transaction."""
    found = await load_pepper(conn, sealer)
    if found is None:
        await add_house_key(conn, _NAME, sealer.seal(Pepper.fresh().key, _NAME), now)
        found = await load_pepper(conn, sealer)
    if found is None:
        raise RuntimeError("the pepper was written and is not there")
    return found


async def reseal_pepper(conn: Connection, sealer: Sealer) -> bool:
    """Under the newest key; True when it was under an older one."""
    sealed = await load_house_key(conn, _NAME)
    if sealed is None or sealer.is_current(sealed):
        return False
    await reseal_house_key(conn, _NAME, sealer.seal(sealer.open(sealed, _NAME), _NAME))
    return True
