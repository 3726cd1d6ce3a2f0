"""A report's parts -> the quotations in them, and what each cites."""

from __future__ import annotations

from dataclasses import dataclass, replace

import regex

from rag.marks import is_long, marked_spans
from rag.verify.report import NoteMark, Part

_STOP = regex.compile(
    r"[。！？!?]|(?<!\b(?:pp?|pg|vol|no|cf|al|eds?|dr|mrs?|prof|st|vs|ch|sec))\.(?=\s|\Z)|\n", regex.I
)
_NUMBER = regex.compile(r"[\[［【〔](\d{1,3}(?:\s*[-–—,，、]\s*\d{1,3})*)[\]］】〕]")
# A page after a reference's number, as GB/T 7714 puts it: [1]5-7.
_PAGE_AFTER = regex.compile(r"(\d{1,4}(?:\s*[-–—]\s*\d{1,4})?)(?=[\s。，；、,.;:：）)\[［]|\Z)")
_PARENTHESES = regex.compile(r"\s*[（(\[]([^（()）\]]{2,200})[)）\]]")
_LISTED = regex.compile(r"\s*[\[［【〔](\d{1,3})[\]］】〕]\s*")
_ATTRIBUTION = regex.compile(r"\s*[—–―─-]{1,2}\s*\S")  # the last line of a block quotation: — Title
_SAME_AGAIN = regex.compile(r"[\W\d_]*(?:出处)?(?:同上|同前|ibid|ibidem|idem|id\.)", regex.I)
# What follows a block quotation in its own paragraph: a reference's number, or a source in parentheses or after a dash.
_TAIL = regex.compile(
    r"\s*(?:[\[［【〔]\d{1,3}(?:\s*[-–—,，、]\s*\d{1,3})*[\]］】〕]|[—–―]{1,2}\s*[^—\n]{0,30}《[^《》\n]{2,}》[^—\n]{0,40}"
    r"|[（(](?=[^()（）]*(?:《|第\s*\d+\s*页|\bpp?\.\s*\d|\p{L}.*\b(?:1[5-9]|20)\d\d\b|出处|引自|ibid|同上))[^()（）]{4,200}[)）])"
    r"[。.]?\s*\Z",
    regex.I,
)
PARAGRAPH_END = "\n\n"  # in a part of several paragraphs
_BEFORE = 200  # characters before a quotation in which its source may be named


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words that a report says are another's. `text == part.text[start:end]`, `part` counts the report's parts.

    `citation` is what the report gives as their source: a note, a reference, what stands in parentheses after or in
    the sentence before; "" where it gives none.
    """

    part: int
    start: int
    end: int
    text: str
    citation: str
    introduced: str


def resolved(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts with each note that says "ibid." or 同上 followed, on a line of its own, by the note that it means."""
    before = ""
    found = []
    for part in parts:
        notes = []
        for note in part.notes:
            same = _SAME_AGAIN.match(note.text) is not None and before != ""
            before = f"{note.text}\n{before}" if same else note.text
            notes.append(NoteMark(note.at, before))
        found.append(replace(part, notes=tuple(notes)))
    return tuple(found)


def quotations(parts: tuple[Part, ...]) -> list[Quotation]:
    """All quotations in order: between quote marks, and whole block quotations.

    Long enough ones (`is_long`); a block quotation that has a note counts at any length.
    """
    references = listed_references(parts)
    found: list[Quotation] = []
    for number, part in enumerate(parts):
        spans = [(0, _without_source(part))] if part.kind == "quotation" else marked_spans(part.text)
        if part.kind == "text" and _LISTED.match(part.text):
            continue  # an entry of the list of references quotes titles only
        follows = part.kind == "quotation" and bool(found) and found[-1].part == number - 1
        if follows and not part.notes and _ATTRIBUTION.match(part.text):
            found[-1] = replace(found[-1], citation=f"{found[-1].citation}\n{part.text}".strip())
            continue
        noted = part.kind == "quotation" and bool(part.notes)
        kept = [(start, end) for start, end in spans if start < end and (noted or is_long(part.text[start:end]))]
        limits = [*(start for start, _ in kept), len(part.text) + 1][1:]
        before = 0
        for (start, end), limit in zip(kept, limits, strict=True):
            citation = _citation(part, end, limit, references)
            if found and "\n" not in citation and _SAME_AGAIN.match(citation):
                citation = f"{citation}\n{found[-1].citation}"
            introduced = _sentence_before(part.text[max(before, start - _BEFORE) : start])
            found.append(Quotation(number, start, end, part.text[start:end], citation, introduced))
            before = end
    return found


def listed_references(parts: tuple[Part, ...]) -> dict[str, str]:
    """The entries of a list of references by their numbers."""
    return {
        str(listed.group(1)): part.text
        for part in parts
        if part.kind == "text" and (listed := _LISTED.match(part.text)) is not None
    }


def reference_numbers(text: str) -> list[str]:
    """The numbers of references in a text.

    >>> reference_numbers("so it is [1, 3-5]")
    ['1', '3', '4', '5']
    """
    found: list[str] = []
    for group in _NUMBER.findall(text):
        for piece in regex.split(r"\s*[,，、]\s*", group):
            first, _, last = regex.sub(r"\s*[-–—]\s*", "-", piece).partition("-")
            found += [str(number) for number in range(int(first), int(last or first) + 1)]
    return found


def _without_source(part: Part) -> int:
    """Where a block quotation's words end, and its source begins in the same paragraph."""
    tail = None if part.notes else _TAIL.search(part.text)
    return len(part.text) if tail is None else tail.start()


def _citation(part: Part, end: int, limit: int, references: dict[str, str]) -> str:
    """The first of: notes, numbers of references, parentheses, after the quotation and before the next one."""
    after = part.text[end:limit].split(PARAGRAPH_END)[0]
    notes = _first_notes(part.notes, end, end + len(after) + 1)
    if notes:
        text = "\n".join(notes)
        return "\n".join([text, *(references[number] for number in reference_numbers(text) if number in references)])
    number = _NUMBER.search(after)
    if number is not None:
        page = _PAGE_AFTER.match(after, number.end())
        said = [f"第{page.group(1)}页"] if page is not None else []
        cited = [references[each] for each in reference_numbers(number.group()) if each in references]
        return "\n".join([*said, *cited] if cited else [])
    following = _PARENTHESES.match(after.lstrip('”」』»›"’〞＂。，,. '))
    if following is None and part.kind == "quotation":
        return after.strip(" —–―。.")
    return "" if following is None else following.group(1)


def _first_notes(notes: tuple[NoteMark, ...], end: int, limit: int) -> list[str]:
    """The notes at the first place where there are any."""
    after = [note for note in notes if end - 1 <= note.at < limit]
    return [note.text for note in after if note.at - after[0].at <= 1]


def _sentence_before(text: str) -> str:
    return str(_STOP.split(text)[-1])
