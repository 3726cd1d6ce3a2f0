"""Quotations spoilt in the ways that reports spoil them, and quotations that are only printed otherwise."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from opencc import OpenCC

Change = Callable[[str, random.Random], str]  # a change that finds nothing to change gives the words back


def inside(words: str, chosen: random.Random) -> int:
    """A place of a letter or digit that is not at the ends, where a cut would only shorten the quotation."""
    places = [place for place in range(2, len(words) - 3) if words[place].isalnum()]
    return chosen.choice(places or [len(words) // 2])


def dropped(words: str, chosen: random.Random) -> str:
    """A letter or digit is missing."""
    place = inside(words, chosen)
    return words[:place] + words[place + 1 :]


def doubled(words: str, chosen: random.Random) -> str:
    """A letter or digit stands twice."""
    place = inside(words, chosen)
    return words[:place] + words[place] + words[place:]


def swapped(words: str, chosen: random.Random) -> str:
    """Two neighbouring characters have changed places."""
    place = inside(words, chosen)
    if not words[place + 1].isalnum():  # a blank that moves is no other word
        return words
    return words[:place] + words[place + 1] + words[place] + words[place + 2 :]


def number_changed(words: str, chosen: random.Random) -> str:
    """A digit is another."""
    digits = [found.start() for found in regex.finditer(r"[0-9]", words)]
    if not digits:
        return words
    place = chosen.choice(digits)
    return words[:place] + str((int(words[place]) + chosen.randint(1, 9)) % 10) + words[place + 1 :]


def negation_removed(words: str, _: random.Random) -> str:
    """The first negation is missing."""
    return str(regex.sub(r"不|未|没有|\bnot |\bnever |n't", "", words, count=1))


def replaced(words: str, chosen: random.Random) -> str:
    """A letter or digit is another."""
    place = inside(words, chosen)
    other = chosen.choice("海山风雨" if regex.match(r"\p{Han}", words[place]) else "qxzj")
    return words[:place] + other + words[place + 1 :]


def name_replaced(words: str, chosen: random.Random) -> str:
    """A name, or two Chinese characters where there is none in capitals, is another."""
    names = regex.findall(r"(?<=[a-z,] )\p{Lu}\p{Ll}{2,}", words)
    if names:
        return words.replace(chosen.choice(names), "Meyer", 1)
    places = [found.start() for found in regex.finditer(r"\p{Han}{2}", words, overlapped=True)]
    if not places:
        return words
    place = chosen.choice(places)
    return words[:place] + "甲乙" + words[place + 2 :]


def reordered(words: str, chosen: random.Random) -> str:
    """The clauses stand in reverse order."""
    pieces = regex.split(r"(?<=[，,])", words.rstrip("。."))
    return "".join(reversed(pieces)) if len(pieces) > 1 else words


_UNITS = (
    ("万", "亿"), ("亿", "万"), ("公里", "英里"), ("英里", "公里"), ("美元", "欧元"), ("million", "billion"),
    ("billion", "million"), ("miles", "km"), ("km", "miles"), ("$", "€"), ("%", " percentage points"),
)  # fmt: skip
_TENSES = ((" is ", " was "), (" was ", " is "), (" are ", " were "), (" were ", " are "), (" has ", " had "))


def unit_changed(words: str, chosen: random.Random) -> str:
    """A unit is another, 万 for 亿 or million for billion."""
    return _one_of(words, _UNITS, chosen)


def tense_changed(words: str, chosen: random.Random) -> str:
    """A verb is in another tense."""
    return _one_of(words, _TENSES, chosen)


def point_moved(words: str, chosen: random.Random) -> str:
    """A decimal point stands a digit further to the left, or the right."""
    found = list(regex.finditer(r"(?<![\d,.])(\d+)\.(\d+)(?![\d,.])", words))
    if not found:
        return words
    one = chosen.choice(found)
    whole, decimals = one[1], one[2]
    moved = f"{whole}{decimals[0]}.{decimals[1:]}" if len(decimals) > 1 else f"{whole[:-1]}.{whole[-1]}{decimals}"
    return words[: one.start()] + moved.rstrip(".") + words[one.end() :]


def day_moved(words: str, _: random.Random) -> str:
    """A day of a month is the next one."""
    pattern = (
        r"(?<=月\s?)\d{1,2}(?=\s?日)|(?<=(?:January|February|March|April|May|June|July|August|September|October|"
        r"November|December) )\d{1,2}\b"
    )
    return str(regex.sub(pattern, lambda found: str(int(found[0]) + 1), words, count=1))


def clause_left_out(words: str, chosen: random.Random) -> str:
    """A clause in the middle is missing, without a mark."""
    pieces = regex.split(r"(?<=[，,；;])", words)
    if len(pieces) < 3:
        return words
    place = chosen.randrange(1, len(pieces) - 1)
    return "".join([*pieces[:place], *pieces[place + 1 :]])


def _one_of(words: str, pairs: Sequence[tuple[str, str]], chosen: random.Random) -> str:
    there = [pair for pair in pairs if pair[0] in words]
    return words.replace(*chosen.choice(there), 1) if there else words


def full_width(words: str, _: random.Random) -> str:
    """Digits and marks in full width."""
    return words.translate({ord(character): ord(character) + 0xFEE0 for character in "0123456789%,"})


def other_marks(words: str, _: random.Random) -> str:
    """Other quote marks."""
    return words.translate(str.maketrans("“”‘’", "「」『』"))


def wrapped(words: str, chosen: random.Random) -> str:
    """A line ends within the words."""
    blanks = [place for place, character in enumerate(words) if character == " "]
    if blanks:
        place = chosen.choice(blanks)
        return words[:place] + "\n" + words[place + 1 :]
    places = [found.start() for found in regex.finditer(r"(?<=\p{Han})(?=\p{Han})", words)]  # never within a number
    if not places:
        return words
    place = chosen.choice(places)
    return words[:place] + "\n" + words[place:]


def hyphenated(words: str, chosen: random.Random) -> str:
    """A word is hyphenated at a line's end."""
    places = [found.start() + 3 for found in regex.finditer(r"[a-z]{6,}", words)]
    if not places:
        return words
    place = chosen.choice(places)
    return words[:place] + "-\n" + words[place:]


def traditional(words: str, _: random.Random) -> str:
    """Traditional characters."""
    return str(_simplified_to_traditional().convert(words))


@cache
def _simplified_to_traditional() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("s2t")


def ligatures(words: str, _: random.Random) -> str:
    """Letters joined by typesetting."""
    return words.replace("fi", "ﬁ").replace("fl", "ﬂ").replace("...", "…")


SPOILT: list[Change] = [
    dropped, doubled, swapped, number_changed, negation_removed, replaced, name_replaced, reordered, unit_changed,
    tense_changed, point_moved, day_moved, clause_left_out,
]  # fmt: skip
PRINTED: list[Change] = [full_width, other_marks, wrapped, hyphenated, traditional, ligatures]


def changed(originals: list[str], changes: list[Change], count: int, seed: int = 20) -> list[tuple[str, str, str]]:
    """So many cases: the change's name, the words, and what became of them."""
    chosen = random.Random(seed)
    found: list[tuple[str, str, str]] = []
    while len(found) < count:
        words, change = chosen.choice(originals), chosen.choice(changes)
        other = change(words, chosen)
        if other != words:
            found.append((change.__name__, words, other))
    return found
