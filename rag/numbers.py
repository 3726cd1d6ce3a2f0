"""The numbers in a text and their values, however they are written.

一百, 100 and １００ are one value; so are 18.55万, 185,500 and 18萬5500; and 17.58% and 百分之十七点五八.

The packages for Chinese numerals convert a string that is a number; here they are found within sentences, mixed forms
(18萬5500) and full width included, each with its exact place. Values are fractions: 0.1 is a tenth.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import regex

from index.records import Span

_FORMS = ("零〇", "一壹", "二贰貳两兩", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
_DIGITS = {character: value for value, forms in enumerate(_FORMS) for character in forms}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_ENGLISH = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "bn": 10**9, "trillion": 10**12}
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip

# Character for character, so that places stay.
_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0E: ".", 0xFF05: "%", 0xFE6A: "%"}

_ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_CHINESE = rf"[{''.join(_DIGITS)}{''.join(_SMALL)}{''.join(_LARGE)}]"
_MIXED = rf"{_ARABIC}(?:[十拾百佰千仟]?[万萬亿億兆]{{1,2}}(?:[零〇]?{_ARABIC}[百佰千仟]?[万萬]?)*|[百佰千仟](?!分))?"
_FIGURE = regex.compile(
    rf"(?P<before>百分之|千分之)?(?P<sign>(?<=\A|[\s(（])[-−])?"
    rf"(?P<number>(?P<arabic>{_MIXED})(?:\s?(?P<english>{'|'.join(_ENGLISH)})(?![a-z]))?"
    rf"|(?P<chinese>{_CHINESE}+(?:[点點][{''.join(_DIGITS)}]+)?))"
    r"(?P<after>\s?%|\s?‰|\s(?:percentage points?)|\s(?:percent|per cent)(?![a-z])|个百分点|個百分點)?",
    regex.IGNORECASE,
)
_PIECE = regex.compile(rf"[零〇]?({_ARABIC})([十拾百佰千仟]?)([万萬亿億兆]*)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text. `start` to `end` with its unit, `number` without; the unit is "", "%", "‰" or "pp"."""

    start: int
    end: int
    number: Span
    value: Fraction
    unit: str


def figures(text: str) -> list[Figure]:
    """The numbers of a text, in order, not overlapping.

    >>> [(str(figure.value), figure.unit) for figure in figures("18.55万家，增速达百分之十七点五")]
    [('185500', ''), ('35/2', '%')]
    """
    found: list[Figure] = []
    for match in _FIGURE.finditer(text.translate(_WIDTH)):
        value = _chinese(match["chinese"]) if match["chinese"] else _arabic(match["arabic"])
        if value is None:
            continue
        if match["english"]:
            value *= _ENGLISH[match["english"].lower()]
        if match["sign"]:
            value = -value
        start = match.start("sign") if match["sign"] else match.start("number")
        number = Span(start, match.end("number"))
        found.append(Figure(match.start(), match.end(), number, value, _unit(match["before"], match["after"])))
    return found


def months(text: str) -> set[int]:
    """The months that are named in English words."""
    words = {word[:3] if len(word) == 3 else word for word in regex.findall(r"\b\p{Lu}\p{Ll}+\b", text)}
    lower = {word.lower() for word in words}
    return {number for number, name in enumerate(_MONTHS, start=1) if name in lower or name[:3] in lower}


def _unit(before: str | None, after: str | None) -> str:
    if before:
        return "%" if before == "百分之" else "‰"
    after = (after or "").strip().lower()
    if "point" in after or "分" in after:
        return "pp"
    return after if after == "‰" else "%" if after else ""


def _arabic(text: str) -> Fraction | None:
    """The value of digits, with units between them or without."""
    total, last = Fraction(0), None
    for match in _PIECE.finditer(text):
        scale = _SMALL.get(match[2], 1)
        for unit in match[3]:
            scale *= _LARGE[unit]
        value = Fraction(match[1].replace(",", "")) * scale
        if last is not None and value >= last:
            return None  # 3万50000 is no number
        total += value
        last = scale
    return total


def _chinese(text: str) -> Fraction | None:
    """The value of Chinese numerals; None where they are none, as in 千万 and 百."""
    whole, _, decimals = text.replace("點", "点").partition("点")
    if not any(character in _DIGITS for character in whole) and whole[0] not in "十拾":
        return None
    value = _whole(whole)
    if value is None or not decimals:
        return None if value is None else Fraction(value)
    digits = "".join(str(_DIGITS[character]) for character in decimals)
    return value + Fraction(int(digits), 10 ** len(digits))


def _whole(text: str) -> int | None:
    if all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total = section = 0  # what is finished, and what stands below the next large unit
    digit: int | None = None
    unit = 0  # the last unit: 三千五 is 3500
    for character in text:
        if character in _DIGITS:
            if digit is not None and digit != 0:
                return None  # 两三百 is two numbers
            digit = _DIGITS[character]
            if digit == 0:
                unit = 0
        elif character in _SMALL:
            section += (1 if digit is None or (digit == 0 and section) else digit) * _SMALL[character]
            unit, digit = _SMALL[character], None
        else:
            section += digit or 0
            if section == 0 and total == 0:
                return None
            total = (
                (total + section) * _LARGE[character]
                if total < _LARGE[character]
                else total + section * _LARGE[character]
            )
            section, unit, digit = 0, _LARGE[character], None
    if digit:
        section += digit * (unit // 10 if unit > 10 else 1)
    return total + section
