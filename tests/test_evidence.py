from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import LibraryDamaged
from index.local import LocalLibrary
from index.records import Document, DocumentSummary
from rag.evidence import FILE_NAME, Entry, Evidence, UnknownReport, evidence_folder, open_evidence, state, states
from tests.conftest import ROOT
from tests.evidence_fakes import library_of, put

TEXT = "# 标题\n\n武汉净增中小企业18.55万家。增速达17.58%。\n\nThe keeper is called Ocke Nerong. He never left.\n"
WORDS = "增速达17.58%。"


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(tmp_path / "evidence")


def add(evidence: Evidence, folder: Path, words: str = WORDS, report: str = "R", note: str = "") -> Entry:
    library = library_of(folder, {"a.md": TEXT})
    document = library.document(library.documents()[0].id)
    library.close()
    start = document.text.index(words)
    return evidence.add(evidence.create(report).id, document, start, start + len(words), note, "多少？", "17.58%")


def test_many_entries_list_the_library_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = library_of(tmp_path, {f"{place}.txt": f"Words of file {place}. More of them." for place in range(8)})
    evidence = Evidence(tmp_path / "lists")
    report = evidence.create("R").id
    for turn in range(2):
        for summary in library.documents():
            evidence.add(report, library.document(summary.id), turn, 12)
    put(library, tmp_path, "3.txt", "All new. Words of file 3. More of them.")
    library.remove(library.documents()[0].id)
    entries = evidence.entries(report)
    expected = [state(library, entry) for entry in entries]
    asked: list[str] = []
    listing, reading = LocalLibrary.documents, LocalLibrary.document

    def documents(self: LocalLibrary) -> list[DocumentSummary]:
        asked.append("list")
        return listing(self)

    def document(self: LocalLibrary, name: str) -> Document:
        asked.append(name)
        return reading(self, name)

    monkeypatch.setattr(LocalLibrary, "documents", documents)
    monkeypatch.setattr(LocalLibrary, "document", document)
    assert states(library, entries) == expected
    assert {one.kind for one in expected} == {"current", "moved", "gone"}
    assert asked.count("list") == 1 and len(asked) == len(set(asked)) == 8


def test_an_entry_has_the_whole_address(evidence: Evidence, tmp_path: Path) -> None:
    entry = add(evidence, tmp_path, note="重要")
    assert entry.text == WORDS == TEXT[entry.start : entry.end]
    assert entry.sha256 == entry.text_sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert (entry.place, entry.paragraph, entry.sentence, entry.name) == (1, 1, 2, "a.md")
    assert (entry.note, entry.question, entry.answer) == ("重要", "多少？", "17.58%")


def test_the_lists_are_there_again_and_apart(evidence: Evidence, tmp_path: Path) -> None:
    first = add(evidence, tmp_path, report="One")
    second = add(evidence, tmp_path, report="Two", words="He never left.")
    evidence.close()
    again = Evidence(evidence.folder)
    assert [report.name for report in again.reports()] == ["One", "Two"]
    assert again.entries(again.report("One").id) == [first]
    assert again.entries(again.report("Two").id) == [second]
    again.delete(again.report("One").id)
    assert [report.name for report in again.reports()] == ["Two"]
    with pytest.raises(UnknownReport, match="no entry"):
        again.entry(first.id)


def test_the_same_span_is_one_entry(evidence: Evidence, tmp_path: Path) -> None:
    assert add(evidence, tmp_path).id == add(evidence, tmp_path).id


def test_order_notes_and_removal(evidence: Evidence, tmp_path: Path) -> None:
    words = ["武汉净增", "增速达", "The keeper", "He never"]
    ids = [add(evidence, tmp_path, part).id for part in words]
    report = evidence.report("R").id

    def order() -> list[str]:
        entries = evidence.entries(report)
        assert [entry.place for entry in entries] == list(range(1, len(entries) + 1))
        return [entry.text for entry in entries]

    evidence.move(ids[3], 1)
    assert order() == [words[3], words[0], words[1], words[2]]
    evidence.move(ids[3], 99)
    assert order() == words
    evidence.move(ids[0], 2)
    assert order() == [words[1], words[0], words[2], words[3]]
    evidence.remove(ids[0])
    assert order() == words[1:]
    assert evidence.annotate(ids[1], "a\nb").note == "a\nb"
    evidence.rename(report, "S")
    assert evidence.report("S").entries == 3


