"""Quoted words -> where the library holds them, exactly, printed otherwise, or changed.

The terms of the library's index name the candidates; where none of them holds the words, every text is gone through.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal

import regex

from index.lexical import Keywords, passages_with, search_terms
from index.library import Library
from index.records import Document, Passage
from index.terms import terms
from rag.fold import QUOTE_MARKS, Difference, Folded, differences, fold, fold_only, is_cjk, original_span
from rag.markup import as_seen
from rag.mentions import joined

RAREST_TERMS = 12  # of the quotation's, that candidates are looked for with
CANDIDATES = 12  # passages
OCCURRENCES = 50  # of the same words in one document
LEAST_COVERED = 0.5  # of the quotation's characters, in runs that the source has too, to be called altered
LEAST_CLAUSE = 4  # characters of a clause that is looked for by itself
FOLDED_DOCUMENTS = 64

_NUMERAL = regex.compile(r"[零〇一二三四五六七八九十百千万亿萬億兩两点點]")
_CLAUSE_END = regex.compile(r"[，,；;。：:！？!?]")
_UNIT = regex.compile(r"[%％‰‱十百千万亿萬億]")
_FINAL = ",.，。"  # a mark that belongs to the report's sentence and is printed within the quotation


@dataclass(frozen=True, slots=True)
class Found:
    """Where words are: `document.text[start:end]`; the differences' second offsets count from `start`.

    `covered` is the share of the quotation in runs of characters that the source has too; 1.0 unless it is altered.
    """

    kind: Literal["exact", "typographic", "altered"]
    document: str
    start: int
    end: int
    differences: tuple[Difference, ...]
    covered: float = 1.0


class Finder:
    """Looks quotations up in one library. Use it within `library.snapshot()`, for one report."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._ids = [summary.id for summary in library.documents()]
        self._folds: OrderedDict[str, Folded] = OrderedDict()
        self._scanned: dict[str, str] = {}
        self._seen: dict[str, str] = {}

    def find(self, text: str, preferred: str | None = None) -> list[Found]:
        """Every place that holds the words, exact ones first; else the place that is most like them; else none.

        `preferred` is the id of the document where they should be: it is a candidate in any case.
        """
        if not fold_only(text):
            return []
        passages = self._candidates(text)
        documents = list(dict.fromkeys(passage.document for passage in passages))
        if preferred in self._ids and preferred not in documents:
            documents.insert(0, str(preferred))
        cut: list[Found] = []
        for start, end in _forms(text):
            form = text[start:end]
            found = [one for identity in documents for one in self._occurrences(form, identity)]
            if all(one.kind == "altered" for one in found):
                others = self._holding(fold_only(form)) - set(documents)
                found += [
                    one for identity in self._ids if identity in others for one in self._occurrences(form, identity)
                ]
            unaltered = [_of_form(one, text, start, end) for one in found if one.kind != "altered"]
            if unaltered:
                return sorted(unaltered, key=lambda one: one.kind != "exact")
            cut += found if start == 0 else []
        if cut:
            return cut
        nearest = self._nearest(text, passages, documents[:1] if preferred in documents[:1] else [])
        return [] if nearest is None else [nearest]

    def within(self, text: str, identity: str, begin: int, finish: int) -> list[Found]:
        """The places that hold the words unaltered in `text[begin:finish]` of a document, in order."""
        document, words = self._library.document(identity), fold(text)
        source = self._fold(document)
        reach = bisect_left(source.places, begin), bisect_left(source.places, finish)
        found = _all_in(text, words, document, document.text, source, reach)
        return [one for one in found if one.kind != "altered"]

    def text_of(self, found: Found) -> str:
        """The source's words at a place."""
        return self._library.document(found.document).text[found.start : found.end]

    def _candidates(self, text: str) -> list[Passage]:
        """The passages that hold the most of the rarest terms."""
        wanted = list(dict.fromkeys(terms(text)))
        counts = passages_with(self._library, wanted)
        rarest = sorted((count, term) for term, count in counts.items() if count)[:RAREST_TERMS]
        if not rarest:
            return []
        counted = tuple(count for count, _ in rarest)
        words = Keywords(tuple(term for _, term in rarest), counted, tuple(1.0 for _ in rarest))
        return self._library.passages(search_terms(self._library, words, CANDIDATES).ids.tolist())

    def _holding(self, folded: str) -> set[str]:
        """The documents whose folded text holds the words; each text is folded once."""
        return {
            identity for identity in self._ids if folded in self._scan(identity) or folded in self._scan_seen(identity)
        }

    def _scan_seen(self, identity: str) -> str:
        """The folded text as its readers see it, of Markdown that has marks which they do not; else ""."""
        if identity not in self._seen:
            document = self._library.document(identity)
            text = as_seen(document.text) if _is_markdown(document) else document.text
            self._seen[identity] = "" if text is document.text else fold_only(text)
        return self._seen[identity]

    def _scan(self, identity: str) -> str:
        if identity not in self._scanned:
            self._scanned[identity] = fold_only(self._library.document(identity).text)
        return self._scanned[identity]

    def _fold(self, document: Document) -> Folded:
        folded = self._folds.pop(document.id, None)
        if folded is None:
            folded = fold(document.text)
            if len(self._folds) >= FOLDED_DOCUMENTS:
                self._folds.popitem(last=False)
        self._folds[document.id] = folded
        return folded

    def _occurrences(self, text: str, identity: str) -> list[Found]:
        words = fold(text)
        document = self._library.document(identity)
        if words.text in self._scan(identity):  # not most candidates; the way back is needed for the others only
            return _all_in(text, words, document, document.text, self._fold(document))
        if words.text in self._scan_seen(identity):
            seen = as_seen(document.text)
            return _all_in(text, words, document, seen, fold(seen))
        return []

    def _nearest(self, text: str, passages: list[Passage], preferred: list[str]) -> Found | None:
        """The place most like the words, around the candidates."""
        words = fold(text)
        best: Found | None = None
        windows = [(passage.document, passage.start, passage.end) for passage in passages]
        windows += [(identity, 0, len(self._library.document(identity).text)) for identity in preferred]
        for identity, start, end in windows:
            margin = len(text) + 40
            document, begin = self._library.document(identity), max(0, start - margin)
            found = _aligned(words, document, begin, end + margin) or _reordered(text, document, begin, end + margin)
            if found is not None and (best is None or found.covered > best.covered):
                best = found
        return best


