"""Passages with questions in nine languages, composed for training: a set like the others, but one that is ours.

A file of `training/composed/` holds passages one after another:

    ## LANGUAGE title
    The passage, in one or more paragraphs.
    ? LANGUAGE question => answer
    ! LANGUAGE question that it does not answer

An answer that stands in the passage more than once is written with its surroundings, itself in [[ and ]].
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from training.rows import Dataset, Passage, Row, Slice

NAME = "composed"
FOLDER = Path(__file__).parent / NAME
# Families of files, by what was there when something was made from them.
FIRST = ("essay", "japan", "lore", "news", "plain", "public", "scene", "trade")
SECOND = (*FIRST, "annals", "canon", "county", "craft", "policy", "report", "saga", "street", "talks")
THIRD = (*SECOND, "kansai", "kanto", "lyceum", "mirror", "press", "prose", "quarry", "twins")
READING = "reading"  # there before the third, and not among it
FOURTH = (
    *THIRD, READING,
    "couples", "double", "formosa", "forum", "garden", "ledger", "likes", "rivals", "river", "twice", "voices",
)  # fmt: skip
FIFTH = (
    *FOURTH,
    "abbey", "beaker", "cricket", "estuary", "foundry", "gazette", "harvest", "island", "jetty", "kiln", "lagoon",
    "lantern", "meadow", "orchard",
)  # fmt: skip
SIXTH = (
    *FIFTH, "novel", "pottery", "quiver", "rampart", "sonata", "temple", "urchin", "valley", "willow", "yonder",
)  # fmt: skip
SEVENTH = (*SIXTH, "acorn", "bramble", "cobble", "ember", "fennel", "grotto", "hazel", "ibex")
# What came after the seventh was not read for the reader that ships.
EIGHTH = (
    *SEVENTH,
    "juniper", "kestrel", "linden", "marble", "osier", "pebble", "quaver", "quince", "rosette", "saffron", "thistle",
    "velvet",
)  # fmt: skip
NINTH = (*EIGHTH, "anvil", "cedar", "delta", "fjord", "glacier")
# What was new since the fifth, and of the others those whose questions are in pairs.
NEWER = (
    *(family for family in SEVENTH if family not in FIFTH),
    "couples", "double", "foundry", "gazette", "jetty", "kiln", "orchard", "twice",
)  # fmt: skip

_ASKED = re.compile(r"(?m)^([?!]) ([a-z]{2}) (.+)$\n?")
_MARKED = re.compile(r"\[\[(.+)\]\]")
_ANSWER = " => "
_KEPT = {0: "dev", 1: "calibration"}  # of ten passages one each
_TENTHS = 10


def composed_set(folder: Path = FOLDER, families: Collection[str] = ()) -> Dataset:
    """The files by name, their passages in order; `news-01.txt` is of the family `news`, none given stands for all.

    Raises ValueError for an answer that does not stand in its passage once.
    """
    rows: list[Row] = []
    passages: list[Passage] = []
    for path in sorted(folder.glob("*.txt")):
        if families and path.stem.partition("-")[0] not in families:
            continue
        for number, part in enumerate(re.split(r"(?m)^## ", path.read_text(encoding="utf-8"))[1:]):
            head, _, rest = part.partition("\n")
            language, _, title = head.partition(" ")
            name = f"{NAME}-{path.stem.replace('-', '.')}.{number}"
            passage = Passage(name, language, title.strip(), _ASKED.sub("", rest).strip())
            passages.append(passage)
            rows += _rows(passage, rest)
    return Dataset(NAME, tuple(passages), tuple(rows))


def by_language(body: Dataset) -> dict[str, Dataset]:
    """The set shared out by the languages of its passages: `composed.zh` and so on."""
    found: dict[str, Dataset] = {}
    for language in dict.fromkeys(passage.language for passage in body.passages):
        name = f"{body.name}.{language}"
        found[name] = Dataset(
            name,
            tuple(passage for passage in body.passages if passage.language == language),
            tuple(row for row in body.rows if row.passage.language == language),
        )
    return found


def twins(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """A question with an answer and one without that stands under it, in the same language: nearly the same, mostly."""
    for told, other in pairwise(rows):
        same = told.passage.id == other.passage.id and language_asked(told) == language_asked(other)
        if same and told.answers and not other.answers:
            yield told, other


def language_asked(row: Row) -> str:
    """The language of a question of this set."""
    return row.id.rpartition("-")[2]


def _rows(passage: Passage, rest: str) -> Iterator[Row]:
    kept = slice_of(passage.id)
    for number, found in enumerate(_ASKED.finditer(rest)):
        sign, language, asked = found.groups()
        name = f"{passage.id}-{number}-{language}"
        if sign == "!":
            yield Row(name, NAME, asked.strip(), passage, (), kept)
            continue
        question, _, answer = asked.rpartition(_ANSWER)
        yield Row(name, NAME, question.strip(), passage, (_place(answer.strip(), passage, name),), kept)


def _place(answer: str, passage: Passage, name: str) -> tuple[int, int]:
    marked = _MARKED.search(answer)
    before, words = (marked.start(), marked[1]) if marked else (0, answer)
    plain = answer.replace("[[", "").replace("]]", "")
    if not plain or passage.text.count(plain) != 1:
        raise ValueError(f"{name}: {plain!r} stands {passage.text.count(plain)} times in the passage, not once")
    start = passage.text.index(plain) + before
    return start, start + len(words)


def slice_of(passage: str) -> Slice:
    """`train` for eight passages of ten, by the hash of the id."""
    tenth = int(hashlib.sha256(passage.encode()).hexdigest(), 16) % _TENTHS
    kept: Slice = _KEPT.get(tenth, "train")  # type: ignore[assignment]
    return kept
