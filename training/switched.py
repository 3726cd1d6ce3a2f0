"""Chinese questions and passages with words changed into English ones by a dictionary.

The sets hold few questions asked in another language than their passage's; words in their place
teach which word is which. Qin et al. 2020, "CoSDA-ML", call it code-switching.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from random import Random

from rag.glossary import LONGEST_WORD, cedict, cleaned_gloss
from training.examples import Example

_SENSES = 2  # the first senses of a word are the usual ones
_HAN = re.compile(r"[\u3400-\u9fff]")
# What a dictionary gives badly: the words that ask, and the small ones.
_ASKED = {
    "什么": "what", "甚么": "what", "什麼": "what", "甚麼": "what", "何": "what", "谁": "who", "誰": "who",
    "哪": "which", "哪个": "which", "哪個": "which", "哪些": "which", "哪里": "where", "哪裡": "where", "哪裏": "where",
    "多少": "how many", "几": "how many", "幾": "how many", "多大": "how large", "多高": "how high", "多久": "how long",
    "何时": "when", "何時": "when", "什么时候": "when", "什麼時候": "when", "什麼時間": "when", "为什么": "why",
    "為什麼": "why", "为何": "why", "為何": "why", "怎么": "how", "怎麼": "how", "如何": "how", "的": "of", "之": "of",
    "是": "is", "为": "is", "為": "is", "在": "in", "于": "in", "於": "in", "和": "and", "与": "and", "與": "and",
    "了": "", "年": "year", "月": "month", "日": "day", "人": "people", "个": "", "個": "", "一": "one", "有": "has",
    "被": "by", "由": "by", "从": "from", "從": "from", "对": "to", "對": "to", "中": "in", "上": "on", "不": "not",
}  # fmt: skip


class Dictionary:
    """English glosses of Chinese words in both scripts."""

    def __init__(self, entries: Iterable[tuple[str, list[str]]]) -> None:
        """`entries`: a word and its definitions, usual senses first; a word may come again."""
        glosses: dict[str, list[str]] = {}
        for word, definitions in entries:
            cleaned = [gloss for gloss in map(cleaned_gloss, definitions) if gloss]
            if cleaned:
                glosses.setdefault(word, []).extend(cleaned)
        self._glosses: Mapping[str, list[str]] = {word: found[:_SENSES] for word, found in glosses.items()} | {
            word: [gloss] for word, gloss in _ASKED.items()
        }

    def pieces(self, text: str) -> list[str]:
        """The text cut into the longest words known, from the left; joined they are the text."""
        found: list[str] = []
        place = 0
        while place < len(text):
            longest = next(
                (size for size in range(LONGEST_WORD, 1, -1) if text[place : place + size] in self._glosses), 1
            )
            found.append(text[place : place + longest])
            place += len(found[-1])
        return found

    def gloss(self, word: str, random: Random) -> str | None:
        """One of its usual senses, "" for a word English leaves out, or None where it is not known."""
        known = self._glosses.get(word)
        return random.choice(known) if known else None


@cache
def cedict_dictionary() -> Dictionary:
    """That of CC-CEDICT, made once: it takes seconds."""
    return Dictionary(
        (word, definitions) for simplified, traditional, definitions in cedict() for word in (simplified, traditional)
    )


def switched(example: Example, dictionary: Dictionary, random: Random) -> Example:
    """The question's words, or the passage's and heading's, in English; the answer stays a span."""
    if not mostly_chinese(example.question) or not mostly_chinese(example.text):
        return example
    share = random.choice((0.4, 0.7, 1.0))
    if random.random() < 0.5:
        return replace(example, question=_changed(example.question, dictionary, share, random))
    heading = _changed(example.heading, dictionary, share, random)
    if not example.answerable:
        return replace(example, heading=heading, text=_changed(example.text, dictionary, share, random))
    before, answer, after = (
        _changed(part, dictionary, share, random)
        for part in (
            example.text[: example.start],
            example.text[example.start : example.end],
            example.text[example.end :],
        )
    )
    answer = answer.strip()
    if not answer:
        return example
    before = before + " " if before and before[-1].isascii() and before[-1].isalnum() else before
    after = " " + after if after and after[0].isascii() and after[0].isalnum() else after
    return Example(example.question, heading, before + answer + after, len(before), len(before) + len(answer))


def mostly_chinese(text: str) -> bool:
    """Whether at least half of its letters are Chinese characters."""
    letters = sum(character.isalnum() for character in text)
    return letters > 0 and 2 * len(_HAN.findall(text)) >= letters


def _changed(text: str, dictionary: Dictionary, share: float, random: Random) -> str:
    out = ""
    for piece in dictionary.pieces(text):
        gloss = dictionary.gloss(piece, random) if random.random() < share else None
        if gloss == "year" and out[-1:].isdigit():
            gloss = ""  # English writes 1403年 as 1403
        if gloss is None:
            # English words keep their distance from what follows them.
            out += " " + piece if _ends_in_letter(out) and piece[0].isalnum() else piece
        elif gloss:
            out += " " + gloss if out and not out[-1].isspace() and out[-1] not in "(《“「『（" else gloss
    return out


def _ends_in_letter(text: str) -> bool:
    return bool(text) and text[-1].isascii() and text[-1].isalpha()
