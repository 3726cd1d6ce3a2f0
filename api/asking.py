"""Questions over HTTP: answers, at once or as they come, passages, and every mention of a term."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool

from api.problems import Refused, detail_of, problem, status_of
from api.records import (
    AnswerOut,
    DocumentId,
    Hits,
    Judged,
    JudgedOut,
    MentionsOut,
    Offset,
    Page,
    Question,
    Search,
    Status,
    Term,
)
from api.services import First, Given, Most, Reader, Services, part
from index.errors import YinzhengError
from page.judged import judge
from rag.answer import search as search_library
from rag.mentions import Mentions, mentions
from rag.quote import quote
from rag.records import Answer, Hit, NotFound, Quote

router = APIRouter(tags=["asking"], dependencies=[Reader])

PING_SECONDS = 15


@router.get("/status")
def status(services: Given) -> Status:
    """Say how much there is, and whether a question is answered at once."""
    counts, built = services.library.counts(), services.library.manifest
    return Status(
        ready=services.answering.ready,
        documents=counts.documents,
        passages=counts.passages,
        model=built.model,
        dimension=built.dimension,
    )


@router.post("/ask")
def ask(question: Question, services: Given) -> AnswerOut:
    """Answer a question with quotes, or say that the documents do not hold the answer (`found` is false then)."""
    return AnswerOut.of(answer(services, question))


@router.post(
    "/ask/stream",
    response_class=EventSourceResponse,
    responses={200: {"description": "server-sent events", "content": {"text/event-stream": {}}}},
)
async def ask_stream(question: Question, services: Given, request: Request) -> EventSourceResponse:
    """Answer as server-sent events: `asked`, then a `quote` for each, then the whole `answer`; or a `problem`.

    While the answer is looked for, the line is kept open by comments.
    """
    return EventSourceResponse(_events(services, question, request.url.path), ping=PING_SECONDS, sep="\n")


@router.post("/search")
def search(wanted: Search, services: Given) -> Hits:
    """Find the passages nearest to a question, best first, without reading them."""
    return Hits.of(wanted.question, nearest(services, wanted.question, wanted.top_k, wanted.within))


@router.get("/mentions")
def all_mentions(
    services: Given,
    term: Annotated[Term, Query(examples=["18.55万"])],
    offset: First = 0,
    limit: Most = 50,
    document: Annotated[list[DocumentId] | None, Query(max_length=1000)] = None,
) -> Page[MentionsOut]:
    """List every place that holds a term, document by document: complete, where search stops at the best."""
    library = services.library
    with library.snapshot():
        found = part(mentions(library, term, document), offset, limit)
        items = [_mentions(services, one) for one in found.items]
    return Page(items=items, total=found.total, offset=found.offset, limit=found.limit, next=found.next)


@router.post("/feedback", status_code=201, tags=["asking"])
def give_feedback(said: Judged, services: Given) -> JudgedOut:
    """Say whether what a question gets is right; it is kept with what was found."""
    result = services.answering.ask(said.question, within=said.within)
    return JudgedOut(id=judge(services.library, result, said.verdict, said.reason, said.words))


@router.get("/documents/{document}/quote", tags=["documents"])
def quote_at(
    document: DocumentId, start: Annotated[Offset, Query()], end: Annotated[Offset, Query()], services: Given
) -> Quote:
    """Quote a span of a document, character for character, with its address."""
    return quoted(services, document, start, end)


def quoted(services: Services, document: str, start: int, end: int) -> Quote:
    """The quote at an address. Raises UnknownDocument, or Refused where nothing stands there."""
    try:
        return quote(services.library.document(document), start, end)
    except ValueError as error:
        raise Refused(404, str(error)) from error


def answer(services: Services, question: Question) -> Answer | NotFound:
    """What the library answers. Raises what `Assistant.ask` does."""
    threshold = None
    if question.false_answers is not None:
        services.answering.wait()
        calibration = services.answering.calibration
        threshold = None if calibration is None else calibration.threshold(question.false_answers)
    return services.answering.ask(question.question, threshold, question.within)


def nearest(services: Services, question: str, top_k: int, within: list[str] | None) -> list[Hit]:
    """The nearest passages. Raises what `Assistant.search` does."""
    services.answering.wait()
    with services.metrics.timed("search"):
        return search_library(services.library, services.answering.embedder, question, top_k, within)


async def _events(services: Services, question: Question, path: str) -> AsyncIterator[dict[str, Any]]:
    yield _event("asked", {"question": question.question, "ready": services.answering.ready})
    try:
        found = AnswerOut.of(await run_in_threadpool(answer, services, question))
    except YinzhengError as error:
        said = problem(status_of(error), detail_of(error, services.library.folder), path)
        yield {"event": "problem", "data": bytes(said.body).decode()}
        return
    content = found.model_dump()
    for number, one in enumerate(content["quotes"], start=1):
        yield _event("quote", {"citation": number, "quote": one})
        await asyncio.sleep(0)
    yield _event("answer", content)


def _event(name: str, content: object) -> dict[str, Any]:
    return {"event": name, "data": json.dumps(content, ensure_ascii=False)}


def _mentions(services: Services, found: Mentions) -> MentionsOut:
    document = services.library.document(found.document)
    return MentionsOut(
        document=found.document,
        title=found.title,
        count=len(found.spans),
        spans=list(found.spans),
        sentences=[quote(document, one.start, one.end) for one in dict.fromkeys(found.sentences)],
    )
