"""Backups: of one moment while documents come and go, restored elsewhere with every quote, and refused when damaged."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from accounts.store import Accounts, accounts_folder
from index.__main__ import main
from index.backup import DESCRIPTION, BackupUnusable, back_up, read_backup, restore
from index.check import problems
from index.errors import LibraryDamaged, LibraryError, LibraryMissing
from index.ingest import add_files
from index.library import Library
from index.local import LocalLibrary
from rag.answer import Assistant, open_assistant
from rag.evidence import Evidence, evidence_folder
from rag.quote import quote
from rag.records import Answer
from tests.conftest import ROOT
from tests.fakes import TermEmbedder
from tests.test_life import write


def test_the_answer_and_every_quote_are_the_same_after_a_restore(assistant: Assistant, tmp_path: Path) -> None:
    original = shutil.copytree(assistant.library.folder, tmp_path / "library")
    question = "武汉有多少个中小企业服务工作站？"
    before = open_assistant(original)
    answer = before.ask(question)
    assert isinstance(answer, Answer)
    evidence = Evidence(evidence_folder(original))
    report, first = evidence.create("报告").id, answer.quotes[0]
    entry = evidence.add(report, before.library.document(first.document), first.start, first.end, question=question)
    Accounts(accounts_folder(original)).add("an", "correct horse battery", "owner")
    assert main(["backup", str(tmp_path / "backup"), "--library", str(original)]) == 0
    elsewhere = tmp_path / "other" / "place"
    assert main(["restore", str(tmp_path / "backup"), "--library", str(elsewhere)]) == 0
    after = open_assistant(elsewhere)
    again = after.ask(question)
    assert isinstance(again, Answer)
    assert (again.findings, again.quotes) == (answer.findings, answer.quotes)
    assert _every_quote(after.library) == _every_quote(before.library)
    assert Evidence(evidence_folder(elsewhere)).entries(report) == [entry]
    assert [account.name for account in Accounts(accounts_folder(elsewhere)).people()] == ["an"]
    assert accounts_folder(elsewhere).stat().st_mode & 0o077 == 0  # nobody else's to read


def _every_quote(library: Library) -> list[object]:
    """Each passage of each document as it would be quoted."""
    passages = [passage for document in library.documents() for passage in library.passages_of(document.id)]
    return [quote(library.document(one.document), one.start, one.end) for one in passages]


def test_a_backup_is_of_one_moment_while_documents_come_and_go(library: LocalLibrary, tmp_path: Path) -> None:
    files = [write(tmp_path / "sources", f"{n}.md", f"# Lot {n}\n{'word ' * 400}\nPrice {n}.\n") for n in range(60)]
    list(add_files(library, TermEmbedder(), files[:30]))
    stop, problem = threading.Event(), []

    def change() -> None:
        mine = LocalLibrary(library.folder)
        try:
            for path in files[30:]:
                if stop.is_set():
                    break
                list(add_files(mine, TermEmbedder(), [path]))
                mine.remove(mine.documents()[0].id)
        except LibraryError as error:
            problem.append(error)
        finally:
            mine.close()

    changing = threading.Thread(target=change)
    changing.start()
    made = [back_up(library.folder, tmp_path / f"backup-{number}") for number in range(3)]
    stop.set()
    changing.join()
    assert problem == []
    for number, one in enumerate(made):
        assert one.documents in (30, 31)  # one is added before another is removed
        restore(tmp_path / f"backup-{number}", tmp_path / f"restored-{number}")
        restored = LocalLibrary(tmp_path / f"restored-{number}")
        assert list(problems(restored)) == []
        assert restored.counts().documents == one.documents
        restored.close()


def test_no_backup_of_what_is_not_there_or_damaged(library: LocalLibrary, tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing):
        back_up(tmp_path / "nothing", tmp_path / "backup")
    added = list(add_files(library, TermEmbedder(), [write(tmp_path, "a.md", "# A\nOne sentence.\n")]))
    assert library.counts().documents == 1, added
    library.connection.execute("UPDATE documents SET text = replace(text, 'One', 'Two')")
    assert library.connection.changes() == 1
    with pytest.raises(LibraryDamaged, match="no backup was made"):
        back_up(library.folder, tmp_path / "backup")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md", "library"]


@pytest.mark.parametrize("spoilt", ["flipped", "cut", "gone", "description"])
def test_a_damaged_backup_restores_nothing(library: LocalLibrary, tmp_path: Path, spoilt: str) -> None:
    list(add_files(library, TermEmbedder(), [write(tmp_path, "a.md", "# A\nOne sentence.\n")]))
    backup = tmp_path / "backup"
    back_up(library.folder, backup)
    file = backup / "library" / "library.sqlite"
    content = bytearray(file.read_bytes())
    if spoilt == "flipped":
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    elif spoilt == "cut":
        file.write_bytes(content[:-1])
    elif spoilt == "gone":
        file.unlink()
    else:
        (backup / DESCRIPTION).write_text((backup / DESCRIPTION).read_text("utf-8")[:-20], "utf-8")
    with pytest.raises(BackupUnusable, match="another backup"):
        restore(backup, tmp_path / "restored")
    assert not [path for path in tmp_path.iterdir() if "restored" in path.name]


def test_a_description_cannot_name_files_elsewhere(library: LocalLibrary, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    back_up(library.folder, backup)
    description = json.loads((backup / DESCRIPTION).read_text("utf-8"))
    description["files"][0]["path"] = "library/../../secret"
    (backup / DESCRIPTION).write_text(json.dumps(description), "utf-8")
    with pytest.raises(BackupUnusable, match="which no backup holds"):
        restore(backup, tmp_path / "restored")


def test_nothing_is_overwritten(library: LocalLibrary, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    back_up(library.folder, backup)
    with pytest.raises(LibraryError, match="is there already"):
        back_up(library.folder, backup)
    with pytest.raises(LibraryError, match="not empty"):
        restore(backup, library.folder)
    Evidence(evidence_folder(tmp_path / "new")).create("mine")
    Evidence(evidence_folder(library.folder)).create("theirs")
    back_up(library.folder, tmp_path / "second")
    with pytest.raises(LibraryError, match="new-evidence is there already"):
        restore(tmp_path / "second", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_killed_while_copying_leaves_nothing_that_passes_for_a_backup(library: LocalLibrary, tmp_path: Path) -> None:
    words = "word sentence number price lot "
    files = [write(tmp_path / "sources", f"{n}.md", f"# Lot {n}\n{words * 3000}\n") for n in range(6)]
    list(add_files(library, TermEmbedder(), files))
    for tenth in range(5):
        to = tmp_path / f"backup-{tenth}"
        copying = subprocess.Popen(
            [sys.executable, "-m", "index", "backup", str(to), "--library", str(library.folder)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert copying.stderr is not None
        assert "Copying" in copying.stderr.readline()
        time.sleep(tenth * 0.08)
        copying.send_signal(signal.SIGKILL)
        copying.wait()
        copying.stderr.close()
        if to.exists():  # it was quicker
            made = read_backup(to)
            restore(to, tmp_path / f"restored-{tenth}")
            assert made.documents == 6
