"""Twilio Lookup v2 (spec twilio_lookups_v2.json): what a number is, drawn by seed and number or fixed.

An invalid number is a 200 with `valid: false`; a package's `error_code` inside a 200 means that nothing is known.
"""

import base64
import binascii
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.sandbox.answers import Done, act_out
from scripts.sandbox.scripted import NumberFacts
from scripts.sandbox.twilio_errors import REFUSALS, refuse
from scripts.sandbox.twilio_sending import E164
from scripts.sandbox.world import World

PACKAGES = (
    *("validation", "caller_name", "sim_swap", "call_forwarding", "line_status", "line_type_intelligence"),
    *("identity_match", "reassigned_number", "sms_pumping_risk", "phone_number_quality_score", "pre_fill"),
)
SHARES = (("mobile", 0.78), ("nonFixedVoip", 0.88), ("landline", 0.95), ("fixedVoip", 0.98), ("tollFree", 1.0))
LINE_TYPES = (
    *("landline", "mobile", "fixedVoip", "nonFixedVoip", "personal", "tollFree", "premium", "sharedCost", "uan"),
    *("voicemail", "pager", "unknown"),
)
WITH_CARRIER = ("landline", "mobile", "fixedVoip", "nonFixedVoip")
CARRIERS = ("AT&T Wireless", "T-Mobile USA", "Verizon Wireless")
REASSIGNED_SHARE = 0.03


def may_look_up(world: World, request: Request) -> bool:
    """Any of the twin's Twilio accounts may ask: the path names none."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    account = world.twilio_accounts.get(user)
    return scheme.lower() == "basic" and account is not None and account.auth_token == password


class LookupsDesk:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [Route("/v2/PhoneNumbers/{number}", self.look_up, methods=["GET"])]

    async def look_up(self, request: Request) -> Response:
        world, number = self._world, request.path_params["number"]
        if not may_look_up(world, request):
            return refuse(20003)
        packages = [name for name in request.query_params.get("Fields", "").split(",") if name]
        if any(name not in PACKAGES for name in packages):
            return refuse(20001, "Fields")
        verified_on = request.query_params.get("LastVerifiedDate")
        world.looked_up.append({"number": number, "fields": packages, "last_verified_date": verified_on})
        fates = world.faults.befall("lookups", "fetch", number, {"to": number})
        shown = describe(world, number, packages, verified_on)
        response = JSONResponse(shown)
        return await act_out(world.schedule, world.clock.now(), fates, REFUSALS, lambda _: Done(response))


def describe(world: World, number: str, packages: list[str], verified_on: str | None) -> dict[str, Any]:
    facts = world.numbers.get(number, NumberFacts())
    valid = bool(E164.fullmatch(number)) if facts.valid is None else facts.valid
    shown: dict[str, Any] = {name: None for name in PACKAGES if name != "validation"}
    if valid and "line_type_intelligence" in packages:
        shown["line_type_intelligence"] = line_type_of(world, number, facts)
    if valid and "reassigned_number" in packages:
        shown["reassigned_number"] = reassigned_of(world, number, facts, verified_on)
    american = valid and number.startswith("+1")
    return shown | {
        "calling_country_code": "1" if american else None,
        "country_code": "US" if american else None,
        "phone_number": number,
        "national_format": f"({number[2:5]}) {number[5:8]}-{number[8:]}" if american else None,
        "valid": valid,
        "validation_errors": [] if valid else [complaint(number)],
        "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{number}",
    }


def complaint(number: str) -> str:
    digits = number.removeprefix("+")
    if not digits.isdecimal():
        return "NOT_A_NUMBER"
    return "TOO_SHORT" if len(digits) < 7 else "TOO_LONG" if len(digits) > 15 else "INVALID_BUT_POSSIBLE"


def line_type_of(world: World, number: str, facts: NumberFacts) -> dict[str, Any]:
    mark = world.draw.number("line_type", number)
    kind = facts.line_type or next(name for name, reached in SHARES if mark < reached)
    carried = kind in WITH_CARRIER
    carrier = CARRIERS[int(world.draw.number("carrier", number) * len(CARRIERS))]
    return {
        "type": kind,
        "carrier_name": carrier if carried else None,
        "mobile_country_code": "311" if kind == "mobile" else None,
        "mobile_network_code": "180" if kind == "mobile" else None,
        "error_code": None,
    }


def reassigned_of(world: World, number: str, facts: NumberFacts, verified_on: str | None) -> dict[str, Any]:
    """`yes` means that the number changed hands since `LastVerifiedDate`; without that date there is no answer."""
    if facts.error_code:
        return {"last_verified_date": None, "is_number_reassigned": None, "error_code": facts.error_code}
    drawn = world.draw.number("reassigned", number) < REASSIGNED_SHARE
    word = "yes" if (drawn if facts.reassigned is None else facts.reassigned) else "no"
    return {
        # the spec's examples show the day with hyphens, asked for without
        "last_verified_date": dashed(verified_on),
        "is_number_reassigned": word if verified_on and not facts.no_data else "no_data_available",
        "error_code": None,
    }


def dashed(day: str | None) -> str | None:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if day and re.fullmatch(r"\d{8}", day) else day
