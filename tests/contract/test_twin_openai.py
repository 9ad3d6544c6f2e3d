"""The twin writes like an OpenAI-compatible endpoint (API reference: chat, responses, models; 2026)."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from scripts.sandbox.remote import Twin
from utils.http import trusted

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["mood", "score", "sure", "tags", "note", "next"],
    "properties": {
        "mood": {"type": "string", "enum": ["glad", "angry"]},
        "score": {"type": "integer", "minimum": 3, "maximum": 4},
        "sure": {"type": "boolean"},
        "tags": {"type": "array", "minItems": 2, "items": {"type": "string", "maxLength": 5}},
        "note": {"anyOf": [{"type": "null"}, {"type": "string"}]},
        "next": {"$ref": "#/$defs/step"},
    },
    "$defs": {
        "step": {"type": "object", "required": ["at"], "properties": {"at": {"type": "string", "format": "date-time"}}}
    },
}


@pytest.fixture
def writer(twin: Twin) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer sk-for-tests"}
    with httpx.Client(base_url=twin.openai_url, headers=headers, trust_env=False, verify=trusted()) as client:
        yield client


def chat(writer: httpx.Client, words: str = "Hello", **fields: Any) -> dict[str, Any]:
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": words}]} | fields
    answer = writer.post("/v1/chat/completions", json=body)
    assert answer.status_code == 200
    shown: dict[str, Any] = answer.json()
    return shown


def said(shown: dict[str, Any]) -> str:
    return str(shown["choices"][0]["message"]["content"])


def check_schema(value: dict[str, Any]) -> None:
    assert set(value) == set(SCHEMA["required"])
    assert value["mood"] in ("glad", "angry")
    assert value["score"] in (3, 4)
    assert isinstance(value["sure"], bool)
    assert len(value["tags"]) == 2
    assert all(len(tag) <= 5 for tag in value["tags"])
    assert value["next"]["at"].endswith("Z")


def test_a_chat_answers_in_the_shape_of_the_reference_and_counts_tokens(writer: httpx.Client) -> None:
    shown = chat(writer)
    assert (shown["object"], shown["model"], shown["choices"][0]["finish_reason"]) == (
        *("chat.completion", "gpt-4o-mini", "stop"),
    )
    usage = shown["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 2


def test_the_same_prompt_gets_the_same_words_and_another_prompt_others(writer: httpx.Client) -> None:
    assert said(chat(writer)) == said(chat(writer))
    assert said(chat(writer)) != said(chat(writer, "Good evening"))


def test_a_demanded_schema_is_honoured_in_chat(writer: httpx.Client) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "mood", "strict": True, "schema": SCHEMA}}
    check_schema(json.loads(said(chat(writer, response_format=form))))


def test_a_demanded_schema_is_honoured_in_responses(writer: httpx.Client) -> None:
    form = {"format": {"type": "json_schema", "name": "mood", "schema": SCHEMA}}
    answer = writer.post("/v1/responses", json={"model": "gpt-5", "input": "How are they?", "text": form}).json()
    check_schema(json.loads(answer["output"][0]["content"][0]["text"]))
    assert (answer["status"], set(answer["usage"])) == ("completed", {"input_tokens", "output_tokens", "total_tokens"})


def test_plain_json_is_json(writer: httpx.Client) -> None:
    assert json.loads(said(chat(writer, response_format={"type": "json_object"}))) == {}


def test_a_scripted_reply_waits_for_its_prompt_and_comes_as_often_as_asked(writer: httpx.Client, twin: Twin) -> None:
    twin.openai_answer({"mood": "glad"}, match="invoice", times=2)
    assert "twin" in said(chat(writer, "Something else"))
    assert [json.loads(said(chat(writer, "the invoice"))) for _ in range(2)] == [{"mood": "glad"}] * 2
    assert "twin" in said(chat(writer, "the invoice"))


def test_text_parts_count_as_the_prompt(writer: httpx.Client, twin: Twin) -> None:
    twin.openai_answer("Found it.", match="needle")
    parts = [{"role": "user", "content": [{"type": "text", "text": "hay"}, {"type": "text", "text": "needle"}]}]
    assert said(chat(writer, messages=parts)) == "Found it."


def test_the_list_of_models_names_the_small_one(writer: httpx.Client) -> None:
    listed = writer.get("/v1/models").json()
    assert listed["object"] == "list"
    assert "gpt-4o-mini" in [model["id"] for model in listed["data"]]


def test_a_call_without_key_model_or_messages_is_refused(writer: httpx.Client, twin: Twin) -> None:
    nameless = httpx.post(f"{twin.openai_url}/v1/chat/completions", json={}, trust_env=False, verify=trusted())
    assert (nameless.status_code, nameless.json()["error"]["code"]) == (401, "invalid_api_key")
    bodies: list[dict[str, Any]] = [
        {"messages": []},
        {"model": "gpt-5", "messages": []},
        {"model": "gpt-5", "input": "x"},
    ]
    for body in bodies:
        assert writer.post("/v1/chat/completions", json=body).status_code == 400
    assert writer.get("/v1/elsewhere").json()["error"]["type"] == "invalid_request_error"


def test_models_have_weather_too(writer: httpx.Client, twin: Twin) -> None:
    body = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hello"}]}
    for fault, status in (("429", 429), ("500_before_accept", 500)):
        twin.script("openai", fault)
        assert writer.post("/v1/chat/completions", json=body).status_code == status
    twin.script("openai", "timeout_after_accept")
    with pytest.raises(httpx.TransportError):
        writer.post("/v1/chat/completions", json=body, timeout=0.3)
