"""A checked report as JSON, and as lines for a terminal. docs/evidence.md describes the JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rag.verify.check import Checked, CheckedReport

VERDICTS = {
    "exact": "逐字一致",
    "typographic": "仅排印不同",
    "altered": "文字有改动",
    "not found": "未找到",
    "source changed": "原文已更换",
}

MISPLACED = {
    "page": "the citation says page {cited}, the words stand on page {actual} / 引注页码为 {cited}，应为 {actual}",
    "heading": "the citation names the heading “{cited}”, the words stand under “{actual}” / 引注所指章节与原文不符",
    "author": "the citation names {cited}, the document is by {actual} / 引注作者为 {cited}，文档作者为 {actual}",
}

STATES = {
    "in the passage": "in the cited passage / 引文所在段落中有",
    "elsewhere": "elsewhere in the cited document / 在所引文档的别处",
    "not there": "not in the cited document / 所引文档中没有",
}


def report_json(report: CheckedReport) -> dict[str, Any]:
    """The report, its quotations and its figures, in order."""
    return {
        "report": report.name,
        "ok": report.ok,
        "documents": report.documents,
        "counts": {verdict: sum(one.verdict == verdict for one in report.quotations) for verdict in VERDICTS},
        "quotations": [_quotation_json(one) for one in report.quotations],
        "figures": [{**asdict(figure), "ok": figure.ok} for figure in report.figures],
    }


def _quotation_json(checked: Checked) -> dict[str, Any]:
    quotation, source = checked.quotation, checked.source
    return {
        "verdict": checked.verdict,
        "ok": checked.ok,
        "text": quotation.text,
        "part": quotation.part,
        "start": quotation.start,
        "end": quotation.end,
        "citation": quotation.citation,
        "source": None if source is None else asdict(source),
        "differences": [
            {
                "kind": change.kind,
                "what": change.what,
                "report": {
                    "start": change.first_start,
                    "end": change.first_end,
                    "text": quotation.text[change.first_start : change.first_end],
                },
                "source": {
                    "start": change.second_start,
                    "end": change.second_end,
                    "text": "" if source is None else source.text[change.second_start : change.second_end],
                },
            }
            for change in checked.differences
        ],
        "at_address": checked.at_address,
        "named": list(checked.named),
        "wrong_document": checked.wrong_document,
        "misplaced": [asdict(one) for one in checked.misplaced],
        "pieces": checked.pieces,
        "elsewhere": checked.elsewhere,
    }


def report_lines(report: CheckedReport) -> Iterator[str]:
    """What is said of each quotation, and of each number that is not as cited."""
    for number, checked in enumerate(report.quotations, start=1):
        yield f"[{number}] {'✓' if checked.ok else '✗'} {remark(checked)}"
        yield f"    {checked.quotation.text}"
        if checked.source is not None and checked.source.text != checked.quotation.text:
            yield f"    = {checked.source.text}"
    for figure in report.figures:
        if not figure.ok:
            yield f"✗ {figure.text}: {STATES[figure.state]}"


def remark(checked: Checked) -> str:
    """What is said of a quotation, on one line: verdict, address, differences."""
    said = [f"{checked.verdict} / {VERDICTS[checked.verdict]}"]
    if checked.wrong_document:
        said.append("the citation names another document / 引注所指并非此文档")
    said += [MISPLACED[one.kind].format(cited=one.cited, actual=one.actual) for one in checked.misplaced]
    if checked.source is not None:
        source = checked.source
        where = f"{source.title} [{source.document}:{source.start}-{source.end}]"
        if source.page is not None:
            where += f", p. {source.page} / 第 {source.page} 页"
        if source.paragraph is not None:
            where += f", paragraph {source.paragraph} / 第 {source.paragraph} 段"
        if source.sentence is not None:
            where += f", sentence {source.sentence} / 第 {source.sentence} 句"
        said.append(where)
        for change in checked.differences:
            here = checked.quotation.text[change.first_start : change.first_end]
            there = source.text[change.second_start : change.second_end]
            said.append(f"{change.what}: {here!r} ← {there!r}")
    return " · ".join(said)
