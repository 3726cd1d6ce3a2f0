"""A small library and its documents for the tests of evidence, made with the fast embedder."""

from __future__ import annotations

from pathlib import Path

from index.ingest import add_file
from index.local import LocalLibrary, create_library
from index.records import Document
from tests.fakes import TermEmbedder


def library_of(folder: Path, texts: dict[str, str]) -> LocalLibrary:
    """A library in `folder/library` of files in `folder/files`, by name."""
    fake = TermEmbedder()
    library = create_library(folder / "library", fake.name, fake.fingerprint, fake.dimension)
    for name, text in texts.items():
        put(library, folder, name, text)
    return library


def put(library: LocalLibrary, folder: Path, name: str, text: str) -> Document:
    """Write a file and add it, or its new version."""
    path = folder / "files" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    result = add_file(library, TermEmbedder(), path)
    assert result.state != "failed", result.detail
    return library.document(result.detail)
