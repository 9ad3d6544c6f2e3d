"""Retell's phone call: its fields and how they are shown (retell-sdk 6.2.13, types/phone_call_response.py)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scripts.sandbox.ledger import Acceptance
from scripts.sandbox.lines import Line

ROLES = {"agent": "agent", "callee": "user"}
SPEAKERS = {"agent": "Agent", "callee": "User"}
ECHOED = ("metadata", "retell_llm_dynamic_variables", "custom_sip_headers")
CENTS_A_MINUTE = 11.5


def millis(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


@dataclass
class RetellCall:
    """One call. `dies_of` is how it will end whatever the person does; `analyzed` once the analysis is there."""

    id: str
    api_key: str
    direction: str
    request: dict[str, Any]
    from_number: str
    to_number: str
    agent_id: str
    line: Line
    status: str
    created_at: datetime
    visible_at: datetime
    dies_of: str | None = None
    started_at: datetime | None = None
    connected: bool = False
    ended_at: datetime | None = None
    reason: str | None = None
    analyzed: bool = False
    acceptance: Acceptance | None = None

    @property
    def active(self) -> bool:
        return self.status in ("registered", "ongoing")

    @property
    def prompt(self) -> str:
        return str(self.request.get("retell_llm_dynamic_variables", {}).get("prompt", ""))

    @property
    def person(self) -> str:
        return self.from_number if self.direction == "inbound" else self.to_number

    @property
    def agent_settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = self.request.get("agent_override", {}).get("agent", {})
        return settings

    @property
    def detects_voicemail(self) -> bool:
        return bool(self.agent_settings.get("voicemail_option"))

    def shown(self) -> dict[str, Any]:
        """The resource as JSON; what is not known yet is absent."""
        shown: dict[str, Any] = {
            "call_type": "phone_call",
            "call_id": self.id,
            "agent_id": self.agent_id,
            "agent_version": 0,
            "call_status": self.status,
            "direction": self.direction,
            "from_number": self.from_number,
            "to_number": self.to_number,
            "telephony_identifier": {"twilio_call_sid": "CA" + self.id.removeprefix("call_")},
        } | {name: self.request[name] for name in ECHOED if name in self.request}
        shown |= {"start_timestamp": millis(self.started_at)} if self.started_at else {}
        if self.ended_at is not None:
            shown |= self.shown_end(self.ended_at)
        return shown | ({"call_analysis": self.analysis()} if self.analyzed else {})

    def shown_listed(self) -> dict[str, Any]:
        """As a list shows it: without what was said (types/call_list_response.py has no transcript in any form)."""
        return {name: value for name, value in self.shown().items() if not name.startswith("transcript")}

    def shown_created(self) -> dict[str, Any]:
        """As the 201 shows it, also to a repeated key: registered, and nothing of what came after."""
        early = {"call_status": "registered"}
        kept = ("call_type", "call_id", "agent_id", "agent_version", "direction", "from_number", "to_number", *ECHOED)
        return {name: value for name, value in self.shown().items() if name in kept} | early

    def shown_end(self, ended_at: datetime) -> dict[str, Any]:
        begin = self.started_at if self.connected and self.started_at else ended_at
        seconds = (ended_at - begin).total_seconds()
        shown = {
            "end_timestamp": millis(ended_at),
            "duration_ms": round(seconds * 1000),
            "disconnection_reason": self.reason,
            "call_cost": self.cost(seconds),
        }
        if not self.connected:
            return shown
        return shown | {
            "transcript": "".join(f"{SPEAKERS[turn.who]}: {turn.words}\n" for turn in self.line.turns),
            "transcript_object": self.turns(),
            "recording_url": f"https://recordings.retell.twin/{self.id}/recording.wav",
            "public_log_url": f"https://recordings.retell.twin/{self.id}/public.log",
        }

    def turns(self) -> list[dict[str, Any]]:
        return [
            {"role": ROLES[turn.who], "content": turn.words, "words": words_of(turn.words, turn.after.total_seconds())}
            for turn in self.line.turns
        ]

    def cost(self, seconds: float) -> dict[str, Any]:
        """In cents."""
        cents = round(CENTS_A_MINUTE * seconds / 60, 3)
        products = [{"product": "elevenlabs_tts", "cost": cents, "unit_price": CENTS_A_MINUTE / 60}] if cents else []
        return {"combined_cost": cents, "total_duration_seconds": round(seconds), "product_costs": products}

    def analysis(self) -> dict[str, Any]:
        """A model's opinion: it knows of a voicemail only where detection found one."""
        heard = "; ".join(turn.words for turn in self.line.turns if turn.who == "callee") or "nothing"
        return {
            "call_summary": f"The agent called. The other end said: {heard}" if self.connected else "",
            "call_successful": self.connected and self.reason != "voicemail_reached",
            "in_voicemail": self.reason == "voicemail_reached",
            "user_sentiment": "Neutral" if self.connected else "Unknown",
            "custom_analysis_data": {},
        }


def words_of(text: str, start: float) -> list[dict[str, Any]]:
    return [
        {"word": word, "start": round(start + 0.3 * number, 2), "end": round(start + 0.3 * number + 0.25, 2)}
        for number, word in enumerate(text.split())
    ]
