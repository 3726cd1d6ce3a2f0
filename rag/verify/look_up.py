"""A quotation -> the place that it means, whole, in pieces with marked omissions, or with marked insertions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import regex

from index.library import Library
from rag.caution import kinds_in
from rag.fold import Difference
from rag.verify.citations import Address
from rag.verify.find import Finder, Found
from rag.verify.misplaced import misfits

LEAST_PIECE = 4  # characters on both sides of an omission, and of the longest piece beside words in brackets
LONGEST_DENIAL = 12  # characters left out or put in that are a "not" and not a clause with one in it
LONGEST_REPLACED = 60  # characters of the source in whose place words in brackets may stand

_RANKS = {"exact": 0, "typographic": 1, "altered": 2}
_DOTS = r"(?:…[ …]*|⋯+|\.(?:[ \u00a0]?\.){2,})"
_OMITTED = rf"\s*(?:[\[(（［]\s*(?:{_DOTS}|略)\s*[\])）］]|{_DOTS})\s*"
_OMISSION = regex.compile(_OMITTED)
_INSERTED = (
    r"(?P<blank>[ \u00a0]?)(?:[\[［〔](?P<inserted>[^\[\]［］〔〕]{0,60})[\]］〕]"
    r"|[(（](?:引者|笔者|作者|编者|著者|译者)?(?:注|按)[：:，,][^()（）]{0,60}[)）])"
)
_INSERTION = regex.compile(_INSERTED)
_GAP = regex.compile(rf"(?P<omission>{_OMITTED})|{_INSERTED}\s*")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a citation means: the address in it, the documents that it names, and its own words."""

    address: Address | None
    documents: frozenset[str]
    citation: str

    @property
    def preferred(self) -> str | None:
        """The document that is looked in at any rate."""
        return self.address.document if self.address is not None else next(iter(sorted(self.documents)), None)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Where a quotation's words stand, in how many pieces, and how many further places hold them."""

    place: Found
    pieces: int
    elsewhere: int


def looked_up(library: Library, finder: Finder, text: str, wanted: Wanted) -> LookedUp | None:
    """The best place of the words; None where nothing is like them."""
    found = _in_pieces(library, finder, text, wanted)
    if (found is not None and found.place.kind != "altered") or not _INSERTION.search(text):
        return found
    if any(_denies(insertion["inserted"] or "") for insertion in _INSERTION.finditer(text)):
        return found
    for other in (_without_insertions(library, finder, text, wanted), _replaced(library, finder, text, wanted)):
        if other is not None and other.place.kind != "altered":
            return other
    return found


def _in_pieces(library: Library, finder: Finder, text: str, wanted: Wanted) -> LookedUp | None:
    found = finder.find(text, wanted.preferred)
    best = _best(library, found, wanted)
    if best is not None and best.kind != "altered":
        return LookedUp(best, 1, len(found) - 1)
    pieces = [piece for piece in _OMISSION.split(text) if piece.strip()]
    if best is not None and _OMISSION.search(finder.text_of(best)):
        pieces = []  # the source has such a mark there itself: it leaves nothing out
    if pieces and pieces != [text] and all(len(piece) >= LEAST_PIECE for piece in pieces):
        joined = _in_order(library, finder, text, pieces, wanted)
        if joined is not None and (best is None or _RANKS[joined.kind] <= _RANKS[best.kind]):
            return LookedUp(joined, len(pieces), 0)
    return None if best is None else LookedUp(best, 1, 0)


def _without_insertions(library: Library, finder: Finder, text: str, wanted: Wanted) -> LookedUp | None:
    """The place of the words without what is in brackets; of [T]he, with the letter."""
    places: list[int] = []
    marked: list[tuple[int, int]] = []
    at = 0
    for found in _INSERTION.finditer(text):
        words = found["inserted"] or ""
        places += range(at, found.start())
        at = found.end()
        if len(words) == 1 and words.isalpha() and text[at : at + 1].isalpha():
            places += [*range(found.start(), found.start() + len(found["blank"])), found.start("inserted")]
            marked.append((found.start("inserted") - 1, at))
            continue
        if found["blank"] and text[at : at + 1].isalnum():  # stands before what goes on
            places.append(found.start())
        marked.append((found.start() + len(found["blank"]), at))
    places += range(at, len(text))
    one = _in_pieces(library, finder, "".join(text[place] for place in places), wanted)
    if one is None:
        return None
    return replace(one, place=_marked(one.place, [*places, len(text)], marked))


def _marked(found: Found, places: Sequence[int], marked: Sequence[tuple[int, int]]) -> Found:
    """What was found without the marked insertions, in the offsets of the whole quotation."""
    changes = []
    for change in found.differences:
        start, end = places[change.first_start], places[max(change.first_start, change.first_end - 1)]
        end = start if change.first_end == change.first_start else end + 1
        is_marked = change.what == "case" and any(first <= start < last for first, last in marked)
        kind = "typographic" if is_marked else change.kind
        changes.append(replace(change, kind=kind, first_start=start, first_end=end))
    altered = any(change.kind == "altered" for change in changes)
    verdict: Literal["exact", "typographic", "altered"] = "typographic" if changes else "exact"
    before = {change.first_start for change in changes}
    for first, last in marked:
        if not any(first <= place < last for place in before):
            changes.append(Difference("typographic", "marked insertion", first, last, 0, 0))
    return replace(found, kind="altered" if altered else verdict, differences=tuple(changes))


