"""The twin refuses what the providers' documents refuse, in each one's own shape: else our tests prove nothing.

Taken are the very bytes that our adapters send; each field in turn is left out or made wrong.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import httpx
import pytest

from modules.channels import Accepted, Gate, Person, Watcher
from modules.ids import ContactId
from scripts.sandbox.remote import Twin
from tests.contract.adapter_pairs import PAIRS, PairName
from tests.contract.adapter_rig import Rig, open_rig
from tests.contract.refused_fields import GONE, QUESTIONS, WRONGS, Wrongs
from utils.clock import FileClock

FORM = "application/x-www-form-urlencoded"
BY_PAIR = pytest.mark.parametrize("name", list(PAIRS), ids=[pair.name for pair in PAIRS.values()])


async def sent(rig: Rig) -> httpx.Request:
    """The request of a send that was accepted, with all that a call may bring along."""
    answer = await rig.channel.send(rig.client, rig.account, rig.message(opening="Hello, this is Acme."))
    assert isinstance(answer, Accepted), answer
    return rig.requests[-1]


def body_of(request: httpx.Request) -> dict[str, Any]:
    form = request.headers["content-type"] == FORM
    given: dict[str, Any] = dict(parse_qsl(request.content.decode())) if form else json.loads(request.content)
    return given


def fields_of(body: dict[str, Any], free: list[str], stem: str = "") -> Iterator[str]:
    """The paths of all fields; of a list's objects those of the first."""
    for name, value in body.items():
        path = f"{stem}{name}"
        yield path
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield from fields_of(value[0], free, f"{path}.0.")
        if isinstance(value, dict) and path not in free:
            yield from fields_of(value, free, f"{path}.")


def spoilt(body: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    *way, last = path.split(".")
    place: Any = changed
    for step in way:
        place = place[int(step)] if step.isdecimal() else place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return changed


async def post(rig: Rig, request: httpx.Request, body: dict[str, Any]) -> httpx.Response:
    """The same request with this body, under a key of its own; a twin that fell over gives 599."""
    if isinstance(body.get("idempotency_key"), str):
        body = body | {"idempotency_key": f"request {len(rig.requests)}"}
    kept = {name: value for name, value in request.headers.items() if name not in ("content-length", "idempotency-key")}
    form = kept["content-type"] == FORM
    content = urlencode(body) if form else json.dumps(body)
    try:
        return await rig.client.post(request.url, headers=kept, content=content.encode())
    except httpx.TransportError as error:
        return httpx.Response(599, text=type(error).__name__)


async def ask(rig: Rig, request: httpx.Request, asked: dict[str, Any]) -> httpx.Response:
    """The same question with these parameters, in the address or in the body."""
    if request.method == "POST":
        return await post(rig, request, asked)
    kept = {name: value for name, value in request.headers.items() if name != "content-length"}
    return await rig.client.get(request.url.copy_with(query=urlencode(asked).encode()), headers=kept)


def question_of(rig: Rig, request: httpx.Request) -> str:
    return f"/{rig.provider}/{request.url.path.rpartition('/')[2]}"


async def questions_of(rig: Rig) -> list[httpx.Request]:
    """What this adapter asks; of a person whom the provider does not know, too."""
    sought = rig.sought(rig.message(body="Never sent"))
    await sent(rig)
    rig.customer.step(minutes=5)
    del rig.requests[:]
    await rig.channel.lookup(rig.client, rig.account, sought)
    await rig.channel.listing(rig.client, rig.account, *rig.all_day())
    if isinstance(rig.channel, Gate):
        stranger = Person(ContactId(UUID(int=1)), None, "+14155550299", "stranger@lovelace.example")
        await rig.channel.permissions(rig.client, rig.account, [stranger])
    if isinstance(rig.channel, Watcher):
        _ = [part async for part in rig.channel.changes(rig.client, rig.account, rig.all_day()[0])]
    return [one for one in rig.requests if one.method == "POST" or one.url.params]


def is_there(asked: dict[str, Any], path: str) -> bool:
    """Whether the object that holds this field is part of the question."""
    place: Any = asked
    for step in path.split(".")[:-1]:
        place = place[0] if step == "0" and isinstance(place, list) else place.get(step) if place else None
    return place is not None


def is_refusal(answer: httpx.Response, wrongs: Wrongs) -> bool:
    """A 4xx in the provider's shape, which names its own status where it has one."""
    if not 400 <= answer.status_code < 500 or answer.status_code == 429:
        return False
    body = answer.json()
    told = next((body[name] for name in ("statusCode", "status") if isinstance(body.get(name), int)), None)
    return frozenset(body) in wrongs.shapes and bool(body["message"]) and told in (None, answer.status_code)


@BY_PAIR
async def test_every_field_made_wrong_is_refused_in_the_providers_shape_and_nothing_is_sent(
    twin: Twin, twin_clock: FileClock, name: PairName
) -> None:
    wrongs = WRONGS[name]
    async with open_rig(PAIRS[name], twin, twin_clock) as rig:
        request = await sent(rig)
        body = body_of(request)
        taken: list[str] = []
        for path, values in wrongs.fields.items():
            for value in values:
                answer = await post(rig, request, spoilt(body, path, value))
                if not is_refusal(answer, wrongs):
                    taken.append(f"{path} = {value!r}: {answer.status_code} {answer.text[:80]}")
        assert taken == []
        assert len(rig.ledger()) == 1


@BY_PAIR
async def test_every_field_that_we_send_is_made_wrong_and_right_as_it_is(
    twin: Twin, twin_clock: FileClock, name: PairName
) -> None:
    wrongs = WRONGS[name]
    async with open_rig(PAIRS[name], twin, twin_clock) as rig:
        request = await sent(rig)
        body = body_of(request)
        assert set(fields_of(body, list(wrongs.free))) - set(wrongs.fields) == set()
        assert (await post(rig, request, body)).is_success


@BY_PAIR
async def test_every_question_made_wrong_is_refused_in_the_providers_shape(
    twin: Twin, twin_clock: FileClock, name: PairName
) -> None:
    async with open_rig(PAIRS[name], twin, twin_clock) as rig:
        questions = await questions_of(rig)
        answered = [] if questions else ["nothing was asked"]
        for request in questions:
            question = question_of(rig, request)
            asked = body_of(request) if request.method == "POST" else dict(request.url.params)
            if question not in QUESTIONS:
                answered.append(f"{question} {asked}")
                continue
            answered += [f"{question} {field}" for field in fields_of(asked, []) if field not in QUESTIONS[question]]
            for path, values in QUESTIONS[question].items():
                for value in values if is_there(asked, path) else ():
                    answer = await ask(rig, request, spoilt(asked, path, value))
                    if not is_refusal(answer, WRONGS[name]):
                        answered.append(f"{question} {path} = {value!r}: {answer.status_code} {answer.text[:80]}")
        assert answered == []
