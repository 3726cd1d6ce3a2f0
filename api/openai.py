"""As OpenAI's clients know it: /v1/models, /v1/chat/completions and /v1/embeddings.

An answer is quotes and nothing else: no language model writes it. Its citations are in the text, as annotations that
lead to the quotes' own addresses, and whole in the field `yinzheng`.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool

from api.asking import PING_SECONDS, answer
from api.problems import Refused, detail_of, problem, status_of
from api.records import Question
from api.services import Given, Reader, Services
from api.written import Written, written
from index.errors import YinzhengError
from rag.present import answer_json

router = APIRouter(prefix="/v1", tags=["openai"], dependencies=[Reader])

MODEL = "yinzheng"
_NO_QUESTION = "Ask a question. 请提出一个问题。"
_MOST_QUESTION = 2000  # characters of a message that are the question
_PIECE = 40  # characters of a streamed text in one event
_MOST_TEXTS, _MOST_LETTERS = 2048, 100_000


class Part(BaseModel):
    """A part of a message; of others than text nothing is read."""

    model_config = ConfigDict(extra="allow")
    type: str = Field(examples=["text"])
    text: str | None = Field(None, examples=["How many avocets were counted?"])


class Message(BaseModel):
    """A message of the conversation; the last of the user's is the question."""

    model_config = ConfigDict(extra="allow")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = Field(None, examples=["How many avocets were counted?"])


class StreamOptions(BaseModel):
    """What a stream carries beside the answer."""

    model_config = ConfigDict(extra="allow")
    include_usage: bool | None = None


class ChatRequest(BaseModel):
    """A conversation. What tells a language model how to write (temperature and the like) changes nothing here."""

    model_config = ConfigDict(extra="allow")
    messages: list[Message] = Field(min_length=1, max_length=10_000)
    model: str = Field(MODEL, description="any name; one library answers")
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None


class EmbeddingRequest(BaseModel):
    """Texts to be embedded by the library's own model."""

    model_config = ConfigDict(extra="allow")
    input: (
        Annotated[str, StringConstraints(min_length=1, max_length=_MOST_LETTERS)]
        | Annotated[
            list[Annotated[str, StringConstraints(min_length=1, max_length=_MOST_LETTERS)]],
            Field(min_length=1, max_length=_MOST_TEXTS),
        ]
    ) = Field(examples=["The survey counted 412 avocets."])
    model: str = ""
    encoding_format: Literal["float", "base64"] | None = "float"
    input_type: Literal["passage", "query"] = Field("passage", description="what the texts are to the library's model")


@router.get("/models")
def models(services: Given) -> dict[str, Any]:
    """List what answers, and what embeds."""
    names = dict.fromkeys((MODEL, services.library.manifest.model))
    return {
        "object": "list",
        "data": [{"id": name, "object": "model", "created": 0, "owned_by": "yinzheng"} for name in names],
    }


@router.post(
    "/chat/completions",
    response_model=dict[str, Any],
    responses={200: {"content": {"text/event-stream": {}, "application/json": {}}}},
)
async def chat_completions(wanted: ChatRequest, services: Given, request: Request) -> Any:
    """Answer the last question of a conversation with quotes; streamed where `stream` is true."""
    base = str(request.base_url).rstrip("/")
    if wanted.stream:
        events = _chunks(services, wanted, base, request.url.path)
        return EventSourceResponse(events, ping=PING_SECONDS, sep="\n")
    said, found = await run_in_threadpool(_answered, services, wanted)
    message = {"role": "assistant", "content": said.text, "refusal": None, "annotations": cited_in(said, base)}
    return {
        **_head("chat.completion"),
        "choices": [{"index": 0, "message": {**message, "yinzheng": found}, "finish_reason": "stop", "logprobs": None}],
        "usage": await run_in_threadpool(_usage, services, wanted, said.text),
    }


@router.post("/embeddings", response_model=dict[str, Any])
def embeddings(wanted: EmbeddingRequest, services: Given) -> dict[str, Any]:
    """Embed texts, each to a vector of unit length."""
    texts = [wanted.input] if isinstance(wanted.input, str) else wanted.input
    embedder = services.answering.embedder
    if (extra := (wanted.model_extra or {}).get("dimensions")) not in (None, embedder.dimension):
        raise Refused(400, f"the library's model gives {embedder.dimension} dimensions, not {extra}: leave it out")
    embed = embedder.embed_questions if wanted.input_type == "query" else embedder.embed_passages
    with services.metrics.timed("embed"):
        vectors = embed(texts)
    tokens = sum(embedder.count_tokens(texts))
    return {
        "object": "list",
        "model": services.library.manifest.model,
        "data": [
            {"object": "embedding", "index": place, "embedding": _coded(vector, wanted.encoding_format)}
            for place, vector in enumerate(vectors)
        ],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def cited_in(said: Written, base: str) -> list[dict[str, Any]]:
    """The citations as OpenAI has them: where each stands in the text, and the address of its quote."""
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": one.start,
                "end_index": one.end,
                "title": one.quote.title,
                "url": f"{base}/api/v1/documents/{one.quote.document}/quote"
                f"?start={one.quote.start}&end={one.quote.end}",
            },
        }
        for one in said.citations
    ]


def _answered(services: Services, wanted: ChatRequest) -> tuple[Written, dict[str, Any] | None]:
    question = _question(wanted)
    if not question:
        return Written(_NO_QUESTION, ()), None
    found = answer(services, Question.model_construct(question=question, within=None, false_answers=None))
    return written(found), answer_json(found)


def _question(wanted: ChatRequest) -> str:
    for message in reversed(wanted.messages):
        if message.role == "user":
            content = message.content if message.content is not None else ""
            parts = [content] if isinstance(content, str) else [part.text or "" for part in content]
            return "\n".join(parts).strip()[:_MOST_QUESTION]
    return ""


async def _chunks(services: Services, wanted: ChatRequest, base: str, path: str) -> AsyncIterator[dict[str, str]]:
    head = _head("chat.completion.chunk")

    def chunk(delta: dict[str, Any], end: str | None = None) -> dict[str, str]:
        choices = [{"index": 0, "delta": delta, "finish_reason": end, "logprobs": None}]
        return {"data": json.dumps({**head, "choices": choices}, ensure_ascii=False)}

    yield chunk({"role": "assistant", "content": ""})
    try:
        said, found = await run_in_threadpool(_answered, services, wanted)
    except YinzhengError as error:
        yield {"data": bytes(problem(status_of(error), detail_of(error, services.library.folder), path).body).decode()}
        return
    for start in range(0, len(said.text), _PIECE):
        yield chunk({"content": said.text[start : start + _PIECE]})
    yield chunk({"annotations": cited_in(said, base), "yinzheng": found})
    yield chunk({}, "stop")
    if wanted.stream_options is not None and wanted.stream_options.include_usage:
        usage = await run_in_threadpool(_usage, services, wanted, said.text)
        yield {"data": json.dumps({**head, "choices": [], "usage": usage})}
    yield {"data": "[DONE]"}


def _usage(services: Services, wanted: ChatRequest, text: str) -> dict[str, int]:
    prompt, completion = services.answering.embedder.count_tokens([_question(wanted), text])
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _head(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{secrets.token_hex(12)}", "object": kind, "created": int(time.time()), "model": MODEL}


def _coded(vector: Any, form: str | None) -> list[float] | str:
    row = np.asarray(vector, dtype="<f4")
    return base64.b64encode(row.tobytes()).decode("ascii") if form == "base64" else [float(value) for value in row]
