"""An OpenAI-compatible endpoint: chat completions and responses, never streamed, replies scripted or deterministic.

Sources: OpenAI's API reference (chat/create, responses/create, models/list, structured outputs) as of 2026. Default
replies hang on seed and prompt; a demanded JSON schema is honoured. Tokens are counted as a quarter of the letters.
"""

import json
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scripts.sandbox.answers import Done, Refusals, Refused, act_out
from scripts.sandbox.ledger import hash_body
from scripts.sandbox.schema_reply import satisfy
from scripts.sandbox.world import World

MODELS = ("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-5", "gpt-5-mini")
KINDS = {400: "invalid_request_error", 401: "invalid_request_error", 429: "requests", 500: "server_error"}


def refuse(status: int, message: str, code: str | None = None) -> Response:
    error = {"message": message, "type": KINDS.get(status, "invalid_request_error"), "param": None, "code": code}
    return JSONResponse({"error": error}, status_code=status)


REFUSALS = Refusals(
    server_error=lambda: refuse(500, "The server had an error while processing your request."),
    too_many=lambda: refuse(429, "Rate limit reached for requests.", "rate_limit_exceeded"),
    reject=lambda code: refuse(400, "The request was refused.", code),
)


def authenticate(request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise Refused(refuse(401, "You didn't provide an API key.", "invalid_api_key"))


async def read_prompt(request: Request, field: str) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise Refused(refuse(400, "We could not parse the JSON body of your request.")) from None
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise Refused(refuse(400, "you must provide a model parameter"))
    if not body.get(field):
        raise Refused(refuse(400, f"Missing required parameter: '{field}'.", "missing_required_parameter"))
    if body.get("stream"):
        raise Refused(refuse(400, "Streaming is not served here.", "unsupported_value"))
    return body


def words_of(content: Any) -> str:
    """All text of a message, an input item or a list of them."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(words_of(item) for item in content)
    if isinstance(content, dict):
        return words_of(content.get("content") or content.get("text") or "")
    return ""


def tokens(text: str) -> int:
    return max(1, -(-len(text) // 4))


class OpenAIDesk:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            Route("/v1/models", self.models, methods=["GET"]),
            Route("/v1/chat/completions", self.complete, methods=["POST"]),
            Route("/v1/responses", self.respond, methods=["POST"]),
        ]

    async def models(self, request: Request) -> Response:
        authenticate(request)
        data = [{"id": name, "object": "model", "created": 1715367049, "owned_by": "system"} for name in MODELS]
        return JSONResponse({"object": "list", "data": data})

    async def complete(self, request: Request) -> Response:
        authenticate(request)
        body = await read_prompt(request, "messages")
        form = body.get("response_format") or {}
        schema = (form.get("json_schema") or {}).get("schema") if form.get("type") == "json_schema" else None
        return await self._answer(body, words_of(body["messages"]), schema, form.get("type") == "json_object", True)

    async def respond(self, request: Request) -> Response:
        authenticate(request)
        body = await read_prompt(request, "input")
        form = (body.get("text") or {}).get("format") or {}
        prompt = f"{body.get('instructions') or ''}\n{words_of(body['input'])}"
        return await self._answer(body, prompt, form.get("schema"), form.get("type") == "json_object", False)

    async def _answer(self, body: dict[str, Any], prompt: str, schema: Any, free_json: bool, chat: bool) -> Response:
        world = self._world
        fates = world.faults.befall("openai", "send", hash_body(prompt), {"model": body["model"]})

        def take_effect(at: datetime) -> Done:
            text = self._scripted(prompt) or default_reply(world, prompt, {} if free_json else schema)
            shown = chat_shown if chat else response_shown
            new_id = world.fresh_digest("openai", prompt)
            return Done(JSONResponse(shown(new_id, body["model"], prompt, text, at)))

        return await act_out(world.schedule, world.clock.now(), fates, REFUSALS, take_effect)

    def _scripted(self, prompt: str) -> str | None:
        replies = self._world.model_replies
        for scripted in replies:
            if scripted.match in prompt:
                scripted.times -= 1
                if scripted.times == 0:
                    replies.remove(scripted)
                return scripted.reply
        return None


def default_reply(world: World, prompt: str, schema: Any) -> str:
    """A function of seed and prompt; with a schema an object that satisfies it."""
    mark = hash_body(f"{world.draw.seed}|{prompt}")[:8]
    if schema is None:
        return f"Thank you for your message. (twin {mark})"
    return json.dumps(satisfy(schema, schema, lambda *names: world.draw.number("openai", prompt, *names)))


def chat_shown(new_id: str, model: str, prompt: str, text: str, at: datetime) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": None}
    asked, said = tokens(prompt), tokens(text)
    return {
        "id": f"chatcmpl-{new_id}",
        "object": "chat.completion",
        "created": int(at.timestamp()),
        "model": model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said},
    }


def response_shown(new_id: str, model: str, prompt: str, text: str, at: datetime) -> dict[str, Any]:
    asked, said = tokens(prompt), tokens(text)
    content = [{"type": "output_text", "text": text, "annotations": []}]
    message = {"type": "message", "id": f"msg_{new_id}", "status": "completed", "role": "assistant", "content": content}
    return {
        "id": f"resp_{new_id}",
        "object": "response",
        "created_at": int(at.timestamp()),
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "model": model,
        "output": [message],
        "usage": {"input_tokens": asked, "output_tokens": said, "total_tokens": asked + said},
    }
