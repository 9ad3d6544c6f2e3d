"""In a test (OMNIFY_TEST_REDIRECT) nobody but the tester hears of it, and the tester's word is nobody else's."""

from collections.abc import Iterator

from modules.labels import OWN_WORD
from tests.simulation.check_sends import CANARY
from tests.simulation.evidence import Evidence, Line, broken, instant
from tests.simulation.home import TESTER_PHONE
from tests.simulation.outcome import Violation
from tests.simulation.people import STOPS

NOBODY: frozenset[str] = frozenset()


def nobody_but_the_tester(evidence: Evidence) -> Iterator[Violation]:
    """I15: in a test a process arms for the tester and sends to the tester, whoever the message is for; and what was
    armed before, for somebody else, it does not repeat."""
    if (test := evidence.test) is None:
        return
    tested: set[str] = set()
    sent: dict[int, str] = {}
    meant: dict[str, str] = {}
    for event in evidence.history:
        if event["op"] == "start" and instant(event["t"]) >= test.begins:
            tested.add(event["who"])
        if event["op"] == "request" and event["sends"] and event["who"] in tested:
            sent[event["number"]] = event["who"]
            if meant.get(event["touch"], TESTER_PHONE) not in test.testers:
                yield broken("I15", event["t"], f"touch {event['touch']}, for a person, was sent by {event['who']}")
        if event["op"] == "accepted" and event["request"] in sent and event["to"] not in test.testers:
            yield broken("I15", event["t"], f"{event['provider_id']} was sent to a person by {sent[event['request']]}")
        if event["op"] == "row" and event["table"] == "touches" and event["before"] is None:
            touch = event["after"]
            meant[touch["id"]] = touch["to_address"]
            if event["who"] in tested and touch["to_address"] not in test.testers:
                yield broken("I15", event["t"], f"touch {touch['id']} was armed for a person by {event['who']}")


def closed_by_themselves(evidence: Evidence) -> Iterator[Violation]:
    """I15: what the tester says closes nobody else's address. I2: what the people whom it is for have said counts in a
    test, too."""
    if (test := evidence.test) is None:
        return
    said: set[str] = set()
    closed: set[str] = set()
    on_calls: dict[str, str] = {}
    for event in evidence.history:
        said |= _said_in(event, on_calls)
        if event["op"] != "row" or not (after := event["after"]):
            continue
        if event["table"] == "touches" and event["before"] is None and after["origin"] in ("step", CANARY):
            own = test.people[after["contact_id"]] & closed
            if any(("@" in one) is (after["channel"] == "email") for one in own):
                yield broken("I2", event["t"], f"touch {after['id']} was armed for somebody who had said stop")
        if event["table"] in ("addresses", "contacts") and after["suppressed_reason"] in OWN_WORD:
            known = {after["value"]} if event["table"] == "addresses" else test.people[after["id"]]
            closed |= known if known & said else NOBODY
            if not known & (said | test.testers):
                yield broken("I15", event["t"], f"{event['table']} {after['id']} was closed, and they had said nothing")


def _said_in(event: Line, on_calls: dict[str, str]) -> set[str]:
    """Whose word closes something, by this line. Whoever has got a mail may have followed the link in it."""
    if event["op"] == "person":
        on_calls[event["person"]] = event["on_calls"]
    if event["op"] == "text" and event["words"] in STOPS:
        return {event["person"]}
    if event["op"] in ("stop_said", "stop_taken"):
        return {event["address"]}
    by_mail, by_call = event.get("channel") == "email", on_calls.get(event.get("to", "")) == "opts_out"
    return {event["to"]} if event["op"] == "accepted" and (by_mail or by_call) else set()


CHECKS = (nobody_but_the_tester, closed_by_themselves)
