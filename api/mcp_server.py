"""The library for language models: an MCP server with five tools, over stdio or HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from anyio.to_thread import run_sync
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field

from api.asking import answer, nearest
from api.problems import detail_of
from api.records import Question
from api.services import Services
from api.verifying import checked
from api.written import address
from index.errors import YinzhengError
from rag.mentions import mentions
from rag.quote import quote
from rag.records import Answer, Finding, Quote

_Result = TypeVar("_Result")

INSTRUCTIONS = """\
A library of documents that answers with exact quotes. Use `ask` for a question, `search` to look around, and \
`all_mentions` when every occurrence counts. Every quote comes with an address, DOCUMENT:START-END: give it with the \
quote, so that it can be looked up again with `get_quote`. Copy quotes character for character. When `found` is \
false the documents do not hold the answer: say so, and do not answer from memory. Before you hand over a text with \
quotations, check it with `verify_text`."""
_MOST_MENTIONS = 200
_Within = Annotated[
    list[str] | None,
    Field(description="Look only in these collections or documents, by name or id. Leave out to look everywhere."),
]


class CitedQuote(BaseModel):
    """A passage, character for character, and where it stands."""

    address: str = Field(description="DOCUMENT:START-END, to be given with the quote; get_quote takes it")
    text: str
    title: str
    heading: str
    page: int | None
    cell: str | None
    paragraph: int | None
    sentence: int | None


class ShortAnswer(BaseModel):
    """A short answer, a part of the quotes that it cites; citation n is the n-th quote."""

    text: str
    confidence: float
    citations: list[int]


class Asked(BaseModel):
    """An answer, or the nearest passages where the documents hold none."""

    found: bool
    relation: str | None = Field(
        description="one, several, parts (of the question), differing (contradicting), or either of two"
    )
    answers: list[ShortAnswer]
    quotes: list[CitedQuote]
    nearest: list[CitedQuote] = Field(description="passages that were read and do not answer by themselves")
    searched_documents: int


class Passage(BaseModel):
    """A passage that may be of use; score is higher for better."""

    address: str
    score: float
    title: str
    heading: str
    text: str


class AllMentions(BaseModel):
    """Every sentence that holds the term."""

    total: int
    documents: int
    sentences: list[CitedQuote] = Field(description=f"the first {_MOST_MENTIONS}")


class CheckedQuotation(BaseModel):
    """What is said of one quotation of a text."""

    text: str
    ok: bool
    verdict: str = Field(description="exact, typographic (printed otherwise), altered, not found or source changed")
    source: CitedQuote | None = Field(description="where the words stand, or the most similar ones")


class CheckedText(BaseModel):
    """Whether a text quotes what the documents say."""

    ok: bool
    quotations: list[CheckedQuotation]
    wrong_numbers: list[str] = Field(description="numbers in sentences with a citation that its source does not have")


def mcp_server(services: Services) -> MCPServer[Any]:
    """The server over a library; `run("stdio")` serves one program, `streamable_http_app()` is for many."""
    server: MCPServer[Any] = MCPServer("yinzheng", "引证 Yinzheng", instructions=INSTRUCTIONS, log_level="WARNING")
    reading = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

    async def done(work: Callable[[], _Result]) -> _Result:
        try:
            return await run_sync(work)
        except YinzhengError as error:
            raise ToolError(detail_of(error, services.library.folder)) from error

    @server.tool(title="Ask the documents", annotations=reading)
    async def ask(
        question: Annotated[str, Field(description="One question in any language, as a full sentence.")],
        within: _Within = None,
    ) -> Asked:
        """Answer a question from the documents with exact quotes.

        found=false means that the documents do not hold the answer; `nearest` then has the closest passages.
        Ask one thing at a time. The quotes' addresses can be given to get_quote.
        """

        def work() -> Asked:
            wanted = Question.model_construct(question=question, within=within, false_answers=None)
            result = answer(services, wanted)
            found = isinstance(result, Answer)
            return Asked(
                found=found,
                relation=result.relation if isinstance(result, Answer) else None,
                answers=[_short(one) for one in result.findings] if isinstance(result, Answer) else [],
                quotes=[_cited(one) for one in result.quotes] if isinstance(result, Answer) else [],
                nearest=[_cited(one) for one in result.nearest],
                searched_documents=result.searched.documents,
            )

        return await done(work)

    @server.tool(title="Search the documents", annotations=reading)
    async def search(
        query: Annotated[str, Field(description="A question or words to look for, in any language.")],
        top_k: Annotated[int, Field(ge=1, le=50, description="How many passages.")] = 8,
        within: _Within = None,
    ) -> list[Passage]:
        """Find the passages nearest to a query, best first, without deciding whether they answer it."""

        def work() -> list[Passage]:
            hits = nearest(services, query, top_k, within)
            return [
                Passage(
                    address=f"{hit.passage.document}:{hit.passage.start}-{hit.passage.end}",
                    score=round(hit.score, 4),
                    title=hit.passage.title,
                    heading=hit.passage.heading,
                    text=hit.passage.text,
                )
                for hit in hits
            ]

        return await done(work)

    @server.tool(title="List every mention of a term", annotations=reading)
    async def all_mentions(
        term: Annotated[str, Field(description="A word, name or number; 18.55万 also finds 185,500.")],
    ) -> AllMentions:
        """List every sentence of every document that holds a term: complete, unlike search.

        Simplified and traditional characters, case, width and ways of writing a number match each other.
        """

        def work() -> AllMentions:
            with services.library.snapshot():
                found = mentions(services.library, term)
                sentences = [
                    _cited(quote(services.library.document(one.document), span.start, span.end))
                    for one in found
                    for span in dict.fromkeys(one.sentences)
                ]
            total = sum(len(one.spans) for one in found)
            return AllMentions(total=total, documents=len(found), sentences=sentences[:_MOST_MENTIONS])

        return await done(work)

    @server.tool(title="Look a quote up", annotations=reading)
    async def get_quote(
        address: Annotated[str, Field(description="DOCUMENT:START-END, as the other tools give it.")],
        context: Annotated[int, Field(ge=0, le=5000, description="Characters to add on both sides.")] = 0,
    ) -> CitedQuote:
        """Give the exact text at an address, to check a quote or to read around it."""
        return await done(lambda: _looked_up(services, address, context))

    @server.tool(title="Check the quotations of a text", annotations=reading)
    async def verify_text(
        text: Annotated[str, Field(description="The finished text, in Markdown, with its quotations in quote marks.")],
    ) -> CheckedText:
        """Check every quotation of a text against the documents, and every number in a sentence with a citation.

        A quotation that is altered or not found is to be corrected from `source`, or taken out.
        """

        def work() -> CheckedText:
            report = checked(services, text.encode("utf-8"), "text.md")
            return CheckedText(
                ok=report.ok,
                quotations=[_checked(one) for one in report.quotations],
                wrong_numbers=[str(one["text"]) for one in report.figures if not one["ok"]],
            )

        return await done(work)

    return server


def _looked_up(services: Services, given: str, context: int) -> CitedQuote:
    name, _, span = given.strip().rpartition(":")
    first, _, last = span.partition("-")
    if not (name and first.isdecimal() and last.isdecimal()):
        raise ToolError(f"{given!r} is no address: DOCUMENT:START-END, as the other tools give it")
    document = services.library.find_document(name)
    try:
        quote(document, int(first), int(last))
    except ValueError as error:
        raise ToolError(str(error)) from error
    start, end = max(0, int(first) - context), min(len(document.text), int(last) + context)
    return _cited(quote(document, start, end))


def _cited(one: Quote) -> CitedQuote:
    return CitedQuote(
        address=address(one),
        text=one.text,
        title=one.title,
        heading=one.heading,
        page=one.page,
        cell=one.cell,
        paragraph=one.paragraph,
        sentence=one.sentence,
    )


def _short(one: Finding) -> ShortAnswer:
    return ShortAnswer(text=one.text, confidence=round(one.confidence, 4), citations=list(one.citations))


def _checked(one: dict[str, Any]) -> CheckedQuotation:
    source = one["source"]
    return CheckedQuotation(
        text=one["text"],
        ok=one["ok"],
        verdict=one["verdict"],
        source=None if source is None else _cited(Quote(**source)),
    )
