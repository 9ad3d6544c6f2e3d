"""What nobody can write, not even by hand: the database refuses what the protocol forbids (house, section 6).

Success without evidence, illegal moves of one touch and foreign accounts stand in test_walls.py; here is the rest, and
the proof that Python and the database hold the same tables.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from modules.labels import TouchState
from modules.sequences import EnrollmentState
from modules.sequences import states as enrollment_states
from modules.touches import OPEN, SUCCESS, TERMINAL, TRANSITIONS
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database
from tests.db.rig import MONDAY, arm_all, open_rig, text_account
from utils.db import execute, fetch_all
from utils.sql import Queries
from utils.uuid7 import uuid7
from workers.context import Deps

SQL = Queries(Path(__file__).with_name("refusals.sql"))
REFUSED = "23514"
FOREIGN = "23503"


@pytest.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url, 2) as opened:
        yield opened


@pytest.fixture
async def cast(deps: Deps) -> Cast:
    """One client with one person and one touch that is being sent."""
    acme = await gather_cast(deps, None, story("sms"))
    await arm_all(deps, acme.client_id, await text_account(deps, acme.client_id), 1)
    return acme


async def refused(deps: Deps, block: str, **values: Any) -> str | None:
    """The SQLSTATE with which the database refused this statement."""
    with pytest.raises(psycopg.IntegrityError) as error:
        async with deps.database.transaction() as conn:
            await execute(conn, SQL[block], {"now": MONDAY, **values})
    return error.value.sqlstate


async def test_a_touch_begins_as_claimed_or_sending_and_as_nothing_else(deps: Deps, cast: Cast) -> None:
    beginnings = {TouchState.claimed, TouchState.sending}
    own = {"client_id": cast.client_id, "account_id": cast.texts, "contact_id": cast.contacts[0]}
    codes = {
        state: await refused(deps, "begin_as", id=uuid7(MONDAY), state=state, **own)
        for state in set(TouchState) - beginnings
    }
    print(f"\n{len(codes)} beginnings refused")
    assert set(codes.values()) == {REFUSED}, codes


async def test_every_move_that_is_not_in_the_table_is_refused_for_enrollments(deps: Deps, cast: Cast) -> None:
    """From every state that can be reached to every state that cannot."""
    ways: dict[EnrollmentState, list[EnrollmentState]] = {
        EnrollmentState.active: [],
        EnrollmentState.paused: [EnrollmentState.paused],
        EnrollmentState.held: [EnrollmentState.held],
        EnrollmentState.quarantined: [EnrollmentState.quarantined],
        EnrollmentState.finished: [EnrollmentState.finished],
        EnrollmentState.stopped: [EnrollmentState.stopped],
    }
    tried = 0
    for state, way in ways.items():
        people = await gather_cast(deps, None, story("sms"), slug=f"other-{state}")
        for step in way:
            async with deps.database.transaction() as conn:
                await execute(conn, SQL["move_enrollment"], {"id": people.enrollments[0], "state": step})
        for target in set(EnrollmentState) - enrollment_states.TRANSITIONS[state] - {state}:
            tried += 1
            code = await refused(deps, "move_enrollment", id=people.enrollments[0], state=target)
            assert code == REFUSED, f"{state} to {target}: {code}"
    print(f"\n{tried} illegal moves refused")
    assert tried == len(EnrollmentState) ** 2 - len(EnrollmentState) - len(python_moves(enrollment_states.TRANSITIONS))


async def test_nothing_active_or_open_can_lose_the_instant_at_which_it_is_looked_at(deps: Deps, cast: Cast) -> None:
    touch = (await rows(deps, "touches"))[0]
    assert await refused(deps, "without_due", id=cast.enrollments[0]) == REFUSED
    assert await refused(deps, "without_look", id=touch["id"]) == REFUSED


async def test_an_enrollment_begins_as_active(deps: Deps, cast: Cast) -> None:
    for state in set(EnrollmentState) - {EnrollmentState.active}:
        values = {"id": uuid7(MONDAY), "client_id": cast.client_id, "like": cast.enrollments[0], "state": state}
        assert await refused(deps, "enroll_for", **values) == REFUSED, state


async def test_an_enrollment_of_two_clients_is_refused(deps: Deps, cast: Cast) -> None:
    calm = await gather_cast(deps, None, story("sms"), slug="calm")
    async with deps.database.transaction() as conn:
        await execute(conn, SQL["move_enrollment"], {"id": cast.enrollments[0], "state": "stopped"})
    values = {"id": uuid7(MONDAY), "client_id": calm.client_id, "like": cast.enrollments[0], "state": "active"}
    assert await refused(deps, "enroll_for", **values) == FOREIGN
    touch = (await rows(deps, "touches"))[0]
    assert await refused(deps, "borrow_touch", id=calm.enrollments[0], touch_id=touch["id"]) == FOREIGN


async def test_consents_and_versions_are_never_rewritten(deps: Deps, cast: Cast) -> None:
    assert cast.enrollments
    assert await refused(deps, "rewrite_consents") == REFUSED
    assert await refused(deps, "rewrite_versions") == REFUSED


async def test_python_and_the_database_hold_the_same_states_and_moves(deps: Deps) -> None:
    async with deps.database.transaction() as conn:
        states = await fetch_all(conn, SQL["touch_states"])
        moves = await fetch_all(conn, SQL["touch_transitions"])
        standings = await fetch_all(conn, SQL["enrollment_states"])
        ways = await fetch_all(conn, SQL["enrollment_transitions"])
    assert {row["state"] for row in states} == set(TouchState)
    for column, held in (("is_open", OPEN), ("is_terminal", TERMINAL), ("is_success", SUCCESS)):
        assert {row["state"] for row in states if row[column]} == held, column
    assert {(row["from_state"], row["to_state"]) for row in moves} == python_moves(TRANSITIONS)
    assert {row["state"] for row in standings} == set(EnrollmentState)
    running = {row["state"] for row in standings if not row["is_terminal"]}
    assert running == enrollment_states.RUNNING
    assert {(row["from_state"], row["to_state"]) for row in ways} == python_moves(enrollment_states.TRANSITIONS)
    print(f"\n{len(moves)} moves of touches and {len(ways)} of enrollments are the same on both sides")


def python_moves(table: Any) -> set[tuple[str, str]]:
    return {(state, target) for state, targets in table.items() for target in targets}
