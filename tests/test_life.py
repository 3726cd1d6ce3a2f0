"""The life of a file: waiting, read, split, embedded, searchable, failed; replaced, renamed, removed."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from index.check import problems
from index.embed import Vectors
from index.errors import UnknownDocument
from index.folders import Incoming, files_below
from index.ingest import FOUND, FileResult, Step, add_file, add_files, make_document
from index.lexical import keywords, search_terms
from index.limits import UnknownLimit, limits_of
from index.local import LocalLibrary
from index.places import source_of
from index.readers import read
from index.rebuild import rebuild
from index.records import Block, Origin, Place, ReadFile
from index.states import file_states
from index.terms import terms
from index.watch import watch
from tests.fakes import TermEmbedder


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def states(library: LocalLibrary) -> dict[str, str]:
    return {entry.name: entry.state for entry in file_states(library)}


def assert_well(library: LocalLibrary) -> None:
    assert list(problems(library)) == []


def test_the_same_bytes_under_two_names_go_with_the_last(
    library: LocalLibrary, fake: TermEmbedder, tmp_path: Path
) -> None:
    one, two = write(tmp_path, "one.txt", "Something."), write(tmp_path, "two.txt", "Something.")
    first, second = add_files(library, fake, [one, two])
    assert (first.state, second.state) == ("added", "unchanged")
    assert second.detail == first.detail
    [summary] = library.documents()
    assert summary.sources == (source_of(one), source_of(two))
    assert states(library) == {"one.txt": "searchable", "two.txt": "searchable"}
    assert {library.find_document(name).id for name in ("one.txt", "two.txt", str(two))} == {first.detail}
    library.remove_names(source_of(one))
    assert library.document(first.detail).name == "two.txt"
    assert_well(library)
    library.remove_names(source_of(two))
    assert library.documents() == []
    assert_well(library)


def test_a_changed_file_keeps_the_other_name_of_its_old_bytes(
    library: LocalLibrary, fake: TermEmbedder, tmp_path: Path
) -> None:
    one, two = write(tmp_path, "one.txt", "Something."), write(tmp_path, "two.txt", "Something.")
    old, _ = add_files(library, fake, [one, two])
    new = add_file(library, fake, write(tmp_path, "one.txt", "Something else."))
    assert new.state == "replaced"
    assert [(entry.id, entry.sources) for entry in library.documents()] == [
        (old.detail, (source_of(two),)),
        (new.detail, (source_of(one),)),
    ]
    # And a file that becomes the same as another is that one, and its own old version is gone.
    same = add_file(library, fake, write(tmp_path, "two.txt", "Something else."))
    assert (same.state, same.detail) == ("replaced", new.detail)
    assert [entry.sources for entry in library.documents()] == [(source_of(one), source_of(two))]
    assert_well(library)


def test_what_a_reader_knows_of_a_file_comes_back(library: LocalLibrary, fake: TermEmbedder) -> None:
    text = "First page here.\n\nSecond page there."
    content = ReadFile(
        text,
        "Pages",
        (Block(0, 16), Block(18, len(text))),
        (Place(0, 18, "page", "1"), Place(18, len(text), "page", "2")),
        Origin("Wang Wei", "武汉出版社", "2024-05", "https://example.org/a"),
        "gb18030",
        ("page 3 holds no text",),
    )
    document, parts = make_document(content, "a.pdf", "/a.pdf", "ab" * 32, fake, 1234)
    library.add(document, parts, fake.embed_passages(["x"] * len(parts.passages)), file=None)
    assert library.document(document.id) == document
    [summary] = library.documents()
    assert (summary.kind, summary.bytes, summary.pages, summary.encoding) == ("pdf", 1234, 2, "gb18030")
    assert (summary.notes, summary.origin) == (content.notes, content.origin)


def test_the_bytes_of_a_file_are_kept_where_wanted(library: LocalLibrary, fake: TermEmbedder) -> None:
    from hashlib import sha256

    data = b"%PDF-1.7 the file itself, qwxyzzy"
    document, parts = make_document(read(b"Text.", "a.txt"), "a.pdf", "/a.pdf", sha256(data).hexdigest(), fake)
    library.add(document, parts, fake.embed_passages(["x"] * len(parts.passages)), file=data)
    assert library.file(document.id) == data
    library.connection.execute("UPDATE files SET data = ?", (data[:-1],))
    with pytest.raises(Exception, match="damaged"):
        library.file(document.id)
    assert library.remove(document.id)
    assert all(b"qwxyzzy" not in path.read_bytes() for path in library.folder.iterdir())


def test_corrections_stay_when_the_file_changes(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    path = write(tmp_path, "a.md", "# Scan 0017\n\nThe harbour was closed in March.\n")
    first = add_file(library, fake, path)
    library.edit(first.detail, {"title": "Annual zyxwv report", "author": "Port Authority", "date": "1998"})
    document = library.document(first.detail)
    assert (document.title, document.origin) == ("Annual zyxwv report", Origin("Port Authority", "", "1998", ""))
    [found] = search_terms(library, keywords(library, "zyxwv"), 1).ids.tolist()[:1]
    assert library.passages([found])[0].title == "Annual zyxwv report"
    assert_well(library)
    second = add_file(library, fake, write(tmp_path, "a.md", "# Scan 0017\n\nIt was open again in April.\n"))
    assert library.document(second.detail).title == "Annual zyxwv report"
    new = rebuild(library.folder, fake)
    assert new.document(second.detail).origin.author == "Port Authority"
    new.edit(second.detail, {"title": None, "date": None})
    assert new.document(second.detail).title == "Scan 0017"
    assert new.document(second.detail).origin == Origin(author="Port Authority")
    assert search_terms(new, keywords(new, "zyxwv"), 1).ids.tolist() == []
    assert_well(new)
    with pytest.raises(ValueError, match="a title"):
        new.edit(second.detail, {"title": ""})
    with pytest.raises(ValueError, match="only title"):
        new.edit(second.detail, {"text": "x"})
    with pytest.raises(UnknownDocument):
        new.edit("nothing", {"title": "x"})


def test_an_encoding_chosen_by_hand_is_used_for_the_next_version(
    library: LocalLibrary, fake: TermEmbedder, tmp_path: Path
) -> None:
    path = tmp_path / "rolls.txt"
    text = "Съешь ещё этих мягких французских булок, да выпей же чаю."

    def added(data: bytes, encoding: str | None = None) -> tuple[str, str, bool]:
        path.write_bytes(data)
        [result] = add_files(library, fake, [path], encoding=encoding)
        [entry] = library.documents()
        return result.state, entry.encoding, entry.encoding_chosen

    assert added(text.encode("cp1251")) == ("added", "cp1251", False)
    assert added(text.encode("cp1251"), "cp1251") == ("unchanged", "cp1251", True)
    assert added(text.encode("koi8-r"), "koi8-r") == ("replaced", "koi8-r", True)
    assert added((text + " Ещё раз.").encode("koi8-r")) == ("replaced", "koi8-r", True)
    library.edit(library.documents()[0].id, {"author": "Somebody"})
    assert added(("Да. " + text).encode("koi8-r")) == ("replaced", "koi8-r", True)
    assert library.document(library.documents()[0].id).text == "Да. " + text
    # Saved as UTF-8 meanwhile: what was chosen would give other letters, and no error.
    assert added((text + " Да.").encode()) == ("replaced", "utf-8", False)
    assert added(text.encode("cp1251"), "cp1252") == ("replaced", "cp1252", True)
    assert added(text.encode("cp1251"), FOUND) == ("replaced", "cp1251", False)
    # What was chosen is still not questioned: it fails rather than be guessed past.
    assert added(b"ASCII.", "cp1252") == ("replaced", "cp1252", True)
    assert added(b"\x81 is nothing in cp1252.") == ("failed", "cp1252", True)
    assert_well(library)


def test_failed_files_are_known_with_their_reason(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "Good.")
    good = add_file(library, fake, path)
    path.write_bytes(b"")
    result = add_file(library, fake, path)
    assert result.state == "failed"
    [entry] = file_states(library)
    assert (entry.state, entry.document, entry.reason) == ("failed", good.detail, result.detail)
    assert library.document(good.detail).text == "Good."  # the old version answers on
    path.write_bytes(b"Good.")
    assert add_file(library, fake, path).state == "unchanged"
    assert states(library) == {"a.txt": "searchable"}
    assert add_file(library, fake, write(tmp_path, "b.txt", "")).state == "failed"
    assert states(library)["b.txt"] == "failed"
    library.remove_names(source_of(tmp_path / "b.txt"))
    assert states(library) == {"a.txt": "searchable"}


def test_an_interrupted_addition_goes_on_where_it_stopped(
    library: LocalLibrary, fake: TermEmbedder, tmp_path: Path
) -> None:
    paths = [write(tmp_path, f"{number}.txt", f"Word{number}. " * 2000) for number in range(8)]
    adding = add_files(library, fake, paths)
    done = [result.path for result in itertools.islice(adding, 3)]
    del adding  # the program that asked has ended
    assert done == paths[:3]
    reached = list(states(library).values())
    assert reached[:3] == ["searchable"] * 3
    assert reached[3] != "searchable"
    assert reached[4:] == ["waiting"] * 4
    embedded: list[str] = []

    class Counting(TermEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            embedded.extend(texts)
            return super().embed_passages(texts)

    results = list(add_files(library, Counting(), paths))
    assert [result.state for result in results] == ["unchanged"] * 3 + ["added"] * 5
    assert not any("Word0." in text or "Word2." in text for text in embedded)
    assert set(states(library).values()) == {"searchable"}
    assert_well(library)


def test_cancelled_between_batches_nothing_is_half_there(
    library: LocalLibrary, fake: TermEmbedder, tmp_path: Path
) -> None:
    long = write(tmp_path, "long.txt", "\n\n".join(f"Sentence number {place} is here. " * 8 for place in range(300)))
    short = [write(tmp_path, f"{number}.txt", f"Short {number}.") for number in range(3)]
    last = [write(tmp_path, f"last {number}.txt", f"Last {number}.") for number in range(3)]
    steps: list[Step] = []

    def cancelled() -> bool:
        return bool(steps) and steps[-1].path == long and steps[-1].done > 0

    results = list(add_files(library, fake, [*short, long, *last], report=steps.append, cancelled=cancelled))
    assert [result.path for result in results] == short
    assert steps[-1].done < steps[-1].passages
    assert states(library) == {path.name: "searchable" for path in short}
    assert library.counts().documents == 3
    assert_well(library)


def test_progress_never_goes_back(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{number}.txt", f"Text {number}. " * 40 * (number + 1)) for number in range(6)]
    steps: list[Step] = []
    results = list(add_files(library, fake, paths, report=steps.append))
    assert [result.state for result in results] == ["added"] * 6
    shares = [step.share for step in steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    for path in paths:
        assert [step.state for step in steps if step.path == path and step.state != "split"] == [
            "read",
            "embedded",
            "searchable",
        ]


def test_a_new_version_is_whole_before_the_old_one_goes(
    library: LocalLibrary, fake: TermEmbedder, tmp_path: Path
) -> None:
    path = write(tmp_path, "a.txt", "About apples.")
    old = add_file(library, fake, path)
    write(tmp_path, "a.txt", "About pears.")
    seen = []

    def look(step: Step) -> None:
        other = LocalLibrary(library.folder)
        seen.append((step.state, [entry.id for entry in other.documents()]))
        other.close()

    [new] = add_files(library, fake, [path], report=look)
    assert new.state == "replaced"
    assert {state for state, ids in seen if ids == [old.detail]} == {"read", "split", "embedded"}
    assert seen[-1] == ("searchable", [new.detail])


def sentences(chance: random.Random, count: int) -> list[str]:
    """Sentences of characters and words that stand in no other text of the test."""
    han = ["".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(chance.randrange(8, 30))) for _ in range(count)]
    words = ["".join(chance.choice("bcdfghjklmnpqrstvwxz") for _ in range(9)) for _ in range(count)]
    return [f"{left}，{right}。" for left, right in zip(han, words, strict=True)]


@pytest.mark.parametrize("how", ["remove", "replace"])
def test_no_byte_of_a_removed_text_is_left(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path, how: str) -> None:
    chance = random.Random(5)
    parts = [sentences(chance, 300) for _ in range(5)]
    paths = [write(tmp_path, f"{number}.txt", "\n\n".join(part)) for number, part in enumerate(parts)]
    results = list(add_files(library, fake, paths))
    library.vector_index()
    assert library.leave_no_trace()
    size = (library.folder / "library.sqlite").stat().st_size
    vectors = next(library.folder.glob("*.faiss")).read_bytes()
    if how == "remove":
        assert library.remove(results[2].detail)
        assert (library.folder / "library.sqlite").stat().st_size < size
    else:
        write(tmp_path, "2.txt", "Another text.")
        assert add_file(library, fake, paths[2]).state == "replaced"
    kept = set(terms("".join(itertools.chain(*parts[:2], *parts[3:]))))
    traces = [sentence.encode() for sentence in parts[2]]
    traces += [term.encode() for term in set(terms("".join(parts[2]))) - kept if len(term.encode()) > 5]
    assert len(traces) > 3000
    for path in library.folder.iterdir():
        data = path.read_bytes()
        assert not [trace for trace in traces if trace in data], path
        assert data != vectors
    assert_well(library)


def test_removing_while_another_reads_says_that_traces_are_left(
    library: LocalLibrary, fake: TermEmbedder, tmp_path: Path
) -> None:
    gone = add_file(library, fake, write(tmp_path, "a.txt", "Xyzzyplugh was here."))
    other = LocalLibrary(library.folder)
    with other.snapshot():
        assert other.counts().documents == 1
        assert not library.remove(gone.detail)
        assert other.document(gone.detail).text == "Xyzzyplugh was here."
    other.close()
    assert library.leave_no_trace()
    assert all(b"Xyzzyplugh" not in path.read_bytes() for path in library.folder.iterdir())


def test_links_out_of_the_folder_and_hidden_files_are_left(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    write(folder, "a.txt", "x")
    write(folder, ".hidden.txt", "x")
    write(folder, "~$report.md", "x")
    write(folder, "program.exe", "x")
    outside = write(tmp_path / "outside", "secret.txt", "x")
    (folder / "b.txt").symlink_to(outside)
    (folder / "c.txt").symlink_to(folder / "a.txt")
    (folder / "outside").symlink_to(tmp_path / "outside")
    (folder / "broken.txt").symlink_to(tmp_path / "nowhere.txt")
    left: list[tuple[str, str]] = []
    found = list(files_below([folder], lambda path, why: left.append((path.name, why))))
    assert [path.name for path in found] == ["a.txt", "c.txt"]
    assert sorted(left) == [
        ("b.txt", "link out of the folder"),
        ("broken.txt", "link out of the folder"),
        ("outside", "link out of the folder"),
        ("program.exe", "format that is not read"),
    ]
    assert list(files_below([folder / "b.txt"])) == [folder / "b.txt"]  # named by the user


def test_a_link_and_its_file_are_added_once(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    path = write(tmp_path / "folder", "a.txt", "Something.")
    (tmp_path / "folder" / "b.txt").symlink_to(path)
    results = list(add_files(library, fake, list(files_below([tmp_path / "folder"]))))
    assert [result.state for result in results] == ["added"]


def test_an_uploaded_file_has_the_source_it_is_given(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    path = write(tmp_path, "tmp-1234.txt", "Something.")
    [first] = add_files(library, fake, [Incoming(path, "report.txt", "upload/report.txt")])
    path.write_bytes(b"Something else.")
    [second] = add_files(library, fake, [Incoming(path, "report.txt", "upload/report.txt")])
    assert (first.state, second.state) == ("added", "replaced")
    assert library.find_document("report.txt").id == second.detail


def test_a_file_is_not_read_while_it_is_written(
    library: LocalLibrary, fake: TermEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "a.txt", "Begun. ")
    left = 5
    read_bytes = Path.read_bytes

    def while_another_writes(self: Path) -> bytes:
        nonlocal left
        data = read_bytes(self)
        if self == path and left:
            left -= 1
            with path.open("ab") as stream:
                stream.write(b"And on. ")
        return data

    monkeypatch.setattr(Path, "read_bytes", while_another_writes)
    result = add_file(library, fake, path)
    assert result.state == "failed"
    assert "writing it just now" in result.detail
    assert library.counts().documents == 0
    result = add_file(library, fake, path)  # during which it comes to rest
    assert result.state == "added"
    assert library.document(result.detail).text == "Begun. " + "And on. " * 5


def test_a_fifo_is_refused(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "a.txt")
    result = add_file(library, fake, tmp_path / "a.txt")
    assert (result.state, "not a regular file" in result.detail) == ("failed", True)
    assert list(files_below([tmp_path])) == []


def test_changes_are_told_when_they_are_whole(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    write(folder, "old.txt", "Old.")
    stop = threading.Event()
    told: list[str] = []
    seen: list[FileResult] = []

    def follow() -> None:
        for changes in watch([folder], stop, settle=0.3):
            told.extend(f"-{path.name}" for path in changes.gone)
            seen.extend(add_files(library, fake, changes.changed))
        library.close()

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        stop.wait(0.5)  # until it watches
        write(folder, "sub/new.txt", "New.")
        write(folder, ".hidden.txt", "Hidden.")
        write(folder, "program.exe", "No text.")
        (folder / "old.txt").unlink()
        for _ in range(100):
            if seen and told:
                break
            stop.wait(0.1)
    finally:
        stop.set()
        thread.join()
    assert [(result.path.name, result.state) for result in seen] == [("new.txt", "added")]
    assert told == ["-old.txt"]


def test_a_limit_is_set_and_named(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    path = write(tmp_path, "long.txt", "A sentence of some length. " * 20)
    [refused] = add_files(library, fake, [path], limits=limits_of(["file_bytes=100"]))
    assert refused.state == "failed"
    assert "540 bytes are more than 100 (the limit 'file_bytes')" in refused.detail
    [refused] = add_files(library, fake, [path], limits=limits_of(["characters=100"]))
    assert refused.state == "failed"
    assert "the limit 'characters'" in refused.detail
    [added] = add_files(library, fake, [path], limits=limits_of(["characters=1000", "seconds=5"]))
    assert added.state == "added"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("size=3", "'size' is no limit; the limits are file_bytes,"),
        ("seconds", "wants a number"),
        ("blocks=0", "above 0"),
    ],
)
def test_a_wrong_limit_is_said(setting: str, message: str) -> None:
    with pytest.raises(UnknownLimit, match=message):
        limits_of([setting])