def _forms(text: str) -> list[tuple[int, int]]:
    """The spans of the quotation that may be the source's words: all of it; without the quote marks around a block
    quotation; without a last comma or full stop, which may be the report's own."""
    words = text.strip()
    lead = len(text) - len(text.lstrip())
    forms = [(0, len(text))]
    if len(words) > 2 and words[0] in QUOTE_MARKS and words[-1] in QUOTE_MARKS:
        forms.append((lead + 1, lead + len(words) - 1))
    if words[-1:] in _FINAL and words[-2:-1].isalnum():
        forms.append((0, lead + len(words) - 1))
    return forms


def _of_form(found: Found, text: str, start: int, end: int) -> Found:
    """What was found of a part of the quotation, in the offsets of the whole."""
    changes = [
        replace(change, first_start=change.first_start + start, first_end=change.first_end + start)
        for change in found.differences
    ]
    if start == 0 and end < len(text):
        size = found.end - found.start
        changes.append(Difference("typographic", "final mark", end, end + 1, size, size))
    return replace(found, differences=tuple(changes), kind="typographic" if changes else "exact")


def _is_markdown(document: Document) -> bool:
    return PurePath(document.name).suffix.lower() in (".md", ".markdown")


def _all_in(
    text: str, words: Folded, document: Document, shown: str, source: Folded, within: tuple[int, int] | None = None
) -> list[Found]:
    """Every place of the words in a document's text as it is `shown`, of which `source` is the folded form.

    `within` are the first and the last place in the folded form.
    """
    found: list[Found] = []
    first, last = within or (0, len(source.text))
    place = source.text.find(words.text, first, last) if words.text else -1
    while place >= 0 and len(found) < OCCURRENCES:
        span = original_span(source, shown, place, place + len(words.text))
        found.append(_compared(text, words, document, shown, *span))
        place = source.text.find(words.text, place + 1, last)
    return found


