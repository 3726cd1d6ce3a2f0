"""Files into the library: read, split, embed, and put in, a document at a time."""

from __future__ import annotations

import codecs
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path, PurePath
from typing import Literal

import numpy as np

from index.apart import read_apart
from index.collections import collect
from index.embed import Embedder, Vectors
from index.encodings import is_certainly_utf_8
from index.errors import UnreadableFile
from index.folders import Incoming, files_below, incoming
from index.headings import with_headings
from index.library import Library
from index.limits import Limits
from index.records import Document, ReadFile, State
from index.split import Split, split
from index.states import forget, mark, put_waiting
from index.store import sha256_hex

__all__ = ["FileResult", "Step", "add_file", "add_files", "files_below", "make_document", "passage_texts"]

FOUND = "auto"  # as an encoding: found anew, also where one was chosen before
EMBEDDING_BATCH = 64  # passages between two reports of progress
PDF_MARK = b"%PDF-"  # within the first 1024 bytes; of a PDF the bytes are kept, to show quotes on pictures of its pages
READING_TRIES = 3  # of a file that is being written meanwhile
READING_PAUSE_SECONDS = 0.3

Progress = Callable[[int, int], None]  # passages embedded so far, and in all


@dataclass(frozen=True, slots=True)
class FileResult:
    """What happened to one file; `detail` is the document's id, or why it failed and what to do.

    `unchanged` are also bytes that the library knows under another name: the document has both names then.
    """

    path: Path
    state: Literal["added", "replaced", "unchanged", "failed"]
    detail: str
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """How far the adding of files has come: file `number` (from 1) of `files` has just reached `state`.

    `done` of its `passages` are embedded. `share` of the whole is done, counted in bytes, between 0 and 1.
    """

    path: Path
    state: State
    number: int
    files: int
    done: int = 0
    passages: int = 0
    share: float = 0.0


class _Cancelled(Exception):
    """The user has had enough; nothing of what is under way is put in."""


def add_file(
    library: Library, embedder: Embedder, path: Path, progress: Progress = lambda done, total: None
) -> FileResult:
    """Add one file; when this returns `added` or `replaced`, a question can find it."""

    def report(step: Step) -> None:
        if step.done:
            progress(step.done, step.passages)

    [result] = add_files(library, embedder, [path], report=report)
    return result


