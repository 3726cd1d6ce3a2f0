"""What a citation says of where its words stand -> whether they stand there: page, heading, author."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import regex

from index.headings import HEADING_SEPARATOR
from index.library import Library
from index.records import Document
from rag.fold import fold_only
from rag.numbers import figures
from rag.quote import heading_path, place_at
from rag.verify.authors import other_author
from rag.verify.citations import Names

LEAST_HEADING = 4  # characters, folded, of a heading that a citation can be said to name

_NUMERAL = r"(?:\d{1,4}|[零〇一二三四五六七八九十百]{1,6})"
_RANGE = rf"(?P<first>{_NUMERAL})(?:\s*[-–—−~～至到]\s*(?P<last>{_NUMERAL}))?"
_PAGES = (
    regex.compile(rf"第\s*{_RANGE}\s*[页頁]"),
    regex.compile(rf"(?:页码?|頁碼?)\s*[：:]?\s*{_RANGE}(?!\s*[章节段])"),
    regex.compile(rf"(?<![\p{{L}}\p{{N}}])(?:pp?|pgs?)\s*\.?\s*{_RANGE}(?![\p{{L}}])", regex.I),
    regex.compile(rf"\bpages?\s+{_RANGE}", regex.I),
    regex.compile(  # after the year: GB/T 7714's 2019: 5-7, Chicago's (2019), 5
        r"(?<!\d)(?:1[5-9]|20)\d\d(?:\s*[(（]\d{1,3}[)）])?[)）]?\s*[:：,，]\s*(?P<first>\d{1,4})"
        r"(?:\s*[-–—]\s*(?P<last>\d{1,4}))?(?![\d.]*\d|\s*[月年日/]|[-.]\d|\s+\p{Lu})"
    ),
)
# A whole article's pages, where a journal or a collection is named; a book's are those of the place.
_ARTICLE = regex.compile(
    r"\[[JC](?:/OL)?\]|[年卷]\s*第?\s*\d+\s*期|第\s*\d+\s*期|\b\d{1,4}\s*\(\d{1,3}\)|\bvol\.|\bno\.", regex.I
)
AGREEING = 3  # times as many citations that say so as of pages by the file, for a document to be numbered otherwise
LEAST_ARTICLE = 3  # pages
_OF_THE_LAST = regex.compile(r"\A[\W_]{0,4}[(（][^()（）]*[)）]")  # a source in parentheses is the last quotation's
_TITLES = regex.compile(r"《[^《》]{2,}》")


@dataclass(frozen=True, slots=True)
class Misplaced:
    """What a citation says and what is so, in words: pages, headings or authors."""

    kind: Literal["page", "heading", "author"]
    cited: str
    actual: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A quotation's words in their document, and the citation that names it.

    `introduced` is the sentence before them, for where there is no citation after them. `sure` where the words are the
    source's: only those count for how a document's pages are numbered.
    """

    document: str
    start: int
    end: int
    citation: str
    sure: bool
    introduced: str = ""


def misplaced(library: Library, names: Names, cited: Sequence[Cited | None]) -> list[tuple[Misplaced, ...]]:
    """For each quotation what its citation says wrongly; nothing for None."""
    claims: list[tuple[tuple[int, int], ...]] = []
    for one in cited:
        claims.append(() if one is None else _all_pages(_own_part(one, names)))
    offsets = _offsets(library, cited, claims)
    found: list[tuple[Misplaced, ...]] = []
    for one in cited:
        if one is None:
            found.append(())
            continue
        document = library.document(one.document)
        pages = pages_said(_own_part(one, names))
        said = [_page(document, one, pages, offsets.get(one.document, 0)), _heading(document, one)]
        own = names.people_of(one.document)
        author = other_author(one.citation, document.title, own, names.people())
        if author:
            said.append(Misplaced("author", author, document.origin.author))
        found.append(tuple(each for each in said if each is not None))
    return found


def misfits(document: Document, start: int, end: int, citation: str) -> int:
    """How much of what a citation says of page and heading does not fit a place: of several the best has least."""
    one = Cited(document.id, start, end, citation, True)
    return sum(each is not None for each in (_page(document, one, pages_said(citation), 0), _heading(document, one)))