def test_what_is_not_there_is_said(evidence: Evidence, tmp_path: Path) -> None:
    add(evidence, tmp_path)
    for change in (
        lambda: evidence.report("none"),
        lambda: evidence.create("  "),
        lambda: evidence.create("a\nb"),
        lambda: evidence.rename(99, "x"),
        lambda: evidence.delete(99),
        lambda: evidence.annotate(99, "x"),
        lambda: evidence.move(99, 1),
        lambda: evidence.remove(99),
        lambda: evidence.rename(evidence.create("other").id, "R"),
    ):
        with pytest.raises(UnknownReport):
            change()
    assert [report.name for report in evidence.reports()] == ["R", "other"]


def test_widened_in_place(evidence: Evidence, tmp_path: Path) -> None:
    entry = add(evidence, tmp_path, note="n")
    library = library_of(tmp_path, {"a.md": TEXT})
    wider = evidence.readdress(entry.id, library.document(entry.document), entry.start - 5, entry.end)
    assert wider.text == TEXT[entry.start - 5 : entry.end]
    assert (wider.id, wider.note, wider.question) == (entry.id, "n", "多少？")
    with pytest.raises(ValueError, match="nothing to quote"):
        evidence.readdress(entry.id, library.document(entry.document), 5, 5)


def test_the_list_says_what_became_of_the_source(evidence: Evidence, tmp_path: Path) -> None:
    entry = add(evidence, tmp_path)
    library = library_of(tmp_path, {})
    assert state(library, entry).kind == "current"

    later = put(library, tmp_path, "a.md", "# 标题\n\n新的一段。\n\n" + TEXT[6:])
    found = state(library, entry)
    assert (found.kind, found.document) == ("moved", later.id)
    assert later.text[found.start : found.end] == WORDS
    assert found.start == entry.start + 7

    put(library, tmp_path, "a.md", TEXT.replace("17.58", "17.85"))
    assert state(library, entry).kind == "changed"
    library.remove(library.documents()[0].id)
    assert state(library, entry).kind == "gone"


def test_of_several_places_the_nearest(evidence: Evidence, tmp_path: Path) -> None:
    entry = add(evidence, tmp_path)
    library = library_of(tmp_path, {})
    put(library, tmp_path, "a.md", f"甲。{WORDS}\n\n" + TEXT[6:].replace("武汉", "武汉市") + f"\n{WORDS}\n" * 3)
    found = state(library, entry)
    assert found.start is not None
    text = library.document(str(found.document)).text
    places = [place for place in range(len(text)) if text.startswith(WORDS, place)]
    assert len(places) == 5
    assert abs(found.start - entry.start) == min(abs(place - entry.start) for place in places)


def test_evidence_lies_beside_the_library(tmp_path: Path) -> None:
    entry = add(open_evidence(tmp_path / "library"), tmp_path)
    library = library_of(tmp_path, {})
    library.remove(entry.document)
    library.close()
    for path in (tmp_path / "library").iterdir():
        assert WORDS.encode() not in path.read_bytes()
    assert evidence_folder(tmp_path / "library") == tmp_path / "library-evidence"
    assert open_evidence(tmp_path / "library").entry(entry.id) == entry


def test_a_removed_entry_leaves_nothing(evidence: Evidence, tmp_path: Path) -> None:
    entry = add(evidence, tmp_path, words="The keeper is called Ocke Nerong.")
    evidence.remove(entry.id)
    evidence.close()
    assert not any(b"Ocke Nerong" in path.read_bytes() for path in evidence.folder.iterdir())


def test_a_change_is_whole_after_kill(evidence: Evidence, tmp_path: Path) -> None:
    ids = [add(evidence, tmp_path, part).id for part in ("武汉净增", "增速达", "The keeper", "He never")]
    report = evidence.report("R").id
    code = (
        "import itertools, sys\nfrom pathlib import Path\nfrom rag.evidence import Evidence\n"
        "evidence = Evidence(Path(sys.argv[1]))\nprint('ready', flush=True)\n"
        "for turn in itertools.count():\n    evidence.move(int(sys.argv[2]), turn % 4 + 1)\n"
    )
    for wait in (0.05, 0.11):
        with subprocess.Popen(
            [sys.executable, "-c", code, str(evidence.folder), str(ids[0])], cwd=ROOT, stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            child.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                child.wait(wait)
            os.kill(child.pid, signal.SIGKILL)
        entries = Evidence(evidence.folder).entries(report)
        assert [entry.place for entry in entries] == [1, 2, 3, 4]
        assert sorted(entry.id for entry in entries) == sorted(ids)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database at all, but long enough to be one" * 100)
    with pytest.raises(LibraryDamaged, match="move it away"):
        Evidence(tmp_path)
