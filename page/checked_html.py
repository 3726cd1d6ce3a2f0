"""A checked report -> HTML: what is said of each quotation, its differences marked beside the source."""

from __future__ import annotations

from collections.abc import Iterable

from page.escape import escape
from page.quotes import place, source
from page.words import Words
from page.words_evidence import EvidenceWords, evidence_words
from rag.verify import Checked, CheckedReport


def checked_html(report: CheckedReport, words: Words) -> str:
    """Every quotation of a report in order, and the numbers that are not as cited."""
    own = evidence_words(words)
    if not report.quotations:
        said = f'<p class="none">{escape(own.no_quotations)}</p>'
    else:
        good = sum(one.ok for one in report.quotations)
        counted = own.checked.format(
            name=report.name, count=len(report.quotations), good=good, documents=report.documents
        )
        items = "".join(_checked(one, words) for one in report.quotations)
        copies = _copy("html", own.marked_html)
        if report.name.lower().endswith(".docx"):
            copies = _copy("docx", own.marked_word) + copies
        said = (
            f'<p class="counted" dir="auto">{escape(counted)}</p><div class="copies">{copies}</div>'
            f'<ol class="checked">{items}</ol>'
        )
    wrong = "".join(
        f"<li><strong>{escape(figure.text)}</strong> {escape(own.figure_states[figure.state])}</li>"
        for figure in report.figures
        if not figure.ok
    )
    return said + (f'<h3>{escape(own.figures)}</h3><ul class="figures">{wrong}</ul>' if wrong else "")


def _copy(kind: str, label: str) -> str:
    return f'<button type="button" data-do="marked" data-kind="{kind}">{escape(label)}</button>'


def remarks(checked: Checked, own: EvidenceWords) -> list[str]:
    """What is said of a quotation: the verdict first."""
    moved = checked.verdict == "exact" and checked.at_address is False
    said = [own.elsewhere if moved else own.verdicts[checked.verdict]]
    if checked.wrong_document:
        said.append(own.wrong_document)
    said += [own.misplaced[one.kind].format(cited=one.cited, actual=one.actual) for one in checked.misplaced]
    if checked.pieces > 1:
        said.append(own.pieces.format(count=checked.pieces))
    if checked.elsewhere:
        said.append(own.more_places.format(count=checked.elsewhere))
    return said


def _checked(checked: Checked, words: Words) -> str:
    own = evidence_words(words)
    verdict, *more = remarks(checked, own)
    rest = "".join(f"<span>{escape(remark)}</span>" for remark in more)
    changes = checked.differences
    ours = _marked(checked.quotation.text, ((one.first_start, one.first_end) for one in changes), "del")
    kind = "good" if checked.ok else "bad"
    written = (
        f'<li class="{kind} {checked.verdict.replace(" ", "-")}"><p class="said-of"><strong>{escape(verdict)}</strong>'
        f"{rest}</p>"
    )
    if checked.source is None:
        return f'{written}<blockquote dir="auto">{ours}</blockquote><p class="none">{escape(own.nearest)}</p></li>'
    line = source(checked.source, place(checked.source, words), words)
    if not changes:
        return f'{written}<blockquote dir="auto">{ours}</blockquote>{line}</li>'
    theirs = _marked(checked.source.text, ((one.second_start, one.second_end) for one in changes), "ins")
    return (
        f'{written}<p class="label">{escape(own.in_report)}</p><blockquote dir="auto">{ours}</blockquote>'
        f'<p class="label">{escape(own.in_source)}</p><blockquote dir="auto">{theirs}</blockquote>{line}</li>'
    )


def _marked(text: str, spans: Iterable[tuple[int, int]], element: str) -> str:
    pieces, at = [], 0
    for start, end in sorted(spans):
        if at <= start < end:
            pieces.append(f"{escape(text[at:start])}<{element}>{escape(text[start:end])}</{element}>")
            at = end
    return "".join([*pieces, escape(text[at:])])
