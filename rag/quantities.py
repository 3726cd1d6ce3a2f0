"""The numbers in a sentence with what makes them that number: percent or money, more or less than it.

Beyond `rag/numbers.py`, which finds what is certainly a number: English number words, 九成, 3月 and March, and single
Chinese numerals before a measure word.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import regex

from rag.fold import simplified
from rag.numbers import Figure, figures

_ONES_LISTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_ONES = _ONES_LISTED.split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WORDS: dict[str, Fraction] = {
    **{word: Fraction(value) for value, word in enumerate(_ONES)},
    **{word: Fraction(10 * value) for value, word in enumerate(_TENS, 2)},
    **{word: Fraction(value) for value, word in enumerate(_ORDINALS, 1)},
    "dozen": Fraction(12), "half": Fraction(1, 2), "twice": Fraction(2), "thrice": Fraction(3),
    "hundred": Fraction(100), "thousand": Fraction(1000), "million": Fraction(10**6), "billion": Fraction(10**9),
}  # fmt: skip
_VAGUE = {"one", "first", "second", "may", "march", "half", "zero"}  # as often no number, or part of a word's meaning
_WORD = regex.compile(
    rf"(?<![\p{{L}}\d])(?:(?P<tens>{'|'.join(_TENS)})[-\s](?P<ones>{'|'.join(_ONES[1:10])})|"
    rf"(?P<word>{'|'.join(_WORDS)}))"
    r"(?:\s+(?P<scale>hundred|thousand|million|billion))?s?(?!\p{L})",
    regex.IGNORECASE,
)
_MONTH = regex.compile(rf"\b(?:{'|'.join(month.capitalize() for month in _MONTHS)})\b")
_MEASURE = regex.compile(
    r"\s?[家个個只隻名所座项項次年月日天周倍成位條条种種届屆人岁歲度处處部本支台臺辆輛件元块塊世纪代期层層级級场場首艘"
    r"架匹头頭"
    r"枚颗顆张張把万萬亿億国國省市县縣区區分小点點公米里吨噸克斤尺亩畝%％]"
)
_BEFORE_NUMBER = regex.compile(r"(?:第|周|星期|礼拜|禮拜|前|后|後|近|超|约|約|逾|达|達)\Z")
_TENTHS = regex.compile(r"成(?![为為立员員功就长長果熟本都语語人年交分份品])")

# Units of one kind exclude each other where both texts name one.
_UNITS = {
    "money": {
        "dollar": r"美元|美金|US\s?\$|(?<![A-Z])\$|\bUSD\b|\bdollars?\b", "hk": r"港元|港币|港幣|HK\s?\$|\bHKD\b",
        "euro": r"欧元|歐元|€|\beuros?\b|\bEUR\b", "pound": r"英镑|英鎊|£|\bpounds?\b|\bGBP\b",
        "yen":
            r"日元|日圓|\byen\b|\bJPY\b",
            "yuan": r"(?<![美港欧歐日英])元|人民币|人民幣|¥|\byuan\b|\brenminbi\b|\bRMB\b|\bCNY\b",
    },
    "length": {
        "km": r"公里|千米|\bkm\b|\bkilomet(?:re|er)s?\b", "m": r"(?<![千厘毫微平方立])米|\bm\b|\bmet(?:re|er)s?\b",
        "cm": r"厘米|公分|\bcm\b|\bcentimet(?:re|er)s?\b", "mm": r"毫米|\bmm\b", "mile": r"英里|\bmiles?\b",
        "foot": r"英尺|\bf(?:oo|ee)t\b|\bft\b", "inch": r"英寸|\binch(?:es)?\b", "li": r"(?<![公英海])里",
    },
    "time": {
        "year": r"年(?!代)|\byears?\b", "month": r"个月|個月|\bmonths?\b", "week": r"周|星期|\bweeks?\b",
        "day": r"天|\bdays?\b", "hour": r"小时|小時|\bhours?\b", "minute": r"分钟|分鐘|\bminutes?\b",
        "second": r"秒|\bseconds?\b", "century": r"世纪|世紀|\bcentur(?:y|ies)\b", "decade": r"年代|\bdecades?\b",
    },
    "area": {
        "km2": r"平方公里|平方千米", "m2": r"平方米|平方公尺", "hectare": r"公顷|公頃|\bhectares?\b", "mu": r"亩|畝",
    },
    "mass": {
        "kg": r"公斤|千克|\bkg\b|\bkilograms?\b", "t": r"吨|噸|\bton(?:ne)?s?\b", "g": r"(?<![千毫])克|\bgrams?\b",
    },
}  # fmt: skip
_UNIT = {
    kind: {
        unit: regex.compile(rf"\s?(?:多|余|餘|以上|左右)?\s?-?(?:{pattern})", regex.IGNORECASE)
        for unit, pattern in units.items()
    }
    for kind, units in _UNITS.items()
}
_MONEY_BEFORE = {
    unit: regex.compile(rf"(?:{_UNITS['money'][unit]})\s?\Z", regex.IGNORECASE) for unit in _UNITS["money"]
}
_DIRECTIONS = {
    "more": (
        r"(?:超过|超過|超|逾|高于|高於|多于|多於|大于|不少于|不低于|至少|突破|more than|over|above|at least|"
        r"exceed(?:s|ed|ing)?|"
        r"upwards of|greater than)\s?\Z",
        r"\s?(?:\p{Han}{0,2})?(?:以上|多[家个名万亿元人年]|余[家个名万亿元人年]|\+|or more|or higher)",
    ),
    "less": (
        r"(?:不足|不到|未满|未滿|少于|少於|低于|低於|小于|不超过|不超過|至多|最多|less than|fewer than|under|below|at "
        r"most|"
        r"up to|no more than|not more than)\s?\Z",
        r"\s?(?:\p{Han}{0,2})?(?:以下|以内|以內|or less|or fewer)",
    ),
}
_DIRECTION = {
    name: (regex.compile(before, regex.IGNORECASE), regex.compile(after, regex.IGNORECASE))
    for name, (before, after) in _DIRECTIONS.items()
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at `start` to `end`. `unit` is "", "%", "‰" or "pp"; `measures` are its units by their kinds.

    `direction` is "more", "less" or "". `certain` where it is a number and not a part of a word.
    """

    start: int
    end: int
    value: Fraction
    unit: str
    measures: tuple[tuple[str, str], ...]
    direction: str
    certain: bool
    measure: str = ""  # of Chinese, the measure word that follows: 家, 月


