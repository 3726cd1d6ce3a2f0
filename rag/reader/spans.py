"""From logits to places in the text: the best spans, and their edges put right."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

LONGEST = 64  # tokens of an answer
_PAIRS = {
    "(": ")", "（": "）", "[": "]", "【": "】", "{": "}", "「": "」", "『": "』", "《": "》", "〈": "〉",
    "“": "”", "‘": "’", "«": "»", "〔": "〕", "［": "］",
}  # fmt: skip
_CLOSING = {closing: opening for opening, closing in _PAIRS.items()}
# Marks around the whole answer that are not a part of it, with how often the last one then occurs.
_QUOTES = {"“”": 1, "‘’": 1, "「」": 1, "『』": 1, "«»": 1, '""': 2, "''": 2}
_STRAIGHT = "\"'"
_LOOSE = " \t\n\r\u00a0\u3000\u200b\ufeff。．，、；;：:！!？?،؛۔।·…—–"  # never at an answer's end
_LOOSE_BEFORE = _LOOSE.replace("—", "").replace("–", "")  # a dash before a number is its sign
_SIGN = re.compile(r"[-−–+±$€£¥￥₹₽#＄]\s?$")
_SCALE = re.compile(
    r"[百千万亿兆萬億]*(?:多|余|餘)?[百千万亿兆萬億]*"
    r"(?:[%％‰°℃]|个百分点|個百分點|平方公里|平方米|公里|公斤|公顷|公頃|立方米|米|吨|噸|美元|欧元|日元|港元|元|円"
    r"|个月|個月|小时|小時|分钟|分鐘|世纪|世紀|[家个個只人名位年月日天岁歲次项項所座种種条條件台辆輛社ヶか]月?)?"
)
_OTHER_UNIT = re.compile(r"\s?(?:%|％|‰|°C|°F|°|℃)")
_DIGIT = re.compile(r"[0-9０-９]")


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """First and last token of an answer, last included; `score` is a log-probability."""

    first: int
    last: int
    score: float


def best_spans(start: np.ndarray, end: np.ndarray, count: int) -> list[TokenSpan]:
    """The best spans of one window that do not overlap, best first.

    `start` and `end` are (tokens,) logits over the text's own tokens.
    """
    sums = _log_shares(start)[:, None] + _log_shares(end)[None, :]
    places = np.arange(len(start))
    length = places[None, :] - places[:, None] + 1
    sums[(length < 1) | (length > LONGEST)] = -np.inf
    found: list[TokenSpan] = []
    for _ in range(count):
        first, last = divmod(int(sums.argmax()), sums.shape[1])
        if sums[first, last] == -np.inf:
            break
        found.append(TokenSpan(first, last, float(sums[first, last])))
        sums[: last + 1, first:] = -np.inf  # whatever overlaps
    return found


def _log_shares(logits: np.ndarray) -> np.ndarray:
    """The logarithm of the softmax."""
    shifted = logits.astype(np.float64) - logits.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))


def settle(text: str, start: int, end: int) -> tuple[int, int]:
    """Put a span's edges right: no loose marks or spaces, no half of a pair, no number cut short.

    Returns a span that holds something of the one given, with start < end; a span of nothing
    but marks and spaces comes back as it was.

    >>> settle("增速达17.58%，位居", 3, 8)
    (3, 9)
    """
    first, last = _trimmed(text, start, end)
    if first >= last:
        return start, end
    return _whole_number(text, *_whole_pair(text, first, last))


def _whole_pair(text: str, start: int, end: int) -> tuple[int, int]:
    """A mark within the answer whose partner stands just outside takes it in."""
    inside = text[start:end]
    before, after = text[start - 1 : start], text[end : end + 1]
    if before in _PAIRS and inside.count(_PAIRS[before]) > inside.count(before):
        return start - 1, end
    if after in _CLOSING and inside.count(_CLOSING[after]) > inside.count(after):
        return start, end + 1
    return start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end:
        inside = text[start:end]
        if inside[0] in _LOOSE_BEFORE or inside[0].isspace() or _is_dangling(inside, inside[0]):
            start += 1
        elif _is_loose_end(inside):
            end -= 1
        elif len(inside) > 2 and inside.count(inside[-1]) == _QUOTES.get(inside[0] + inside[-1]):
            start, end = start + 1, end - 1
        else:
            break
    return start, end


def _is_loose_end(inside: str) -> bool:
    last = inside[-1]
    if last == ".":
        return re.search(r"(?:^|[\s.])\w\.$", inside) is None  # "U.S." keeps its stop
    return last in _LOOSE or last.isspace() or _is_dangling(inside, last)


def _is_dangling(inside: str, mark: str) -> bool:
    if mark in _STRAIGHT:
        return inside.count(mark) == 1
    if mark in _PAIRS:
        return inside.count(mark) > inside.count(_PAIRS[mark])
    return mark in _CLOSING and inside.count(mark) > inside.count(_CLOSING[mark])


def _whole_number(text: str, start: int, end: int) -> tuple[int, int]:
    if _DIGIT.match(text[start]):
        while start > 0 and (_DIGIT.match(text[start - 1]) or _joins(text, start - 1)):
            start -= 1
        sign = _SIGN.search(text[max(0, start - 2) : start])
        if sign and not (start - len(sign[0]) > 0 and text[start - len(sign[0]) - 1].isalnum()):
            start -= len(sign[0])
    if _DIGIT.match(text[end - 1]):
        while end < len(text) and (_DIGIT.match(text[end]) or _joins(text, end)):
            end += 1
    digit = max((place for place in range(start, end) if _DIGIT.match(text[place])), default=-1)
    for unit in (_SCALE, _OTHER_UNIT):  # the span may end before its number's unit or within it
        found = unit.match(text, digit + 1)
        if digit >= 0 and found and found.end() > end:
            return start, found.end()
    return start, end


def _joins(text: str, place: int) -> bool:
    """A point or comma between two digits."""
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    return text[place] in ".,．，" and len(around) == 2 and all(_DIGIT.match(character) for character in around)