def add_files(
    library: Library,
    embedder: Embedder,
    files: Sequence[Path | Incoming],
    *,
    collection: str | None = None,
    encoding: str | None = None,
    limits: Limits | None = None,
    report: Callable[[Step], None] = lambda step: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[FileResult]:
    """Add files, each in one step; a result for each, as soon as a question can find it or it has failed.

    What each has come to is kept in the library, so that an interrupted run shows what was left,
    and the same call again goes on there. `cancelled` is asked between files and between batches
    of passages: then what is not in yet is forgotten.
    `collection` is the name of one that the files join; `limits` are used instead of the usual ones. `encoding` is
    used instead of guessing, and again for later versions of a text file, until another is given, or FOUND, or the
    file has become UTF-8.
    Raises LibraryFull, LibraryReadOnly or LibraryBusy.
    """
    wanted = list({file.source: file for file in (_incoming(file) for file in files)}.values())
    put_waiting(library, [(file.source, file.name) for file in wanted])
    adding = _Adding(library, embedder, wanted, encoding, limits or Limits(), report, cancelled)
    try:
        for result in adding.run():
            if collection is not None and result.state != "failed":
                collect(library, collection, [result.detail])
            yield result
    except _Cancelled:
        forget(library, [file.source for file in wanted[adding.finished :]])
    finally:
        if adding.replaced:
            library.leave_no_trace()
    library.tidy()


class _Adding:
    """One run of `add_files`: what it was given, and how far it has come."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        files: Sequence[Incoming],
        encoding: str | None,
        limits: Limits,
        report: Callable[[Step], None],
        cancelled: Callable[[], bool],
    ) -> None:
        self.library = library
        self.embedder = embedder
        self.files = files
        self.encoding = encoding
        self.limits = limits
        self.cancelled = cancelled
        self.finished = 0
        self.replaced = False
        self._report = report
        self._share = 0.0
        self._bytes = [0, *accumulate(_size(file.path) for file in files)]  # place n: of the first n files

    def run(self) -> Iterator[FileResult]:
        """A result for each file, in their order."""
        for number, file in enumerate(self.files, start=1):
            self._stop_if_cancelled()
            try:
                result = self._add(file, number)
            except UnreadableFile as error:
                mark(self.library, file.source, file.name, "failed", str(error))
                result = FileResult(file.path, "failed", str(error))
            self.finished = number
            state: State = "failed" if result.state == "failed" else "searchable"
            self._tell(file, number, state, result.passages, result.passages)
            yield result

    def _add(self, file: Incoming, number: int) -> FileResult:
        """Read, split, embed and put in, unless the library has these bytes. Raises UnreadableFile."""
        data = read_whole(file.path, self.limits.file_bytes)
        sha256 = sha256_hex(data)
        before = self.library.document_at(file.source)
        if self._is_known(sha256):
            return self._keep_name(file, sha256[:16], before)
        encoding = self._encoding_for(data, before)
        content = read_apart(data, file.name, encoding, self.limits)
        self._reached(file, number, "read")
        document, parts = make_document(content, file.name, file.source, sha256, self.embedder, len(data))
        self._reached(file, number, "split", passages=len(parts.passages))
        vectors = self._embedded(file, number, passage_texts(document, parts))
        self._reached(file, number, "embedded", len(parts.passages), len(parts.passages))
        pictured = data if PDF_MARK in data[:1024] else None
        self.library.add(document, parts, vectors, pictured, encoding if encoding and content.encoding else "")
        self.replaced |= before is not None
        state: Literal["added", "replaced"] = "added" if before is None else "replaced"
        return FileResult(file.path, state, document.id, len(parts.passages))

    def _is_known(self, sha256: str) -> bool:
        """Whether the library has these bytes, read as they would be now."""
        known = self.library.encoding_of_bytes(sha256)
        if known is None or self.encoding is None:
            return known is not None
        if self.encoding == FOUND:
            return not self.library.chosen_encoding(sha256[:16])
        return known == "" or _same_encoding(known, self.encoding)  # "": no text file, no encoding to set

    def _encoding_for(self, data: bytes, before: str | None) -> str | None:
        """The encoding chosen now, or for the file's earlier version; None to have it found."""
        if self.encoding is not None:
            return None if self.encoding == FOUND else self.encoding
        chosen = "" if before is None else self.library.chosen_encoding(before)
        return chosen if chosen and not is_certainly_utf_8(data) else None

    def _keep_name(self, file: Incoming, document_id: str, before: str | None) -> FileResult:
        if before != document_id:
            self.library.add_name(file.source, file.name, document_id)
            self.replaced |= before is not None
        else:
            forget(self.library, [file.source])  # an earlier attempt may have failed or been interrupted
        if self.encoding is not None and self.encoding != FOUND:
            self.library.choose_encoding(document_id, self.encoding)
        state: Literal["replaced", "unchanged"] = "unchanged" if before in (None, document_id) else "replaced"
        return FileResult(file.path, state, document_id, self.library.counts([document_id]).passages)

    def _embedded(self, file: Incoming, number: int, texts: Sequence[str]) -> Vectors:
        """A vector for each text; they are embedded in the order of their lengths, which wastes less on padding."""
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        vectors = np.empty((len(texts), self.embedder.dimension), dtype=np.float32)
        for start in range(0, len(order), EMBEDDING_BATCH):
            self._stop_if_cancelled()
            batch = order[start : start + EMBEDDING_BATCH]
            vectors[batch] = self.embedder.embed_passages([texts[place] for place in batch])
            self._tell(file, number, "split", start + len(batch), len(order))
        return vectors

    def _reached(self, file: Incoming, number: int, state: State, done: int = 0, passages: int = 0) -> None:
        mark(self.library, file.source, file.name, state)
        self._tell(file, number, state, done, passages)

    def _tell(self, file: Incoming, number: int, state: State, done: int, passages: int) -> None:
        under_way = self._bytes[number] - self._bytes[self.finished]
        bytes_done = self._bytes[self.finished] + (under_way * done / passages if passages else 0)
        if self._bytes[-1]:
            self._share = max(self._share, bytes_done / self._bytes[-1])
        self._report(Step(file.path, state, number, len(self.files), done, passages, self._share))

    def _stop_if_cancelled(self) -> None:
        if self.cancelled():
            raise _Cancelled


def read_whole(path: Path, most: int) -> bytes:
    """A file's bytes, at most so many, none of them from while it was being written. Raises UnreadableFile."""
    try:
        for attempt in range(READING_TRIES):
            before = path.stat()
            if not stat.S_ISREG(before.st_mode):
                raise UnreadableFile(f"{path.name}: not a regular file; name a file or a folder of files")
            if before.st_size > most:  # said before it fills the memory
                raise UnreadableFile(
                    f"{path.name}: {before.st_size:,} bytes are more than {most:,} (the limit 'file_bytes'); divide "
                    "the file, or raise the limit"
                )
            data = path.read_bytes()
            after = path.stat()
            if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
                return data
            if attempt < READING_TRIES - 1:
                time.sleep(READING_PAUSE_SECONDS)
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read ({error.strerror})") from error
    raise UnreadableFile(f"{path.name}: another program is writing it just now; add it again when that is done")


def make_document(
    content: ReadFile, name: str, source: str, sha256: str, embedder: Embedder, size: int = 0
) -> tuple[Document, Split]:
    """Split what was read of a file of `size` bytes, and make the document's record of it."""
    parts = split(content.text, content.blocks, content.title, embedder.count_tokens)
    document = Document(
        id=sha256[:16],
        name=name,
        source=source,
        sha256=sha256,
        title=content.title,
        text=content.text,
        headings=parts.headings,
        paragraphs=parts.paragraphs,
        sentences=parts.sentences,
        places=content.places,
        origin=content.origin,
        encoding=content.encoding,
        notes=content.notes,
        blocks=content.blocks,
        kind=PurePath(name).suffix.lower().removeprefix("."),
        bytes=size,
    )
    return document, parts


def passage_texts(document: Document, parts: Split) -> list[str]:
    """What is embedded for each passage: it, with the title and headings above it."""
    return [
        with_headings(document.title, span.heading, document.text[span.start : span.end]) for span in parts.passages
    ]


def _same_encoding(left: str, right: str) -> bool:
    """Whether two names are of one codec; what is no codec's name is left to the reader to refuse."""
    try:
        return codecs.lookup(left).name == codecs.lookup(right).name
    except LookupError:
        return False


def _incoming(file: Path | Incoming) -> Incoming:
    return file if isinstance(file, Incoming) else incoming(file)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
