"""How Vapi takes a call, ours or a person's: the resource, its ledger line and its first station.

Over the account's limit the docs, the spec and callers name three answers: a 400, a 201 that says it was blocked, and a
plain 201 whose call then ends for want of a line. The seed draws one of them; none of them rings.
"""

from datetime import datetime, timedelta
from typing import Any

from scripts.sandbox.accounts import VapiAccount
from scripts.sandbox.calls import tell_line
from scripts.sandbox.faults import Fates, Fault
from scripts.sandbox.ledger import Acceptance, hash_body, iso
from scripts.sandbox.lines import Line
from scripts.sandbox.vapi_life import NO_LINE, bend, lines_in_use, plan_life
from scripts.sandbox.vapi_records import VapiCall
from scripts.sandbox.world import World
from utils.clock import parse_instant

OVERLOADS = (Fault("over_concurrency"), Fault("concurrency_blocked"), Fault("ended_reason", code=NO_LINE))


def choose_overload(
    world: World, account: VapiAccount, body: dict[str, Any], story: str, fates: Fates, now: datetime
) -> Fates:
    """These fates, and one of the three answers where every line is taken already."""
    full = lines_in_use(world, account.api_key) >= account.concurrency_limit
    if not full or "outcome" in fates or starts_later(body, now):
        return fates
    mark = world.draw.number("vapi", "overload", story)
    return fates | {"outcome": OVERLOADS[int(mark * len(OVERLOADS))]}


def starts_later(body: dict[str, Any], now: datetime) -> bool:
    plan = body.get("schedulePlan") or {}
    return bool(plan) and parse_instant(plan["earliestAt"]) > now


def accept(
    world: World, account: VapiAccount, body: dict[str, Any], story: str, fates: Fates, at: datetime
) -> VapiCall:
    """Take the call: from here on the ledger has it, whatever the answer's fate."""
    number, call_id = body["customer"]["number"], world.fresh_uuid("vapi", account.api_key, story)
    lag = fates["visibility"].delay if "visibility" in fates else 0.0
    call = VapiCall(
        id=call_id,
        api_key=account.api_key,
        type="outboundPhoneCall",
        request=body,
        number=number,
        our_number=account.phone_numbers[body["phoneNumberId"]],
        line=tell_line(world, call_id, number),
        status="scheduled" if starts_later(body, at) else "queued",
        created_at=at,
        updated_at=at,
        visible_at=at + timedelta(seconds=lag),
        limit=account.concurrency_limit,
        remaining=max(0, account.concurrency_limit - lines_in_use(world, account.api_key)),
        name=body.get("name"),
        server=dict((body.get("assistantOverrides") or {}).get("server") or {}),
    )
    call.acceptance = write_down(world, account, call)
    world.vapi_calls[call.id] = call
    bend(world, call, fates)
    plan_life(world, call, at)
    return call


def write_down(world: World, account: VapiAccount, call: VapiCall) -> Acceptance:
    reference = call.name or call.request["customer"].get("externalId")
    acceptance = Acceptance(
        provider="vapi",
        provider_id=call.id,
        channel="voice",
        accepted_at=iso(call.created_at),
        account=account.api_key,
        to=call.number,
        from_=call.our_number,
        subject=None,
        body=call.prompt,
        body_hash=hash_body(call.prompt),
        idempotency_key=None,
        touch=reference,
    )
    acceptance.record_fact(call.status, call.created_at, f"{call.id}:{call.status}", f"poll:{call.id}:{call.status}")
    world.ledger.acceptances.append(acceptance)
    return acceptance


def receive_call(
    world: World, account: VapiAccount, number_id: str, person: str, line: Line, call_id: str, at: datetime
) -> VapiCall:
    """A person calls us; the number's own server hears of it, signed only where no header of ours comes along."""
    signs = {"credentialId": "inbound"} if account.webhook_secret and not account.inbound_headers else {}
    call = VapiCall(
        id=call_id,
        api_key=account.api_key,
        type="inboundPhoneCall",
        request={"phoneNumberId": number_id, "customer": {"number": person}},
        number=person,
        our_number=account.phone_numbers[number_id],
        line=line,
        status="queued",
        created_at=at,
        updated_at=at,
        visible_at=at,
        dies_of="customer-ended-call",
        server={"url": account.inbound_url, "headers": account.inbound_headers} | signs,
    )
    world.vapi_calls[call.id] = call
    plan_life(world, call, at)
    return call
