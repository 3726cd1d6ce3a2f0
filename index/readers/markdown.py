"""Markdown: the text is the source as it is; markdown-it says where its headings and paragraphs are."""

from __future__ import annotations

from itertools import accumulate

import regex
from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.readers.front_matter import front_matter
from index.records import Block, Origin, ReadFile, Span
from index.split import heading_words

_LEAVES = ("inline", "fence", "code_block", "html_block")


def read_markdown(text: str, stem: str) -> ReadFile:
    """Read Markdown; the title is the front matter's or the first heading of the first level, else the file's name.

    Lines that no block claims (rules, link definitions) are paragraphs too: nothing is dropped but the front matter,
    which stays in the text and is in no block.
    """
    starts = _line_starts(text)
    about = front_matter(text)
    blocks: list[Block] = []
    head = line = 0 if about is None else about.lines
    body = text[starts[head] :]
    for above, below, level in _leaf_lines(MarkdownIt("commonmark").enable("table").parse(body)):
        first, last = above + head, below + head
        if first < line:  # cells of one table row lie on one line
            continue
        if first > line:
            blocks.append(Block(starts[line], starts[first]))
        blocks.append(Block(starts[first], starts[last], level))
        line = last
    blocks.append(Block(starts[line], len(text)))
    filled = tuple(block for block in blocks if text[block.start : block.end].strip())
    title = (about.title if about is not None else "") or _title(text, filled) or stem
    return ReadFile(text, title, filled, origin=Origin() if about is None else about.origin)


def _leaf_lines(tokens: list[Token]) -> list[tuple[int, int, int]]:
    """First line, line after the last, heading level (0: none), of every block that holds text."""
    found = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type in _LEAVES:
            heading = before is not None and before.type == "heading_open"
            lines = before.map if heading and before is not None else token.map
            if lines is not None:
                level = int(before.tag[1:]) if heading and before is not None else 0
                found.append((lines[0], lines[1], level))
    return found


def _line_starts(text: str) -> list[int]:
    """Where each line begins, and the text's end; lines end as markdown-it's do: CRLF, CR or LF."""
    lines = regex.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text)
    starts = [0, *accumulate(len(line) for line in lines)]
    return [*starts, len(text)]


def _title(text: str, blocks: tuple[Block, ...]) -> str:
    for block in blocks:
        if block.level == 1:
            end = block.start + len(text[block.start : block.end].rstrip())
            start = end - len(text[block.start : end].lstrip())
            words = heading_words(text, Span(start, end))
            return text[words.start : words.end]
    return ""
