"""Chinese names in Latin, Cyrillic or Korean letters -> the Chinese characters that are read like that.

No dictionary has the names of people, firms and districts; but a passage's characters tell how they are read.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Literal

from rag.hangul import hangul

Script = Literal["latin", "cyrillic", "hangul"]

_HAN = range(0x4E00, 0xA000)
_READINGS = 2  # of a character; the later ones are rare
# Letters of a syllable; "a" and "e" would make syllables of many European words, and in Russian "и" is a name's part.
_SHORTEST_SYLLABLE: dict[Script, int] = {"latin": 2, "cyrillic": 1, "hangul": 1}
_LONGEST_SYLLABLE = 6
_DOTS = "\u0308"  # of ü, which is written u or v
SHORTEST_NAME = 5  # letters, of two syllables or more
_SHORTEST: dict[Script, int] = {"latin": SHORTEST_NAME, "cyrillic": 4, "hangul": 2}
_LONGEST_NAME = 20  # letters; more can be cut into syllables in too many ways
_DIGITS = re.compile(r"\d")
_VOWEL = re.compile(r"[aeiouv]")


@lru_cache(256)
def read_like(words: Sequence[str]) -> str:
    """A regular expression of the simplified characters that are read as these words, "" where they are no such name.

    >>> import re
    >>> re.search(read_like(("wang", "ruyi")), "创始人王如意感慨道")[0], read_like(("bridge",)), read_like(("wang",))
    ('王如意', '', '')
    >>> re.search(read_like(("ван", "жуи")), "王如意感慨道")[0], re.search(read_like(("광구둥즈",)), "光谷东智")[0]
    ('王如意', '光谷东智')
    """
    script = _script("".join(words))
    if not _SHORTEST[script] <= len("".join(words)) <= _LONGEST_NAME:
        return ""
    ways: list[tuple[str, ...]] = [()]
    for word in words:
        ways = [(*way, *syllables) for way in ways for syllables in _cut(word, script)]
    named = ["".join(f"[{_characters(script)[syllable]}]" for syllable in way) for way in ways if len(way) > 1]
    return "|".join(named)


def _script(word: str) -> Script:
    if re.match(r"[а-яё]", word, re.IGNORECASE):
        return "cyrillic"
    return "hangul" if re.match(r"[가-힣]", word) else "latin"


def _cut(word: str, script: Script) -> Iterator[tuple[str, ...]]:
    """All ways to cut a word into syllables: "xian" is one, and two."""
    if not word:
        yield ()
    for size in range(_SHORTEST_SYLLABLE[script], min(len(word), _LONGEST_SYLLABLE) + 1):
        if word[:size] in _characters(script):
            for rest in _cut(word[size:], script):
                yield (word[:size], *rest)


@cache
def _characters(script: Script) -> dict[str, str]:
    """The characters of each syllable, without its tone, as the script writes it."""
    from pypinyin.pinyin_dict import pinyin_dict

    read: defaultdict[str, list[str]] = defaultdict(list)  # by the syllable in pinyin, ü as v
    for code, readings in pinyin_dict.items():
        if code in _HAN:
            for reading in readings.split(",")[:_READINGS]:
                spread = unicodedata.normalize("NFD", reading)
                plain = "".join(filter(str.isascii, spread))
                read[plain.replace("u", "v") if _DOTS in spread else plain].append(chr(code))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for syllable, characters in read.items():
        if not _VOWEL.search(syllable):  # 嗯 is read "n"
            continue
        for written in _written(syllable, script):
            found[written] += characters
    return {syllable: "".join(characters) for syllable, characters in found.items()}


def _written(syllable: str, script: Script) -> tuple[str, ...]:
    if script == "hangul":
        return hangul(syllable)
    if script == "latin":
        return tuple(dict.fromkeys((syllable, syllable.replace("v", "u"))))
    from pypinyin.constants import Style
    from pypinyin.style import convert

    spelled = _DIGITS.sub("", convert(syllable.replace("v", "ü"), Style.CYRILLIC, strict=True))
    # Palladius has "то" for tuo, where the package has "туо".
    return () if re.search(r"[a-zü]", spelled) or not spelled else (spelled.replace("уо", "о"),)
