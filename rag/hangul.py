"""Pinyin syllables in Korean letters, by the rules of 외래어 표기법 (1986) for Chinese."""

from __future__ import annotations

import re

_FIRST = 0xAC00  # 가; a block is first + (initial * 21 + vowel) * 28 + final
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = {"": 0, "ㄴ": 4, "ㄹ": 8, "ㅇ": 21}
_INITIALS = {
    "zh": "ㅈ", "ch": "ㅊ", "sh": "ㅅ", "b": "ㅂ", "p": "ㅍ", "m": "ㅁ", "f": "ㅍ", "d": "ㄷ", "t": "ㅌ", "n": "ㄴ",
    "l": "ㄹ", "g": "ㄱ", "k": "ㅋ", "h": "ㅎ", "j": "ㅈ", "q": "ㅊ", "x": "ㅅ", "r": "ㄹ", "z": "ㅉ",
    "c": "ㅊ", "s": "ㅆ",
}  # fmt: skip
# The rest of a syllable as blocks: vowel and final of the first, then whole blocks that follow it.
_RESTS = {
    "a": "ㅏ", "o": "ㅗ", "e": "ㅓ", "i": "ㅣ", "u": "ㅜ", "v": "ㅟ", "ai": "ㅏ 이", "ei": "ㅔ 이",
    "ao": "ㅏ 오", "ou": "ㅓ 우",
    "an": "ㅏㄴ", "en": "ㅓㄴ", "ang": "ㅏㅇ", "eng": "ㅓㅇ", "er": "ㅓㄹ", "ia": "ㅑ", "ie": "ㅖ",
    "iao": "ㅑ 오", "iu": "ㅠ",
    "ian": "ㅖㄴ", "in": "ㅣㄴ", "iang": "ㅑㅇ", "ing": "ㅣㅇ", "ua": "ㅘ", "uo": "ㅝ", "uai": "ㅘ 이", "ui": "ㅜ 이",
    "uan": "ㅘㄴ", "un": "ㅜㄴ", "uang": "ㅘㅇ", "ong": "ㅜㅇ", "ve": "ㅞ", "van": "ㅟ 안", "vn": "ㅟㄴ",
    "iong": "ㅠㅇ",
}  # fmt: skip
_AFTER_SIBILANT = {"ㅑ": "ㅏ", "ㅖ": "ㅔ", "ㅠ": "ㅜ"}  # of ㅈ, ㅉ and ㅊ
_WHOLE = {
    "yi": "이", "wu": "우", "yu": "위", "ya": "야", "yo": "요", "ye": "예", "yai": "야이", "yao": "야오", "you": "유",
    "yan": "옌", "yin": "인", "yang": "양", "ying": "잉", "wa": "와", "wo": "워", "wai": "와이", "wei": "웨이",
    "wan": "완",
    "wen": "원", "wang": "왕", "weng": "웡", "yue": "웨", "yuan": "위안", "yun": "윈", "yong": "융",
}  # fmt: skip
_BUZZED = frozenset(("zhi", "chi", "shi", "ri", "zi", "ci", "si"))


def hangul(syllable: str) -> tuple[str, ...]:
    """A syllable of pinyin without its tone, ü as v; () for what is none.

    >>> [hangul(syllable)[0] for syllable in ("wu", "han", "zhi", "jian", "xue", "quan", "guang", "ruo", "shui", "lv")]
    ['우', '한', '즈', '젠', '쉐', '취안', '광', '뤄', '수이', '뤼']
    """
    if syllable in _WHOLE:
        return (_WHOLE[syllable],)
    found = re.match(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcs])?(.+)$", syllable)
    if found is None:
        return ()
    initial, rest = found.groups()
    if initial in ("j", "q", "x"):
        rest = re.sub(r"^u", "v", rest)
    if rest not in _RESTS:
        return ()
    lead = _INITIALS.get(initial or "", "ㅇ")
    parts = _RESTS[rest].split()
    vowel, tail = parts[0][0], parts[0][1:]
    if syllable in _BUZZED:
        vowel = "ㅡ"
    if lead in "ㅈㅉㅊ":
        vowel = _AFTER_SIBILANT.get(vowel, vowel)
    block = chr(_FIRST + (_LEADS.index(lead) * len(_VOWELS) + _VOWELS.index(vowel)) * 28 + _TAILS[tail])
    return (block + "".join(parts[1:]),)
