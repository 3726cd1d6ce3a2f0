"""How much one file may take. Each limit is a setting; a message that refuses a file names the limit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost before it is given up.

    `seconds` is the time without a sign of progress; only recognising the text of pictures, page by page, gives such
    signs. `memory_bytes` is the address space of the process that reads. `unpacked_bytes` and `members` are of a file
    that is an archive (DOCX, PPTX, XLSX, EPUB). `blocks` counts headings, paragraphs and rows, `places` pages, slides
    and cells, `recognised_pages` the pages of one file that Tesseract is given.
    """

    file_bytes: int = 200_000_000
    seconds: float = 120.0
    memory_bytes: int = 4_000_000_000
    characters: int = 50_000_000
    unpacked_bytes: int = 500_000_000
    members: int = 20_000
    blocks: int = 500_000
    places: int = 2_000_000
    recognised_pages: int = 500
