"""What every library keeps to, wherever it is: a folder here, and a real server that speaks Milvus' protocol."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.__main__ import main as index_main
from index.collections import collect, collections, dissolve, rename_collection, scope, take_out
from index.copying import document_digest
from index.embed import Embedder
from index.errors import LibraryMismatch, LibraryMissing, LibraryUnreachable, UnknownCollection, UnknownDocument
from index.ingest import add_file, add_files
from index.lexical import keywords, search_terms
from index.library import Library
from index.milvus.library import MilvusLibrary
from index.opening import make_library, open_library
from index.records import Origin
from index.states import file_states, mark
from rag.answer import Assistant, open_assistant
from rag.mentions import mentions
from rag.quote import quote
from rag.records import Answer
from rag.retrieve import retrieve
from tests.conftest import ARTICLE, ROOT
from tests.fakes import TermEmbedder
from tests.milvus_lite import MilvusLite
from tests.test_life import write

Place = Callable[[str], Path]


@pytest.fixture(params=["folder", "milvus"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where a library of some name is, of this test alone."""
    if request.param == "folder":
        return lambda name: tmp_path / "libraries" / name
    server: MilvusLite = request.getfixturevalue("milvus")
    mark_of_test = f"t{time.time_ns()}"
    return lambda name: server.address(f"{mark_of_test}_{name}")


@pytest.fixture
def library(place: Place, fake: TermEmbedder) -> Library:
    return make_library(place("one"), fake.name, fake.fingerprint, fake.dimension)


def asked(library: Library, fake: TermEmbedder, question: str, within: list[str] | None = None) -> list[str]:
    """The documents of the passages that are found, best first."""
    with library.snapshot():
        limits = None if within is None else scope(library, within)
        return [
            hit.passage.document for hit in retrieve(library, question, fake.embed_questions([question])[0], 5, limits)
        ]


def assert_well(library: Library) -> None:
    assert list(library.problems()) == []
    entries = library.documents()
    assert library.counts().documents == len(entries)
    assert library.counts().passages == sum(entry.passages for entry in entries)
    for entry in entries:
        document = library.document(entry.id)
        for passage in library.passages_of(entry.id):
            assert quote(document, passage.start, passage.end).text == passage.text


def test_a_document_is_added_found_replaced_and_removed(library: Library, fake: TermEmbedder, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "a.md",
        "# 武汉\n\n## 一、净增\n\n武汉今年净增中小企业超18.55万家。\n\n## 二、增速\n\n同比增长17.58%。",
    )
    other = add_file(library, fake, write(tmp_path, "b.txt", "Nine berths were opened on the north quay.")).detail
    first = add_file(library, fake, path)
    assert first.state == "added", first.detail
    assert add_file(library, fake, path).state == "unchanged"
    document = library.document(first.detail)
    assert document.text == path.read_text(encoding="utf-8")
    assert "一、净增" in {passage.heading for passage in library.passages_of(first.detail)}
    assert asked(library, fake, "净增中小企业多少家？")[0] == first.detail
    assert asked(library, fake, "berths on the north quay")[0] == other
    generation = library.generation()
    write(tmp_path, "a.md", "上海净增企业三家。")
    second = add_file(library, fake, path)
    assert second.state == "replaced" and library.generation() != generation
    assert {entry.id for entry in library.documents()} == {other, second.detail}
    with pytest.raises(UnknownDocument):
        library.document(first.detail)
    assert first.detail not in asked(library, fake, "净增中小企业多少家？")
    assert_well(library)
    assert library.remove(second.detail)
    assert [entry.id for entry in library.documents()] == [other]
    assert library.document_at(str(path)) is None
    with pytest.raises(UnknownDocument):
        library.remove(second.detail)
    assert_well(library)


def test_names_edits_and_encodings(library: Library, fake: TermEmbedder, tmp_path: Path) -> None:
    one, two = write(tmp_path, "one.txt", "Something."), write(tmp_path, "two.txt", "Something.")
    results = list(add_files(library, fake, [one, two]))
    document = results[0].detail
    assert [result.state for result in results] == ["added", "unchanged"]
    for given in (document, document[:6], "one.txt", "two.txt", str(two)):
        assert library.find_document(given).id == document
    for wrong in ("c.txt", "", "some"):
        with pytest.raises(UnknownDocument, match="index list"):
            library.find_document(wrong)
    library.edit(document, {"title": "Zebras", "author": "A. N. Other"})
    assert (library.document(document).title, library.document(document).origin) == (
        "Zebras", Origin(author="A. N. Other"),
    )  # fmt: skip
    words = keywords(library, "zebras")
    assert library.passages(search_terms(library, words, 3).ids.tolist())[0].document == document
    library.edit(document, {"title": None, "author": None})
    assert library.document(document).title == "one"
    assert len(search_terms(library, keywords(library, "zebras"), 3).ids) == 0
    library.remove_names(str(one))
    assert [entry.sources for entry in library.documents()] == [(str(two),)]
    library.remove_names(str(two))
    assert library.documents() == []
    korean = tmp_path / "korean.txt"
    korean.write_bytes("우한의 중소기업은 백이십만 개를 넘었다. 늘어났다.".encode("euc-kr"))
    [result] = add_files(library, fake, [korean], encoding="euc-kr")
    assert library.chosen_encoding(result.detail) == "euc-kr"
    assert library.documents()[0].encoding_chosen
    assert_well(library)


