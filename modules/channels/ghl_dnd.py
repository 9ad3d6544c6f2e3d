"""GoHighLevel's Do-Not-Disturb, read so that whatever is not plainly open is closed.

Sources: specs contacts and contacts-v3 of highlevel-api-docs, commit 0af86a4c of 2026-05-01 (keys `SMS` or `sms` by
version; words active, inactive, permanent), its issue 264 (`dnd` is true while the channels say inactive; a channel
`RCS` besides). `active` means that Do-Not-Disturb is on: do not send. `dnd` is a flag for all channels of its own.
"""

from collections.abc import Iterator, Mapping

from modules.channels.answers import text_in
from modules.channels.models import Permission
from modules.channels.models_of_hooks import ContactSeen
from modules.labels import ChannelName

KEYS: Mapping[ChannelName, str] = {ChannelName.sms: "sms", ChannelName.email: "email", ChannelName.voice: "call"}
BLOCKED, OPEN = frozenset({"active", "permanent"}), "inactive"


def permission_of(contact: Mapping[str, object], channel: ChannelName, ref: str) -> Permission:
    """May this person be reached? Only when `dnd` is false and the channel is inactive, or absent from a well-formed
    object; what is of no known shape is unknown, which never allows."""
    settings = settings_in(contact)
    if contact.get("dnd") is True:
        return Permission(False, ref, "dnd_all")
    if settings is not None and closed_in(settings, channel):
        return Permission(False, ref, f"dnd_{KEYS[channel]}")
    if contact.get("dnd") is not False or settings is None:
        return Permission(None, ref, "dnd_unreadable")
    if any(word != OPEN for word in words_for(settings, channel)):
        return Permission(None, ref, "dnd_unreadable")
    return Permission(True, ref, "clear")


def settings_in(contact: Mapping[str, object]) -> list[tuple[str, str]] | None:
    """Channel and word, both in lower case; None when the object is not well-formed."""
    given = contact.get("dndSettings")
    if not isinstance(given, dict):
        return None
    found: list[tuple[str, str]] = []
    for key, setting in given.items():
        word = text_in(setting, "status") if isinstance(setting, dict) else None
        if word is None:
            return None
        found.append((str(key).lower(), word.lower()))
    return found


def words_for(settings: list[tuple[str, str]], channel: ChannelName) -> list[str]:
    return [word for key, word in settings if key in (KEYS[channel], "all")]


def closed_in(settings: list[tuple[str, str]], channel: ChannelName) -> bool:
    return any(word in BLOCKED for word in words_for(settings, channel))


def dnd_channels(contact: Mapping[str, object]) -> frozenset[ChannelName] | None:
    """The channels that are closed; None when that could not be read (lists of contacts show no settings)."""
    if contact.get("dnd") is True:
        return frozenset(KEYS)
    settings = settings_in(contact)
    if settings is None or contact.get("dnd") is not False:
        return None
    return frozenset(channel for channel in KEYS if any(word != OPEN for word in words_for(settings, channel)))


def is_subscribed(answer: object) -> bool | None:
    """E-mail's second opt-out. The spec shows no body for it, so its words are looked for wherever they stand: one
    `unsubscribed` closes; without any word nothing is known."""
    said = set(_subscriptions(answer))
    return None if not said else False not in said


def _subscriptions(value: object) -> Iterator[bool]:
    if isinstance(value, list):
        for one in value:
            yield from _subscriptions(one)
    if not isinstance(value, dict):
        return
    for name, one in value.items():
        if str(name).lower() in ("unsubscribed", "isunsubscribed") and isinstance(one, bool):
            yield not one
        elif isinstance(one, str) and one.lower() in ("subscribed", "unsubscribed"):
            yield one.lower() == "subscribed"
        else:
            yield from _subscriptions(one)


def read_contact(contact: Mapping[str, object]) -> ContactSeen | None:
    """A person as GHL keeps them; None without an id. Custom fields are named by their ids, as GHL gives them;
    state and zip code as the hours of the law ask for them."""
    ref = text_in(contact, "id")
    if not ref:
        return None
    tags = contact.get("tags")
    return ContactSeen(
        ref=ref,
        first_name=_given(contact, "firstName"),
        last_name=_given(contact, "lastName"),
        phone=_given(contact, "phone"),
        email=_given(contact, "email"),
        time_zone=_given(contact, "timezone"),
        tags=tuple(one for one in tags if isinstance(one, str)) if isinstance(tags, list) else (),
        dnd_channels=dnd_channels(contact),
        fields=_fields(contact.get("customFields")) | _home(contact),
    )


def _given(contact: Mapping[str, object], name: str) -> str | None:
    return (text_in(contact, name) or "").strip() or None


def _home(contact: Mapping[str, object]) -> dict[str, str]:
    given = {"state": _given(contact, "state"), "postal_code": _given(contact, "postalCode")}
    return {name: text for name, text in given.items() if text}


def _fields(given: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given if isinstance(given, list) else []:
        name = text_in(one, "id") if isinstance(one, dict) else None
        value = one.get("value", one.get("field_value")) if isinstance(one, dict) else None
        if name and isinstance(value, str | int | float):
            found[name] = str(value).replace("\x00", "")
    return found
