"""People who act on what reached them: they reply, book, opt out, unsubscribe, once a person and channel and later; or
they follow a link, in every mail.

Only people fixed through the control API act; everybody else reads and stays silent. `bounces` is no act of a person:
the providers' own desks look it up when they plan a message's life.
"""

from datetime import datetime
from typing import Any

from scripts.sandbox.ghl_inbound import receive, unsubscribe
from scripts.sandbox.ledger import Acceptance, OptOut, iso
from scripts.sandbox.resend_clicks import BROWSER, follow_link
from scripts.sandbox.resend_receiving import receive_email
from scripts.sandbox.resend_sending import address_of
from scripts.sandbox.resend_unsubscribing import Malformed, click, one_click_url
from scripts.sandbox.twilio_callbacks import receive_text
from scripts.sandbox.world import World

WORDS = {
    ("replies", "sms"): "Thanks, I got your message.",
    ("replies", "email"): "Thanks, I got your mail. I will read it this week.",
    ("books", "sms"): "Yes, please book me in for Tuesday at 10.",
    ("books", "email"): "Yes, please book me in for Tuesday at 10.",
    ("opts_out", "sms"): "STOP",
    ("opts_out", "email"): "Unsubscribe",
}
CLICKS = ("unsubscribes", "email")
FOLLOWS = ("clicks", "email")
SOONEST, LATEST = 60, 1800


class TextPersonas:
    """The people of one world, as far as they read texts and mail."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._acted: set[tuple[str, str]] = set()

    def react(self, acceptance: Acceptance, at: datetime) -> None:
        """Plan what the person does about a delivered message."""
        person, channel = acceptance.to.lower(), acceptance.channel
        persona = self._world.personas.get(person, ""), channel
        if persona == FOLLOWS and acceptance.provider == "resend":
            self._follow(acceptance, at)
        words = WORDS.get(persona, "")
        if not (words or persona == CLICKS) or (person, channel) in self._acted:
            return
        self._acted.add((person, channel))
        due = at + self._world.seconds(SOONEST, LATEST, "persona", person, channel)

        async def act(then: datetime) -> int:
            if persona == CLICKS:
                return await self._click(acceptance, then)
            if words == WORDS["opts_out", "email"]:
                self._world.ledger.opt_outs.append(OptOut(acceptance.to, iso(then), "replied"))
            return await self._write(acceptance, words, then)

        self._world.schedule.add(due, f"persona:{person}", act)

    def _follow(self, acceptance: Acceptance, at: datetime) -> None:
        """GoHighLevel's word for a click is not documented, so that nobody there is heard to follow a link."""
        world, email = self._world, self._world.emails[acceptance.provider_id]

        async def click_link(then: datetime) -> int:
            return await follow_link(world, email, BROWSER, 1, then)

        due = at + world.seconds(SOONEST, LATEST, "persona", "clicks", email.id)
        world.schedule.add(due, f"persona:{acceptance.to.lower()}", click_link)

    async def _write(self, acceptance: Acceptance, words: str, at: datetime) -> int:
        writers: dict[str, Any] = {"twilio": self._by_twilio, "resend": self._by_resend, "ghl": self._by_ghl}
        made: int = await writers[acceptance.provider](acceptance, words, at)
        return made

    async def _click(self, acceptance: Acceptance, at: datetime) -> int:
        """The mailbox's own button, or the link that GoHighLevel puts below its mails. A mail without the header pair
        has no button: nothing happens."""
        world = self._world
        if acceptance.provider == "ghl":
            message = world.ghl_messages[acceptance.provider_id]
            account, contact = world.ghl_accounts[message.location_id], world.ghl_contacts[message.contact_id]
            return await unsubscribe(world, account, contact, at)
        if isinstance(one_click_url(acceptance.headers), Malformed):
            return 0
        await click(world, acceptance, at)
        return 1

    async def _by_twilio(self, acceptance: Acceptance, words: str, at: datetime) -> int:
        world = self._world
        account, message = world.twilio_accounts[acceptance.account], world.messages[acceptance.provider_id]
        return await receive_text(world, account, message.to, message.from_ or "", words, at)

    async def _by_resend(self, acceptance: Acceptance, words: str, at: datetime) -> int:
        world, email = self._world, self._world.emails[acceptance.provider_id]
        account = world.resend_accounts[email.api_key]
        to = address_of((email.reply_to or [email.from_])[0])
        sender, subject = address_of(email.to[0]), f"Re: {email.subject}"
        return await receive_email(world, account, sender, to, subject, words, email.message_id, at)

    async def _by_ghl(self, acceptance: Acceptance, words: str, at: datetime) -> int:
        world, message = self._world, self._world.ghl_messages[acceptance.provider_id]
        account, contact = world.ghl_accounts[message.location_id], world.ghl_contacts[message.contact_id]
        subject = f"Re: {message.subject or ''}" if message.kind == "Email" else None
        return await receive(world, account, contact, message.kind, words, subject, at, message)