def pages_said(citation: str) -> tuple[tuple[int, int], ...]:
    """The pages that the first line of a citation to name any names, each the first and the last.

    A whole article's are none: where its words stand is not said by them.

    >>> pages_said("王立群：《华沙》，第3—5页"), pages_said("Ibid., p. 7\\nHall 2014, pp. 1-9")
    (((3, 5),), ((7, 7),))
    """
    for line in citation.split("\n"):
        pages = _all_pages(line)
        if pages:
            whole = _ARTICLE.search(line) is not None
            return tuple(one for one in pages if not (whole and one[1] - one[0] + 1 >= LEAST_ARTICLE))
    return ()


def _all_pages(citation: str) -> tuple[tuple[int, int], ...]:
    for line in citation.split("\n"):
        found = [(match["first"], match["last"] or match["first"]) for form in _PAGES for match in form.finditer(line)]
        pages = [(_number(first), _number(last)) for first, last in found]
        if pages:
            return tuple((first, last if last >= first else _completed(first, last)) for first, last in pages)
    return ()


def _completed(first: int, last: int) -> int:
    """The last page of 123-5."""
    size = 10 ** len(str(last))
    completed: int = first - first % size + last
    return completed


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    value = figures(text)
    return int(value[0].value) if value else 0


def _own_part(one: Cited, names: Names) -> str:
    """The part of a citation of several works that is about the words' document; "" where it names another title."""
    if not one.citation:
        return str(_OF_THE_LAST.sub("", one.introduced, 1))
    parts = [part for part in regex.split(r"[;；]", one.citation) if one.document in names.by_title(part)]
    if parts:
        return "\n".join(parts)
    return "" if _TITLES.search(one.citation) and one.document not in names.by_title(one.citation) else one.citation


def _offsets(
    library: Library, cited: Sequence[Cited | None], claims: Sequence[tuple[tuple[int, int], ...]]
) -> dict[str, int]:
    """How far the numbers printed on a document's pages are from its file's, as the report's citations agree."""
    seen: dict[str, Counter[int]] = {}
    for one, pages in zip(cited, claims, strict=True):
        if one is None or not one.sure or not pages:
            continue
        document = library.document(one.document)
        at, whole = place_at(document, one.start), _page_count(document)
        if at is None or at.kind != "page":
            continue
        counted = seen.setdefault(one.document, Counter())
        for first, last in pages:
            if whole > 1 and last - first + 1 == whole:  # the range of a whole article
                counted[first - 1] += len(cited)
            elif first == last:
                counted[first - int(at.label)] += 1
    offsets = {}
    for document_id, counted in seen.items():
        if not counted:
            continue
        best, times = max(counted.items(), key=lambda item: (item[1], item[0] == 0))
        if best and times > 1 and times >= AGREEING * counted[0] and times > sum(counted.values()) / 2:
            offsets[document_id] = best
    return offsets


def _page_count(document: Document) -> int:
    return sum(place.kind == "page" for place in document.places)


def _page(document: Document, one: Cited, pages: Sequence[tuple[int, int]], offset: int) -> Misplaced | None:
    first, last = place_at(document, one.start), place_at(document, one.end - 1)
    if not pages or first is None or last is None or first.kind not in ("page", "slide"):
        return None
    low, high = int(first.label) + offset, int(last.label) + offset
    if any(start <= high and low <= end for start, end in pages):
        return None
    said = ", ".join(str(start) if start == end else f"{start}–{end}" for start, end in pages)
    return Misplaced("page", said, str(low) if low == high else f"{low}–{high}")


def _heading(document: Document, one: Cited) -> Misplaced | None:
    """A heading of the document that the citation names, when the words stand under another one."""
    citation, title = fold_only(one.citation), fold_only(document.title)
    above = [fold_only(words) for words in heading_path(document, one.start).split(HEADING_SEPARATOR)]
    citation = citation.replace(title, "\n") if title else citation
    wrong = ""
    for heading in document.headings:
        words = document.text[heading.start : heading.end]
        folded = fold_only(words)
        if len(folded) < LEAST_HEADING or folded == title or folded not in citation:
            continue
        if heading.start <= one.start < heading.end or any(
            folded in outer or outer in citation for outer in above if outer
        ):
            return None
        wrong = words
    return Misplaced("heading", wrong, heading_path(document, one.start)) if wrong else None