def _compared(text: str, words: Folded, document: Document, shown: str, start: int, end: int) -> Found:
    """What the quotation and the source at a place, which fold alike, differ in."""
    lead, trail = words.places[0], original_span(words, text, 0, len(words.text))[1]
    changes: list[Difference] = []
    core = text[lead:trail]
    for change in differences(core, shown[start:end], _is_markdown(document)):
        hidden = shown is not document.text and change.what == "invisible characters"
        what = "Markdown's marks" if hidden else change.what
        first = change.first_start + lead, change.first_end + lead
        changes.append(replace(change, what=what, first_start=first[0], first_end=first[1]))
    for place in (start, end):
        if _cuts(shown, place):
            at = lead if place == start else trail
            changes.append(Difference("altered", "cut within a word or number", at, at, place - start, place - start))
    # What folding drops at the ends: blank space there is the report's own unless the source has the same.
    before, after = text[:lead], text[trail:]
    if before and shown[max(0, start - len(before)) : start] == before:
        start -= len(before)
        changes = [_moved(change, len(before)) for change in changes]
    elif _means_something(before):
        changes.append(Difference("altered", "a mark", 0, lead, 0, 0))
    if after and shown[end : end + len(after)] == after:
        end += len(after)
    elif _means_something(after):
        changes.append(Difference("altered", "a mark", trail, len(text), end - start, end - start))
    if not changes:
        return Found("exact", document.id, start, end, ())
    altered = any(change.kind == "altered" for change in changes)
    return Found("altered" if altered else "typographic", document.id, start, end, tuple(changes))


def _moved(change: Difference, by: int) -> Difference:
    return replace(change, second_start=change.second_start + by, second_end=change.second_end + by)


def _means_something(dropped: str) -> bool:
    """Whether what folding dropped at a quotation's end is more than blank space: a minus sign, an asterisk."""
    return any(character.isprintable() and not character.isspace() for character in dropped)


def _cuts(text: str, place: int) -> bool:
    """Whether a quotation that begins or ends at a place cuts a word or a number in two."""
    if joined(text, place):
        return True
    before, after = text[place - 1 : place] if place else "", text[place : place + 1]
    if before.isdigit() and _UNIT.match(after):
        return True
    return bool(_NUMERAL.match(before) and _NUMERAL.match(after))


def _aligned(words: Folded, document: Document, begin: int, finish: int) -> Found | None:
    """The part of `document.text[begin:finish]` most like the words, trimmed to where they agree."""
    from rapidfuzz import fuzz
    from rapidfuzz.distance import Indel, Levenshtein

    text = document.text[begin:finish]
    source = fold(text)
    window, length, first = source.text, len(words.text), 0
    if len(window) > length:
        near = fuzz.partial_ratio_alignment(words.text, window)
        if near is None:
            return None
        margin = max(12, length // 2)
        first = max(0, near.dest_start - margin)
        window = source.text[first : near.dest_end + margin]
    least = 3 if sum(map(is_cjk, words.text)) > length / 2 else 5
    runs = [
        (step.src_start, step.src_end, step.dest_start, step.dest_end)
        for step in Indel.opcodes(words.text, window)
        if step.tag == "equal" and step.src_end - step.src_start >= least
    ]
    covered = sum(end - start for start, end, _, _ in runs) / length
    if covered < LEAST_COVERED:
        return None
    # What the quotation has before its first and after its last such run stands for as much of the source.
    start = max(0, runs[0][2] - runs[0][0])
    end = min(len(window), runs[-1][3] + length - runs[-1][1])
    region = source.text[first + start : first + end]
    at, stop = original_span(source, text, first + start, first + end)
    changes: list[Difference] = []
    for step in Levenshtein.opcodes(words.text, region):
        if step.tag != "equal":
            left = _place(words, step.src_start), _place(words, step.src_end)
            right = (
                _place(source, first + start + step.dest_start) - at,
                _place(source, first + start + step.dest_end) - at,
            )
            changes.append(Difference("altered", "words", *left, right[0], min(right[1], stop - at)))
    return Found("altered", document.id, begin + at, begin + stop, tuple(changes), covered)


def _reordered(text: str, document: Document, begin: int, finish: int) -> Found | None:
    """The part of a window that holds most of the quotation's clauses, in whatever order."""
    window = document.text[begin:finish]
    source = fold(window)
    clauses = [fold_only(clause) for clause in _CLAUSE_END.split(text)]
    held = [(source.text.find(clause), clause) for clause in clauses if len(clause) >= LEAST_CLAUSE]
    held = [(place, clause) for place, clause in held if place >= 0]
    covered = sum(len(clause) for _, clause in held) / len(fold_only(text))
    if covered < LEAST_COVERED:
        return None
    first, last = min(place for place, _ in held), max(place + len(clause) for place, clause in held)
    start, end = original_span(source, window, first, last)
    whole = Difference("altered", "order", 0, len(text), 0, end - start)
    return Found("altered", document.id, begin + start, begin + end, (whole,), covered)


def _place(folded: Folded, position: int) -> int:
    """Where a folded character is in the original; the end for the position after the last."""
    if position < len(folded.places):
        return folded.places[position]
    return folded.places[-1] + 1 if folded.places else 0
