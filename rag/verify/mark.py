"""A marked-up copy of a report: Word's comments in a copy of a Word file, or an HTML page for any report."""

from __future__ import annotations

import io
from html import escape

from rag.verify.check import Checked, CheckedReport
from rag.verify.numerals import CheckedFigure
from rag.verify.present import remark
from rag.verify.read_office import word_text_length
from rag.verify.report import ReadReport

AUTHOR = "引证 Yinzheng"

_STYLE = """
body { max-width: 46em; margin: 2em auto; padding: 0 1em; font-family: serif; line-height: 1.7 }
p, blockquote { white-space: pre-wrap }
mark { background: #d8f0d8 } mark.typographic { background: #e4e9f7 } mark.bad { background: #f8d3cf }
mark.number { background: #fbe6b0 } del { background: #f2a19a } ins { background: #a5dba5; text-decoration: none }
small { display: block; font-family: sans-serif; color: #555 }
"""


def mark_word(data: bytes, report: CheckedReport) -> bytes:
    """A copy of a Word file with a comment on every quotation, and on every number that is not as cited."""
    import docx
    from docx.oxml.ns import qn
    from docx.text.run import Run

    document = docx.Document(io.BytesIO(data))
    paragraphs = list(document.element.body.getparent().iter(qn("w:p")))
    remarks = [(one.quotation.part, one.quotation.start, one.quotation.end, remark(one)) for one in report.quotations]
    remarks += [
        (figure.part, figure.start, figure.end, f"{figure.text}: {figure.state}")
        for figure in report.figures
        if not figure.ok
    ]
    for part, start, end, words in remarks:
        place = 0
        runs = []
        if part >= len(paragraphs):
            continue  # in a note, which no comment can be put on
        for element in paragraphs[part].iter(qn("w:r")):
            length = word_text_length(element)
            if place < end and start < place + length:
                runs.append(Run(element, document))
            place += length
        if runs:
            document.add_comment([runs[0], runs[-1]], text=words, author=AUTHOR, initials="引")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def mark_html(read: ReadReport, report: CheckedReport) -> bytes:
    """The report's text as a page, each quotation marked with what is said of it, its differences shown."""
    blocks = []
    for number, part in enumerate(read.parts):
        said = [one for one in report.quotations if one.quotation.part == number]
        marks = [(one.quotation.start, one.quotation.end, _quotation_html(one)) for one in said]
        marks += [
            (figure.start, figure.end, _figure_html(figure))
            for figure in report.figures
            if figure.part == number and not figure.ok
        ]
        code, place = "", 0
        for start, end, marked in sorted(marks):
            if start >= place:
                code += escape(part.text[place:start]) + marked
                place = end
        code += escape(part.text[place:])
        tag = "blockquote" if part.kind == "quotation" else "p"
        remarks = "".join(f"<small>{escape(remark(one))}</small>" for one in said)
        blocks.append(f"<{tag}>{code}</{tag}>{remarks}")
    page = (
        f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{escape(report.name)}</title>'
        f"<style>{_STYLE}</style></head><body>\n" + "\n".join(blocks) + "\n</body></html>\n"
    )
    return page.encode("utf-8", "xmlcharrefreplace")


def _figure_html(figure: CheckedFigure) -> str:
    return f'<mark class="number" title="{escape(figure.state)}">{escape(figure.text)}</mark>'


def _quotation_html(checked: Checked) -> str:
    """The quotation with the differences in it: what the report has, and what the source has instead."""
    kind = "bad" if not checked.ok else "typographic" if checked.verdict == "typographic" else "exact"
    text, code, place = checked.quotation.text, "", 0
    for change in sorted(checked.differences, key=lambda change: change.first_start):
        if change.first_start < place:
            continue
        there = "" if checked.source is None else checked.source.text[change.second_start : change.second_end]
        code += escape(text[place : change.first_start])
        code += f"<del>{escape(text[change.first_start : change.first_end])}</del><ins>{escape(there)}</ins>"
        place = change.first_end
    return f'<mark class="{kind}" title="{escape(remark(checked))}">{code}{escape(text[place:])}</mark>'
