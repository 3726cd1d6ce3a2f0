"""Text -> the form in which two printings of the same words are equal, and what differs between the printings.

For finding only: what is shown and compared is always the original. Folding a text ignores width, ligatures, simplified
and traditional characters, case, the kind of quote marks, and drops blank space, dashes, invisible characters and the
marks of Markdown. `differences` then tells which of these changes typesetting makes, and which change the words.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import regex

if TYPE_CHECKING:
    from opencc import OpenCC

# Compatibility forms that typesetting chooses. Not: superscripts, fractions, circled and squared characters, whose
# plain forms mean something else (10² is not 102).
_TYPESET = {
    "wide",
    "narrow",
    "compat",
    "noBreak",
    "small",
    "vertical",
    "initial",
    "medial",
    "final",
    "isolated",
    "font",
}
QUOTE_MARKS = frozenset("\"'“”„‟‘’‚‛«»‹›「」『』﹁﹂﹃﹄〝〞〟＂＇`´")
_DASHES = frozenset("-‐‑‒–—―−﹘﹣－─")
_MARKUP = frozenset("*_\\")
_CJK = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\u3000-\u303f\uff00-\uffef]"
)
_LINE_END = regex.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is folded; its character i comes from the original's character `places[i]`.

    `cased` is as long and as `text` with capitals kept.
    """

    text: str
    cased: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two printings of the same words differ. Offsets are into the first and the second text."""

    kind: Literal["typographic", "altered"]
    what: str
    first_start: int
    first_end: int
    second_start: int
    second_end: int


def fold(text: str) -> Folded:
    """Fold a text, remembering where each character came from.

    >>> fold("１８．５５ 萬").text
    '18.55万'
    """
    if any(map(unicodedata.combining, set(text))):
        found = list(regex.finditer(r"(?s).\p{M}*", text))  # each character with its combining marks
        starts = [cluster.start() for cluster in found]
        pieces = [_folded_cluster(cluster.group()) for cluster in found]
    else:
        starts = list(range(len(text)))
        pieces = [_TABLE[code] for code in map(ord, text)]
    cased = "".join(pieces)
    # Most characters fold to one or to none.
    if max(map(len, pieces), default=0) <= 1:
        places = [start for start, piece in zip(starts, pieces, strict=True) if piece]
    else:
        places = [start for start, piece in zip(starts, pieces, strict=True) for _ in piece]
    return Folded(_lower(cased), cased, tuple(places))


def fold_only(text: str) -> str:
    """The same folded text, faster, without the way back."""
    return _lower(unicodedata.normalize("NFC", text).translate(_TABLE))


def simplified(text: str) -> str:
    """With simplified characters for traditional ones, everything else as it is.

    >>> simplified("臺灣 A-1")
    '台湾 A-1'
    """
    return "".join(
        fold_only(character) if character > "\u2e7f" and character.isalpha() else character for character in text
    )


def original_span(folded: Folded, text: str, start: int, end: int) -> tuple[int, int]:
    """Where `folded.text[start:end]` lies in the original text, combining marks included."""
    stop = folded.places[end - 1] + 1
    while stop < len(text) and unicodedata.category(text[stop]).startswith("M"):
        stop += 1
    return folded.places[start], stop


def differences(first: str, second: str, markdown: bool = False) -> list[Difference]:
    """How two texts that fold alike differ; `markdown` where the second is Markdown's source.

    Raises ValueError where they do not fold alike.
    """
    one, two = fold(first), fold(second)
    if one.text != two.text:
        raise ValueError("these texts are not the same words")
    found: list[Difference] = []
    for place in range(len(one.text)):
        at, of = one.places[place], two.places[place]
        if place:
            before, behind = one.places[place - 1] + 1, two.places[place - 1] + 1
            gap = (first[before:at], second[behind:of])
            if gap[0] != gap[1]:
                neighbours = one.text[place - 1], one.text[place]
                kind, what = _gap(*gap, neighbours, markdown)
                if what:
                    found.append(Difference(kind, what, before, at, behind, of))
        if first[at] == second[of]:
            continue
        if one.cased[place] != two.cased[place]:
            kind, what = ("typographic" if place == 0 else "altered"), "case"
        else:
            kind, what = "typographic", _what(first[at], second[of])
        if found and (found[-1].first_start, found[-1].second_start) == (at, of):
            continue  # one character that folds to several
        found.append(Difference(kind, what, at, at + 1, of, of + 1))
    return found


def is_cjk(character: str) -> bool:
    """Whether a character is of a script, or its punctuation, that is written without spaces."""
    return _CJK.match(character) is not None


def _gap(
    first: str, second: str, around: tuple[str, str], markdown: bool
) -> tuple[Literal["typographic", "altered"], str]:
    """What the dropped characters between two folded ones differ in; "" for nothing."""
    shown, meant = _visible(first), _visible(second)
    if _line_ends(shown) == _line_ends(meant):
        invisible = _of_format(first) != _of_format(second)
        return "typographic", "invisible characters" if invisible else ""
    first, second = shown, meant
    change = _changed_gap(first, second, around, markdown)
    if change:
        return "altered", change
    if _only(first, _MARKUP) != _only(second, _MARKUP):
        return "typographic", "Markdown's marks"
    if _only(first, _DASHES) != _only(second, _DASHES):
        return "typographic", "hyphenation" if _LINE_END.search(first + second) else "dashes"
    return "typographic", "line breaks" if _LINE_END.search(first + second) else "spaces"


def _changed_gap(first: str, second: str, around: tuple[str, str], markdown: bool) -> str:
    """What in it typesetting would not change; "" for nothing."""
    marked = (_only(first, _MARKUP), _only(second, _MARKUP))
    if marked[0] != marked[1] and (marked[0] or not markdown or all(side.isdigit() for side in around)):
        return "a mark"
    dashed = bool(_only(first, _DASHES))
    if dashed != bool(_only(second, _DASHES)):
        holder = first if dashed else second
        hyphenated = _LINE_END.search(holder) is not None and all(side.isalpha() for side in around)
        return "" if hyphenated else "a dash"
    words = all(side.isalnum() and not is_cjk(side) for side in around)
    return "a space" if _has_blank(first) != _has_blank(second) and words and not dashed else ""


def _what(first: str, second: str) -> str:
    if first in QUOTE_MARKS or second in QUOTE_MARKS:
        return "quote marks"
    if is_cjk(first) and is_cjk(second) and first.isalpha() and second.isalpha():
        return "simplified and traditional"
    decomposed = unicodedata.decomposition(first) + unicodedata.decomposition(second)
    return "width" if "<wide>" in decomposed or "<narrow>" in decomposed else "ligatures and forms"


@cache
def _folded_cluster(cluster: str) -> str:
    """The same as `fold_only` but for case."""
    return unicodedata.normalize("NFC", cluster).translate(_TABLE)


def _folded_character(character: str) -> str:
    if character in QUOTE_MARKS:
        return '"'
    if character in _DASHES or character in _MARKUP or character.isspace():
        return ""
    category = unicodedata.category(character)
    if category in ("Cc", "Cf"):
        return ""
    decomposition = unicodedata.decomposition(character)
    if decomposition.startswith("<"):
        tag, _, codes = decomposition.partition(" ")
        if tag[1:-1] in _TYPESET:
            return "".join(_folded_character(chr(int(code, 16))) for code in codes.split())
    elif decomposition and " " not in decomposition:  # one character for another, as U+F900 for 豈
        return _folded_character(chr(int(decomposition, 16)))
    return _simplified(character) if "\u3400" <= character <= "\u9fff" or character > "\U00020000" else character


class _Table(dict[int, str]):
    def __missing__(self, code: int) -> str:
        folded = _folded_character(chr(code))
        self[code] = folded
        return folded


_TABLE = _Table()


def _lower(text: str) -> str:
    """Small letters, as many characters as before: a letter with a longer small form stays."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := character.lower()) == 1 else character for character in text)


def _visible(text: str) -> str:
    """Without format characters, and without combining marks, which belong to the character before."""
    return "".join(character for character in text if unicodedata.category(character) not in ("Cf", "Mn", "Mc", "Me"))


def _of_format(text: str) -> str:
    return "".join(character for character in text if unicodedata.category(character) == "Cf")


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _only(text: str, characters: frozenset[str]) -> str:
    return "".join(character for character in text if character in characters)


def _has_blank(text: str) -> bool:
    return any(character.isspace() for character in text)


@cache
def _simplified(character: str) -> str:
    simplified = str(_simplifier().convert(character))
    return simplified if len(simplified) == 1 else character


@cache
def _simplifier() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")
