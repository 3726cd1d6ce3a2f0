"""Pandoc as a subprocess: it formats citations, footnotes and files; the quotes go in as its finished text nodes.

Nothing is written as Markdown and read again, so that no mark in a quote can mean anything.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rag.evidence import Entry
from rag.export.content import Content, UnexportableReport, address, whereabouts, without_controls
from rag.export.references import key_of, references
from rag.export.styles import style_file

Node = dict[str, Any]
QuoteNodes = Callable[[str], list[Node]]  # a quote's text -> the inline nodes that show it exactly

_API_VERSION = [1, 23, 1]
_SECONDS = 120


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
    import pypandoc

    with tempfile.TemporaryDirectory(prefix="yinzheng-") as folder:
        items = Path(folder, "references.json")
        items.write_text(json.dumps(references(content.entries), ensure_ascii=False), encoding="utf-8")
        result = Path(folder, "result")
        arguments = ["--from=json", f"--to={target}", "--wrap=none", "--citeproc", f"--csl={style_file(content.style)}"]
        outcome = subprocess.run(
            [pypandoc.get_pandoc_path(), *arguments, f"--bibliography={items}", f"--output={result}", *options],
            input=json.dumps(_document(content, quote_nodes, target)).encode(),
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
        if outcome.returncode != 0:
            message = outcome.stderr.decode("utf-8", "replace").strip()
            raise UnexportableReport(f"pandoc could not write {content.name!r} as {target}: {message}")
        return result.read_bytes()


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
        question = entry.question
        footnote = {"t": "Note", "c": [paragraph(*_citation(content, entry, content.words(state.kind)))]}
        blocks.append({"t": "BlockQuote", "c": [paragraph(*quote_nodes(entry.text), footnote)]})
        if entry.note:
            blocks.append(_labelled(content.words("note"), entry.note))
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
    details = f"[{address(entry)}] SHA-256 {entry.sha256} ({verified})"
    return [
        {"t": "Cite", "c": [[item], [words(f"[@{key_of(entry)}]")]]},
        words(f" {where}{stop}" if where else " "),
        words(details),
    ]


def _labelled(label: str, text: str) -> Node:
    lines: list[Node] = []
    for line in without_controls(text).splitlines():
        lines += [{"t": "LineBreak"}, words(line)] if lines else [words(line)]
    return paragraph({"t": "Strong", "c": [words(f"{label}:")]}, words(" "), *lines)
