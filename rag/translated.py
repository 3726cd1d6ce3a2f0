"""The words of a question in the other of Chinese and English, and which passages hold them.

A question asked in another language than the documents' shares no words with them, and the
embedding alone knows the right passage from its neighbours less well. The dictionary gives back
part of what keywords do within a language.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from index.lexical import passages_with
from index.library import Library
from index.records import Passage
from index.terms import terms
from index.vectors import Scores
from rag.fold import fold_only
from rag.glossary import LONGEST_GLOSS, LONGEST_WORD, english_words, glossary, stem
from rag.pinyin import SHORTEST_NAME, read_like

_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z]+|\d[\d.,]*\d|\d")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL_WORD = re.compile(r"[\uac00-\ud7af]{2,}")
_CYRILLIC_NAME = re.compile(r"[А-ЯЁ][а-яё]+(?: [А-ЯЁ][а-яё]+)*")
_CASE_ENDING = re.compile(r"(?:ом|ем|ой|[аеуюяыи])$")
_LOOKED_AT = 300  # characters of a passage that tell its script
_SMALLEST_RARITY = 1e-6
_HAN_WEIGHT = 3  # a Chinese character says as much as a few letters
# Words that ask; they stand in no answer.
_ASKING = frozenset(
    ("什么", "多少", "哪些", "哪个", "哪里", "何时", "如何", "为什么", "怎么", "几个", "多大", "多久", "是否")
)
_ASKING_ENGLISH = frozenset(("much", "many", "long", "name", "called"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the question, and how the other language may say it.

    `written` are the ways it is written, its own among them; `forms` the same as they are looked for:
    those in Chinese are folded, those in English are stems with blanks between and around. `name`
    says that English always gives it a capital, and the question if it is English. `read` is a regular
    expression of the characters that a name in pinyin is read from, as they are looked for too; "" for none.
    """

    text: str
    written: tuple[str, ...]
    forms: tuple[str, ...]
    name: bool = False
    read: str = ""


@dataclass(frozen=True, slots=True)
class Translated:
    """A question's words for passages in Chinese characters (`chinese`), or else for those in Latin letters."""

    chinese: bool
    words: tuple[Word, ...]


NOTHING = Translated(False, ())


@lru_cache(64)
def translated(question: str) -> Translated:
    """The words of a question in Chinese or in Latin letters; of one in Russian or Korean, what may be Chinese names.

    Of a question in Latin letters that is not English, few words are known: its names and numbers stay.
    """
    given = unicodedata.normalize("NFKC", question)
    question = given.lower()
    if _KANA.search(question):
        return NOTHING
    for words in (_from_russian(given), _from_korean(given)):
        if found := _distinct(words):
            return Translated(True, found)
    if mostly_han(question):
        return Translated(False, _distinct(_from_chinese(question)))
    if _LATIN.search(question):
        return Translated(True, _distinct(_from_english(english_words(question), given)))
    return NOTHING


@dataclass(frozen=True, slots=True)
class Found:
    """How rare each word is in a library, `rarity[i]` that of word i, and the names that stand nowhere in it."""

    rarity: tuple[float, ...]
    missing_names: tuple[str, ...]


def found_in(library: Library, wanted: Translated, without: Sequence[Passage] = ()) -> Found:
    """Look the words up, in all ways they are written. Call it within `library.snapshot()`.

    `without` are passages that are taken not to be there.
    """
    terms_of = {written: terms(written) for word in wanted.words for written in word.written}
    counts = passages_with(library, tuple({term for found in terms_of.values() for term in found}), without)
    passages = library.counts().passages - len(without)
    # A way of several terms stands at most where the rarest of them does.
    holding = [
        max(min((counts[term] for term in terms_of[written]), default=0) for written in word.written)
        for word in wanted.words
    ]
    return Found(
        tuple(max(_SMALLEST_RARITY, math.log((passages - count + 0.5) / (count + 0.5))) for count in holding),
        tuple(word.text for word, count in zip(wanted.words, holding, strict=True) if word.name and not count),
    )


def held_shares(wanted: Translated, rarity: Sequence[float], texts: Sequence[str]) -> Scores:
    """What share of the question's words each text holds, 0 to 1, rare ones counting more.

    0 for a text that is not in the other script.
    """
    shares = np.zeros(len(texts))
    others = [place for place, text in enumerate(texts) if wanted.words and mostly_han(text) == wanted.chinese]
    if not others:
        return shares
    read = [_searchable(texts[place], wanted.chinese) for place in others]
    for word, rare in zip(wanted.words, rarity, strict=True):
        shares[others] += rare * np.array([_stands(word, text) for text in read])
    return shares / sum(rarity)


def _stands(word: Word, text: str) -> bool:
    """Whether the text, as it is searched, has the word in any of its forms."""
    return any(form in text for form in word.forms) or bool(word.read and re.search(word.read, text))


