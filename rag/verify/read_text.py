"""Reports in Markdown and plain text."""

from __future__ import annotations

import regex
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.verify.report import NoteMark, Part

_DEFINITION = regex.compile(r"(?m)^ {0,3}\[\^([^\]\s]+)\]:[ \t]*(.*(?:\n(?:[ \t]+\S.*|[ \t]*(?=\n[ \t]+\S)))*)")
_REFERENCE = regex.compile(r"\[\^([^\]\s]+)\]")


def read_markdown(data: bytes) -> list[Part]:
    """CommonMark with tables and footnotes, as it is shown: marks are gone, escapes are what they stand for."""
    source = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    parser = MarkdownIt("commonmark").enable("table").disable("text_join")  # an escaped [^1] is no reference
    notes: dict[str, str] = {}
    for found in _DEFINITION.finditer(source):
        notes[found.group(1)] = "\n".join(part.text for part in _parts(parser.parse(found.group(2)), {}))
    parts = _parts(parser.parse(_DEFINITION.sub("", source)), notes)
    return [*parts, *(Part("note", text) for text in notes.values())]


def read_plain(data: bytes) -> list[Part]:
    """Paragraphs, separated by blank lines; the line ends within one are only where it was wrapped."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    blocks = [block for block in regex.split(r"\n[ \t\u3000]*\n", text) if block.strip()]
    return [Part("text", block, number=number) for number, block in enumerate(blocks)]


def _parts(tokens: list[Token], notes: dict[str, str]) -> list[Part]:
    parts: list[Part] = []
    quoted = 0
    for token in tokens:
        quoted += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "inline":
            text, marks = _inline(token.children or [], notes)
            parts.append(Part("quotation" if quoted else "text", text, tuple(marks), len(parts)))
        elif token.type in ("fence", "code_block"):
            parts.append(Part("text", token.content, (), len(parts)))
    return parts


def _inline(tokens: list[Token], notes: dict[str, str]) -> tuple[str, list[NoteMark]]:
    text = ""
    marks: list[NoteMark] = []
    for token in _merged(tokens):
        if token.type == "text":
            place = 0
            for found in _REFERENCE.finditer(token.content):
                if found.group(1) in notes:
                    text += token.content[place : found.start()]
                    marks.append(NoteMark(len(text), notes[found.group(1)]))
                    place = found.end()
            text += token.content[place:]
        elif token.type in ("softbreak", "hardbreak"):
            text += "\n"
        elif token.type in ("text_special", "code_inline", "image"):
            text += token.content
    return text, marks


def _merged(tokens: list[Token]) -> list[Token]:
    """Neighbouring texts as one: the parser cuts them at brackets."""
    merged: list[Token] = []
    for token in tokens:
        if token.type == "text" and merged and merged[-1].type == "text":
            merged[-1] = Token("text", "", 0, content=merged[-1].content + token.content)
        else:
            merged.append(token)
    return merged
