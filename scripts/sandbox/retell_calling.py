"""How Retell takes a call, ours or a person's, and what its idempotency keys remember.

Source: retell-sdk 6.2.13 (`idempotency_key`: "retry the same request for up to one hour"; what other bytes under the
same key get is not documented, here 422).
"""

from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from scripts.sandbox.accounts import KeptCall, RetellAccount
from scripts.sandbox.calls import tell_line
from scripts.sandbox.faults import Fates, Fault
from scripts.sandbox.ledger import Acceptance, hash_body, iso
from scripts.sandbox.lines import Line
from scripts.sandbox.retell_errors import refuse
from scripts.sandbox.retell_life import NO_LINE, bend, lines_in_use, plan_life
from scripts.sandbox.retell_records import RetellCall
from scripts.sandbox.world import World

KEY_LIFE = timedelta(hours=1)
OVERLOADS = (Fault("concurrency_limit"), Fault("ended_reason", code=NO_LINE))


def look_up_key(
    account: RetellAccount, body: dict[str, Any], content: bytes, now: datetime
) -> KeptCall | Response | None:
    """The kept call, a 422 for other bytes, or None when the key is free; it is free again after an hour."""
    kept = account.kept.get(body.get("idempotency_key", ""))
    if kept is None or now - kept.since >= KEY_LIFE:
        return None
    return kept if kept.body == content else refuse(422, "This idempotency_key belongs to another request.")


def choose_overload(world: World, account: RetellAccount, story: str, fates: Fates) -> Fates:
    """These fates, and a 429 or a call that ends at once where every line is taken already."""
    if "outcome" in fates or lines_in_use(world, account.api_key) < account.concurrency_limit:
        return fates
    mark = world.draw.number("retell", "overload", story)
    return fates | {"outcome": OVERLOADS[int(mark * len(OVERLOADS))]}


def refuses_overload(fates: Fates) -> bool:
    """Whether the request itself is refused; with code `ended` the call is taken and ends at once."""
    outcome = fates.get("outcome")
    return outcome is not None and outcome.name == "concurrency_limit" and outcome.code != "ended"


def accept(
    world: World, account: RetellAccount, body: dict[str, Any], content: bytes, story: str, fates: Fates, at: datetime
) -> RetellCall:
    """Take the call, and keep its key: from here on the ledger has it, whatever the answer's fate."""
    call_id = "call_" + world.fresh_digest("retell", account.api_key, story)
    lag = fates["visibility"].delay if "visibility" in fates else 0.0
    call = RetellCall(
        id=call_id,
        api_key=account.api_key,
        direction="outbound",
        request=body,
        from_number=body["from_number"],
        to_number=body["to_number"],
        agent_id=body["override_agent_id"],
        line=tell_line(world, call_id, body["to_number"]),
        status="registered",
        created_at=at,
        visible_at=at + timedelta(seconds=lag),
    )
    call.acceptance = write_down(world, account, call)
    world.retell_calls[call.id] = call
    if "idempotency_key" in body:
        account.kept[body["idempotency_key"]] = KeptCall(content, call.id, at)
    bend(world, call, fates)
    plan_life(world, call, at)
    return call


def write_down(world: World, account: RetellAccount, call: RetellCall) -> Acceptance:
    touch = call.request.get("metadata", {}).get("touch")
    acceptance = Acceptance(
        provider="retell",
        provider_id=call.id,
        channel="voice",
        accepted_at=iso(call.created_at),
        account=account.api_key,
        to=call.to_number,
        from_=call.from_number,
        subject=None,
        body=call.prompt,
        body_hash=hash_body(call.prompt),
        idempotency_key=call.request.get("idempotency_key"),
        touch=None if touch is None else str(touch),
    )
    acceptance.record_fact("registered", call.created_at, f"poll:{call.id}:registered")
    world.ledger.acceptances.append(acceptance)
    return acceptance


def receive_call(
    world: World, account: RetellAccount, number: str, person: str, line: Line, call_id: str, at: datetime
) -> RetellCall:
    """A person calls us."""
    call = RetellCall(
        id=call_id,
        api_key=account.api_key,
        direction="inbound",
        request={},
        from_number=person,
        to_number=number,
        agent_id=account.agent_ids[0] if account.agent_ids else "agent_inbound",
        line=line,
        status="registered",
        created_at=at,
        visible_at=at,
        dies_of="user_hangup",
    )
    world.retell_calls[call.id] = call
    plan_life(world, call, at)
    return call
