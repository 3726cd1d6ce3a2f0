"""Reports as PDF: notes and block quotations are found by where the letters stand."""

from __future__ import annotations

import shutil
import subprocess
from html import escape
from pathlib import Path

import pytest

from index.local import LocalLibrary
from rag.verify import read_report, verify
from rag.verify.quotations import quotations
from rag.verify.report import NoteMark, Part
from tests.conftest import ARTICLE
from tests.evidence_fakes import library_of

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")

LONG = (
    "设备利用率从不足70%提升至80%，生产完成率提升15%；希萌科技数字化改造升级后，"
    "实现了线上线下数据互联互通，大幅提高工作效率"
)
ENGLISH = (
    "Nobody knows why the old lighthouse was moved to the northern pier in that year, and the harbour master, who had "
    "been asked about it more than once, did not answer any of the 12 letters that the newspapers had sent to him."
)
NOTES = ("《汉口旧闻》，第3页。", "《汉口旧闻》，第2019号。", "《武汉的企业》。", "Annual report of the harbour, p. 3.")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> LocalLibrary:
    texts = {
        "武汉的企业.md": ARTICLE.read_text(encoding="utf-8"),
        "harbour.md": f"# Annual report of the harbour\n\n{ENGLISH}\n",
    }
    return library_of(tmp_path_factory.mktemp("pdf"), texts)


def as_pdf(folder: Path, indent: str) -> bytes:
    def note(number: int) -> str:
        name = f"sdfootnote{number}"
        return f"<a class='sdfootnoteanc' name='{name}anc' href='#{name}sym'><sup>{number}</sup></a>"

    notes = "".join(
        f"<div id='sdfootnote{number}'><p class='sdfootnote'><a class='sdfootnotesym' name='sdfootnote{number}sym' "
        f"href='#sdfootnote{number}anc'>{number}</a> {escape(text)}</p></div>"
        for number, text in enumerate(NOTES, start=1)
    )
    plain = (
        "这一段没有引文，只是为了让页面上有几行普通的字，每一段都从缩进的一行开始，"
        "然后回到版心的左边继续写下去，直到写完为止。"
    )
    paragraphs = [
        plain,
        plain,
        f"短的一段也有注释。{note(1)}",
        "又一短段。",
        f"“今年以来，全市净增中小企业超18.55万家，增速达17.58%”{note(2)}，这是2025年的数字，另见别处的说明，本段因此比一行更长一些。",
        f"<blockquote><p>{LONG}{note(3)}</p></blockquote>",
        "一、列举的事项，这一项很长，长到要换一行才写得完，而它的各行又都是缩进的，因为它是一个列表中的一项，不是引文。",
        f"<blockquote><p>{ENGLISH.replace('did not answer', 'did answer')}{note(4)}</p></blockquote>",
    ]
    body = "".join(
        one if one.startswith("<block") else f"<p style='text-indent: {indent}'>{one}</p>" for one in paragraphs
    )
    source = folder / "report.html"
    source.write_text(f"<html><head><meta charset='utf-8'></head><body>{body}{notes}</body></html>", encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += [
        "--infilter=HTML (StarWriter)",
        "--convert-to",
        "pdf:writer_pdf_Export",
        "--outdir",
        str(folder),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "report.pdf").read_bytes()


@pytest.fixture(scope="module", params=["0", "0.85cm"])
def data(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return as_pdf(tmp_path_factory.mktemp("made"), request.param)


def test_notes_and_block_quotations_are_found(data: bytes) -> None:
    parts = read_report(data, "r.pdf").parts
    assert next(part.text for part in parts if part.kind == "quotation").replace(" ", "") == LONG
    assert sum(part.kind == "quotation" for part in parts) == 2
    assert [part.text.replace(" ", "") for part in parts if part.kind == "note"] == [
        text.replace(" ", "") for text in NOTES
    ]

    def ends(part: Part) -> list[str]:
        return [part.text[max(0, note.at - 2) : note.at] + note.text[:4] for note in part.notes]

    told = [end for part in parts for end in ends(part)]
    assert told == ["释。《汉口旧", "%”《汉口旧", "效率《武汉的", "m.Annu"]


def test_a_pdf_is_checked_as_its_notes_and_indents_say(library: LocalLibrary, data: bytes) -> None:
    report = verify(library, read_report(data, "r.pdf"))
    told = [(one.verdict, one.quotation.citation[:5]) for one in report.quotations]
    assert told == [("typographic", "《汉口旧闻"), ("typographic", "《武汉的企"), ("altered", "Annua")]
    assert [figure.text for figure in report.figures if not figure.ok] == ["2025"]


def test_notes_as_large_as_the_text(tmp_path: Path) -> None:
    """Pandoc's Word files have them so: only the numbers before them are small."""
    import pypandoc

    notes = [f"第{number}条注释，见《武汉的企业》。" for number in range(1, 8)]
    notes[4] = (
        "The Annual Report of the Harbour (London: A Very Long Name of a Press and Its Whole Address, 2015), p. 3."
    )
    text = "".join(f"这里是第{number}段，说的是企业。[^{number}]\n\n" for number in range(1, 8))
    text += "".join(f"[^{number}]: {note}\n\n" for number, note in enumerate(notes, start=1))
    word = tmp_path / "report.docx"
    pypandoc.convert_text(text, "docx", "markdown-smart", outputfile=str(word))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(word)], check=True, capture_output=True, timeout=120)
    parts = read_report((tmp_path / "report.pdf").read_bytes(), "r.pdf").parts
    assert [part.text.replace(" ", "") for part in parts if part.kind == "note"] == [
        note.replace(" ", "") for note in notes
    ]


def test_the_note_of_another_paragraph_is_no_citation() -> None:
    words = "No harbour master has ever said it"
    text = f"“{words}”, he wrote.\n\nAnd so on."
    part = Part("text", text, (NoteMark(len(text), "Of another paragraph."),))
    assert [one.citation for one in quotations((part,))] == [""]
    part = Part("text", text, (NoteMark(text.index("\n"), "Its own."), *part.notes))
    assert [one.citation for one in quotations((part,))] == ["Its own."]
