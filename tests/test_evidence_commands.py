"""The commands for reports, from a question's quote to a verified file, as a person runs them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import docx
import pytest

from rag.__main__ import main
from rag.absence import UnusableRecord, absence_markdown, absence_state, read_absence, record_absence, write_absence
from rag.answer import Assistant
from rag.quote import quote
from rag.records import NotFound, Searched
from rag.verify import read_report, verify
from rag.verify.mark import mark_html, mark_word
from tests.conftest import ARTICLE, ROOT
from tests.evidence_fakes import library_of, put

WORDS = "增速达17.58%"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    library_of(tmp_path, {"wuhan.md": ARTICLE.read_text(encoding="utf-8"), "b.txt": "Nothing of the kind."}).close()
    return tmp_path / "library"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    said = capsys.readouterr()
    return code, said.out, said.err


def test_from_a_quote_to_a_verified_report(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ARTICLE.read_text(encoding="utf-8")
    start = text.index(WORDS)
    at = f"wuhan.md:{start}-{start + len(WORDS)}"
    library = ("--library", str(folder))
    code, out, _ = run(capsys, "evidence", "add", "我的报告", at, "--note", "重要", "--json", *library)
    entry: dict[str, Any] = json.loads(out)
    assert (code, entry["text"], entry["note"]) == (0, WORDS, "重要")
    code, out, err = run(capsys, "mentions", "18.55万", "--add", "我的报告", "--json", *library)
    assert [group["count"] for group in json.loads(out)] == [1]
    code, out, _ = run(capsys, "evidence", "move", "2", "1", *library)
    assert out.startswith("1. (2) 今年以来")
    code, out, _ = run(capsys, "evidence", "list", "我的报告", "--json", *library)
    assert [(one["id"], one["state"]["kind"]) for one in json.loads(out)] == [(2, "current"), (1, "current")]
    for suffix in ("docx", "md", "csv"):
        file = tmp_path / f"r.{suffix}"
        code, _, err = run(capsys, "export", "我的报告", "--to", str(file), *library)
        assert (code, "2 quotes" in err) == (0, True)
        code, out, _ = run(capsys, "verify", str(file), "--json", *library)
        told = json.loads(out)
        assert (code, told["ok"], told["counts"]["exact"]) == (0, True, 2)
        assert told["quotations"][0]["at_address"]
    (tmp_path / "bad.md").write_text(f"“今年以来，全市净增中小企业超19.55万家，{WORDS}”", encoding="utf-8")
    mark = tmp_path / "marked.html"
    code, out, _ = run(capsys, "verify", str(tmp_path / "bad.md"), "--mark", str(mark), *library)
    assert code == 1
    assert "altered" in out
    assert "<del>9</del><ins>8</ins>" in mark.read_text(encoding="utf-8")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_what_can_be_wrong_is_one_line(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = ("--library", str(folder))
    (tmp_path / "r.txt").write_text("x", encoding="utf-8")
    for arguments, message in (
        (("export", "none", "--to", "x.docx"), "there is no report"),
        (("evidence", "add", "R", "wuhan.md"), "is no address"),
        (("evidence", "add", "R", "wuhan.md:5-5"), "nothing to quote"),
        (("evidence", "add", "R", "none.md:5-6"), "index list"),
        (("verify", "no-such-file.md"), "cannot be read"),
        (("verify", str(tmp_path / "r.txt"), "--mark", "x.docx"), "marked-up copy"),
        (("mentions", "——"), "nothing to look for"),
        (("absence",), "name a question"),
        (("absence", "--check", str(tmp_path / "r.txt")), "no record of an absence"),
    ):
        code, out, err = run(capsys, *arguments, *library)
        assert (code, out) == (2, ""), arguments
        assert message in err.splitlines()[-1]


def test_a_cut_is_warned_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ARTICLE.read_text(encoding="utf-8")
    words = "正是武汉光电子信息产业雄厚的基础"
    start = text.index(words)
    _, _, err = run(capsys, "evidence", "add", "R", f"wuhan.md:{start}-{start + len(words)}", "--library", str(folder))
    assert "leaves out who says so" in err
    assert "表示" in err


def test_a_verified_report_imports_no_model(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "r.md").write_text(f"“今年以来，全市净增中小企业超18.55万家，{WORDS}”", encoding="utf-8")
    code = (
        "import runpy, sys\n"
        f"sys.argv = ['rag', 'verify', {str(tmp_path / 'r.md')!r}, '--library', {str(folder)!r}]\n"
        "try:\n    runpy.run_module('rag', run_name='__main__')\n"
        "except SystemExit as stop:\n    assert stop.code == 0, stop.code\n"
        "loaded = {'torch', 'sentence_transformers', 'transformers', 'faiss', 'gradio'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, env=environment)


def test_word_comments_stand_at_the_quotations(folder: Path) -> None:
    from index.local import LocalLibrary

    document = docx.Document()
    paragraph = document.add_paragraph("前文。“今年以来，全市净增")
    paragraph.add_run("中小企业超19.55万家").bold = True
    paragraph.add_run(f"，{WORDS}”。后文。")
    document.add_paragraph("另一段“我非常看好武汉的产业协同性。”")
    buffer = io.BytesIO()
    document.save(buffer)
    read = read_report(buffer.getvalue(), "r.docx")
    report = verify(LocalLibrary(folder), read)
    marked = docx.Document(io.BytesIO(mark_word(buffer.getvalue(), report)))
    comments = [comment.text for comment in marked.comments]
    assert [text.partition(" ")[0] for text in comments] == ["altered", "exact"]
    assert "'9' ← '8'" in comments[0]
    assert [part.text for part in marked.paragraphs] == [part.text for part in document.paragraphs]
    page = mark_html(read, report).decode()
    assert '<mark class="bad"' in page and '<mark class="exact"' in page


def test_an_absence_is_recorded_and_checked(tmp_path: Path) -> None:
    library = library_of(tmp_path, {"a.md": "一句话在这里。", "b.md": "另一句话。"})
    document = library.document(library.documents()[0].id)
    nearest = (quote(document, 0, 7),)
    counts = library.counts()
    result = NotFound(
        "为什么？", 0.1, (), nearest, Searched(counts.documents, counts.passages, 2, "2026-01-01T00:00:00+00:00")
    )
    record = record_absence(library, result)
    assert [one.sha256 for one in record.documents] == [one.sha256 for one in library.documents()]
    again = read_absence(write_absence(record))
    assert again == record
    assert absence_state(library, again).unchanged
    assert all(one.sha256 in absence_markdown(record) for one in record.documents)

    with pytest.raises(UnusableRecord, match="was changed"):
        read_absence(write_absence(record).replace("为什么", "怎么"))
    with pytest.raises(UnusableRecord, match="no record"):
        read_absence("[]")
    added = put(library, tmp_path, "c.md", "新的。")
    state = absence_state(library, record)
    assert (state.unchanged, state.added, state.missing) == (False, (added.id,), ())
    with pytest.raises(UnusableRecord, match="ask it again"):
        record_absence(library, result)
    library.remove(added.id)
    assert absence_state(library, record).unchanged
    put(library, tmp_path, "b.md", "改了。")
    state = absence_state(library, record)
    assert [one.name for one in state.missing] == ["b.md"]


def test_an_absence_from_the_command(
    assistant: Assistant,
    article_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rag.answer.open_assistant", lambda folder, model: assistant)  # loaded once for all tests
    file = tmp_path / "absence.json"
    library = ("--library", str(article_folder))
    assert run(capsys, "absence", "Who painted the Mona Lisa?", "--to", str(file), *library)[0] == 0
    assert read_absence(file.read_text(encoding="utf-8")).question == "Who painted the Mona Lisa?"
    code, out, _ = run(capsys, "absence", "--check", str(file), *library)
    assert (code, json.loads(out)["unchanged"]) == (0, True)
    code, _, err = run(capsys, "absence", "飞恩微电子的生产完成率提升了多少？", *library)
    assert (code, "文档中有答案" in err) == (1, True)
