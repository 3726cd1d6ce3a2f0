"""What goes over HTTP: the library's own frozen records where they can, and models made of them where they cannot.

A frozen record that a model has as a field is shown as it is, with all its fields; pydantic makes its schema. What is
read from a request forbids fields that it does not know, so that a misspelt one is told.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from accounts.records import Change, Role, Token
from index.collections import Collection
from index.records import DocumentSummary, FileState, Origin, Span
from page.adding import Outcome
from rag.evidence import Entry, Report, State
from rag.present import answer_json, hit_json
from rag.records import Answer, Hit, NotFound, Quote, Relation

_Item = TypeVar("_Item")

MOST_CHARACTERS = 2000  # of a question, a term, a note or a field that is typed

# Something to be seen in it: white space, control characters and marks without width alone say nothing.
_VISIBLE = r"[^\x00-\x20\x7f-\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
Typed = Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS, pattern=_VISIBLE)]
# A letter or a digit is in it, in any script: what consists of marks alone cannot be looked for.
Term = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\w")]
_PLAIN = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*"
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=rf"^{_PLAIN}\w{_PLAIN}$")]
Field_ = Annotated[str, StringConstraints(max_length=MOST_CHARACTERS)]
DocumentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


def _whole(given: object) -> object:
    """5.0 is a whole number in JSON as 5 is."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


Number = Annotated[int, Field(ge=1, le=2**53), BeforeValidator(_whole)]
Offset = Annotated[int, Field(ge=0, le=2**31 - 1), BeforeValidator(_whole)]
Few = Annotated[int, Field(ge=1, le=100), BeforeValidator(_whole)]


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Page(BaseModel, Generic[_Item]):
    """A part of a list."""

    items: list[_Item]
    total: int = Field(description="how many there are in all")
    offset: int
    limit: int
    next: int | None = Field(description="the offset of the next part; null at the end")


class Question(_Given):
    """What is asked, and where to look."""

    question: Typed = Field(examples=["武汉有多少个中小企业服务工作站？", "How many avocets were counted?"])
    within: list[Typed] | None = Field(
        None,
        max_length=1000,
        description="collections and documents to look in, by name or id; all where it is null, none where it is empty",
        examples=[None],
    )
    false_answers: float | None = Field(
        None,
        ge=0,
        le=1,
        description="of questions that the documents do not answer, at most this share is answered; usually 0.05",
        examples=[None],
    )


class Search(_Given):
    """What is looked for, without reading it."""

    question: Typed = Field(examples=["数字化转型"])
    top_k: Few = Field(10, description="how many passages")
    within: list[Typed] | None = Field(None, max_length=1000, examples=[None])


class FindingOut(BaseModel):
    """One of the answers: a span of a document, and the numbers, from 1, of the quotes that hold it."""

    text: str
    document: str
    start: int
    end: int
    confidence: float
    citations: list[int]


class CandidateOut(BaseModel):
    """What else might answer, and the sentence it stands in."""

    text: str
    start: int
    end: int
    confidence: float
    quote: Quote


class SearchedOut(BaseModel):
    """How much was searched, and how many passages were read."""

    documents: int
    passages: int
    read: int


class AnswerOut(BaseModel):
    """An answer, or that there is none (`found` false): what `python -m rag ask --json` prints."""

    question: str
    found: bool
    answer: str | None = Field(description="the short answer, a part of the first quote; null when not found")
    confidence: float
    relation: Relation | None
    answers: list[FindingOut]
    quotes: list[Quote] = Field(description="citation n is the n-th; text == document.text[start:end]")
    candidates: list[CandidateOut]
    nearest: list[Quote]
    unseen: list[str] = Field(description="when not found: words of the question that stand nowhere")
    missing: list[str] = Field(description="parts of the question that have no answer where others have one")
    searched: SearchedOut

    @classmethod
    def of(cls, result: Answer | NotFound) -> Self:
        """An answer or a refusal, as it is sent."""
        return cls.model_validate(answer_json(result))


class HitOut(BaseModel):
    """A passage that may answer, best first."""

    rank: int
    score: float
    cosine: float
    lexical: float
    document: str
    title: str
    heading: str
    start: int
    end: int
    text: str


class Hits(BaseModel):
    """The nearest passages."""

    question: str
    hits: list[HitOut]

    @classmethod
    def of(cls, question: str, hits: list[Hit]) -> Self:
        """Hits, as they are sent."""
        return cls(question=question, hits=[HitOut(**hit_json(hit)) for hit in hits])


class MentionsOut(BaseModel):
    """Where one document holds the term, with the sentences that do."""

    document: str
    title: str
    count: int
    spans: list[Span]
    sentences: list[Quote]


