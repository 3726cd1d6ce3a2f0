"""Files into the library: read, split, embed, and put in, a document at a time."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from index.database import FILE_NAME, connect, rows
from index.embed import Embedder
from index.errors import UnreadableFile
from index.library import Library, create_library, missing
from index.readers import READERS, read
from index.records import Document, ReadFile
from index.split import HEADING_SEPARATOR, Split, split

EMBEDDING_BATCH = 64  # passages between two reports of progress

Progress = Callable[[int, int], None]  # passages embedded so far, and in all


@dataclass(frozen=True, slots=True)
class FileResult:
    """What happened to one file; `detail` is the document's id, or why it failed and what to do."""

    path: Path
    state: Literal["added", "replaced", "unchanged", "failed"]
    detail: str
    passages: int = 0


def files_below(paths: Sequence[Path]) -> Iterator[Path]:
    """The files named, and those of a readable format in the folders named, recursively and in order."""
    for path in paths:
        if path.is_dir():
            for root, folders, names in os.walk(path):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                yield from (Path(root, name) for name in sorted(names) if Path(name).suffix.lower() in READERS)
        else:
            yield path


def add_file(
    library: Library, embedder: Embedder, path: Path, progress: Progress = lambda done, total: None
) -> FileResult:
    """Add one file; when this returns `added` or `replaced`, a question can find it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return FileResult(path, "failed", f"{path}: cannot be read ({error.strerror})")
    sha256 = hashlib.sha256(data).hexdigest()
    source = str(path.resolve())
    known = {entry.source: entry for entry in library.documents()}
    before = known.get(source)
    if before is not None and before.sha256 == sha256:
        return FileResult(path, "unchanged", before.id, before.passages)
    same = next((entry for entry in known.values() if entry.sha256 == sha256), None)
    if same is not None and before is None:
        return FileResult(path, "unchanged", same.id, same.passages)  # the same bytes under another name
    try:
        content = read(data, path.name)
    except UnreadableFile as error:
        return FileResult(path, "failed", str(error))
    document, parts = make_document(content, path.name, source, sha256, embedder)
    vectors = embed_parts(embedder, document, parts, progress)
    library.add(document, parts, vectors)
    return FileResult(path, "added" if before is None else "replaced", document.id, len(parts.passages))


def make_document(content: ReadFile, name: str, source: str, sha256: str, embedder: Embedder) -> tuple[Document, Split]:
    """Split what was read, and make the document's record of it."""
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
    )
    return document, parts


def embed_parts(
    embedder: Embedder, document: Document, parts: Split, progress: Progress = lambda done, total: None
) -> np.ndarray:
    """The vectors of a document's passages, each embedded with the title and headings above it."""
    texts = passage_texts(document, parts)
    vectors = np.empty((len(texts), embedder.dimension), dtype=np.float32)
    for start in range(0, len(texts), EMBEDDING_BATCH):
        vectors[start : start + EMBEDDING_BATCH] = embedder.embed_passages(texts[start : start + EMBEDDING_BATCH])
        progress(min(start + EMBEDDING_BATCH, len(texts)), len(texts))
    return vectors


def passage_texts(document: Document, parts: Split) -> list[str]:
    """What is embedded for each passage."""
    return [
        with_headings(document.title, span.heading, document.text[span.start : span.end]) for span in parts.passages
    ]


def with_headings(title: str, heading: str, text: str) -> str:
    """What the models are given for a passage.

    >>> with_headings("Report", "Money", "It cost 5 yuan.")
    'Report › Money\\nIt cost 5 yuan.'
    """
    above = heading_line(title, heading)
    return f"{above}\n{text}" if above else text


def heading_line(title: str, heading: str) -> str:
    """The title and the path of headings as one line; empty where there is neither."""
    return HEADING_SEPARATOR.join(part for part in (title, heading) if part)


def rebuild(folder: Path, embedder: Embedder, progress: Progress = lambda done, total: None) -> Library:
    """Make the library anew from its own documents' texts, with this version and this model.

    The old one answers until the new one is whole. Raises LibraryMissing.
    """
    if not (folder / FILE_NAME).is_file():
        raise missing(folder)
    partial = folder / f".rebuild-{secrets.token_hex(4)}"
    try:
        new = create_library(partial, embedder.name, embedder.fingerprint, embedder.dimension)
        old = connect(folder)
        stored = rows(old, "SELECT name, source, sha256, text FROM documents ORDER BY rowid")
        for done, (name, source, sha256, text) in enumerate(stored, start=1):
            content = READERS[Path(name).suffix.lower()](text, Path(name).stem)
            document, parts = make_document(content, name, source, sha256, embedder)
            new.add(document, parts, embed_parts(embedder, document, parts))
            progress(done, len(stored))
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        old.close()
        new.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        new.close()
        (partial / FILE_NAME).replace(folder / FILE_NAME)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Library(folder)
