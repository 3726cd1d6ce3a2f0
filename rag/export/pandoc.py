"""What pandoc is given: it formats citations, footnotes and files; the quotes go in as its finished text nodes.

Nothing is written as Markdown and read again, so that no mark in a quote can mean anything.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rag.evidence import Entry
from rag.export.content import Content, address, lines_of, whereabouts, without_controls
from rag.export.printed import corrected
from rag.export.process import run_pandoc
from rag.export.references import key_of, references
from rag.export.styles import is_chinese, style_file

Node = dict[str, Any]
QuoteNodes = Callable[[str], list[Node]]  # a quote's text -> the inline nodes that show it exactly

_API_VERSION = [1, 23, 1]


def words(text: str) -> Node:
    """A text node: shown as it is."""
    return {"t": "Str", "c": text}


def raw(format_name: str, code: str) -> Node:
    """Code of the target format."""
    return {"t": "RawInline", "c": [format_name, code]}


def paragraph(*inlines: Node) -> Node:
    """A paragraph of inline nodes."""
    return {"t": "Para", "c": list(inlines)}


def write_with_pandoc(content: Content, target: str, quote_nodes: QuoteNodes, options: Sequence[str] = ()) -> bytes:
    """The report in one of pandoc's formats. Raises UnexportableReport where pandoc fails, and UnknownStyle."""
    with tempfile.TemporaryDirectory(prefix="yinzheng-") as folder:
        listed = references(content.entries, content.listed)
        items, style = Path(folder, "references.json"), style_file(content.style)
        items.write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
        given = json.dumps(_document(content, quote_nodes, target)).encode()
        cite = ["--from=json", "--to=json", "--citeproc", f"--csl={style}", f"--bibliography={items}"]
        cited = json.loads(run_pandoc(given, cite, content.name))
        if is_chinese(style):
            cited = corrected(cited, listed)
        if target.startswith("markdown"):  # has no raised numbers that every reader of Markdown shows
            cited = _lowered(cited)
        result = Path(folder, "result")  # some formats are not written to standard output
        written = ["--from=json", f"--to={target}", "--wrap=none", f"--output={result}", *options]
        run_pandoc(json.dumps(cited).encode(), written, content.name)
        return result.read_bytes()


def _lowered(node: Any) -> Any:
    """The same document without raised characters."""
    if isinstance(node, list):
        lowered: list[Any] = []
        for part in node:
            raised = isinstance(part, dict) and part.get("t") == "Superscript"
            lowered += _lowered(part["c"]) if raised else [_lowered(part)]
        return lowered
    if isinstance(node, dict):
        return {key: _lowered(value) for key, value in node.items()}
    return node


def _document(content: Content, quote_nodes: QuoteNodes, target: str) -> Node:
    title: Node = {"t": "MetaInlines", "c": [words(without_controls(content.name))]}
    language = {"t": "MetaString", "c": "zh-CN" if content.language == "zh" else "en-US"}
    meta: Node = {"lang": language, "reference-section-title": {"t": "MetaString", "c": content.words("references")}}
    blocks: list[Node] = []
    if target.startswith("markdown"):
        blocks.append({"t": "Header", "c": [1, ["", [], []], [words(content.name)]]})
    else:
        meta["title"] = title
    question = ""
    for entry, state in zip(content.entries, content.states, strict=True):
        if entry.question not in ("", question):
            blocks.append(_labelled(content.words("question"), entry.question))
            if content.answers and entry.answer:
                blocks.append(_labelled(content.words("answer"), entry.answer))
        question = entry.question
        footnote = {"t": "Note", "c": [paragraph(*_citation(content, entry, content.words(state.kind)))]}
        blocks.append({"t": "BlockQuote", "c": [paragraph(*quote_nodes(entry.text), footnote)]})
        if entry.note:
            blocks.append(_labelled(content.words("note"), entry.note))
    blocks += [_labelled(content.words("not found"), asked) for asked in content.not_found]
    if content.entries:
        blocks.append(_sources(content))
    return {"pandoc-api-version": _API_VERSION, "meta": meta, "blocks": blocks}


def _citation(content: Content, entry: Entry, verified: str) -> list[Node]:
    """What stands in the footnote: the style's citation, where in the document, and the address."""
    item = {
        "citationId": key_of(entry),
        "citationPrefix": [],
        "citationSuffix": [],
        "citationMode": {"t": "NormalCitation"},
        "citationNoteNum": entry.place,
        "citationHash": 0,
    }
    where = without_controls(whereabouts(entry, content.language))
    stop = "。" if content.language == "zh" else ". "
    details = f"[{address(entry)}] ({verified})"
    return [
        {"t": "Cite", "c": [[item], [words(f"[@{key_of(entry)}]")]]},
        words(f" {where}{stop}" if where else " "),
        words(details),
    ]


def _sources(content: Content) -> Node:
    """The files that the addresses lead into, each with its whole SHA-256."""
    files = dict.fromkeys((entry.document, entry.name, entry.sha256) for entry in content.entries)
    lines: list[Node] = [{"t": "Strong", "c": [words(f"{content.words('sources')}:")]}]
    for document, name, sha256 in files:
        lines += [{"t": "LineBreak"}, words(f"{document} · {without_controls(name)} · SHA-256 {sha256}")]
    return paragraph(*lines)


def _labelled(label: str, text: str) -> Node:
    lines: list[Node] = []
    for line in without_controls(text).splitlines():
        lines += [{"t": "LineBreak"}, words(line)] if lines else [words(line)]
    return paragraph({"t": "Strong", "c": [words(f"{label}:")]}, words(" "), *lines)


def nodes_with_tabs(text: str, tab: Node) -> list[Node]:
    """The words of a quote; line ends are the format's own, and tabs, which pandoc has none of, are `tab`."""
    nodes: list[Node] = []
    for number, line in enumerate(lines_of(text)):
        if number:
            nodes.append({"t": "LineBreak"})
        for place, piece in enumerate(line.split("\t")):
            if place:
                nodes.append(tab)
            if piece:
                nodes.append(words(piece))
    return nodes
