"""Quote marks of every language -> the spans between them."""

from __future__ import annotations

from itertools import pairwise

import regex

LEAST_CHARACTERS = 8  # of a script without spaces; fewer are a term or a title
LEAST_WORDS = 5

_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_WORD = regex.compile(
    r"(?:(?!\p{Han}|\p{Hiragana}|\p{Katakana}|\p{Hangul}|\p{Thai})[\p{L}\p{M}\p{N}])+(?:['’.,-][\p{L}\p{N}]+)*"
)
_PAIRS = {
    "“": "”", "„": "“”", "‟": "”", "「": "」", "『": "』", "«": "»", "‹": "›", "〝": "〞〟", "﹁": "﹂", "﹃": "﹄",
    "»": "«", "＂": "＂", '"': '"', "‘": "’", "'": "'",
}  # fmt: skip
_DOUBLE = "“”„‟"


def is_long(text: str) -> bool:
    """Whether a text is long enough to be a quotation and not a term.

    >>> is_long("中小企业服务工作站"), is_long("so-called")
    (True, False)
    """
    return len(_UNSPACED.findall(text)) / LEAST_CHARACTERS + len(_WORD.findall(text)) / LEAST_WORDS >= 1


def marked_spans(text: str) -> list[tuple[int, int]]:
    """The spans between quote marks, outermost only, without the marks."""
    if text.count("“") + text.count("„") != text.count("”") + text.count("‟") and not text.count("„"):
        # Word turns a mark the wrong way at times: then each double mark opens or closes by turns.
        places = [place for place, character in enumerate(text) if character in _DOUBLE]
        if len(places) % 2 == 0:
            return [(start + 1, end) for start, end in list(pairwise(places))[::2]]
    spans: list[tuple[int, int]] = []
    place = 0
    while place < len(text):
        opening = text[place]
        within_word = place and text[place - 1].isalnum() and not _UNSPACED.match(text[place - 1])
        if opening not in _PAIRS or (opening in "‘'" and within_word):
            place += 1
            continue
        end = _closing(text, place)
        if end is None:
            place += 1
            continue
        spans.append((place + 1, end))
        place = end + 1
    return spans


def _closing(text: str, place: int) -> int | None:
    opening, closing = text[place], _PAIRS[text[place]]
    depth = 1
    for at in range(place + 1, len(text)):
        if text[at] in closing:
            apostrophe = closing in "’'" and text[at + 1 : at + 2].isalpha() and text[at - 1].isalpha()
            if apostrophe and not _UNSPACED.match(text[at + 1]):
                continue
            depth -= 1
            if depth == 0:
                return at
        elif text[at] == opening:
            depth += 1
    # A quotation of several paragraphs closes only in its last one.
    return len(text) if opening in "“「『" and is_long(text[place + 1 :]) else None
