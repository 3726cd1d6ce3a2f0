"""Questions made of a document's own sentences, by rule: what is said to be a number is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from index.records import Document

_SENTENCES = 80  # of a document that are looked at
_MOST = 12  # questions of a document

# A clause of Chinese that says of something with a name that it is, or has come to, a number.
_CHINESE = regex.compile(
    r"(?:^|[，。；：])(?P<subject>[\p{Han}A-Za-z0-9“”]{4,22}?)"
    r"(?P<verb>已达到|已突破|达到|突破|超过|已达|已有|共有|共计|为|达|是)"
    r"(?P<number>[近超约]?\d[\d,.]*(?:[万亿]*[%％‰]|[万亿]*\p{Han}{0,2}))(?=[，。；、]|$)"
)
# What cannot stand alone: it means something that was said before.
_REFERS = regex.compile(r"^(?:该|这|那|它|他|她|此|并|且|而|也|均|同比|环比|较|比)|其|(?:分别|同比|增长|下降|提高)$")
_ENGLISH = regex.compile(
    r"^(?P<subject>The [a-z][A-Za-z'’ -]{4,60}?|[A-Z][A-Za-z'’ -]{6,60}? of [A-Z][A-Za-z'’ -]{2,40}?) "
    r"(?P<verb>is|was|are|were) (?P<number>(?:about |over |nearly )?[$€£]?\d[\d,.]*)\b"
)


@dataclass(frozen=True, slots=True)
class Made:
    """A question, and the words that answer it."""

    question: str
    answer: str


def questions_of(document: Document, language: str) -> Iterator[Made]:
    """Questions in the language (zh, en), in the order of the text; whether they are answered is not known yet.

    >>> from index.records import Document, Span
    >>> text = "岚图2024年供应链本地化率已达41%，其中一半来自本市。"
    >>> list(questions_of(Document("0" * 16, "a", "a", "", "a", text, (), (), (Span(0, len(text)),)), "zh"))
    [Made(question='岚图2024年供应链本地化率已达多少？', answer='41%')]
    """
    made = 0
    for sentence in document.sentences[:_SENTENCES]:
        for one in _of_sentence(document.text[sentence.start : sentence.end], language):
            yield one
            made += 1
            if made == _MOST:
                return


def _of_sentence(text: str, language: str) -> Iterator[Made]:
    if language == "zh":
        for found in _CHINESE.finditer(text, overlapped=True):
            subject = found["subject"]
            if not _REFERS.search(subject) and regex.search(r"\p{Han}", subject):
                yield Made(f"{subject}{found['verb']}多少？", found["number"])
        return
    found = _ENGLISH.search(text)
    if found is not None:
        subject = found["subject"]
        subject = subject[0].lower() + subject[1:] if subject.startswith("The ") else subject
        yield Made(f"What {found['verb']} {subject}?", found["number"])
