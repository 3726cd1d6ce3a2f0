"""How much one file may take. Each limit is a setting; a message that refuses a file names the limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from index.errors import YinzhengError


class UnknownLimit(YinzhengError):
    """A setting that is no limit, or no number."""


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


def limits_of(settings: Iterable[str]) -> Limits:
    """The usual limits with some set anew, each as "name=number". Raises UnknownLimit.

    >>> limits_of(["seconds=300"]).seconds
    300.0
    """
    usual = Limits()
    changed: dict[str, float] = {}
    for setting in settings:
        name, _, number = setting.partition("=")
        kind = {field.name: type(getattr(usual, field.name)) for field in fields(usual)}.get(name)
        if kind is None:
            raise UnknownLimit(
                f"{name!r} is no limit; the limits are {', '.join(field.name for field in fields(usual))}"
            )
        try:
            changed[name] = kind(number)
        except ValueError as error:
            raise UnknownLimit(
                f"{setting!r}: the limit {name} wants a number, as in {name}={getattr(usual, name)}"
            ) from error
        if changed[name] <= 0:
            raise UnknownLimit(f"{setting!r}: the limit {name} has to be above 0")
    return replace(usual, **changed)  # type: ignore[arg-type]
