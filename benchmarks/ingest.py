"""How long it takes to add real documents, to add them again unchanged, and to remove half of them."""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.embed import Embedder
from index.ingest import add_files
from index.local import LocalLibrary, create_library
from index.readers import KNOWN_SUFFIXES
from index.talk import FileCounter

LARGEST_BYTES = 2_000_000  # of one file; the machine's own documents hold few larger ones
SMALLEST_BYTES = 1_000


@dataclass(frozen=True, slots=True)
class Figures:
    """One step: how many files and megabytes, how long it took, and the process's highest memory until its end.

    `library_mb` is the size of the library's folder after the step, `text_mb` that of the texts in it as UTF-8.
    """

    step: str
    files: int
    failed: int
    mb: float
    seconds: float
    mb_per_second: float
    passages: int
    text_mb: float
    library_mb: float
    peak_memory_mb: int


def measure_ingest(files: Path, most: int, embedder: Embedder) -> list[Figures]:
    """Add at most `most` documents below a folder, add them again, and remove every second one."""
    place = Path(tempfile.mkdtemp(prefix="ingest-"))
    try:
        copies = list(copied(files, place / "documents", most))
        library = create_library(place / "library", embedder.name, embedder.fingerprint, embedder.dimension)
        figures = []
        for step in ("add", "add again"):
            began = time.perf_counter()
            results = list(add_files(library, embedder, copies, report=FileCounter()))
            library.vector_index()
            failed = sum(result.state == "failed" for result in results)
            figures.append(_figures(step, copies, failed, time.perf_counter() - began, library))
        ids = [entry.id for entry in library.documents()][::2]
        began = time.perf_counter()
        library.remove(*ids)
        figures.append(_figures("remove half", copies[::2], 0, time.perf_counter() - began, library))
        library.close()
        return figures
    finally:
        shutil.rmtree(place)


def copied(files: Path, folder: Path, most: int) -> Iterator[Path]:
    """Copies of readable documents below a folder, in order; those without a suffix become .txt, packed ones stay."""
    folder.mkdir(parents=True)
    found = 0
    for path in sorted(files.rglob("*")):
        if found == most:
            return
        if path.is_symlink() or not path.is_file() or not SMALLEST_BYTES <= path.stat().st_size <= LARGEST_BYTES:
            continue
        suffix = path.suffix.lower() if path.suffix.lower() in KNOWN_SUFFIXES else ".txt"
        if suffix != path.suffix.lower() and "." in path.name:
            continue
        found += 1
        copy = folder / f"{found:04}-{path.stem}{suffix}"
        shutil.copyfile(path, copy)
        yield copy


def _figures(step: str, files: Sequence[Path], failed: int, seconds: float, library: LocalLibrary) -> Figures:
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    library.leave_no_trace()  # what SQLite keeps in its log would count twice
    texts = sum(len(library.document(entry.id).text.encode()) for entry in library.documents())
    kept = sum(path.stat().st_size for path in library.folder.iterdir())
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, else in KiB
    return Figures(
        step=step,
        files=len(files),
        failed=failed,
        mb=round(megabytes, 2),
        seconds=round(seconds, 1),
        mb_per_second=round(megabytes / seconds, 3),
        passages=library.counts().passages,
        text_mb=round(texts / 1e6, 2),
        library_mb=round(kept / 1e6, 2),
        peak_memory_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6),
    )
