"""The twin's one page for people: what this is, and what it has accepted so far."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from scripts.sandbox.ledger import Acceptance
from scripts.sandbox.world import World

NEWEST = 200
FRAME = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Providers' twin</title>
<style>body{{font:16px/1.5 system-ui;margin:2rem auto;max-width:70rem;padding:0 1rem}}
table{{border-collapse:collapse;width:100%}}
td,th{{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884;vertical-align:top}}</style>
<h1>Providers' twin</h1>
<p>This stands in for Twilio and Resend on this machine. Nothing here reaches a real phone or mailbox.</p>
<p>Business time is {now}. Accepted so far: {count}. People who opted out: {opt_outs}.</p>
<table><thead><tr><th>Accepted</th><th>By</th><th>To</th><th>Text</th><th>Became</th></tr></thead><tbody>{rows}</tbody></table></html>"""


def row(acceptance: Acceptance) -> str:
    text = acceptance.subject or acceptance.body
    became = " → ".join(fact.status for fact in acceptance.facts)
    cells = (acceptance.accepted_at, acceptance.provider, acceptance.to, text[:160], became)
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


class PageDesk:
    def __init__(self, world: World) -> None:
        self._world = world

    async def show(self, request: Request) -> Response:
        ledger = self._world.ledger
        newest = reversed(ledger.acceptances[-NEWEST:])
        return HTMLResponse(
            FRAME.format(
                now=escape(self._world.clock.now().isoformat()),
                count=len(ledger.acceptances),
                opt_outs=len(ledger.opt_outs),
                rows="".join(row(acceptance) for acceptance in newest),
            )
        )
