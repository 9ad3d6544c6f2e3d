"""Rule P-3 with a canary: a whole journey at every provider, and no log, alarm or error page knows the person."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import httpx
import pytest
from structlog.testing import capture_logs

from modules.consents import ConsentGiven
from modules.contacts import ContactDraft, add_contact, note_ref
from modules.ids import ContactId
from modules.labels import ChannelName, ConsentKind, Provider
from scripts.conductor.conduct import conduct
from scripts.conductor.stage import SECRET, Stage
from scripts.jobs import run_sweep
from scripts.sandbox.signing import svix_headers
from tests.cast import Cast, gather_cast, join, rows, story
from tests.databases import Database, Engine
from tests.db.erasing import AGREED, CANARIES, MAIL, PHONE, dump, found_in
from tests.flow.outside import post, sweep_after
from tests.flow.speaking import hear_all, post_text, told
from utils.clock import wall_clock
from utils.db import Row
from utils.http import trusted
from workers.erase import erase_person
from workers.jobs import JOBS

Carriers = Mapping[ChannelName, Provider]
TEXTS_BY_TWILIO: Carriers = MappingProxyType(
    {ChannelName.sms: Provider.twilio, ChannelName.email: Provider.resend, ChannelName.voice: Provider.vapi}
)
TEXTS_BY_GHL: Carriers = MappingProxyType(
    {ChannelName.sms: Provider.ghl, ChannelName.email: Provider.ghl, ChannelName.voice: Provider.retell}
)
every_provider = pytest.mark.parametrize(
    "by", [TEXTS_BY_TWILIO, TEXTS_BY_GHL], ids=["twilio-resend-vapi", "ghl-retell"]
)
_STORY = story("sms", "email", "voice", "sms", slug="canary").replace("Hi {{", "{{ contact.pet }} {{")
WORDS = _STORY.replace("<p>Hello", "<p>{{ contact.pet }}").replace("fallbacks:\n", "fallbacks:\n  contact.pet: cat\n")


class Ears:
    """Everything that this process says while the test plays, before any wall has masked it."""

    def __init__(self, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
        self._caplog, self._capsys = caplog, capsys
        self.events: Sequence[object] = ()
        self.pages: list[str] = []

    async def heard(self, stage: Stage) -> str:
        """All of it as one text in lower case: events, libraries' own lines, printed words, error pages, the tables in
        which we write down what went wrong."""
        lines = [record.getMessage() for record in self._caplog.records if record.levelno >= logging.WARNING]
        printed = self._capsys.readouterr()
        tables = [await rows(stage.deps, name) for name in ("logs", "breakers")]
        return "\n".join([repr(self.events), *lines, printed.out, printed.err, *self.pages, repr(tables)]).lower()


@pytest.fixture
def ears(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Iterator[Ears]:
    listening = Ears(caplog, capsys)
    with caplog.at_level(logging.WARNING), capture_logs() as events:
        listening.events = events
        yield listening


async def add_canary(stage: Stage, cast: Cast) -> ContactId:
    """The canary joins a sequence of all channels; whoever carries them knows the person too."""
    given = tuple(
        ConsentGiven(channel, AGREED, "canarywords", ConsentKind.written, address=PHONE)
        for channel in (ChannelName.sms, ChannelName.voice)
    )
    draft = ContactDraft(
        "Zyxcanary", "Zyxcanary", PHONE, MAIL, "America/New_York", "zyxcanary-7", {"pet": "canarywords"}, given
    )
    ref = cast.who.ref_of(PHONE)
    async with stage.deps.database.transaction() as conn:
        contact_id = await add_contact(conn, cast.client_id, draft, stage.clock.now())
        if Provider.ghl in cast.keys:
            await note_ref(conn, cast.client_id, contact_id, Provider.ghl, ref, stage.clock.now())
    if Provider.ghl in cast.keys:
        stage.twin.put_ghl_contact(cast.who.location, id=ref, phone=PHONE, email=MAIL, firstName="Zyxcanary")
    stage.twin.person(PHONE, "answers")
    await join(stage.deps, cast.client_id, WORDS, [contact_id])
    return contact_id


async def play(stage: Stage) -> list[Row]:
    """To the very end; the touches then."""
    async for _ in conduct(stage, lambda: run_sweep(stage.deps)):
        pass
    return await rows(stage.deps, "touches")


def write_to_us(stage: Stage, cast: Cast, words: str, number: int) -> None:
    """The canary texts the client."""
    if Provider.ghl in cast.keys:
        stage.twin.write_ghl(cast.who.location, cast.who.ref_of(PHONE), "SMS", words)
    else:
        assert post_text(stage, cast, PHONE, words, sid=f"SM{number:032x}") == 200


def run_into_walls(stage: Stage, cast: Cast) -> list[str]:
    """Answers to posts and questions of strangers that speak of the canary."""
    asked = {"email": MAIL, "password": "canarywords"}
    wrong = {"email": [MAIL], "password": {"Zyxcanary": PHONE}}
    key = next(iter(cast.keys.values()))
    with httpx.Client(base_url=stage.url, trust_env=False, verify=trusted(), timeout=20) as web:
        answers = [
            web.post("/api/v1/session", json=asked, headers={"X-Omnify": "1", "Origin": stage.url}),
            web.post("/api/v1/session", json=wrong, headers={"X-Omnify": "1", "Origin": stage.url}),
            web.post("/api/v1/session", json=asked),
            web.get("/api/v1/touches", params={"channel": "Zyxcanary", "cursor": PHONE}),
            web.get("/api/v1/Zyxcanary", headers={"Authorization": "Bearer canarywords"}),
            *(
                post(
                    stage, f"/hooks/{provider}/{name}{key}", json.dumps({"From": PHONE, "Body": MAIL}).encode(), {}, web
                )
                for provider, name in (
                    ("twilio", "inbound/"),
                    ("resend", ""),
                    ("vapi", ""),
                    ("retell", ""),
                    ("ghl", ""),
                )
            ),
            web.post("/u/Zyxcanary", data={"who": MAIL}),
        ]
    assert {answer.status_code for answer in answers} <= {400, 401, 403, 404, 422}, answers
    return [answer.text for answer in answers]


@every_provider
async def test_a_whole_journey_leaves_nothing_of_the_person_in_any_log_alarm_or_error_page(
    stage: Stage, ears: Ears, by: Carriers, engine: Engine, database: Database
) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), people=0, by=by)
    contact_id = await add_canary(stage, cast)
    for provider in {by[ChannelName.sms], by[ChannelName.email]}:
        stage.twin.script(provider, "429")
        stage.twin.script(provider, "timeout_after_accept")
    touches = await play(stage)
    assert {touch["channel"] for touch in touches if touch["state"] in ("delivered", "completed")} == set(by), touches
    write_to_us(stage, cast, "canarywords, says Zyxcanary", 1)
    write_to_us(stage, cast, "Stop texting me", 2)
    await hear_all(stage)
    for _ in range(3):
        await sweep_after(stage, minutes=1)
    assert len(await told(stage)) == 2
    ears.pages += run_into_walls(stage, cast)
    for job in JOBS.values():
        await job(stage.deps)
    assert sorted(found_in(dump(engine, database))) == sorted(set(CANARIES) - {"canaryref"})
    await play(stage)
    async with stage.deps.database.transaction() as conn:
        await erase_person(stage.deps, conn, cast.client_id, contact_id, "by_hand:ada", stage.clock.now())
    for job in JOBS.values():
        await job(stage.deps)
    heard = await ears.heard(stage)
    print(len(ears.events), "events,", len(heard), "letters")
    assert len(ears.events) > 20
    assert found_in(heard) == [], [heard[max(0, at - 150) : at + 50] for at in map(heard.find, CANARIES) if at >= 0]
    assert [secret for secret in secrets_of(cast) if secret.lower() in heard] == []
    assert found_in(dump(engine, database)) == []


def secrets_of(cast: Cast) -> list[str]:
    return [SECRET, cast.token, cast.signing, f"pit-{cast.token}", f"key_{cast.token}", AGREED]


async def test_an_error_that_quotes_a_row_is_told_without_it(stage: Stage, ears: Ears) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("email"), people=0)
    event = {"type": "email.received", "data": {"email_id": MAIL, "from": f"Zyxcanary <{MAIL}>", "to": [PHONE]}}
    body = json.dumps(event)
    headers = svix_headers(cast.signing, "msg_1", wall_clock(), body) | {"Content-Type": "application/json"}
    answer = post(stage, f"/hooks/resend/{cast.keys[Provider.resend]}", body.encode(), headers)
    ears.pages.append(answer.text)
    assert found_in(await ears.heard(stage)) == []