def names_of(wanted: Translated) -> tuple[str, ...]:
    """The names among the words."""
    return tuple(word.text for word in wanted.words if word.name)


def mostly_han(text: str) -> bool:
    """Whether more of it is in Chinese characters than in Latin letters, by its beginning."""
    beginning = text[:_LOOKED_AT]
    return _HAN_WEIGHT * len(_HAN.findall(beginning)) > len(_LATIN.findall(beginning))


def _from_chinese(question: str) -> Iterator[Word]:
    known = glossary()
    for run in _RUNS.findall(question):
        if not _HAN.match(run):
            yield Word(run, (run,), (_as_stems(run),))
            continue
        text, place = fold_only(run), 0
        while place < len(text):
            sizes = range(min(LONGEST_WORD, len(text) - place), 1, -1)
            longest = next((size for size in sizes if known.english(text[place : place + size])), 1)
            word = text[place : place + longest]
            place += longest
            # A single character is part of a word the dictionary does not have, or says little.
            if longest > 1 and word not in _ASKING and word not in _stop_words("zh"):
                glosses = known.english(word)
                named = all(gloss[:1].isupper() for gloss in glosses)
                yield Word(word, (word, *glosses), tuple(dict.fromkeys(map(_as_stems, glosses))), named)


def _from_english(words: Sequence[str], question: str) -> Iterator[Word]:
    known = glossary()
    stems = [stem(word) for word in words]
    place = 0
    while place < len(words):
        sizes = range(min(LONGEST_GLOSS, len(words) - place), 0, -1)
        found, longest = next(
            ((found, size) for size in sizes if (found := known.chinese(stems[place : place + size]))), ((), 0)
        )
        # "Wang Ruyi" is a name, though "wang" is a word too.
        read, size = _name_read(words[place : place + LONGEST_GLOSS], longest, question)
        found, longest = ((), size) if read else (found, max(1, longest))
        taken = words[place : place + longest]
        if longest > 1 or not (words[place] in _stop_words("en") or words[place] in _ASKING_ENGLISH):
            text = " ".join(taken)
            # One Chinese character stands within many words.
            written = (text, *(word for word in found if len(word) > 1))
            # "the name" is no name, though "The Name" is one.
            named = text not in question and known.is_name(stems[place : place + longest])
            yield Word(text, written, tuple(map(fold_only, written)), named, read)
        place += longest


def _name_read(words: Sequence[str], more_than: int, question: str) -> tuple[str, int]:
    """The characters that the longest beginning of so many words is read from, where it may be a name; and its size."""
    for size in range(len(words), more_than, -1):
        taken = tuple(words[:size])
        # A place that the dictionary has, as "Hubei", is a name by itself, but "Qiu" before "Dong" is not.
        known = any(len(word) >= SHORTEST_NAME and glossary().is_name([stem(word)]) for word in taken)
        if not known and " ".join(map(str.capitalize, taken)) in question and (read := read_like(taken)):
            return read, size
    return "", 0


def _from_russian(question: str) -> Iterator[Word]:
    """What is read like Chinese of the words with a capital, with their case endings and without."""
    for run in _CYRILLIC_NAME.findall(question):
        words = run.lower().split()
        place = 0
        while place < len(words):
            sizes = range(min(LONGEST_GLOSS, len(words) - place), 0, -1)
            read, size = next(
                ((found, size) for size in sizes if (found := _read_declined(tuple(words[place : place + size])))),
                ("", 1),
            )
            if read:
                text = " ".join(words[place : place + size])
                yield Word(text, (text,), (), False, read)
            place += size


def _read_declined(words: tuple[str, ...]) -> str:
    if len(words) == 1 and words[0] in _stop_words("ru"):
        return ""
    *before, last = words
    bare = _CASE_ENDING.sub("", last)
    return "|".join(found for end in dict.fromkeys((last, bare, bare + "ь")) if (found := read_like((*before, end))))


def _from_korean(question: str) -> Iterator[Word]:
    """What is read like Chinese of the beginnings of words: what follows a name is written with it."""
    for word in _HANGUL_WORD.findall(question):
        if word in _stop_words("ko"):
            continue
        read = {size: found for size in range(len(word), 1, -1) if (found := read_like((word[:size],)))}
        if read:
            text = word[: max(read)]
            yield Word(text, (text,), (), False, "|".join(read.values()))


def _distinct(words: Iterable[Word]) -> tuple[Word, ...]:
    return tuple({word.text: word for word in words}.values())


def _searchable(text: str, chinese: bool) -> str:
    """The text as the forms are looked for in it."""
    return fold_only(text) if chinese else _as_stems(unicodedata.normalize("NFKC", text))


def _as_stems(text: str) -> str:
    """Stems with a blank before and after each, so that only whole words are found."""
    return f" {' '.join(map(stem, english_words(text)))} "


@cache
def _stop_words(language: str) -> frozenset[str]:
    import stopwordsiso

    return frozenset(stopwordsiso.stopwords(language))