class DocumentOut(BaseModel):
    """A document without its text. Where on the server its file was, is not said."""

    id: str
    name: str
    names: list[str] = Field(description="all the names it is kept under")
    sha256: str
    title: str
    characters: int
    passages: int
    added: str
    kind: str
    bytes: int
    pages: int
    encoding: str
    notes: list[str]
    origin: Origin
    collections: list[str]

    @classmethod
    def of(cls, summary: DocumentSummary) -> Self:
        """A summary, as it is sent."""
        fields = asdict(summary)
        names = [_name(source) for source in fields.pop("sources")]
        del fields["source"]
        return cls(names=names, **fields)


class FileOut(BaseModel):
    """How far a file has come: also one that waits, or failed."""

    name: str
    state: Literal["waiting", "read", "split", "embedded", "searchable", "failed"]
    reason: str
    document: str | None
    since: str

    @classmethod
    def of(cls, state: FileState) -> Self:
        """A state, as it is sent."""
        fields = asdict(state)
        del fields["source"]
        return cls(**fields)


class DocumentText(BaseModel):
    """A part of a document's text; offsets are Unicode code points, `end` exclusive."""

    document: str
    sha256: str = Field(description="of the document's file")
    characters: int = Field(description="of the whole text")
    start: int
    end: int
    text: str


class DocumentChange(_Given):
    """What is put in the place of the file's own; null gives that back. What is left out stays."""

    title: Field_ | None = None
    author: Field_ | None = None
    publisher: Field_ | None = None
    date: Field_ | None = None
    url: Field_ | None = None
    collections: list[Line] | None = Field(None, max_length=100, description="those that it is to be in; no others")


class AdditionOut(BaseModel):
    """Files on their way into the library."""

    id: str
    state: Literal["waiting", "adding", "done", "cancelled", "failed"]
    share: float = Field(description="how much is done, between 0 and 1")
    seconds_left: float | None
    outcomes: list[Outcome]
    error: str


class Removed(BaseModel):
    """A document that is gone."""

    removed: str
    without_trace: bool = Field(
        description="false while another program still reads the earlier state: its log then holds traces of the text"
    )


class CollectionName(_Given):
    """A collection's name."""

    name: Line = Field(examples=["年报"])


class ReportName(_Given):
    """A report's name."""

    name: Line = Field(examples=["My report"])


class Chosen(_Given):
    """A quote to be put in a report, by its address."""

    document: DocumentId = Field(examples=["0123456789abcdef"])
    start: Offset
    end: Offset
    note: Field_ = ""
    question: Field_ = Field("", description="the question that it answers")


class EntryChange(_Given):
    """Another note, or another place in the report, from 1."""

    note: Field_ | None = None
    place: Number | None = None


class EntryOut(BaseModel):
    """A chosen quote, and how its source is now."""

    entry: Entry
    state: State


class ReportText(_Given):
    """A finished report to be checked, as text."""

    text: Annotated[str, StringConstraints(max_length=1_000_000)] = Field(
        examples=["The survey counted “412 avocets” [0123456789abcdef:120-160]."]
    )
    format: Literal["md", "txt", "html"] = "md"


class CheckedOut(BaseModel):
    """What is said of a report: `python -m rag verify --json` describes it."""

    report: str
    ok: bool
    documents: int
    counts: dict[str, int]
    quotations: list[dict[str, Any]]
    figures: list[dict[str, Any]]
    unreadable: str | None = Field(
        None, description="why the file cannot be read as a report; nothing was checked then"
    )


class Status(BaseModel):
    """The library, and whether it answers at once."""

    ready: bool = Field(description="whether the models are loaded; a question waits until they are")
    documents: int
    passages: int
    model: str
    dimension: int


class Me(BaseModel):
    """Who is asking; an empty name where there are no accounts."""

    name: str
    role: Role


class TokenWish(_Given):
    """A token to be made: what for, what it may do at most, and for how many days."""

    name: Line = Field(examples=["notebook"])
    scope: Role = "reader"
    days: Annotated[Number, Field(le=3650)] | None = None


class NewToken(BaseModel):
    """A token and its secret, which is shown this once."""

    token: Token
    secret: str


Changes = Page[Change]
Collections = Page[Collection]
Reports = Page[Report]


def _name(source: str) -> str:
    return source.replace("\\", "/").removeprefix("upload:").rpartition("/")[2]


class Judged(_Given):
    """What a person says of the answer, or of the refusal, that a question gets."""

    question: Typed = Field(description="the question, as it was asked", examples=["How many avocets were counted?"])
    within: list[Typed] | None = Field(None, max_length=1000, description="where it was looked for", examples=[None])
    verdict: Literal["right", "wrong"] = Field(examples=["wrong"])
    reason: Literal["", "other answer", "quote", "is there", "not there", "other"] = Field("", examples=["quote"])
    words: Field_ = Field("", description="why, in one's own words")


class JudgedOut(BaseModel):
    """The number under which it is kept."""

    id: int


class ConversationName(_Given):
    """A conversation's name."""

    name: Line = Field(examples=["年报"])
