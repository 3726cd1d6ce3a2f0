"""Chinese names in Latin letters -> the Chinese characters that are read like that.

No dictionary has the names of people, firms and districts; but a passage's characters tell how they are read.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

_HAN = range(0x4E00, 0xA000)
_READINGS = 2  # of a character; the later ones are rare
_SHORTEST_SYLLABLE = 2  # letters; "a" and "e" would make syllables of many European words
_LONGEST_SYLLABLE = 6
_DOTS = "\u0308"  # of ü, which is written u or v
SHORTEST_NAME = 5  # letters, of two syllables or more
_LONGEST_NAME = 20  # letters; more can be cut into syllables in too many ways


@lru_cache(256)
def read_like(words: Sequence[str]) -> str:
    """A regular expression of the simplified characters that are read as these words, "" where they are no pinyin.

    >>> import re
    >>> re.search(read_like(("wang", "ruyi")), "创始人王如意感慨道")[0], read_like(("bridge",)), read_like(("wang",))
    ('王如意', '', '')
    """
    if not SHORTEST_NAME <= len("".join(words)) <= _LONGEST_NAME:
        return ""
    ways: list[tuple[str, ...]] = [()]
    for word in words:
        ways = [(*way, *syllables) for way in ways for syllables in _cut(word)]
    named = ["".join(f"[{_characters()[syllable]}]" for syllable in way) for way in ways if len(way) > 1]
    return "|".join(named)


def _cut(word: str) -> Iterator[tuple[str, ...]]:
    """All ways to cut a word into syllables: "xian" is one, and two."""
    if not word:
        yield ()
    for size in range(_SHORTEST_SYLLABLE, min(len(word), _LONGEST_SYLLABLE) + 1):
        if word[:size] in _characters():
            for rest in _cut(word[size:]):
                yield (word[:size], *rest)


@cache
def _characters() -> dict[str, str]:
    """The characters of each syllable, without its tone."""
    from pypinyin.pinyin_dict import pinyin_dict

    found: defaultdict[str, list[str]] = defaultdict(list)
    for code, readings in pinyin_dict.items():
        if code in _HAN:
            for reading in readings.split(",")[:_READINGS]:
                spread = unicodedata.normalize("NFD", reading)
                plain = "".join(filter(str.isascii, spread))
                found[plain].append(chr(code))
                if _DOTS in spread:
                    found[plain.replace("u", "v")].append(chr(code))
    return {syllable: "".join(characters) for syllable, characters in found.items()}