def test_a_file_that_comes_to_hold_another_s_bytes_leaves_nothing_of_its_own(
    library: Library, fake: TermEmbedder, tmp_path: Path
) -> None:
    korean = "우한의 중소기업은 백이십만 개를 넘었다. 늘어났다.".encode("euc-kr")
    one, two = tmp_path / "one.txt", write(tmp_path, "two.txt", "Something else.")
    one.write_bytes(korean)
    list(add_files(library, fake, [one, two]))
    two.write_bytes(korean)
    [result] = add_files(library, fake, [two], encoding="cp949")  # read anew, as another encoding is wanted
    assert [(entry.id, entry.sources, entry.encoding) for entry in library.documents()] == [
        (result.detail, (str(one), str(two)), "cp949")
    ]
    assert_well(library)


def test_collections_limit_a_question(library: Library, fake: TermEmbedder, tmp_path: Path) -> None:
    first = add_file(library, fake, write(tmp_path, "a.txt", "Apples are red.")).detail
    second = add_file(library, fake, write(tmp_path, "b.txt", "Apples are green.")).detail
    collect(library, "green", [second])
    assert asked(library, fake, "apples red", ["green"]) == [second]
    assert asked(library, fake, "apples red", ["a.txt"]) == [first]
    assert asked(library, fake, "apples red", []) == []
    rename_collection(library, "green", "绿")
    assert [(entry.name, entry.documents) for entry in collections(library)] == [("绿", 1)]
    with pytest.raises(UnknownCollection, match="绿"):
        asked(library, fake, "apples", ["green"])
    write(tmp_path, "b.txt", "Apples are blue.")
    later = add_file(library, fake, tmp_path / "b.txt").detail
    assert library.documents()[-1].collections == ("绿",) and asked(library, fake, "apples", ["绿"]) == [later]
    take_out(library, "绿", [later])
    assert collections(library)[0].documents == 0
    dissolve(library, "绿")
    assert collections(library) == []


def test_how_far_files_have_come(library: Library, fake: TermEmbedder, tmp_path: Path) -> None:
    mark(library, "/x/waiting.txt", "waiting.txt", "waiting")
    [bad, good] = add_files(library, fake, [write(tmp_path, "bad.pdf", "no pdf"), write(tmp_path, "good.txt", "Good.")])
    states = {entry.name: (entry.state, entry.document) for entry in file_states(library)}
    assert states == {
        "waiting.txt": ("waiting", None),
        "bad.pdf": ("failed", None),
        "good.txt": ("searchable", good.detail),
    }
    assert bad.state == "failed" and library.notes.forget(["/x/waiting.txt"]) == 1
    assert {entry.name for entry in file_states(library)} == {"bad.pdf", "good.txt"}


def test_opening_says_what_is_wrong(place: Place, fake: TermEmbedder) -> None:
    with pytest.raises(LibraryMissing, match="index add"):
        open_library(place("nowhere"))
    library = make_library(place("one"), fake.name, fake.fingerprint, fake.dimension)
    with pytest.raises(LibraryMismatch, match="other"):
        library.require_model("1" * 64, "other")
    assert open_library(place("one")).manifest == library.manifest


def test_scores_are_what_the_stored_vectors_say(library: Library, fake: TermEmbedder, tmp_path: Path) -> None:
    for number in range(12):
        text = "\n\n".join(
            f"Sentence {number} {other} about {'zebras' if other % 5 == 3 else 'quays'}. " * 6 for other in range(8)
        )
        add_file(library, fake, write(tmp_path, f"{number}.txt", text))
    question = fake.embed_questions(["a sentence about zebras"])[0]
    found = library.nearest(question, 10)
    every = [
        (passage.id, vector)
        for entry in library.documents()
        for passage, vector in zip(library.passages_of(entry.id), library.vectors_of(entry.id), strict=True)
    ]
    ids = np.array([place for place, _ in every])
    exact = np.array([(vector.astype(np.float64) * question.astype(np.float64)).sum() for _, vector in every])
    order = np.lexsort((ids, -exact))[:10]
    assert found.ids.tolist() == ids[order].tolist()
    assert np.array_equal(found.scores, exact[order])
    words = keywords(library, "zebras")
    hits = search_terms(library, words, 100)
    held = {place for place in ids.tolist() if "zebras" in library.passages([place])[0].text}
    assert set(hits.ids.tolist()) == held and 0 < len(held) < len(ids)
    assert library.passages_with(words.terms) == {words.terms[0]: len(held)}


