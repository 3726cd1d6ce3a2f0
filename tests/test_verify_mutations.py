"""Real quotations, spoilt and only printed otherwise: what must be told, and what must not be called altered."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import regex
from opencc import OpenCC

from index.library import Library
from rag.verify import read_report, verify
from tests.conftest import ARTICLE
from tests.evidence_fakes import library_of
from tests.test_verify import HARBOUR

Change = Callable[[str, random.Random], str]

MORE = (
    "# The lighthouse keepers of the northern coast\n\nThe keepers, who were never paid on time, kept a careful diary. "
    "Unless the fog was too thick, they could see 14 ships from the tower every day. It was not a quiet life, the last "
    "keeper said, but it was an honest one. In 1913 about 27.5% of the lamps were replaced, according to the board.\n"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    texts = {"wuhan.md": ARTICLE.read_text(encoding="utf-8"), "harbour.md": HARBOUR, "keepers.md": MORE}
    return library_of(tmp_path_factory.mktemp("mutations"), texts)


def sentences(library: Library) -> list[str]:
    documents = [library.document(summary.id) for summary in library.documents()]
    found = [document.text[span.start : span.end] for document in documents for span in document.sentences]
    titles = {document.title for document in documents}
    return [words for words in found if len(words) >= 20 and words not in titles]


def inside(words: str, chosen: random.Random) -> int:
    """A place of a letter or digit that is not at the ends, where a cut would only shorten the quotation."""
    places = [place for place in range(2, len(words) - 3) if words[place].isalnum()]
    return chosen.choice(places)


def dropped(words: str, chosen: random.Random) -> str:
    place = inside(words, chosen)
    return words[:place] + words[place + 1 :]


def doubled(words: str, chosen: random.Random) -> str:
    place = inside(words, chosen)
    return words[:place] + words[place] + words[place:]


def swapped(words: str, chosen: random.Random) -> str:
    place = inside(words, chosen)
    return words[:place] + words[place + 1] + words[place] + words[place + 2 :]


def number_changed(words: str, chosen: random.Random) -> str:
    digits = [found.start() for found in regex.finditer(r"[0-9]", words)]
    if not digits:
        return words
    place = chosen.choice(digits)
    return words[:place] + str((int(words[place]) + chosen.randint(1, 9)) % 10) + words[place + 1 :]


def negation_removed(words: str, _: random.Random) -> str:
    return str(regex.sub(r"不|未|没有|\bnot |\bnever |n't", "", words, count=1))


def replaced(words: str, chosen: random.Random) -> str:
    place = inside(words, chosen)
    other = chosen.choice("海山风雨" if regex.match(r"\p{Han}", words[place]) else "qxzj")
    return words[:place] + other + words[place + 1 :]


def reordered(words: str, chosen: random.Random) -> str:
    pieces = regex.split(r"(?<=[，,])", words.rstrip("。."))
    return "".join(reversed(pieces)) if len(pieces) > 1 else words


def full_width(words: str, _: random.Random) -> str:
    return words.translate({ord(character): ord(character) + 0xFEE0 for character in "0123456789%,"})


def other_marks(words: str, _: random.Random) -> str:
    return words.translate(str.maketrans("“”‘’", "「」『』"))


def wrapped(words: str, chosen: random.Random) -> str:
    blanks = [place for place, character in enumerate(words) if character == " "]
    if blanks:
        place = chosen.choice(blanks)
        return words[:place] + "\n" + words[place + 1 :]
    places = [found.start() for found in regex.finditer(r"(?<=\p{Han})(?=\p{Han})", words)]  # never within a number
    place = chosen.choice(places)
    return words[:place] + "\n" + words[place:]


def hyphenated(words: str, chosen: random.Random) -> str:
    places = [found.start() + 3 for found in regex.finditer(r"[a-z]{6,}", words)]
    if not places:
        return words
    place = chosen.choice(places)
    return words[:place] + "-\n" + words[place:]


def traditional(words: str, _: random.Random) -> str:
    return str(OpenCC("s2t").convert(words))


def ligatures(words: str, _: random.Random) -> str:
    return words.replace("fi", "ﬁ").replace("fl", "ﬂ").replace("...", "…")


SPOILT: list[Change] = [dropped, doubled, swapped, number_changed, negation_removed, replaced, reordered]
PRINTED: list[Change] = [full_width, other_marks, wrapped, hyphenated, traditional, ligatures]


def verdicts(library: Library, texts: list[str]) -> list[str]:
    report = "\n\n".join(f"«{text}»" for text in texts)
    return [one.verdict for one in verify(library, read_report(report.encode(), "r.txt")).quotations]


def changed(library: Library, changes: list[Change], count: int) -> list[tuple[str, str, str]]:
    chosen = random.Random(20)
    found: list[tuple[str, str, str]] = []
    originals = sentences(library)
    while len(found) < count:
        words, change = chosen.choice(originals), chosen.choice(changes)
        other = change(words, chosen)
        if other != words:
            found.append((change.__name__, words, other))
    return found


def test_every_spoilt_quotation_is_told(library: Library) -> None:
    cases = changed(library, SPOILT, 400)
    texts = [document.text for document in (library.document(summary.id) for summary in library.documents())]
    told = verdicts(library, [other for _, _, other in cases])
    missed = [
        case for case, verdict in zip(cases, told, strict=True)
        if verdict not in ("altered", "not found") and not any(case[2] in text for text in texts)
    ]  # fmt: skip
    assert missed == []
    assert Counter(told)["not found"] < 20  # the source is shown for nearly all


def test_no_quotation_that_is_only_printed_otherwise_is_called_altered(library: Library) -> None:
    cases = changed(library, PRINTED, 300)
    told = verdicts(library, [other for _, _, other in cases])
    wrong = [case for case, verdict in zip(cases, told, strict=True) if verdict not in ("typographic", "exact")]
    assert wrong == []


def test_the_article_is_exact_sentence_by_sentence(library: Library, tmp_path: Path) -> None:
    report = "\n\n".join(f"> {words}" for words in sentences(library))
    found = verify(library, read_report(report.encode(), "r.md")).quotations
    assert {one.verdict for one in found} == {"exact"}
