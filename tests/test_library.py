from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import apsw
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.database import FILE_NAME
from index.errors import LibraryDamaged, LibraryMismatch, LibraryMissing, UnknownDocument, UnreadableFile
from index.ingest import add_file, files_below
from index.lexical import keywords, search_terms
from index.local import LocalLibrary, create_library
from index.readers import read
from index.rebuild import rebuild
from index.store import packed, unpacked
from tests.conftest import ROOT
from tests.fakes import TermEmbedder
from tests.texts import WRITTEN_TEXTS


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def ids_found(library: LocalLibrary, fake: TermEmbedder, question: str) -> list[str]:
    found = library.vector_index().search(fake.embed_questions([question])[0], 10)
    return [passage.document for passage in library.passages(found.ids.tolist())]


def assert_whole(library: LocalLibrary) -> None:
    """Every document wholly there, and nothing else."""
    connection = library.connection
    for summary in library.documents():
        document = library.document(summary.id)
        passages = library.passages_of(summary.id)
        assert len(passages) == summary.passages > 0
        assert all(passage.text == document.text[passage.start : passage.end] for passage in passages)
    [(orphans,)] = connection.execute(
        "SELECT count(*) FROM passages WHERE document NOT IN (SELECT id FROM documents)"
    ).fetchall()
    [(passages_counted,)] = connection.execute("SELECT count(*) FROM passages").fetchall()
    [(terms_counted,)] = connection.execute("SELECT count(*) FROM terms").fetchall()
    assert (orphans, passages_counted) == (0, terms_counted)
    assert library.counts().passages == passages_counted
    ids, vectors = library.vectors()
    assert len(ids) == len(vectors) == passages_counted
    library.connection.execute("INSERT INTO terms(terms) VALUES ('integrity-check')")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@given(text=WRITTEN_TEXTS.filter(lambda text: text.strip("\ufeff").strip() != ""))
