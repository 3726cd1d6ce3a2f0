"""What a sentence must share with its source to the letter or the value: quotations, markup, numbers, names."""

from __future__ import annotations

import regex

from rag.fold import fold_only
from rag.marks import marked_spans
from rag.names import Name, names, occurs
from rag.quantities import quantities, said_as

_DOUBLE = '“”„‟"＂「」『』«»〝〞'
_STRAIGHT = '"＂'
_OPENING, _CLOSING = "“„「『«〝", "”‟」』»〞"
_MARKUP = regex.compile(
    r"<[/!?a-z][^>]*>?|&(?:#\d+|#x[0-9a-f]+|[a-z]+);|!?\[[^\]]*\]\([^)]*\)?|!?\[[^\]]*\]\s*:|\]\(|!\[|```|\$\$?[\\{]"
    r"|\b(?:javascript|data|vbscript|file):\S+",
    regex.IGNORECASE,
)
_ADDRESS = regex.compile(
    r"(?:[a-z][a-z0-9+.-]{1,15}:)?//[^\s]+|\bmailto:\S+|\bwww\.\S+|\b[\w.+-]+@[\w-]+\.\w+"
    r"|\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|cn|ru|info|biz|xyz|app|dev|evil|example|test|invalid|local)\b(?:/\S*)?",
    regex.IGNORECASE,
)


def missing_quotations(claim: str, text: str) -> list[str]:
    """What stands between quote marks in the claim and is no exact slice of the text."""
    spans = [claim[start:end] for start, end in marked_spans(claim)]
    return [span for span in [*spans, *_half_open(claim)] if span not in text]


def unlike_markup(claim: str, text: str) -> list[str]:
    """Links, pictures and HTML in the claim, which plain sentences never have, and addresses that the text lacks."""
    return [*_MARKUP.findall(claim), *(found for found in _ADDRESS.findall(claim) if found not in text)]


def unlike_figures(claim: str, text: str) -> list[str]:
    """Numbers, dates and percentages of the claim whose value, unit and direction (over, under) the text lacks."""
    theirs = quantities(text)
    return [
        claim[mine.start : mine.end]
        for mine in quantities(claim)
        if mine.certain and not any(said_as(mine, other) for other in theirs)
    ]


def missing_names(claim: str, text: str) -> list[Name]:
    """Names in the claim that do not occur in the text."""
    folded = fold_only(text)
    return [name for name in names(claim) if not occurs(name, text, folded)]


def _half_open(claim: str) -> list[str]:
    """Where a quotation is opened or closed only: what it may have been is not in one sentence, so all must be."""
    found = []
    if sum(claim.count(mark) for mark in _STRAIGHT) % 2:
        found += [part for part in regex.split(r"[\"＂]", claim) if len(part.split()) > 0]
    opened = sum(claim.count(mark) for mark in _OPENING)
    closed = sum(claim.count(mark) for mark in _CLOSING)
    if opened > closed:
        found.append(claim[max(claim.rfind(mark) for mark in _OPENING) + 1 :])
    elif closed > opened:
        found.append(claim[: min(at for mark in _CLOSING if (at := claim.find(mark)) >= 0)])
    return found