def test_a_copy_is_the_same_and_going_on_does_nothing(
    place: Place, library: Library, fake: TermEmbedder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = write(tmp_path, "one.txt", "甲。乙！\n\n第二段。"), write(tmp_path, "two.txt", "甲。乙！\n\n第二段。")
    files = [one, two, *sorted((ROOT / "tests" / "data" / "files").glob("*.pdf"))[:1]]
    results = list(add_files(library, fake, files, collection="试"))
    library.edit(results[0].detail, {"title": "新题目"})
    collect(library, "empty", [])
    assert index_main(["copy", str(place("one")), str(place("two"))]) == 0
    assert "(0 there already" in capsys.readouterr().err
    copy = open_library(place("two"))
    assert [(e.id, e.title, e.sources, e.collections) for e in copy.documents()] == [
        (e.id, e.title, e.sources, e.collections) for e in library.documents()
    ]
    assert collections(copy) == collections(library)
    for entry in library.documents():
        assert document_digest(copy, entry.id) == document_digest(library, entry.id)
    assert_well(copy)
    copy.remove(results[0].detail)
    assert index_main(["copy", str(place("one")), str(place("two"))]) == 0
    assert "(1 there already" in capsys.readouterr().err
    assert_well(copy)


# What is of Milvus alone.


def test_the_article_is_answered_as_from_a_folder(milvus: MilvusLite, assistant: Assistant, embedder: Embedder) -> None:
    address = milvus.address("article")
    library = make_library(address, embedder.name, embedder.fingerprint, embedder.dimension)
    assert add_file(library, embedder, ARTICLE).state == "added"
    elsewhere = open_assistant(address)
    for question in (
        "今年以来武汉净增了多少家中小企业？",
        "How fast did small firms in Wuhan grow?",
        "深圳的市长是谁？",
    ):
        here, there = assistant.ask(question), elsewhere.ask(question)
        assert type(here) is type(there)
        if isinstance(here, Answer) and isinstance(there, Answer):
            assert [(one.text, one.start, one.end) for one in here.findings] == [
                (one.text, one.start, one.end) for one in there.findings
            ]
            assert [entry.text for entry in here.quotes] == [entry.text for entry in there.quotes]
    assert mentions(library, "武汉") == mentions(assistant.library, "武汉")


def test_killed_while_it_is_changed_it_is_whole(milvus: MilvusLite) -> None:
    command = ("-m", "tests.crash", "--points", "6", "--seed", "3", "--longest", "1.5")
    outcome = subprocess.run(
        [sys.executable, *command, "--milvus", str(milvus.address("crash"))],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "killed at 6 points, 0 of them not well" in outcome.stdout


_ADDING = """
import sys
from pathlib import Path
from index.ingest import add_files
from index.opening import open_library
from tests.fakes import TermEmbedder
results = list(add_files(open_library(Path(sys.argv[1])), TermEmbedder(), [Path(path) for path in sys.argv[2:]]))
sys.exit(any(result.state == "failed" for result in results))
"""


def test_several_programs_add_the_same_and_other_files_at_once(
    milvus: MilvusLite, fake: TermEmbedder, tmp_path: Path
) -> None:
    address = milvus.address("many")
    library = make_library(address, fake.name, fake.fingerprint, fake.dimension)
    shared = [write(tmp_path, f"shared-{number}.txt", f"Shared file {number}. It has words.") for number in range(4)]
    for name in ("a", "b"):
        write(tmp_path / name, f"own-{name}.txt", f"Own file of {name}.")
        write(tmp_path / name, "same.txt", "The same bytes under two names.")
    adding = [
        subprocess.Popen(
            [sys.executable, "-c", _ADDING, str(address), *map(str, (*shared, *sorted((tmp_path / name).iterdir())))],
            cwd=ROOT,
        )
        for name in ("a", "b")
    ]
    assert [process.wait(120) for process in adding] == [0, 0]
    names = sorted(source for entry in library.documents() for source in entry.sources)
    assert names == sorted(map(str, [*shared, *(tmp_path / "a").iterdir(), *(tmp_path / "b").iterdir()]))
    assert library.counts().documents == 7
    assert_well(library)


def test_a_server_that_stops_is_said_and_used_again(tmp_path: Path, fake: TermEmbedder) -> None:
    (tmp_path / "server").mkdir()
    server = MilvusLite(tmp_path / "server")
    try:
        library = make_library(server.address("one"), fake.name, fake.fingerprint, fake.dimension)
        kept = add_file(library, fake, write(tmp_path, "a.txt", "About apples.")).detail
        assert isinstance(library, MilvusLibrary)
        server.stop()
        with pytest.raises(LibraryUnreachable, match="Milvus at milvus://127"):
            asked(library, fake, "apples")
        server.start()
        assert asked(library, fake, "apples") == [kept]
        assert_well(library)
    finally:
        server.stop()


def test_a_wrong_address_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in ("milvus://127.0.0.1:19530", "milvus://127.0.0.1:19530/two words", "milvus://a/b/c"):
        assert index_main(["list", "--library", wrong]) == 2
        assert "milvus://HOST:PORT/NAME" in capsys.readouterr().err
    assert index_main(["backup", "somewhere", "--library", "milvus://127.0.0.1:19530/one"]) == 2
    assert "python -m index copy milvus://127.0.0.1:19530/one FOLDER" in capsys.readouterr().err
