"""What every reader is given, and what those that build a text build it with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from index.errors import UnreadableFile
from index.limits import Limits
from index.names import one_line, shown
from index.records import Block, Origin, Place, ReadFile

UNKNOWN = Origin()
Counted = Literal["blocks", "places", "characters", "members", "unpacked_bytes"]


def no_progress() -> None:
    """Nobody waits for a sign of progress."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file as a reader gets it. `encoding` is the user's choice; `progress` is called when a long step goes on."""

    data: bytes
    file_name: str
    encoding: str | None = None
    limits: Limits = field(default_factory=Limits)
    progress: Callable[[], None] = no_progress

    @property
    def name(self) -> str:
        """The name as a message shows it."""
        return shown(self.file_name)

    @property
    def stem(self) -> str:
        """The name without its suffix, for a file that has no other title."""
        return one_line(Path(self.file_name).stem) or self.name


class TextBuilder:
    """A document's text, made block by block, with a blank line between blocks and none between rows.

    Raises UnreadableFile as soon as a limit is passed, so that no more is made than may be kept.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._most = source.limits
        self._parts: list[str] = []
        self._length = 0
        self._in_rows = False
        self._blocks: list[Block] = []
        self._places: list[Place] = []

    @property
    def length(self) -> int:
        """Characters so far."""
        return self._length

    def add(self, text: str, level: int = 0, row: bool = False) -> int:
        """Add a block, a heading where `level` is 1 or more. Blank text adds nothing. Returns where it begins."""
        if not text.strip():
            return self._length
        if self._blocks:
            self._append("\n" if row and self._in_rows else "\n\n")
        self._in_rows = row
        start = self._length
        self._append(text)
        self._blocks.append(Block(start, self._length, min(level, 6)))
        if len(self._blocks) > self._most.blocks:
            check_count(self._source, "blocks", len(self._blocks))
        return start

    def place(self, start: int, end: int, kind: Literal["page", "slide", "cell"], label: str) -> None:
        """Say where a span stands in the file; an empty one stands nowhere."""
        if start < end:
            self._places.append(Place(start, end, kind, label))
            if len(self._places) > self._most.places:
                check_count(self._source, "places", len(self._places))

    def done(self, title: str, origin: Origin = UNKNOWN, notes: tuple[str, ...] = ()) -> ReadFile:
        """What was read. The file's name is the title where there is none."""
        text = "".join(self._parts)
        return ReadFile(
            text, one_line(title) or self._source.stem, tuple(self._blocks), tuple(self._places), origin, notes=notes
        )

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        if self._length > self._most.characters:
            check_count(self._source, "characters", self._length)


def check_count(source: Source, limit: Counted, count: int) -> None:
    """Raises UnreadableFile where there are more of something than the limit."""
    most = getattr(source.limits, limit)
    if count > most:
        raise UnreadableFile(
            f"{source.name}: more than {most:,} {_WORDS[limit]} (the limit {limit!r}); divide the file, or raise the "
            "limit"
        )


_WORDS = {
    "blocks": "headings, paragraphs and rows",
    "places": "pages and cells",
    "characters": "characters of text",
    "members": "parts in the archive",
    "unpacked_bytes": "bytes when unpacked",
}
