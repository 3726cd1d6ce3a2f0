"""What every format is made from, and the words around the quotes in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import regex

from index.errors import YinzhengError
from rag.evidence import Entry, State

# What XML 1.0 can hold (https://www.w3.org/TR/xml/#charsets); the formats of office programs are XML.
NOT_XML = regex.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

WORDS = {
    "zh": {
        "references": "参考文献",
        "sources": "原文文件",
        "question": "问",
        "answer": "答",
        "not found": "文档中没有找到答案",
        "note": "注",
        "current": "已核对",
        "moved": "原文已更新，文字仍在",
        "changed": "原文已更改，文字已不在",
        "gone": "原文已不在库中",
    },
    "en": {
        "references": "References",
        "sources": "Source files",
        "question": "Question",
        "answer": "Answer",
        "not found": "No answer was found in the documents",
        "note": "Note",
        "current": "verified",
        "moved": "the source was replaced, the words are still in it",
        "changed": "the source was replaced, the words are no longer in it",
        "gone": "the source is no longer in the library",
    },
}


class UnexportableReport(YinzhengError):
    """A format cannot hold a quote as it is, or is not one that is written."""


@dataclass(frozen=True, slots=True)
class Content:
    """A report with how each entry's source was when it was exported; `states[i]` is that of `entries[i]`.

    `listed` are CSL items of its user's own bibliography, which are followed for the documents that they are of.
    `answers` says whether the short answers are printed too, as of a conversation; `not_found` are its questions that
    have none.
    """

    name: str
    entries: tuple[Entry, ...]
    states: tuple[State, ...]
    style: str
    language: str
    made: str
    listed: tuple[dict[str, Any], ...] = ()
    answers: bool = False
    not_found: tuple[str, ...] = ()

    def words(self, key: str) -> str:
        """A word of the language the report is written in."""
        return WORDS[self.language][key]


def address(entry: Entry) -> str:
    """The address that a program can look up.

    An address is the document's id, the start and the end: 0123456789abcdef:120-180.
    """
    return f"{entry.document}:{entry.start}-{entry.end}"


def whereabouts(entry: Entry, language: str) -> str:
    """Where in its document the quote stands, in words: heading, page or cell, paragraph, sentence."""
    parts = [entry.heading] if entry.heading else []
    chinese = language == "zh"
    if entry.page is not None:
        parts.append(f"第 {entry.page} 页" if chinese else f"p. {entry.page}")
    if entry.cell is not None:
        parts.append(f"单元格 {entry.cell}" if chinese else f"cell {entry.cell}")
    if entry.paragraph is not None:
        sentence = (
            "" if entry.sentence is None else f"第 {entry.sentence} 句" if chinese else f", sentence {entry.sentence}"
        )
        parts.append(f"第 {entry.paragraph} 段{sentence}" if chinese else f"paragraph {entry.paragraph}{sentence}")
    return ("，" if chinese else ", ").join(parts)


def require_fit(content: Content, format_name: str, unfit: regex.Pattern[str] = NOT_XML) -> None:
    """Raise UnexportableReport where a quote holds a character that the format cannot hold."""
    for entry in content.entries:
        found = unfit.search(entry.text)
        if found is not None:
            raise UnexportableReport(
                f"quote {entry.place} of {content.name!r} holds U+{ord(found.group()):04X}, which {format_name} "
                "cannot hold and which is not altered here: export to CSV, or take the quote without that character"
            )


def without_controls(text: str) -> str:
    """A title, note or name for a place where control characters cannot stand; never used for a quote."""
    return str(NOT_XML.sub("\ufffd", text))


def lines_of(text: str) -> list[str]:
    """A quote's lines; a format writes its own kind of line end between them."""
    return [str(line) for line in regex.split(r"\r\n|\r|\n", text)]
