"""What a quote leaves out of its own sentences that would change how it is read.

A cut may drop the word that denies, limits or attributes what is left. Markers are Chinese and English; whether one
governs the quoted part is for the reader to judge, and so the warning shows it where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import regex

from index.records import Document
from index.split import containing

Kind = Literal["negation", "condition", "attribution"]

# Compounds that deny nothing come first, and are passed over.
_HARMLESS = (
    r"不仅|不但|不断|不少|不同|不久|不等|不妨|不愧|不禁|不约而同|不可或缺|未来|无论|无人机|无线|无缝|非常|非洲|若干|说明|小说|"
    r"据点|数据|根据地|占据|证据|依据|对称|名称|职称|简称|又称|统称|称号|称为|"
    r"\bno doubt\b|\bnot only\b|\bnothing but\b|\beven if\b"
)
_MARKERS: dict[Kind, str] = {
    "negation": (
        r"不|未|没有|没|无|并非|绝非|否认|拒绝|勿|尚缺|"
        r"\b(?:not|cannot|never|no|none|nobody|nothing|neither|nor|without|hardly|scarcely|denie[sd]|deny|denying|"
        r"fail(?:s|ed|ing)? to|refus(?:e|es|ed|ing) to)\b|n['’]t\b"
    ),
    "condition": (
        r"除非|如果|假如|假设|倘若|要是|如若|若|只有|只要|一旦|前提|除外|否则|情况下|的话|"
        r"\b(?:unless|if|provided|providing|except|otherwise|assuming|as long as|so long as|in case|subject to|until|"
        r"only when|whether)\b"
    ),
    "attribution": (
        r"据|表示|称|认为|指出|介绍|透露|报道|预计|估计|预测|所谓|坦言|强调|感慨|(?<!学)说|"
        r"\b(?:according to|sa(?:id|ys)|told|claim(?:s|ed)?|argue[sd]?|reportedly|allegedly|alleged|supposedly|"
        r"apparently|estimate[sd]?|believe[sd]?|suggest(?:s|ed)?|report(?:s|ed)|state[sd]|announce[sd]|expected to)\b"
    ),
}
_ANY = regex.compile(
    rf"(?P<harmless>{_HARMLESS})|" + "|".join(rf"(?P<{kind}>{pattern})" for kind, pattern in _MARKERS.items()),
    regex.IGNORECASE,
)

WORDS: dict[Kind, tuple[str, str]] = {
    "negation": ("the cut leaves out a negation", "截取时略去了否定词"),
    "condition": ("the cut leaves out a condition", "截取时略去了条件"),
    "attribution": ("the cut leaves out who says so", "截取时略去了出处说明"),
}


@dataclass(frozen=True, slots=True)
class Caution:
    """A marker that the cut leaves out: `document.text[start:end]`, in a sentence that the quote is part of."""

    kind: Kind
    start: int
    end: int


def kinds_in(words: str) -> set[Kind]:
    """What words say: that something is not so, only so if, or said by somebody."""
    found = {marker.lastgroup for marker in _ANY.finditer(words)}
    return {kind for kind in _MARKERS if kind in found}


def cautions(document: Document, start: int, end: int) -> list[Caution]:
    """What `document.text[start:end]` leaves out of the sentences it cuts, in order. None for whole sentences."""
    found: dict[tuple[int, int], Caution] = {}
    for place in (start, end - 1):
        at = containing(document.sentences, place)
        if at is None:
            continue
        sentence = document.sentences[at]
        for marker in _ANY.finditer(document.text, sentence.start, sentence.end):
            if marker.lastgroup != "harmless" and (marker.end() <= start or end <= marker.start()):
                kind: Kind = marker.lastgroup
                found[marker.span()] = Caution(kind, marker.start(), marker.end())
    return [found[span] for span in sorted(found)]
