"""Whatever happens to the library's files: a clear refusal or the right text, never a wrong one."""

from __future__ import annotations

import logging
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from index import database
from index.check import problems
from index.database import FILE_NAME
from index.errors import LibraryBusy, LibraryDamaged, LibraryError, LibraryMismatch
from index.ingest import add_file, add_files
from index.local import LocalLibrary, create_library
from index.rebuild import rebuild
from index.states import file_states
from rag.retrieve import retrieve
from tests.conftest import ROOT
from tests.fakes import TermEmbedder
from tests.test_life import assert_well, write


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed library of six documents. Only to be copied."""
    place = tmp_path_factory.mktemp("whole")
    fake = TermEmbedder()
    library = create_library(place / "library", fake.name, fake.fingerprint, fake.dimension)
    chance = random.Random(1)
    words = ["武汉", "企业", "园区", "harbour", "robot", "fund", "三万", "2024", "café"]
    paths = [
        write(place, f"{number}.md", f"# Title {number}\n\n" + " ".join(chance.choices(words, k=400)) + ".\n")
        for number in range(6)
    ]
    list(add_files(library, fake, paths))
    library.vector_index()
    library.leave_no_trace()
    library.close()
    return place / "library"


def texts(folder: Path) -> dict[str, str]:
    """What the library says: every document, passage and hit."""
    fake = TermEmbedder()
    library = LocalLibrary(folder)
    try:
        said = {}
        for summary in library.documents():
            document = library.document(summary.id)
            said[document.id] = document.text
            for passage in library.passages_of(document.id):
                said[f"{document.id} {passage.ordinal}"] = f"{passage.heading} {passage.text}"
        with library.snapshot():
            for number, hit in enumerate(retrieve(library, "武汉 robot", fake.embed_questions(["武汉"])[0], 5)):
                said[f"hit {number}"] = hit.passage.text
        return said
    finally:
        library.close()


@pytest.mark.parametrize("seed", [*range(60), 150, 262])
def test_a_damaged_file_is_refused_or_says_what_was_put_in(whole: Path, tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "library"
    shutil.copytree(whole, folder)
    expected = texts(folder)
    chance = random.Random(seed)
    path = folder / FILE_NAME
    data = bytearray(path.read_bytes())
    place = chance.randrange(len(data))
    match seed % 4:
        case 0:
            data[place] ^= 1 << chance.randrange(8)
        case 1:
            data[place : place + 64] = chance.randbytes(len(data[place : place + 64]))
        case 2:
            data[place - place % 512 : place - place % 512 + 512] = bytes(512)
        case _:
            del data[place:]
    path.write_bytes(data)
    for cache in folder.glob("*.faiss"):
        cache.unlink()
    try:
        said = texts(folder)
    except LibraryError as error:
        assert str(folder) in str(error)
        assert any(way in str(error) for way in ("put a copy back", "index rebuild", "check", "newer version"))
        return
    for key, text in said.items():
        if not key.startswith("hit"):
            assert text == expected[key]
        else:
            assert any(text in other for other in expected.values())


def test_a_changed_letter_is_never_shown(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    result = add_file(library, fake, write(tmp_path, "a.txt", "It cost 124 yuan."))
    library.close()
    connection = apsw.Connection(str(library.folder / FILE_NAME))
    connection.execute("UPDATE documents SET text = replace(text, '124', '924')")
    connection.close()
    other = LocalLibrary(library.folder)
    with pytest.raises(LibraryDamaged, match="put a copy back"):
        other.document(result.detail)
    with pytest.raises(LibraryDamaged):
        other.passages_of(result.detail)
    assert any("damaged" in problem for problem in problems(other))
    new = rebuild(library.folder, fake)
    assert new.counts().documents == 0
    [entry] = file_states(new)
    assert (entry.name, entry.state) == ("a.txt", "failed")
    assert "add the file again" in entry.reason
    assert add_file(new, fake, tmp_path / "a.txt").state == "added"
    assert_well(new)


@pytest.mark.parametrize("change", ["start = start + 1", "heading = 'x'", "vector = zeroblob(64)", "ordinal = 2"])
def test_a_changed_passage_is_never_shown(
    library: LocalLibrary, fake: TermEmbedder, tmp_path: Path, change: str
) -> None:
    result = add_file(library, fake, write(tmp_path, "a.txt", "One here. Two there."))
    library.connection.execute(f"UPDATE passages SET {change}")
    with pytest.raises(LibraryDamaged):
        library.passages_of(result.detail)
    with pytest.raises(LibraryDamaged):
        library.vectors()


@pytest.mark.parametrize("how", ["flip", "cut", "empty"])
def test_a_damaged_faiss_file_is_made_again_and_said(
    whole: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    folder = tmp_path / "library"
    shutil.copytree(whole, folder)
    expected = texts(folder)
    [cache] = folder.glob("*.faiss")
    data = cache.read_bytes()
    middle = len(data) // 2
    damaged = {
        "flip": data[:middle] + bytes([data[middle] ^ 4]) + data[middle + 1 :],
        "cut": data[:middle],
        "empty": b"",
    }
    cache.write_bytes(damaged[how])
    with caplog.at_level(logging.WARNING, logger="yinzheng"):
        assert texts(folder) == expected
    assert f"{cache} is damaged and is made again" in caplog.text
    assert cache.read_bytes() == data


def test_a_library_of_a_newer_format_is_left_alone(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    shutil.copytree(whole, folder)
    connection = apsw.Connection(str(folder / FILE_NAME))
    connection.execute("UPDATE meta SET value = '3' WHERE key = 'format'; DROP TABLE work")
    connection.close()
    before = (folder / FILE_NAME).read_bytes()
    fake = TermEmbedder()
    uses: list[Callable[[], LocalLibrary]] = [
        lambda: LocalLibrary(folder),
        lambda: create_library(folder, fake.name, fake.fingerprint, fake.dimension),
        lambda: rebuild(folder, fake),
    ]
    for use in uses:
        with pytest.raises(LibraryMismatch, match="newer version") as refusal:
            use()
        assert "rebuild" not in str(refusal.value)
    assert (folder / FILE_NAME).read_bytes() == before


def test_another_model_is_refused(whole: Path) -> None:
    with pytest.raises(LibraryMismatch, match="rebuild --model other"):
        LocalLibrary(whole).require_model("1" * 64, "other")


_FORMAT_1 = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents(
    id TEXT PRIMARY KEY, name TEXT NOT NULL, source TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL, characters INTEGER NOT NULL, passages INTEGER NOT NULL,
    headings BLOB NOT NULL, paragraphs BLOB NOT NULL, sentences BLOB NOT NULL, added TEXT NOT NULL
);
CREATE TABLE passages(
    id INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL REFERENCES documents(id),
    ordinal INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    heading TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX passages_by_document ON passages(document);
CREATE VIRTUAL TABLE terms USING fts5(
    words, content='', tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"
);
CREATE VIRTUAL TABLE terms_rows USING fts5vocab(terms, row);
PRAGMA journal_mode = WAL;
"""


