"""Vapi's Call resource: its fields and how they are shown (spec of 2026-08-18, schemas Call, Artifact, Analysis)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from scripts.sandbox.ledger import Acceptance
from scripts.sandbox.lines import Line

ORG = "7d1f3c52-5a0e-4b6e-9f0b-2c54a1b0c0de"
FILES = "https://storage.vapi.twin"
ROLES = {"agent": "bot", "callee": "user"}
SPEAKERS = {"agent": "AI", "callee": "User"}
OPENS_LINE = "in-progress"


def words_in(text: str) -> frozenset[str]:
    return frozenset(text.split())


def stamp(instant: datetime) -> str:
    text = instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.")
    return f"{text}{instant.microsecond // 1000:03d}Z"


def millis(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


@dataclass
class VapiCall:
    """One call. `dies_of` is how it will end whatever the person does; `reported` once post-processing is complete."""

    id: str
    api_key: str
    type: str
    request: dict[str, Any]
    number: str
    our_number: str
    line: Line
    status: str
    created_at: datetime
    updated_at: datetime
    visible_at: datetime
    dies_of: str | None = None
    silent: bool = False
    blocked: bool = False
    remaining: int = 0
    limit: int = 0
    name: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ended_reason: str | None = None
    reported: bool = False
    server: dict[str, Any] = field(default_factory=dict)
    acceptance: Acceptance | None = None

    @property
    def active(self) -> bool:
        return self.status in ("queued", "ringing", OPENS_LINE)

    def shown(self, attempt: int = 0) -> dict[str, Any]:
        """The resource as JSON; what is not known yet is absent. Signed links are others in every `attempt`."""
        given = ("assistantId", "assistantOverrides", "customer", "schedulePlan", "phoneNumberId")
        shown: dict[str, Any] = {
            "id": self.id,
            "orgId": ORG,
            "type": self.type,
            "createdAt": stamp(self.created_at),
            "updatedAt": stamp(self.updated_at),
            "status": self.status,
            "cost": self.cost() if self.reported else 0,
            "phoneCallProvider": "twilio",
            "phoneCallTransport": "pstn",
            "monitor": {"listenUrl": f"wss://vapi.twin/{self.id}/listen", "controlUrl": f"{FILES}/{self.id}/control"},
            "transport": {"provider": "twilio", "conversationType": "voice"},
        } | {name: self.request[name] for name in given if name in self.request}
        shown |= {"name": self.name} if self.name is not None else {}
        shown |= {"startedAt": stamp(self.started_at)} if self.started_at else {}
        if self.ended_at:
            shown |= {"endedAt": stamp(self.ended_at), "endedReason": self.ended_reason}
        return shown | (self.report(attempt) if self.reported else {})

    def shown_created(self) -> dict[str, Any]:
        """As the 201 shows it, with the account's lines (docs: calls/call-concurrency; absent from the spec's Call)."""
        limits = {
            "concurrencyBlocked": self.blocked,
            "concurrencyLimit": self.limit,
            "remainingConcurrentCalls": self.remaining,
        }
        return self.shown() | {"subscriptionLimits": limits}

    def report(self, attempt: int) -> dict[str, Any]:
        """What post-processing adds: artifact, analysis and costs."""
        return {
            "artifact": self.artifact(attempt),
            "analysis": self.analysis(),
            "cost": self.cost(),
            "costBreakdown": self.cost_breakdown(),
        }

    def artifact(self, attempt: int) -> dict[str, Any]:
        variables = (self.request.get("assistantOverrides") or {}).get("variableValues") or {}
        artifact: dict[str, Any] = {"messages": self.messages(), "transcript": self.transcript()}
        artifact |= {"variableValues": variables}
        if not self.line.opens:
            return artifact
        mono, stereo = f"{FILES}/{self.id}-mono.wav", f"{FILES}/{self.id}-stereo.wav"
        signed = f"?signature={self.id[:8]}{attempt}"
        return artifact | {
            "recordingUrl": mono,
            "stereoRecordingUrl": stereo,
            "recording": {"stereoUrl": stereo, "mono": {"combinedUrl": mono}},
            "presignedMonoUrl": mono + signed,
            "presignedStereoUrl": stereo + signed,
        }

    def messages(self) -> list[dict[str, Any]]:
        """The turns as Vapi lists them: the prompt first, the agent as `bot`, the other end as `user`."""
        if self.started_at is None:
            return []
        prompt = {"role": "system", "message": self.prompt, "time": millis(self.started_at), "secondsFromStart": 0}
        spoken = [
            {
                "role": ROLES[turn.who],
                "message": turn.words,
                "time": millis(self.started_at + turn.after),
                "endTime": millis(self.started_at + turn.after) + 2000,
                "secondsFromStart": turn.after.total_seconds(),
            }
            for turn in self.line.turns
        ]
        return [prompt, *spoken]

    @property
    def prompt(self) -> str:
        variables = (self.request.get("assistantOverrides") or {}).get("variableValues") or {}
        return str(variables.get("prompt", ""))

    def transcript(self) -> str:
        return "".join(f"{SPEAKERS[turn.who]}: {turn.words}\n" for turn in self.line.turns if self.started_at)

    def analysis(self) -> dict[str, Any]:
        """Absent below two turns, as the default threshold has it; `successEvaluation` is an opinion, not a proof."""
        if len(self.line.turns) < 2 or self.started_at is None:
            return {}
        heard = "; ".join(turn.words for turn in self.line.turns if turn.who == "callee") or "nothing"
        return {"summary": f"The assistant called. The other end said: {heard}", "successEvaluation": "true"}

    def minutes(self) -> float:
        if self.started_at is None or self.ended_at is None:
            return 0.0
        return (self.ended_at - self.started_at).total_seconds() / 60

    def cost_breakdown(self) -> dict[str, float]:
        minutes = self.minutes()
        parts = {"transport": 0.014, "stt": 0.01, "llm": 0.02, "tts": 0.02, "vapi": 0.05}
        costs = {name: round(price * minutes, 4) for name, price in parts.items()}
        return costs | {"total": round(sum(costs.values()), 4)}

    def cost(self) -> float:
        return self.cost_breakdown()["total"]
