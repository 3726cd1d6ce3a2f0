"""`verify`: the whole path from a report to what is said of each quotation. Read this first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import regex

from index.library import Library
from rag.fold import Difference
from rag.quote import quote
from rag.records import Quote
from rag.verify.citations import Address, Names, address_in
from rag.verify.find import Finder, Found
from rag.verify.numerals import CheckedFigure, check_figures
from rag.verify.quotations import Quotation, quotations
from rag.verify.report import Part, ReadReport

Verdict = Literal["exact", "typographic", "altered", "not found", "source changed"]

_RANKS: dict[Verdict, int] = {"exact": 0, "typographic": 1, "source changed": 2, "altered": 3, "not found": 4}
_OMISSION = regex.compile(r"\s*(?:[\[(（［]\s*(?:…+|\.{3,}|⋯+|略)\s*[\])）］]|…+|⋯+|\.{3,}|\. \. \.)\s*")
LEAST_PIECE = 4  # characters on both sides of an omission


@dataclass(frozen=True, slots=True)
class Checked:
    """What is said of one quotation.

    `source` is the library's quote where the words stand, or where the most similar ones do; None when not found.
    `differences` are between the quotation's text and the source's. `at_address` is None for a citation without an
    address. `named` are the ids of the documents that the citation names; `wrong_document` says that the words are in
    another one. `pieces` is more than 1 for a quotation with marked omissions, whose pieces were looked up in order;
    `source` then reaches from the first to the last. `elsewhere` counts further places that hold the words.
    """

    quotation: Quotation
    verdict: Verdict
    source: Quote | None
    differences: tuple[Difference, ...]
    at_address: bool | None
    named: tuple[str, ...]
    wrong_document: bool
    pieces: int
    elsewhere: int

    @property
    def ok(self) -> bool:
        """Whether the words are the source's, and the citation names their source."""
        return self.source is not None and self.verdict != "altered" and not self.wrong_document


@dataclass(frozen=True, slots=True)
class CheckedReport:
    """What is said of a report: each quotation, and each number in a sentence with a citation, in order."""

    name: str
    documents: int
    quotations: tuple[Checked, ...]
    figures: tuple[CheckedFigure, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is altered, missing, or cited from another document."""
        return all(checked.ok for checked in self.quotations) and all(figure.ok for figure in self.figures)


def verify(library: Library, report: ReadReport) -> CheckedReport:
    """Check a report against a library."""
    with library.snapshot():
        finder, names = Finder(library), Names(library)
        known = {summary.id for summary in library.documents()}
        checked = tuple(
            _checked(library, finder, names, known, quotation)
            for quotation in quotations(report.parts)
            if not _is_title(report.parts[quotation.part], quotation, names)
        )
        places = {
            (one.quotation.part, one.quotation.start, one.quotation.end): one.source
            for one in checked
            if one.source is not None
        }
        figures = check_figures(library, report.parts, places, names)
        return CheckedReport(report.name, len(known), checked, figures)


def _is_title(part: Part, quotation: Quotation, names: Names) -> bool:
    """Whether words stand in quote marks because they are a title, or a heading in an exported citation."""
    if part.kind == "quotation":
        return False
    return names.is_name(quotation.text) or (part.kind == "note" and address_in(part.text) is not None)


def _checked(library: Library, finder: Finder, names: Names, known: set[str], quotation: Quotation) -> Checked:
    address = address_in(quotation.citation)
    named = names.cited(quotation.citation) or names.cited(quotation.introduced)
    wanted = named | ({address.document} if address is not None and address.document in known else set())
    found = _looked_up(finder, quotation.text, address, wanted)
    lost = address is not None and address.document not in known
    if found is None:
        return Checked(quotation, "not found", None, (), False if address else None, tuple(sorted(named)), False, 1, 0)
    one, pieces, elsewhere = found
    verdict: Verdict = "source changed" if lost and one.kind != "altered" else one.kind
    at = None
    if address is not None:
        at = (one.document, one.start, one.end) == (address.document, address.start, address.end)
    source = quote(library.document(one.document), one.start, one.end)
    wrong = bool(wanted) and one.document not in wanted
    return Checked(quotation, verdict, source, one.differences, at, tuple(sorted(named)), wrong, pieces, elsewhere)


def _looked_up(
    finder: Finder, text: str, address: Address | None, wanted: frozenset[str] | set[str]
) -> tuple[Found, int, int] | None:
    """The best place of the words, in how many pieces, and how many other places there are."""
    preferred = address.document if address is not None else next(iter(sorted(wanted)), None)
    found = finder.find(text, preferred)
    best = _best(found, address, wanted)
    if best is not None and best.kind != "altered":
        return best, 1, len(found) - 1
    pieces = [piece for piece in _OMISSION.split(text) if piece.strip()]
    if best is not None and _OMISSION.search(finder.text_of(best)):
        pieces = []  # the source has such a mark there itself: it leaves nothing out
    if len(pieces) > 1 and all(len(piece) >= LEAST_PIECE for piece in pieces):
        joined = _in_order(finder, text, pieces, address, wanted, preferred)
        if joined is not None and (best is None or _RANKS[joined.kind] <= _RANKS[best.kind]):
            return joined, len(pieces), 0
    return None if best is None else (best, 1, 0)


def _best(found: list[Found], address: Address | None, wanted: frozenset[str] | set[str]) -> Found | None:
    """The place that the citation means, of those that hold the words equally well."""

    def rank(one: Found) -> tuple[bool, bool, bool, int]:
        meant = address is not None and (one.document, one.start, one.end) == (
            address.document,
            address.start,
            address.end,
        )
        near = 0 if address is None or one.document != address.document else abs(one.start - address.start)
        return (bool(wanted) and one.document not in wanted, one.kind != "exact", not meant, near)

    return min(found, key=rank, default=None)


def _in_order(
    finder: Finder,
    text: str,
    pieces: list[str],
    address: Address | None,
    wanted: frozenset[str] | set[str],
    preferred: str | None,
) -> Found | None:
    """The pieces one after another in one document; the differences of all of them."""
    first = _best(finder.find(pieces[0], preferred), address, wanted)
    if first is None:
        return None
    changes: list[Difference] = []
    kind = first.kind
    end = first.start
    place = 0
    for piece in pieces:
        held = [one for one in finder.find(piece, first.document) if one.document == first.document]
        if not held:
            return None
        one = min(held, key=lambda one: (one.start < end, one.kind == "altered", one.start))
        place = text.index(piece, place)
        if one.start < end:  # the pieces are the source's, and in another order
            changes.append(Difference("altered", "order", place, place + len(piece), 0, end - first.start))
            kind = "altered"
            continue
        changes += [
            Difference(
                change.kind,
                change.what,
                change.first_start + place,
                change.first_end + place,
                change.second_start + one.start - first.start,
                change.second_end + one.start - first.start,
            )
            for change in one.differences
        ]
        kind = max(kind, one.kind, key=lambda each: _RANKS[each])
        end = one.end
        place += len(piece)
    return Found(kind, first.document, first.start, end, tuple(changes))