def test_a_library_of_format_1_is_refused_and_rebuilt(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    connection = apsw.Connection(str(folder / FILE_NAME))
    connection.execute(_FORMAT_1)
    meta = {"format": 1, "splitter": 1, "terms": 1, "passage_tokens": 200, "model": "terms"}
    meta |= {"model_fingerprint": "0" * 64, "dimension": 32, "generation": "abc"}
    connection.executemany("INSERT INTO meta VALUES (?, ?)", [(key, str(value)) for key, value in meta.items()])
    whole = {"a.md": "# Harbour\n\nIt closed in March.\n", "b.txt": "\ufeff武汉的企业。", "c.txt": "Third."}
    for number, (name, text) in enumerate(whole.items()):
        connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, 1, x'', x'', x'', '2026-11-01')",
            (f"{number:016}", name, f"/{name}", f"{number:064}", name, text, len(text)),
        )
        connection.execute("INSERT INTO passages VALUES (NULL, ?, 1, 0, 3, '', x'')", (f"{number:016}",))
    connection.close()
    with pytest.raises(LibraryMismatch, match=f"index rebuild --library {folder}"):
        LocalLibrary(folder)
    new = rebuild(folder, TermEmbedder())
    assert [(entry.name, entry.added) for entry in new.documents()] == [(name, "2026-11-01") for name in whole]
    assert [new.document(entry.id).text for entry in new.documents()] == list(whole.values())
    assert new.documents()[0].title == "Harbour"
    assert_well(new)


