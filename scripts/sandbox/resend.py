"""Resend's e-mails over HTTP (spec resend.yaml, paths /emails, /emails/{email_id}, /emails/{email_id}/cancel)."""

import json
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.sandbox.accounts import ResendAccount
from scripts.sandbox.answers import Done, Refused, act_out
from scripts.sandbox.emails import Email
from scripts.sandbox.faults import Fates
from scripts.sandbox.resend_errors import RATE_PER_SECOND, REFUSALS, refuse, refuse_nameless_agent, too_many
from scripts.sandbox.resend_events import plan_life
from scripts.sandbox.resend_sending import (
    accept,
    address_of,
    as_list,
    check_send,
    hold_key,
    look_up_key,
    story_of,
    touch_of,
)
from scripts.sandbox.world import World
from utils.clock import parse_instant

LARGEST_PAGE, DEFAULT_PAGE = 100, 20


def authenticate(world: World, request: Request) -> ResendAccount:
    """Bearer key and a User-Agent; a sending-only key may do nothing but send."""
    if not request.headers.get("user-agent"):
        raise Refused(refuse_nameless_agent())
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise Refused(refuse("missing_api_key"))
    account = world.resend_accounts.get(key)
    if account is None:
        raise Refused(refuse("invalid_api_key"))
    if account.sending_only and request.method != "POST":
        raise Refused(refuse("restricted_api_key"))
    if exceeds_rate(account, world.clock.now()):
        raise Refused(too_many())
    return account


def exceeds_rate(account: ResendAccount, now: datetime) -> bool:
    """Counts requests of one business second; enforced only on the account's wish: a stepped second never passes."""
    second = int(now.timestamp())
    account.used_this_second = account.used_this_second + 1 if account.second == second else 1
    account.second = second
    return account.rate_enforced and account.used_this_second > RATE_PER_SECOND


def with_rate(account: ResendAccount, response: Response) -> Response:
    """Adds the three rate headers (docs: api-reference/rate-limit)."""
    left = max(0, RATE_PER_SECOND - account.used_this_second)
    response.headers.setdefault("ratelimit-limit", str(RATE_PER_SECOND))
    response.headers.setdefault("ratelimit-remaining", str(left))
    response.headers.setdefault("ratelimit-reset", "1")
    return response


async def read_json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError:
        raise Refused(refuse("validation_error", "The request body is not valid JSON.", 400)) from None


def find_email(world: World, account: ResendAccount, request: Request) -> Email:
    email = world.emails.get(request.path_params["email_id"])
    if email is None or email.api_key != account.api_key:
        raise Refused(refuse("not_found", "Email not found"))
    return email