def test_a_document_comes_back_as_it_went_in(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("round")
    fake = TermEmbedder()
    library = create_library(folder / "library", fake.name, fake.fingerprint, fake.dimension)
    path = write(folder, "a.md", text)
    result = add_file(library, fake, path)
    assert result.state == "added", result.detail
    library.close()
    again = LocalLibrary(folder / "library")
    document = again.document(result.detail)
    assert document.text == path.read_bytes().decode("utf-8-sig")
    passages = again.passages_of(document.id)
    assert [passage.ordinal for passage in passages] == list(range(1, result.passages + 1))
    assert all(passage.text == document.text[passage.start : passage.end] for passage in passages)
    assert_whole(again)
    again.close()


def test_added_replaced_and_removed_in_one_step(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "武汉的第一句话在这里。")
    first = add_file(library, fake, path)
    assert ids_found(library, fake, "武汉的第一句话") == [first.detail]
    assert add_file(library, fake, path).state == "unchanged"
    write(tmp_path, "a.txt", "上海的第二句话在那里。")
    second = add_file(library, fake, path)
    assert (second.state, second.detail == first.detail) == ("replaced", False)
    assert [entry.id for entry in library.documents()] == [second.detail]
    assert ids_found(library, fake, "武汉的第一句话") == [second.detail]
    with pytest.raises(UnknownDocument):
        library.document(first.detail)
    library.remove(second.detail)
    assert library.counts().passages == 0
    assert ids_found(library, fake, "上海") == []
    with pytest.raises(UnknownDocument):
        library.remove(second.detail)
    assert_whole(library)


def test_nothing_of_a_removed_text_is_left_in_the_file(
    library: LocalLibrary, fake: TermEmbedder, tmp_path: Path
) -> None:
    kept = add_file(library, fake, write(tmp_path, "kept.txt", "This one stays here. " * 20))
    gone = add_file(library, fake, write(tmp_path, "gone.txt", "Xyzzyplugh was never here. " * 200))
    library.remove(gone.detail)
    library.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    library.close()
    for path in library.folder.iterdir():
        data = path.read_bytes().lower()
        assert b"xyzzyplugh" not in data, path
    assert [entry.id for entry in LocalLibrary(library.folder).documents()] == [kept.detail]


def test_the_same_bytes_under_another_name_are_the_same_document(
    library: LocalLibrary, fake: TermEmbedder, tmp_path: Path
) -> None:
    first = add_file(library, fake, write(tmp_path, "a.txt", "Something."))
    second = add_file(library, fake, write(tmp_path, "b.txt", "Something."))
    assert (second.state, second.detail) == ("unchanged", first.detail)


def test_documents_are_found_by_id_name_and_path(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "Something.")
    result = add_file(library, fake, path)
    add_file(library, fake, write(tmp_path, "b.txt", "Something else."))
    for given_name in (result.detail, result.detail[:6], "a.txt", str(path)):
        assert library.find_document(given_name).id == result.detail
    for wrong in ("c.txt", "", "a"):
        with pytest.raises(UnknownDocument, match="index list"):
            library.find_document(wrong)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"", "no text"),
        ("a.txt", b" \r\n\t", "no text"),
        ("a.txt", bytes(range(256)), "not text in an encoding"),
        ("a.txt", "lone \ud800".encode("utf-8", "surrogatepass"), "UTF-8 but for byte 5"),
        ("a.exe", b"MZ", "format is not read"),
        ("no suffix", b"text", "format is not read"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(
    library: LocalLibrary, fake: TermEmbedder, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    with pytest.raises(UnreadableFile, match=message):
        read(data, name)
    path = tmp_path / name
    path.write_bytes(data)
    result = add_file(library, fake, path)
    assert result.state == "failed"
    assert name in result.detail
    assert library.counts().documents == 0
    assert add_file(library, fake, tmp_path / "not there.txt").state == "failed"


def test_folders_are_read_in_order_and_hidden_ones_left(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "c.exe", "sub/d.markdown", ".hidden/e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = [str(path.relative_to(tmp_path)) for path in files_below([tmp_path, tmp_path / "c.exe"])]
    assert found == ["a.md", "b.txt", "sub/d.markdown", "c.exe"]


def test_opening_says_what_is_wrong(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match="index add"):
        LocalLibrary(tmp_path / "nowhere")
    with pytest.raises(LibraryMismatch, match="index rebuild --model other"):
        library.require_model("1" * 64, "other")
    add_file(library, fake, write(tmp_path, "a.txt", "One. Two. Three."))
    connection = library.connection
    for key, value, error in (
        ("format", "999", LibraryMismatch),
        ("splitter", "999", LibraryMismatch),
        ("dimension", "many", LibraryDamaged),
    ):
        [(before,)] = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchall()
        connection.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))
        with pytest.raises(error, match=str(library.folder)):
            LocalLibrary(library.folder)
        connection.execute("UPDATE meta SET value = ? WHERE key = ?", (before, key))
    LocalLibrary(library.folder).close()
    connection.execute("UPDATE documents SET passages = passages + 1")
    with pytest.raises(LibraryDamaged, match="index rebuild"):
        LocalLibrary(library.folder)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is not a database, it is some text " * 100)
    with pytest.raises(LibraryDamaged, match="put a copy back"):
        LocalLibrary(tmp_path)


def test_the_faiss_file_is_only_a_cache(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    for number in range(5):
        add_file(library, fake, write(tmp_path, f"{number}.txt", f"Sentence number {number} about topic{number}."))
    before = ids_found(library, fake, "topic3")
    [cache] = library.folder.glob("*.faiss")
    whole = cache.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], whole[:-1] + bytes([whole[-1] ^ 1])):
        cache.write_bytes(damaged)
        assert ids_found(LocalLibrary(library.folder), fake, "topic3") == before
        assert cache.read_bytes() == whole
    cache.unlink()
    assert ids_found(LocalLibrary(library.folder), fake, "topic3") == before
    # Another library's file under this one's generation would be named by another hash.
    stale = library.folder / "vectors-0000-0000.faiss"
    stale.write_bytes(whole)
    assert ids_found(LocalLibrary(library.folder), fake, "topic3") == before


