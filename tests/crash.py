"""python -m tests.crash [--points 300] [--seed 1]: kill -9 at random moments, then look whether all is well.

A writer adds, replaces, renames, removes and rebuilds, and notes what it is about to do and what is
done. It is killed; another process opens the library with no repair, and everything must be as noted
as done, but for the one change that was under way, which may be there wholly or not at all.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # processes are forked: no threads before

from index.collections import collect
from index.ingest import add_files
from index.lexical import keywords, search_terms
from index.opening import is_library, make_library, open_library
from index.places import milvus_address, source_of
from index.rebuild import rebuild
from index.store import sha256_hex
from index.terms import terms
from rag.quote import quote
from tests.fakes import TermEmbedder

POINTS_A_LIBRARY = 25
LONGEST_SECONDS = 0.25  # from the writer's readiness to the kill
FILES = 12


def main(arguments: list[str] | None = None) -> int:
    """Kill at as many points as wanted; exit code 0 when all was well after each."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--milvus", metavar="ADDRESS", help="kill there: libraries of this name with a number after it")
    parser.add_argument("--longest", type=float, default=LONGEST_SECONDS, help="seconds to the kill, at most")
    options = parser.parse_args(arguments)
    terms("武汉 warm")
    chance = random.Random(options.seed)
    place = Path(tempfile.mkdtemp(prefix="crash-"))
    bad = 0
    where = place / "library"
    for point in range(options.points):
        if point % POINTS_A_LIBRARY == 0:
            if options.milvus:
                where = Path(f"{options.milvus}{point}")
            shutil.rmtree(place)
            (place / "versions").mkdir(parents=True)
            (place / "sources").mkdir()
        seed = chance.randrange(1 << 32)
        delay = chance.uniform(0, options.longest)
        ready, tell = os.pipe()
        writer = _forked(partial(_write, place, where, random.Random(seed), tell))
        os.read(ready, 1)
        time.sleep(delay)
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        os.close(ready)
        os.close(tell)
        checker = _forked(partial(_check, place, where))
        if os.waitpid(checker, 0)[1] != 0:
            bad += 1
            print(f"point {point} (writer {seed}, {delay:.3f} s): not well", flush=True)
    print(f"killed at {options.points} points, {bad} of them not well")
    shutil.rmtree(place)
    return 1 if bad else 0


def _forked(work: Callable[[], None]) -> int:
    """The id of a process that does this work."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it was, the other process says so and ends
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _write(place: Path, where: Path, chance: random.Random, tell: int) -> None:
    """Change the library until killed."""
    fake = TermEmbedder()
    if milvus_address(where) is not None:  # connecting takes longer than most delays
        make_library(where, fake.name, fake.fingerprint, fake.dimension)
    os.write(tell, b".")
    library = make_library(where, fake.name, fake.fingerprint, fake.dimension)
    with (place / "notes").open("a", encoding="utf-8") as notes:

        def note(*words: str) -> None:
            notes.write(" ".join(words) + "\n")
            notes.flush()

        while True:
            path = place / "sources" / f"{chance.randrange(FILES):02}.txt"
            match chance.choices(("add", "remove", "edit", "collect", "index", "rebuild"), (60, 18, 6, 6, 8, 2))[0]:
                case "add":
                    sha256 = _new_version(place, path, chance)
                    note("begin", str(path), sha256)
                    list(add_files(library, fake, [path]))
                    note("done", str(path), sha256)
                case "remove":
                    document = library.document_at(source_of(path))
                    if document is not None:
                        note("begin", str(path), "-")
                        library.remove_names(source_of(path))
                        note("done", str(path), "-")
                case "edit":
                    for entry in library.documents()[:1]:
                        library.edit(entry.id, {"title": f"Title {chance.randrange(100)}", "author": "Somebody"})
                case "collect":
                    for entry in library.documents()[-1:]:
                        collect(library, f"collection {chance.randrange(3)}", [entry.id])
                case "index":
                    library.keep_vectors()
                case _:
                    if milvus_address(where) is None:
                        rebuild(where, fake)


def _new_version(place: Path, path: Path, chance: random.Random) -> str:
    """Another text in a file, kept beside under its SHA-256; sometimes the same as another file's."""
    others = sorted((place / "versions").iterdir())
    if others and chance.random() < 0.1:
        data = chance.choice(others).read_bytes()
    else:
        sentences = [
            f"Sentence {chance.randrange(10**6)} of 武汉 {chance.randrange(10**6)} stands here." for _ in range(60)
        ]
        data = "\n\n".join(sentences[: chance.randrange(1, 60)]).encode()
    sha256 = sha256_hex(data)
    (place / "versions" / sha256).write_bytes(data)
    path.write_bytes(data)
    return sha256


def _check(place: Path, where: Path) -> None:
    """Raise AssertionError unless all is well."""
    if not is_library(where):
        return  # killed before there was a library
    library = open_library(where)
    found = list(library.problems())
    assert found == [], found
    now = {source: entry.sha256 for entry in library.documents() for source in entry.sources}
    there = dict(now)
    notes = place / "notes"
    allowed: dict[str, set[str]] = {}
    for line in notes.read_text(encoding="utf-8").splitlines() if notes.exists() else ():
        what, path, sha256 = line.split(" ")
        before = allowed.get(path, {"-"})
        allowed[path] = {sha256} if what == "done" else before | {sha256}
    for path, versions in allowed.items():
        assert there.pop(path, "-") in versions, f"{path} is none of {versions}"
    assert there == {}, there
    for entry in library.documents():
        document = library.document(entry.id)
        assert document.text.encode() == (place / "versions" / entry.sha256).read_bytes()
        for passage in library.passages_of(entry.id):
            assert quote(document, passage.start, passage.end).text == passage.text
        words = keywords(library, document.text.split(".")[0])
        hits = library.passages(search_terms(library, words, 3).ids.tolist())
        assert any(hit.document == entry.id for hit in hits), f"{entry.name} is not found by its first sentence"
    with notes.open("a", encoding="utf-8") as stream:  # what was under way has been decided
        stream.writelines(f"done {path} {now.get(path, '-')}\n" for path in allowed)
    if milvus_address(where) is None:
        _check_files(where)
    library.close()


def _check_files(folder: Path) -> None:
    """Raise AssertionError where a file was left that is none of a library's."""
    strange = [
        path.name
        for path in folder.iterdir()
        if not path.name.startswith(("library.sqlite", "vectors-", ".vectors-", ".library.sqlite-"))
    ]
    assert strange == [], strange


if __name__ == "__main__":
    sys.exit(main())
