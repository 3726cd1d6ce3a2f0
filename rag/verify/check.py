"""`verify`: the whole path from a report to what is said of each quotation. Read this first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from index.library import Library
from rag.fold import Difference
from rag.quote import quote
from rag.records import Quote
from rag.verify.citations import Names, address_in
from rag.verify.find import Finder
from rag.verify.look_up import Wanted, looked_up
from rag.verify.misplaced import Cited, Misplaced, misplaced
from rag.verify.numerals import CheckedFigure, check_figures
from rag.verify.quotations import Quotation, quotations, resolved
from rag.verify.report import Part, ReadReport

Verdict = Literal["exact", "typographic", "altered", "not found", "source changed"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What is said of one quotation.

    `source` is the library's quote where the words stand, or where the most similar ones do; None when not found.
    `differences` are between the quotation's text and the source's. `at_address` is None for a citation without an
    address. `named` are the ids of the documents that the citation names; `wrong_document` says that the words are in
    another one. `pieces` is more than 1 for a quotation with marked omissions, whose pieces were looked up in order;
    `source` then reaches from the first to the last. `elsewhere` counts further places that hold the words.
    `misplaced` is what the citation says wrongly of the place in the right document: page, heading, author.
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
    misplaced: tuple[Misplaced, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the words are the source's, and the citation names their source and place."""
        return self.is_unaltered and not self.wrong_document and not self.misplaced

    @property
    def is_unaltered(self) -> bool:
        """Whether the words are the source's."""
        return self.source is not None and self.verdict != "altered"


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
        parts = resolved(report.parts)
        found = [
            _checked(library, finder, names, known, quotation)
            for quotation in quotations(parts)
            if not _is_title(parts[quotation.part], quotation, names)
        ]
        wrong = misplaced(library, names, [_cited(one) for one in found])
        checked = tuple(replace(one, misplaced=said) for one, said in zip(found, wrong, strict=True))
        places = {
            (one.quotation.part, one.quotation.start, one.quotation.end): one.source
            for one in checked
            if one.source is not None
        }
        figures = check_figures(library, parts, places, names)
        return CheckedReport(report.name, len(known), checked, figures)


def _cited(checked: Checked) -> Cited | None:
    """What the citation says of the place can be looked at where it names the words' document."""
    source = checked.source
    if source is None or checked.wrong_document or source.document not in checked.named:
        return None
    given = checked.quotation
    return Cited(source.document, source.start, source.end, given.citation, checked.is_unaltered, given.introduced)


def _is_title(part: Part, quotation: Quotation, names: Names) -> bool:
    """Whether words stand in quote marks because they are a title, or a heading in an exported citation."""
    if part.kind == "quotation":
        return False
    return names.is_name(quotation.text) or (part.kind == "note" and address_in(part.text) is not None)


def _checked(library: Library, finder: Finder, names: Names, known: set[str], quotation: Quotation) -> Checked:
    address = address_in(quotation.citation)
    named = names.cited(quotation.citation) or names.introduced(quotation.introduced)
    wanted = named | ({address.document} if address is not None and address.document in known else set())
    said = quotation.citation or quotation.introduced
    found = looked_up(library, finder, quotation.text, Wanted(address, frozenset(wanted), said))
    lost = address is not None and address.document not in known
    if found is None:
        return Checked(quotation, "not found", None, (), False if address else None, tuple(sorted(named)), False, 1, 0)
    one, pieces, elsewhere = found.place, found.pieces, found.elsewhere
    verdict: Verdict = "source changed" if lost and one.kind != "altered" else one.kind
    at = None
    if address is not None:
        at = (one.document, one.start, one.end) == (address.document, address.start, address.end)
    source = quote(library.document(one.document), one.start, one.end)
    wrong = bool(wanted) and one.document not in wanted
    if wrong and address is None and not names.people_of(one.document):
        # Only a family name is given, which the author of this document, who is not known, may have too.
        wrong = not names.by_family_only(quotation.citation or quotation.introduced)
    return Checked(quotation, verdict, source, one.differences, at, tuple(sorted(named)), wrong, pieces, elsewhere)
