"""Which words of a question stand nowhere in the documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import regex
from icu4py.breakers import WordBreaker

from index.lexical import passages_with
from index.library import Library
from index.records import Passage
from index.terms import terms
from rag.judge import script_tells_language
from rag.named import names_and_numbers, telling_terms
from rag.translated import found_in, names_of, translated

# The documents are in the question's language when they hold at least this share of its words.
# A name in Latin letters within a Chinese text makes a small share.
SAME_LANGUAGE = 0.5

# "多少钱", "哪家": ICU takes what is asked for into the word that asks.
_ASKING = regex.compile(r"多[少大长長久高远遠快深宽寬重]|[什甚][么麼]|哪")
_WORD = regex.compile(r"[^\P{L}\p{Hiragana}]|\p{N}")  # what Hiragana alone writes is mostly grammar


@dataclass(frozen=True, slots=True)
class Wording:
    """A question's words that carry its matter, in order, and those of them that no document holds.

    `names` are the names among them that the dictionary has, `missing_names` those of them that no
    document holds in the question's language or in the other. `named` are the names and numbers as the
    question writes them, `missing_named` those of them that no document holds so. `told_by_script`: a text
    in the question's script is in its language, as in Chinese.
    """

    words: tuple[str, ...]
    missing: tuple[str, ...]
    names: tuple[str, ...] = ()
    missing_names: tuple[str, ...] = ()
    missing_named: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    told_by_script: bool = False

    @property
    def same_language(self) -> bool:
        """Whether documents in the question's script say anything by the words that they do not hold."""
        enough = len(self.missing) <= (1 - SAME_LANGUAGE) * len(self.words)
        return bool(self.words) and (self.told_by_script or enough)


def wording(library: Library, question: str, without: Sequence[Passage] = ()) -> Wording:
    """Look the question's words up. Call it within `library.snapshot()`.

    `without` are passages of the library that are taken not to be there. A word is missing when one of its
    terms is; stop words, words that ask and single characters are left out.
    """
    words = content_words(question)
    sought = {word: terms(word) for word in words}
    named = {name: telling_terms(name) for name in names_and_numbers(question)}
    every = {term for found in (*sought.values(), *named.values()) for term in found}
    counts = passages_with(library, tuple(every), without)
    missing = tuple(word for word, found in sought.items() if not all(counts[term] for term in found))
    missing_named = tuple(name for name, found in named.items() if not all(counts[term] for term in found))
    abroad = translated(question)
    names = tuple(_as_asked(name, question) for name in found_in(library, abroad, without).missing_names)
    told = script_tells_language(question)
    return Wording(words, missing, names_of(abroad), names, missing_named, tuple(named), told)


def unseen_words(asked: Wording, across: bool) -> tuple[str, ...]:
    """The missing words where they mean something.

    `across` says that the documents are in another language than the question: then only its names.
    """
    return asked.missing if asked.same_language and not across else asked.missing_names


def _as_asked(name: str, question: str) -> str:
    """With its capitals."""
    found = regex.search(regex.escape(name), question, regex.IGNORECASE)
    return found.group() if found else name


def content_words(question: str) -> tuple[str, ...]:
    """Words of at least two characters that are not stop words and do not ask, each once.

    >>> content_words("深圳净增了多少家中小企业？")
    ('深圳', '中小企业')
    """
    found = dict.fromkeys(
        word for word in _words(question) if len(word) > 1 and _WORD.search(word) and not _ASKING.match(word)
    )
    ignored = _stop_words()
    return tuple(word for word in found if not any(form in ignored for form in _forms(word)))


def _words(text: str) -> Sequence[str]:
    """ICU's words; the text is handed over without what lies beyond 16 bits, where ICU's offsets are others."""
    text = regex.sub(r"[\U00010000-\U0010ffff]", " ", text)
    return [text[start:end] for start, end in WordBreaker(text, "root").segments()]


def _forms(word: str) -> tuple[str, str]:
    return word.casefold(), "".join(terms(word)) if len(word) == 2 else word.casefold()


@cache
def _stop_words() -> frozenset[str]:
    """Those of every language that has a list: the question's is not known, and few clash with other words."""
    import stopwordsiso

    return frozenset(word for language in stopwordsiso.langs() for word in stopwordsiso.stopwords(language))
