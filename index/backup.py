"""A copy of a library and of what lies beside it, made while it answers; and a library made of such a copy again.

A backup is a folder: the library's file, a folder for each part that lies beside it (evidence, accounts, …), and
`backup.json`, which names every file with its size and SHA-256. It is made under another name and renamed when it
is whole, so a folder without `backup.json` is none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath

import apsw

from index.check import problems
from index.database import BUSY_MILLISECONDS, FILE_NAME, sqlite_errors
from index.errors import LibraryDamaged, LibraryError, LibraryFull, LibraryReadOnly
from index.local import LocalLibrary
from index.manifest import missing
from index.places import beside

DESCRIPTION = "backup.json"
BACKUP_FORMAT = 1
LIBRARY_PART = "library"
PARTS = (
    "evidence",
    "accounts",
    "conversations",
    "feedback",
)  # what lies beside a library, as `index.places.beside` names it
_SQLITE = ".sqlite"
_MADE_AGAIN = ("-wal", "-shm", "-journal", ".faiss")  # what the copy has in it, or what is made of it
_PAGES = 2000  # of SQLite copied between two reports of progress
_CHUNK = 1 << 20  # bytes

Progress = Callable[[int, int], None]  # bytes done, and in all


class BackupUnusable(LibraryError):
    """A folder that is no backup, or is not as it was made."""


@dataclass(frozen=True, slots=True)
class BackupFile:
    """One file of a backup; `path` is below the backup's folder, with slashes."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Backup:
    """What `backup.json` says. `made` is an ISO 8601 time in UTC."""

    format: int
    made: str
    documents: int
    passages: int
    files: tuple[BackupFile, ...]


def back_up(folder: Path, to: Path, progress: Progress = lambda done, total: None) -> Backup:
    """Copy the library in `folder`, and what lies beside it, into the new folder `to`.

    The library is copied as it is at one moment; it goes on answering, and documents may be added meanwhile. The
    copy is checked as `python -m index check` does before it counts. Raises LibraryMissing, LibraryDamaged,
    LibraryFull, LibraryReadOnly, or LibraryError where `to` is there already.
    """
    if not (folder / FILE_NAME).is_file():
        raise missing(folder)
    if to.exists():
        raise LibraryError(f"{to} is there already: name a folder that is not; nothing was copied. 目标已存在")
    made_in = to.with_name(f".{to.name}-{secrets.token_hex(4)}")
    try:
        with _disk_errors(to):
            made_in.mkdir(parents=True, mode=0o700)  # accounts are in it
            _copy_all(folder, made_in, progress)
        made = _described(made_in)
        with _disk_errors(to):
            _write_through(made_in / DESCRIPTION, json.dumps(asdict(made), ensure_ascii=False, indent=1) + "\n")
            made_in.rename(to)
            _sync(to.parent)
    finally:
        shutil.rmtree(made_in, ignore_errors=True)
    return made


def restore(backup: Path, folder: Path, progress: Progress = lambda done, total: None) -> Backup:
    """Make the library in `folder`, and what lies beside it, of a backup; every file is checked first.

    Raises BackupUnusable where it is not as it was made, LibraryError where a library or a part of one is there
    already, LibraryFull, or LibraryReadOnly. The library itself appears last.
    """
    made = read_backup(backup)
    parts = sorted({PurePosixPath(file.path).parts[0] for file in made.files}, key=lambda part: part == LIBRARY_PART)
    targets = {part: folder if part == LIBRARY_PART else beside(folder, part) for part in parts}
    for target in targets.values():
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise LibraryError(
                f"{target} is there already and is not empty: restore into another folder with --library, or move it "
                "away first. Nothing was changed. 目标文件夹不为空，未作改动"
            )
    total = sum(file.bytes for file in made.files) * 2
    done = 0
    for file in made.files:
        _require(backup, file)
        done += file.bytes
        progress(done, total)
    mark = secrets.token_hex(4)
    partials = {part: target.with_name(f".{target.name}-{mark}") for part, target in targets.items()}
    try:
        with _disk_errors(folder):
            for place in partials.values():
                place.mkdir(parents=True, mode=0o700)
            for file in made.files:
                part, *rest = PurePosixPath(file.path).parts
                place = partials[part].joinpath(*rest)
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.copyfile(backup / file.path, place)
                _sync(place)
                done += file.bytes
                progress(done, total)
            for part, target in targets.items():
                with contextlib.suppress(FileNotFoundError):
                    target.rmdir()
                partials[part].rename(target)
                _sync(target.parent)
    finally:
        for place in partials.values():
            shutil.rmtree(place, ignore_errors=True)
    return made