def test_a_reader_sees_the_library_as_it_was(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    first = add_file(library, fake, write(tmp_path, "a.txt", "About apples."))
    seen: list[int] = []

    def write_more() -> None:
        add_file(library, fake, write(tmp_path, "b.txt", "About pears."))
        library.remove(first.detail)
        seen.append(library.counts().documents)
        library.close()

    with library.snapshot():
        before = library.counts()
        thread = threading.Thread(target=write_more)
        thread.start()
        thread.join()
        assert library.counts() == before
        assert library.document(first.detail).text == "About apples."
        assert ids_found(library, fake, "apples") == [first.detail]
    assert seen == [1]
    with pytest.raises(UnknownDocument):
        library.document(first.detail)
    assert ids_found(library, fake, "pears") == [library.documents()[0].id]


def test_rebuilding_keeps_every_document(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    for number in range(3):
        add_file(library, fake, write(tmp_path, f"{number}.md", f"# Title {number}\n\nSentence number {number}."))
    before = [(entry.name, entry.title, entry.sha256, entry.passages) for entry in library.documents()]
    library.connection.execute("UPDATE meta SET value = '0' WHERE key = 'splitter'")
    library.close()
    with pytest.raises(LibraryMismatch, match="index rebuild"):
        LocalLibrary(library.folder)
    other = TermEmbedder()
    other.name, other.fingerprint = "other", "2" * 64
    new = rebuild(library.folder, other)
    assert [(entry.name, entry.title, entry.sha256, entry.passages) for entry in new.documents()] == before
    assert new.manifest.model_fingerprint == other.fingerprint
    assert_whole(new)
    assert sorted(path.suffix for path in library.folder.iterdir() if "rebuild" in path.name) == []


_ADDER = """
import sys
from pathlib import Path
from index.ingest import add_file
from index.local import create_library
from tests.fakes import TermEmbedder
fake = TermEmbedder()
library = create_library(Path(sys.argv[1]), fake.name, fake.fingerprint, fake.dimension)
print("ready", flush=True)
for path in sorted(Path(sys.argv[2]).iterdir()):
    add_file(library, fake, path)
    library.vector_index()
print("done", flush=True)
"""


def word(number: int) -> str:
    """A word of its own for each number: terms break between letters and digits."""
    return "zz" + "".join(chr(ord("a") + int(digit)) for digit in str(number))


def assert_found(library: LocalLibrary) -> None:
    """Every document is found by its own word, and every passage by its own vector."""
    for summary in library.documents():
        words = keywords(library, word(int(Path(summary.name).stem)))
        [found] = search_terms(library, words, 5).ids.tolist()
        assert library.passages([found])[0].document == summary.id
    ids, vectors = library.vectors()
    for place, vector in zip(ids.tolist(), vectors, strict=True):
        found_by_vector = library.vector_index().search(vector, len(ids))
        best = found_by_vector.scores[0]
        assert place in found_by_vector.ids[found_by_vector.scores > best - 1e-9].tolist()


def test_killed_at_any_moment_every_document_is_whole_or_absent(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    for number in range(40):
        sentences = " ".join(f"Sentence {place} of file {number}." for place in range(30))
        write(sources, f"{number:02}.txt", f"{sentences} It is about {word(number)}.")
    folder = tmp_path / "library"
    chance = random.Random(20)
    for _ in range(10):
        adder = subprocess.Popen(
            [sys.executable, "-c", _ADDER, str(folder), str(sources)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert adder.stdout is not None
        assert adder.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.15))
        os.kill(adder.pid, signal.SIGKILL)
        adder.stdout.close()
        adder.wait()
        library = LocalLibrary(folder)
        assert_whole(library)
        assert_found(library)
        library.close()
    subprocess.run([sys.executable, "-c", _ADDER, str(folder), str(sources)], cwd=ROOT, check=True, capture_output=True)
    library = LocalLibrary(folder)
    assert library.counts().documents == 40
    assert_whole(library)
    assert_found(library)
    library.close()


def test_two_processes_adding_at_once_both_finish(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    adders = []
    for part in ("one", "two"):
        sources = tmp_path / part
        sources.mkdir()
        for number in range(10):
            write(sources, f"{number}.txt", f"Text {number} of part {part}.")
        adders.append(subprocess.Popen([sys.executable, "-c", _ADDER, str(folder), str(sources)], cwd=ROOT))
    assert [adder.wait(60) for adder in adders] == [0, 0]
    library = LocalLibrary(folder)
    assert library.counts().documents == 20
    assert_whole(library)
    library.close()


def test_a_newer_file_of_sqlite_is_used_than_most_pythons_have() -> None:
    assert tuple(map(int, apsw.sqlite_lib_version().split("."))) >= (3, 42)  # FTS5's secure-delete


@given(st.integers(2, 3), st.data())
def test_rows_of_numbers_come_back_also_those_of_earlier_versions(width: int, data: st.DataObject) -> None:
    row = st.tuples(*[st.integers(0, 2**31 - 1)] * width)
    numbers = data.draw(st.lists(row, max_size=40))
    assert unpacked(packed(numbers), width) == [list(entry) for entry in numbers]
    earlier = np.array(numbers, dtype="<i4").tobytes()  # the numbers as they are
    assert unpacked(earlier, width) == [list(entry) for entry in numbers]


def test_where_sentences_are_takes_little_room() -> None:
    spans = [(place * 37 + place % 5, place * 37 + 30 + place % 5) for place in range(10_000)]
    assert len(packed(spans)) < 10_000
