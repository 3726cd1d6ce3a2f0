"""Who spoke the words of a quote, where the text says so beside the speech. Precise rather than complete.

Told are speech in quote marks with the speaker before, after or between, and a sentence that begins with who reports
it. A pronoun names nobody, and the answer is then none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import regex

from index.records import Document, Span
from index.split import containing
from rag.marks import is_long, marked_spans

_NAME = r"(?P<name>[^，。；：！？、“”「」『』,.;:!?\s]{2,40}?)"
_VERB = (
    r"(?:介绍说|感慨道|感慨地说|回忆道|笑着说|笑道|解释说|补充说|强调说|告诉记者|对记者说|表示|说道|指出|介绍|感慨|坦言|回忆|强调|"
    r"认为|透露|谈到|谈道|直言|写道|说|称|道)"
)
_AFTER = regex.compile(rf"[，,]?(?:[^。！？“”「」]{{1,30}}，)??{_NAME}(?:{_VERB}(?=[，,：:。“「])|道出了?|如是说)")
_BEFORE = regex.compile(rf"(?:\A|[。！？；，”」\n]){_NAME}{_VERB}[：:，,]\s*\Z")
_REPORTED = regex.compile(rf"(?:[^，。：“”]{{1,12}}，)?{_NAME}(?:表示|介绍|介绍说|指出|称|说|认为|透露|强调|坦言)，")
_PRONOUN = regex.compile(r"(?:他|她|它|他们|她们|我|我们|你|大家|有人|对方|记者|其)(?:也|还|则|又)?\Z|[^\p{Han}]*\Z")

_ENGLISH_VERB = (
    r"(?:said|says|told \w+(?: \w+)?|added|adds|explained|explains|noted|notes|wrote|writes|recalled|argued|argues|"
    r"stated|asked|replied)"
)
_PERSON = (
    r"(?P<name>(?:[Tt]he |[Aa]n? )?(?:\p{Lu}[\p{L}.'’-]+|[a-z]+(?= (?:\p{Lu}|[a-z]+ (?:said|says))))"
    r"(?: (?:\p{Lu}[\p{L}.'’-]*|of|de|van|von|bin|al|the|[a-z]+(?= (?:said|says|added))))*)"
)
_ROLE = r"(?:, [^,.“”\"]{2,50},)?"
_ENGLISH_AFTER = regex.compile(rf"\s*,?\s*(?:{_ENGLISH_VERB} {_PERSON}|{_PERSON}{_ROLE} {_ENGLISH_VERB}\b)")
_ENGLISH_BEFORE = regex.compile(rf"(?:\A|[.!?”\"]\s+|\n){_PERSON}{_ROLE} {_ENGLISH_VERB}[^.“”\"]{{0,30}}[,:]\s*\Z")
_ENGLISH_PRONOUN = regex.compile(r"(?:he|she|it|they|we|i|you|who|this|that|there)\Z", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who spoke: `document.text[start:end]`, as the text calls them. `kind`: in quote marks, or reported."""

    start: int
    end: int
    kind: Literal["quoted", "reported"]


def speaker(document: Document, start: int, end: int) -> Speaker | None:
    """Who spoke `document.text[start:end]`; None where it is no speech, or the text beside it does not say."""
    at = containing(document.paragraphs, start)
    if at is None:
        return None
    paragraph = document.paragraphs[at]
    text = document.text[paragraph.start : paragraph.end]
    for first, last in _speeches(text):
        if first - 1 <= start - paragraph.start < last and end - paragraph.start <= last + 1:
            return _named(text, first, last, paragraph, "quoted")
    return _reporting(document, start)


def _speeches(text: str) -> list[tuple[int, int]]:
    """The spans in quote marks that are speech: long enough, or closed with a sentence's own mark."""
    return [
        (start, end)
        for start, end in marked_spans(text)
        if is_long(text[start:end]) or text[start:end].rstrip()[-1:] in "。，！？,.!?"
    ]


def _named(text: str, first: int, last: int, paragraph: Span, kind: Literal["quoted"]) -> Speaker | None:
    after, before = text[last + 1 :], text[: first - 1]
    for offset, found in (
        (last + 1, _AFTER.match(after)),
        (0, _BEFORE.search(before)),
        (last + 1, _ENGLISH_AFTER.match(after)),
        (0, _ENGLISH_BEFORE.search(before)),
    ):
        name = "" if found is None else found.group("name").rstrip(".")
        pronoun = _ENGLISH_PRONOUN.match(name) or (_PRONOUN.match(name) and not _latin(name))
        if found is None or not name or pronoun:
            continue
        begin = paragraph.start + offset + found.start("name")
        return Speaker(begin, begin + len(name), kind)
    return None


def _latin(name: str) -> bool:
    return regex.search(r"\p{Latin}{2}", name) is not None


def _reporting(document: Document, start: int) -> Speaker | None:
    """Who a sentence begins with, when what they report is quoted."""
    at = containing(document.sentences, start)
    if at is None:
        return None
    sentence = document.sentences[at]
    found = _REPORTED.match(document.text, sentence.start, sentence.end)
    if found is None or found.end() > start or _PRONOUN.match(found.group("name")):
        return None
    return Speaker(found.start("name"), found.end("name"), "reported")
