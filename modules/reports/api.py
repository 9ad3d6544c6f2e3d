"""The ledger over HTTP: pages, counts, and the live stream."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from modules.accounts import find_client
from modules.ids import ClientId
from modules.labels import ChannelName, Provider, TouchState
from modules.reports.ledger import ledger_page, ledger_summary, read_mark, write_mark
from modules.reports.models import LedgerFilters, LedgerLine, Mark
from modules.reports.stream import Hub, resume_from
from utils.web import PROBLEMS, Caller, NoNul, Now, Tx, Who, as_caller, ports

if TYPE_CHECKING:
    from sse_starlette import ServerSentEvent

router = APIRouter(prefix="/api/v1", tags=["ledger"], responses=PROBLEMS)
STREAM_SECONDS = 120.0  # Modal cuts a request at 150 s; we end first and the browser resumes
_RETRY_MILLISECONDS = 1000
_PING_SECONDS = 15

Slug = Annotated[str, NoNul, Query(description="The client's slug; one of the caller's clients")]


class LedgerItem(BaseModel):
    """One touch with its proof."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    client: str
    contact: UUID
    contact_name: str | None
    enrollment: UUID | None
    sequence: str | None
    step: str | None
    attempt: int
    channel: ChannelName
    provider: Provider
    to_address: str
    body_hash: str
    state: TouchState
    reason: str | None
    armed_at: datetime
    confirmed_at: datetime | None
    changed_at: datetime
    provider_id: str | None
    evidence_id: str | None
    decision: dict[str, Any]


class LedgerPage(BaseModel):
    items: list[LedgerItem]
    next_cursor: str | None


class SummaryItem(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    channel: ChannelName
    state: TouchState
    touches: int


class LedgerSummary(BaseModel):
    items: list[SummaryItem]


@router.get("/ledger")
async def read_ledger(
    tx: Tx,
    client: Slug,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    state: TouchState | None = None,
    channel: ChannelName | None = None,
) -> LedgerPage:
    """One client's touches, newest first."""
    found = await find_client(tx, client)
    lines, next_cursor = await ledger_page(tx, found.id, cursor, limit, LedgerFilters(state, channel))
    return LedgerPage(items=[LedgerItem.model_validate(line) for line in lines], next_cursor=next_cursor)


@router.get("/ledger/summary")
async def read_ledger_summary(tx: Tx, client: Slug) -> LedgerSummary:
    """How many touches of one client stand in each state, by channel."""
    found = await find_client(tx, client)
    counts = await ledger_summary(tx, found.id)
    return LedgerSummary(items=[SummaryItem.model_validate(count) for count in counts])


@router.get(
    "/events",
    response_class=Response,
    responses={
        200: {
            "description": "Server-sent events named `touch`; data is a ledger line, id resumes by Last-Event-ID",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def follow_touches(
    request: Request, caller: Caller, now: Now, client: Slug, last_event_id: Annotated[str | None, Header()] = None
) -> Response:
    """Every change of one client's touches as it happens; ends itself after 120 s, the browser comes back."""
    from sse_starlette import EventSourceResponse  # heavy: it brings a whole web server along

    after = resume_from(read_mark(last_event_id), now) if last_event_id else None
    async with as_caller(ports(request).database, caller) as conn:
        client_id = (await find_client(conn, client)).id
    seconds: float = getattr(request.app.state, "stream_seconds", STREAM_SECONDS)
    events = _events(request.app.state.hub, client_id, caller, after, seconds)
    opening = await anext(events)  # joined before the answer begins: what changes after the answer is heard

    async def stream() -> "AsyncIterator[ServerSentEvent]":
        async with aclosing(events):
            yield opening
            async for event in events:
                yield event

    return EventSourceResponse(stream(), ping=_PING_SECONDS, headers={"X-Accel-Buffering": "no"})


async def _events(
    hub: Hub[Who], client_id: ClientId, caller: Who, after: Mark | None, seconds: float
) -> "AsyncGenerator[ServerSentEvent, None]":
    from sse_starlette import ServerSentEvent  # heavy: as above

    async with hub.listen(client_id, caller, after) as listener:
        yield ServerSentEvent(comment="listening", retry=_RETRY_MILLISECONDS)
        lines = listener.lines()
        deadline = asyncio.get_running_loop().time() + seconds
        while (line := await _next_line(lines, deadline)) is not None:
            mark = Mark(line.changed_at, line.id)
            data = LedgerItem.model_validate(line).model_dump_json()
            yield ServerSentEvent(event="touch", id=write_mark(mark), data=data)


async def _next_line(lines: AsyncIterator[LedgerLine], deadline: float) -> LedgerLine | None:
    """The next line; None when the stream's time is over or the listener was let go."""
    try:
        async with asyncio.timeout_at(deadline):
            return await anext(lines, None)
    except TimeoutError:
        return None