def _may_be_replaced(words: str) -> bool:
    """Whether the source's words may stand behind brackets: a few, which are no brackets themselves."""
    if len(words) > LONGEST_REPLACED or set(words) & set("[［〔"):
        return False
    return not any(sign.isdigit() for sign in words) and not kinds_in(words)


def _denies(words: str) -> bool:
    """Whether words are little else than a "not"."""
    return len(words.strip()) <= LONGEST_DENIAL and "negation" in kinds_in(words)


def _replaced(library: Library, finder: Finder, text: str, wanted: Wanted) -> LookedUp | None:
    """The place of the words where those in brackets stand for a few of the source's, without a number or a "not"."""
    gaps = list(_GAP.finditer(text))
    bounds = [0, *(bound for gap in gaps for bound in gap.span()), len(text)]
    spans = [(start, end) for start, end in zip(bounds[::2], bounds[1::2], strict=True) if text[start:end].strip()]
    longest = max(spans, key=lambda span: span[1] - span[0], default=(0, 0))
    if longest[1] - longest[0] < LEAST_PIECE:
        return None
    anchor = _best(library, finder.find(text[slice(*longest)], wanted.preferred), wanted)
    if anchor is None or anchor.kind == "altered":
        return None
    loose = [
        any(gap["omission"] and one[1] <= gap.start() and gap.end() <= other[0] for gap in gaps)
        for one, other in pairwise(spans)
    ]
    source = library.document(anchor.document).text
    pieces = [text[slice(*span)] for span in spans]
    found = _beside(finder, pieces, loose, spans.index(longest), anchor, len(source))
    if found is None:
        return None
    first = found[0]
    changes: list[Difference] = []
    for gap in gaps:
        before = [one for one, span in zip(found, spans, strict=True) if span[1] <= gap.start()]
        after = [one for one, span in zip(found, spans, strict=True) if span[0] >= gap.end()]
        words = source[before[-1].end : after[0].start] if before and after else ""
        if _denies(words) or not (gap["omission"] or _may_be_replaced(words)):
            return None
        if gap["omission"] or not words:
            continue
        at, to = before[-1].end - first.start, after[0].start - first.start
        changes.append(Difference("typographic", "marked insertion", gap.start(), gap.end(), at, to))
    for one, (start, _) in zip(found, spans, strict=True):
        changes += [_shifted(change, start, one.start - first.start) for change in one.differences]
    printed = any(change.what != "marked insertion" for change in changes)
    whole = Found("typographic" if printed else "exact", first.document, first.start, found[-1].end, tuple(changes))
    return LookedUp(whole, len(spans), 0)


def _beside(
    finder: Finder, pieces: Sequence[str], loose: Sequence[bool], place: int, anchor: Found, size: int
) -> list[Found] | None:
    """The places of all pieces, of which one is found, each as near to it as can be; None where one is missing.

    `loose[i]` says that an omission stands between piece i and the next, which may then be anywhere.
    """
    shorter = [min(len(one), len(other)) for one, other in pairwise(pieces)]
    if any(gap and length < LEAST_PIECE for gap, length in zip(loose, shorter, strict=True)):
        return None
    found = [anchor]
    for at in range(place + 1, len(pieces)):
        begin = found[-1].end
        finish = size if loose[at - 1] else begin + LONGEST_REPLACED + 2 * len(pieces[at])
        held = finder.within(pieces[at], anchor.document, begin, finish)
        if not held:
            return None
        found.append(held[0])
    for at in range(place - 1, -1, -1):
        finish = found[0].start
        begin = 0 if loose[at] else max(0, finish - LONGEST_REPLACED - 2 * len(pieces[at]))
        held = finder.within(pieces[at], anchor.document, begin, finish)
        if not held:
            return None
        found.insert(0, held[-1])
    return found


def _shifted(change: Difference, first: int, second: int) -> Difference:
    return replace(
        change,
        first_start=change.first_start + first,
        first_end=change.first_end + first,
        second_start=change.second_start + second,
        second_end=change.second_end + second,
    )


def _best(library: Library, found: list[Found], wanted: Wanted) -> Found | None:
    """The place that the citation means, of those that hold the words equally well."""
    address = wanted.address

    def rank(one: Found) -> tuple[bool, bool, bool, int, int]:
        other = bool(wanted.documents) and one.document not in wanted.documents
        unfit = 0
        if len(found) > 1 and wanted.citation and not other:
            unfit = misfits(library.document(one.document), one.start, one.end, wanted.citation)
        if address is None:
            return (other, one.kind != "exact", True, unfit, 0)
        meant = (one.document, one.start, one.end) == (address.document, address.start, address.end)
        near = 0 if one.document != address.document else abs(one.start - address.start)
        return (other, one.kind != "exact", not meant, unfit, near)

    return min(found, key=rank, default=None)


def _in_order(library: Library, finder: Finder, text: str, pieces: list[str], wanted: Wanted) -> Found | None:
    """The pieces one after another in one document; the differences of all of them."""
    first = _best(library, finder.find(pieces[0], wanted.preferred), wanted)
    if first is None:
        return None
    source = library.document(first.document).text
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
        if one is not first and _denies(source[end : one.start]):
            left_out = end - first.start, one.start - first.start
            changes.append(Difference("altered", "a negation left out", place, place, *left_out))
            kind = "altered"
        changes += [_shifted(change, place, one.start - first.start) for change in one.differences]
        kind = max(kind, one.kind, key=lambda each: _RANKS[each])
        end = one.end
        place += len(piece)
    return Found(kind, first.document, first.start, end, tuple(changes))