def test_a_program_that_was_open_notices_a_rebuild(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    shutil.copytree(whole, folder)
    opened, fake = LocalLibrary(folder), TermEmbedder()
    rebuild(folder, fake)
    with opened.snapshot():
        assert opened.counts().documents == 6
    other = TermEmbedder()
    other.name, other.fingerprint = "other", "2" * 64
    rebuild(folder, other)
    with pytest.raises(LibraryMismatch, match="start this one again"), opened.snapshot():
        pass
    with pytest.raises(LibraryMismatch, match="again"):
        add_file(opened, fake, write(tmp_path, "a.txt", "Something."))
    opened.close()
    assert_well(LocalLibrary(folder))


def test_a_second_writer_waits_and_is_told(
    library: LocalLibrary, fake: TermEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "a.txt", "Something.")
    monkeypatch.setattr(database, "BUSY_MILLISECONDS", 100)
    other = LocalLibrary(library.folder)
    with library.writing():
        assert other.counts().documents == 0  # reading goes on
        with pytest.raises(LibraryBusy, match="another program is writing"):
            add_file(other, fake, path)
    assert add_file(other, fake, path).state == "added"
    other.close()


_WRITE_AND_READ = """
import sys
from pathlib import Path
from index.errors import LibraryError
from index.ingest import add_file
from index.local import LocalLibrary
from tests.fakes import TermEmbedder
from tests.test_damage import texts
folder, text = Path(sys.argv[1]), Path(sys.argv[2])
print(len(texts(folder)))
try:
    add_file(LocalLibrary(folder), TermEmbedder(), text)
except LibraryError as error:
    print(error)
"""


def may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    command = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def run_mounted(mount: str, folder: Path, script: str, text: Path) -> list[str]:
    """Run a script, given a folder and a path, where the folder ($1) is mounted for it alone; its lines."""
    shell = ["unshare", "--map-root-user", "--mount", "sh", "-c", f'{mount} && exec "$2" -c "$3" "$1" "$4"', "sh"]
    outcome = subprocess.run(
        [*shell, str(folder), sys.executable, script, str(text)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stderr == ""
    return outcome.stdout.splitlines()


needs_mount = pytest.mark.skipif(not may_mount(), reason="needs a mount namespace")


@needs_mount
def test_a_read_only_folder_is_read_and_writing_refused(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    shutil.copytree(whole, folder)
    text = write(tmp_path, "new.txt", "Something.")
    mount = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1"'
    count, refusal = run_mounted(mount, folder, _WRITE_AND_READ, text)
    assert int(count) == len(texts(folder))
    assert refusal.startswith(f"the library in {folder} can be read and not written: check the permissions")


_FILL = """
import sys
from pathlib import Path
from index.check import problems
from index.errors import LibraryFull
from index.ingest import add_files
from index.local import LocalLibrary, create_library
from tests.fakes import TermEmbedder
folder, sources = Path(sys.argv[1]) / "library", Path(sys.argv[2])
(folder.parent / "filler").write_bytes(bytes(37 << 20))
fake = TermEmbedder()
library = create_library(folder, fake.name, fake.fingerprint, fake.dimension)
done = []
try:
    for result in add_files(library, fake, sorted(sources.iterdir())):
        done.append(result.detail)
    print("all fitted")
except LibraryFull as error:
    print(error)
print([entry.id for entry in library.documents()] == done and len(done) > 2, list(problems(library)))
library.close()
library = LocalLibrary(folder)
print([entry.id for entry in library.documents()] == done, list(problems(library)))
(folder.parent / "filler").unlink()
results = list(add_files(library, fake, sorted(sources.iterdir())))
print({result.state for result in results[len(done):]} == {"added"}, list(problems(library)))
"""


@needs_mount
def test_a_full_disk_is_said_and_nothing_is_half_there(tmp_path: Path) -> None:
    disk, sources = tmp_path / "disk", tmp_path / "sources"
    disk.mkdir()
    for number in range(60):
        write(sources, f"{number:02}.txt", " ".join(f"Word{number}x{place} is here." for place in range(400)))
    message, *after = run_mounted('mount -t tmpfs -o size=40m tmpfs "$1"', disk, _FILL, sources)
    assert f"free some space where {disk / 'library'} is" in message
    assert after == ["True []", "True []", "True []"]


def test_no_room_to_make_a_library(tmp_path: Path) -> None:
    code = (
        "import resource, sys\nfrom pathlib import Path\nfrom index.errors import LibraryFull\n"
        "from index.local import create_library\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "try:\n    create_library(Path(sys.argv[1]), 'x', 'y', 8)\n"
        "except LibraryFull as error:\n    print(error)\n"
    )
    folder = tmp_path / "library"
    outcome = subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "the disk is full" in outcome.stdout
    assert list(folder.iterdir()) == []
