"""What a create, update or upsert does to a contact at GoHighLevel, and which of its fields are refused.

Sources: spec ghl-contacts.json (UpsertContactDto, UpdateContactDto, DndSettingsSchema) and contacts-v3.json for the
other key case. A settings object replaces the one before (merging is not documented, so the worse case is played);
`permanent` cannot be removed; tags in a body replace the list.
"""

from datetime import datetime
from typing import Any

from scripts.sandbox.answers import Refused
from scripts.sandbox.ghl_errors import refuse_fields
from scripts.sandbox.ghl_records import (
    CHANNELS,
    DND_WORDS,
    PLAIN_FIELDS,
    V3_NAMES,
    GhlContact,
    all_inactive,
    plain_phone,
)
from scripts.sandbox.world import World

OTHER_FIELDS = ("address1", "city", "website", "gender", "dateOfBirth", "name")
TEXTS = (*PLAIN_FIELDS, *OTHER_FIELDS)
WRITABLE = (*TEXTS, "dnd", "dndSettings", "inboundDndSettings", "tags", "customFields")


def check_fields(body: dict[str, Any], also: tuple[str, ...], version: str) -> None:
    """422 with every complaint at once, as GHL's validator does."""
    wrong = [f"property {name} should not exist" for name in body if name not in (*WRITABLE, *also)]
    wrong += [
        f"{name} must be a string" for name in TEXTS if body.get(name) is not None and not isinstance(body[name], str)
    ]
    if "dnd" in body and not isinstance(body["dnd"], bool):
        wrong.append("dnd must be a boolean value")
    tags = body.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        wrong.append("each value in tags must be a string")
    wrong += check_settings(body.get("dndSettings", {}), version) + check_reachable(body)
    if wrong:
        raise Refused(refuse_fields(*wrong))


def check_reachable(body: dict[str, Any]) -> list[str]:
    wrong = []
    email, phone = body.get("email"), body.get("phone")
    if isinstance(email, str) and email and "@" not in email:
        wrong.append("email must be an email")
    if isinstance(phone, str) and phone:
        try:
            plain_phone(phone)
        except ValueError:
            wrong.append("phone must be a valid phone number")
    return wrong


def check_settings(settings: Any, version: str) -> list[str]:
    if not isinstance(settings, dict):
        return ["dndSettings must be an object"]
    known = {V3_NAMES[channel] if version == "v3" else channel for channel in CHANNELS}
    wrong = [f"dndSettings.property {name} should not exist" for name in settings if name not in known]
    for name, setting in settings.items():
        if not isinstance(setting, dict) or setting.get("status") not in DND_WORDS:
            wrong.append(f"dndSettings.{name}.status must be one of the following values: {', '.join(DND_WORDS)}")
    return wrong


def change(contact: GhlContact, body: dict[str, Any], now: datetime) -> set[str]:
    """Apply a checked body. The kinds of change: fields, tags, dnd."""
    kinds = set()
    fields = contact.fields | {name: body[name] for name in TEXTS if name in body}
    if fields.get("phone"):
        fields["phone"] = plain_phone(fields["phone"])
    if "name" in body and "firstName" not in body and isinstance(body["name"], str):
        fields["firstName"], _, fields["lastName"] = body["name"].partition(" ")
    if fields != contact.fields:
        contact.fields = fields
        kinds.add("fields")
    if "tags" in body and body["tags"] != contact.tags:
        contact.tags = list(dict.fromkeys(body["tags"]))
        kinds.add("tags")
    if "customFields" in body and body["customFields"] != contact.custom_fields:
        contact.custom_fields = list(body["customFields"] or [])
        kinds.add("fields")
    if change_dnd(contact, body):
        kinds.add("dnd")
    contact.updated_at = now
    return kinds


def change_dnd(contact: GhlContact, body: dict[str, Any]) -> bool:
    """Only what the body names: `dnd: false` reopens every channel that is not permanently closed."""
    before = (contact.dnd, contact.settings_shown(""), contact.inbound_dnd_settings)
    if "dnd" in body:
        contact.dnd = bool(body["dnd"])
    if body.get("dnd") is False and "dndSettings" not in body:
        replace_settings(contact, {})
    if "dndSettings" in body:
        given = {
            channel: body["dndSettings"].get(channel) or body["dndSettings"].get(V3_NAMES[channel])
            for channel in CHANNELS
        }
        replace_settings(contact, {channel: dict(setting) for channel, setting in given.items() if setting})
    if "inboundDndSettings" in body:
        contact.inbound_dnd_settings = body["inboundDndSettings"]
    return before != (contact.dnd, contact.settings_shown(""), contact.inbound_dnd_settings)


def replace_settings(contact: GhlContact, given: dict[str, dict[str, str]]) -> None:
    permanent = {
        channel: setting for channel, setting in contact.dnd_settings.items() if setting["status"] == "permanent"
    }
    contact.dnd_settings = all_inactive() | given | permanent


def close_channel(contact: GhlContact, channel: str, how: str, now: datetime) -> None:
    """GHL itself switches DND on: after STOP, an unsubscription or a hard bounce."""
    contact.dnd_settings[channel] = {"status": "active", "message": how, "code": "103"}
    contact.updated_at = now


def create(
    world: World, location_id: str, body: dict[str, Any], now: datetime, contact_id: str | None = None
) -> GhlContact:
    key = body.get("phone") or body.get("email") or body.get("name") or body.get("firstName") or ""
    new_id = contact_id or world.fresh_digest("ghl", "contact", location_id, key)[:20]
    contact = GhlContact(new_id, location_id, now, now)
    change(contact, body, now)
    world.ghl_contacts[new_id] = contact
    return contact


def find_duplicate(world: World, location_id: str, email: str | None, phone: str | None) -> GhlContact | None:
    """By e-mail first, then by phone: the usual order of a location's duplicate rule."""
    mine = [contact for contact in world.ghl_contacts.values() if contact.location_id == location_id]
    wanted = (email or "").lower()
    by_email = next((one for one in mine if wanted and (one.email or "").lower() == wanted), None)
    return by_email or next((one for one in mine if phone and one.phone == phone), None)