class ResendDesk:
    """The endpoints of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            Route("/emails", self.send, methods=["POST"]),
            Route("/emails", self.list, methods=["GET"]),
            Route("/emails/{email_id}", self.fetch, methods=["GET"]),
            Route("/emails/{email_id}", self.reschedule, methods=["PATCH"]),
            Route("/emails/{email_id}/cancel", self.cancel, methods=["POST"]),
        ]

    async def send(self, request: Request) -> Response:
        world, account = self._world, authenticate(self._world, request)
        key, payload, now = request.headers.get("idempotency-key"), await read_json(request), world.clock.now()
        if key is not None and not 1 <= len(key) <= 256:
            return with_rate(account, refuse("invalid_idempotency_key"))
        wrong = check_send(account, payload)
        if wrong is not None:
            return with_rate(account, wrong)
        kept = look_up_key(account, key, payload, now)
        if isinstance(kept, Response):
            return with_rate(account, kept)
        fates = self._befall_send(payload, key)

        def take_effect(at: datetime) -> Done:
            if kept is not None and kept.email_id is not None:
                return Done(JSONResponse({"id": kept.email_id}))
            email = accept(world, account, payload, key, fates, at)
            hold_key(account, key, payload, email.id, at)
            plan_life(world, account, email, fates)
            return Done(JSONResponse({"id": email.id}), email.id)

        if kept is None and "transport" in fates and fates["transport"].name == "late_accept":
            hold_key(account, key, payload, None, now)
        return with_rate(account, await act_out(world.schedule, now, fates, REFUSALS, take_effect))

    def _befall_send(self, payload: dict[str, Any], key: str | None) -> Fates:
        to = ", ".join(address_of(mailbox) for mailbox in as_list(payload["to"]))
        touch = touch_of(payload, key)
        reference = story_of(payload)
        return self._world.faults.befall(
            "resend", "send", reference, {"to": to, "touch": touch or "", "key": key or ""}
        )

    async def list(self, request: Request) -> Response:
        """Newest first; `after` goes on behind an id, `before` ends in front of one."""
        world, account = self._world, authenticate(self._world, request)
        fates = world.faults.befall("resend", "list", account.domain, {})
        hidden = timedelta(seconds=fates["visibility"].delay if "visibility" in fates else 0)
        response = self._page(account, request, world.clock.now() - hidden)
        return await self._answer_read(account, fates, response)

    def _page(self, account: ResendAccount, request: Request, seen_until: datetime) -> Response:
        query, now = request.query_params, self._world.clock.now()
        limit_text = query.get("limit", str(DEFAULT_PAGE))
        if (
            not limit_text.isdecimal()
            or not 1 <= int(limit_text) <= LARGEST_PAGE
            or ("after" in query and "before" in query)
        ):
            return refuse("validation_error", "Invalid pagination parameters.")
        mine = [email for email in self._world.emails.values() if email.api_key == account.api_key]
        seen = [email for email in mine if email.visible_at <= now and email.created_at <= seen_until]
        newest = seen[::-1]
        newest.sort(key=lambda email: email.created_at, reverse=True)
        places = {email.id: place for place, email in enumerate(newest)}
        cursor = query.get("after") or query.get("before")
        if cursor is not None and cursor not in places:
            return refuse("validation_error", "The pagination cursor is not a known id.")
        limit = int(limit_text)
        if "before" in query:
            rest = newest[: places[query["before"]]]
            shown = rest[-limit:]
        else:
            rest = newest[places[query["after"]] + 1 :] if "after" in query else newest
            shown = rest[:limit]
        data = [email.listed() for email in shown]
        return JSONResponse({"object": "list", "has_more": len(rest) > len(shown), "data": data})

    async def fetch(self, request: Request) -> Response:
        world, account = self._world, authenticate(self._world, request)
        email = find_email(world, account, request)
        fates = world.faults.befall("resend", "fetch", email.id, {"to": email.acceptance.to, "id": email.id})
        return await self._answer_read(account, fates, JSONResponse(email.shown()))

    async def cancel(self, request: Request) -> Response:
        """Only a scheduled e-mail can be cancelled."""
        world, account = self._world, authenticate(self._world, request)
        email = find_email(world, account, request)
        if email.last_event != "scheduled":
            return with_rate(account, refuse("validation_error", "Only scheduled emails can be canceled."))
        world.schedule.forget(email.id)
        email.last_event = "canceled"
        email.acceptance.record_fact("canceled", world.clock.now(), f"poll:{email.id}:canceled")
        return with_rate(account, JSONResponse({"object": "email", "id": email.id}))

    async def reschedule(self, request: Request) -> Response:
        world, account = self._world, authenticate(self._world, request)
        email, payload = find_email(world, account, request), await read_json(request)
        if email.last_event != "scheduled":
            return with_rate(account, refuse("validation_error", "Only scheduled emails can be updated."))
        try:
            email.scheduled_at = parse_instant(str(payload.get("scheduled_at")))
        except ValueError:
            return with_rate(account, refuse("validation_error", "Invalid `scheduled_at` field."))
        world.schedule.forget(email.id)
        plan_life(world, account, email, {})
        return with_rate(account, JSONResponse({"object": "email", "id": email.id}))

    async def _answer_read(self, account: ResendAccount, fates: Fates, response: Response) -> Response:
        world = self._world
        return with_rate(
            account, await act_out(world.schedule, world.clock.now(), fates, REFUSALS, lambda _: Done(response))
        )