def read_backup(backup: Path) -> Backup:
    """What a backup's description says; its files are not looked at. Raises BackupUnusable."""
    path = backup / DESCRIPTION
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(BackupFile(**entry) for entry in data.pop("files"))
        made = Backup(files=files, **data)
    except FileNotFoundError as error:
        raise BackupUnusable(f"{backup} is no backup: it has no {DESCRIPTION}. 不是备份文件夹") from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupUnusable(f"{path} cannot be read ({error}): take another backup. 备份说明无法读取") from error
    if made.format > BACKUP_FORMAT:
        raise BackupUnusable(f"{backup} was made by a newer version of this program: use that one. 备份来自更新的版本")
    for file in made.files:
        parts = PurePosixPath(file.path).parts
        if len(parts) < 2 or parts[0] not in (LIBRARY_PART, *PARTS) or ".." in parts:
            raise BackupUnusable(f"{path} names {file.path}, which no backup holds: take another. 备份说明有误")
    return made


def _copy_all(folder: Path, to: Path, progress: Progress) -> None:
    sources = {LIBRARY_PART: folder, **{part: beside(folder, part) for part in PARTS}}
    files = [(part, path) for part, source in sources.items() for path in _files_of(source)]
    total, done = sum(path.stat().st_size for _, path in files), 0
    for part, path in files:
        place = to / part / path.relative_to(sources[part])
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        size = path.stat().st_size
        if path.suffix == _SQLITE:
            _copy_database(path, place, partial(_report, progress, done, size, total))
        else:
            shutil.copyfile(path, place)
        done += size
        progress(done, total)


def _report(progress: Progress, done: int, size: int, total: int, share: float) -> None:
    progress(done + int(share * size), total)


def _files_of(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not path.is_symlink() and not hidden and not path.name.endswith(_MADE_AGAIN):
            yield path


def _copy_database(path: Path, to: Path, progress: Callable[[float], None]) -> None:
    """SQLite's online backup, of one moment: an open transaction keeps what it reads as it is."""
    with sqlite_errors(path.parent):
        source = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        target = apsw.Connection(str(to))
        with contextlib.closing(source), contextlib.closing(target):
            source.set_busy_timeout(BUSY_MILLISECONDS)
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            with target.backup("main", source, "main") as copying:
                while not copying.done:
                    copying.step(_PAGES)
                    progress(1 - copying.remaining / max(1, copying.page_count))
            source.execute("COMMIT")
            target.execute("PRAGMA journal_mode = DELETE")  # one file, with no log beside it; opening sets WAL again
    _sync(to)


def _described(copy: Path) -> Backup:
    """Check the copy of the library, and describe all files. Raises LibraryDamaged."""
    library = LocalLibrary(copy / LIBRARY_PART)
    found = list(problems(library))
    counts = library.counts()
    library.close()
    if found:
        raise LibraryDamaged(
            f"the copy is not whole, as the library is not ({found[0]}): see python -m index check; no backup was made"
        )
    for path in (copy / LIBRARY_PART).iterdir():
        if path.name.endswith(_MADE_AGAIN):
            path.unlink()
    files = tuple(
        BackupFile(path.relative_to(copy).as_posix(), path.stat().st_size, _sha256(path))
        for path in sorted(copy.rglob("*"))
        if path.is_file()
    )
    made = datetime.now(UTC).isoformat(timespec="seconds")
    return Backup(BACKUP_FORMAT, made, counts.documents, counts.passages, files)


def _require(backup: Path, file: BackupFile) -> None:
    path = backup / file.path
    try:
        if path.stat().st_size == file.bytes and _sha256(path) == file.sha256:
            return
        what = "is not as it was when the backup was made"
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
    raise BackupUnusable(f"{path} {what}: take another backup. Nothing was restored. 备份已损坏，未作恢复")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _write_through(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    _sync(path)


def _sync(path: Path) -> None:
    """Have it on the disk before anything that counts on it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _disk_errors(where: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise LibraryReadOnly(f"{where} cannot be written ({error.strerror}): check the permissions") from error
    except OSError as error:
        raise LibraryFull(
            f"{where} cannot be written ({error.strerror}); free some space there, then give the same command again"
        ) from error