def quantities(text: str) -> list[Quantity]:
    """All numbers of a text, in no order.

    >>> [str(one.value) for one in quantities("Seven firms, 九成以上, 3万元")]
    ['90', '30000', '7']
    """
    found: list[Quantity] = []
    for figure in figures(text):
        tenths = _TENTHS.match(text, figure.end) if figure.unit == "" else None
        value, unit = (figure.value * 10, "%") if tenths else (figure.value, figure.unit)
        end = tenths.end() if tenths else figure.end
        found.append(_quantity(text, figure.start, end, value, unit, _certain(text, figure)))
    taken = [(one.start, one.end) for one in found]
    for match in _WORD.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        value = (
            _WORDS[match["tens"].lower()] + _WORDS[match["ones"].lower()]
            if match["tens"]
            else _WORDS[match["word"].lower()]
        )
        if match["scale"]:
            value *= _WORDS[match["scale"].lower()]
        certain = bool(match["tens"] or match["scale"]) or match["word"].lower() not in _VAGUE
        unit = "%" if regex.match(r"\s?(?:%|percent|per cent)", text[match.end() :]) else ""
        found.append(_quantity(text, match.start(), match.end(), value, unit, certain))
    for match in _MONTH.finditer(text):
        value = Fraction(_MONTHS.index(match.group().lower()) + 1)
        found.append(_quantity(text, match.start(), match.end(), value, "", _is_month(text, match)))
    return found


def said_as(mine: Quantity, other: Quantity) -> bool:
    """Whether a number of a source may be said so: the same value and unit, and not turned from over to under.

    >>> claim, source = quantities("不足3万元")[0], quantities("超3万元")[0]
    >>> said_as(claim, source), said_as(source, source)
    (False, True)
    """
    if (mine.value, mine.unit) != (other.value, other.unit):
        return False
    if mine.direction and mine.direction != other.direction:
        return False
    if mine.measure and other.measure and mine.measure != other.measure:
        return False
    theirs = dict(other.measures)
    return all(theirs.get(kind, unit) == unit for kind, unit in mine.measures)


def _quantity(text: str, start: int, end: int, value: Fraction, unit: str, certain: bool) -> Quantity:
    measures = []
    for kind, units in _UNIT.items():
        unit_named = next((name for name, pattern in units.items() if pattern.match(text, end)), None)
        if unit_named is None and kind == "money":
            before = text[max(0, start - 5) : start]
            unit_named = next((name for name, pattern in _MONEY_BEFORE.items() if pattern.search(before)), None)
        if unit_named is not None:
            measures.append((kind, unit_named))
    before = text[max(0, start - 16) : start]
    direction = next(
        (name for name, (ahead, after) in _DIRECTION.items() if ahead.search(before) or after.match(text, end)), ""
    )
    counted = _MEASURE.match(simplified(text[end : end + 3]))
    return Quantity(
        start,
        end,
        value,
        unit,
        tuple(measures),
        direction,
        certain,
        counted.group()[-1] if counted and not unit else "",
    )


def _is_month(text: str, match: regex.Match[str]) -> bool:
    """May and March are one where a month is looked for: in May, 3 March, May 2019."""
    if match.group() not in ("May", "March"):
        return True
    before, after = text[: match.start()], text[match.end() :]
    led = regex.search(r"(?i)(?:\b(?:in|of|since|by|until|from|to|early|late|mid|last|next)[\s-]|\d\s)\Z", before)
    return led is not None or regex.match(r",?\s\d", after) is not None


def _certain(text: str, figure: Figure) -> bool:
    words = text[figure.number.start : figure.number.end]
    if figure.unit or len(words) > 1 or any(character.isdecimal() for character in words):
        return True
    measured = _MEASURE.match(text, figure.end) is not None or text[: figure.start].endswith("第")
    return measured and (words != "一" or _BEFORE_NUMBER.search(text[: figure.start]) is not None)
