"""Questions with the passage that answers, and one that only looks right: what the embedder learns to tell apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from training.composed import NAME as COMPOSED
from training.examples import cut, whole
from training.neighbours import Neighbours
from training.rows import LANGUAGES, XQUAD, Dataset, Passage, Row

# How often a batch is of each set, in parts of a hundred. All of a batch's passages are of one set and mostly one
# language, so that each is a false friend of the other questions; but those composed and "mixed" are of several: a
# passage in the question's own language is then the false friend of one in another.
SHARES: Mapping[str, Mapping[str, int]] = {
    "usual": {"xquad": 52, "drcd.dev": 20, "cmrc.trial": 6, "squad2.zh": 3, "jaquad.train": 16, "arcd": 3},
    "composed": {
        "xquad": 18, "xquad mixed": 22, "drcd.dev": 10, "cmrc.trial": 3, "squad2.zh": 2, "jaquad.train": 7, "arcd": 2,
        "composed": 36,
    },
    "mixed": {
        "xquad": 22, "xquad mixed": 16, "drcd.dev": 12, "cmrc.trial": 3, "squad2.zh": 2, "jaquad.train": 12, "arcd": 2,
        "composed": 31,
    },
}  # fmt: skip
_LANGUAGE_WEIGHT = {"zh": 4, "en": 4, "de": 2, "es": 2, "ru": 2, "ar": 2}  # the others 1
_NEAR_COUNT = 8
_ANY_LANGUAGE, _PASSAGES_LANGUAGE, _CUT, _TITLED = 0.75, 0.85, 0.6, 0.4  # shares of the rows
_WIDE = ("zh", "zh-Hant", "ja", "th")  # a character says as much as three elsewhere


@dataclass(frozen=True, slots=True)
class Pairs:
    """A batch. `passages` has the right one of each question first, in order, then the near ones.

    `numbers` are those of the passages in their set: one may come twice, and XQuAD's are the same in all languages.
    """

    source: str
    questions: tuple[str, ...]
    passages: tuple[str, ...]
    numbers: tuple[str, ...]


class PairStream:
    """Draws batches from the `train` slice of the sets; batch `n` depends on the seed and `n` alone."""

    def __init__(self, sets: dict[str, Dataset], seed: str, shares: str = "usual") -> None:
        self._seed = seed
        self._shares = SHARES[shares]
        self._rows = {name: [row for row in sets[name].of("train") if row.answers] for name in sets}
        self._passages = {
            name: list({row.passage.id: row.passage for row in rows}.values()) for name, rows in self._rows.items()
        }
        self._xquad = {name: {row.id: row for row in self._rows[name]} for name in XQUAD}
        self._xquad_ids = sorted(self._xquad["xquad.en"])
        self._by_number = {name: {_number(one): one for one in self._passages[name]} for name in XQUAD}
        self._near = {
            name: Neighbours([passage.text for passage in self._passages[name]])
            for name in ("xquad.en", *self._shares)
            if name in self._passages
        }
        self._weights = [_LANGUAGE_WEIGHT.get(language, 1) for language in LANGUAGES]

    def batch(self, number: int, size: int) -> Pairs:
        """The batch of this number, of so many questions, whichever were asked for before."""
        random = Random(f"{self._seed}{number}")
        source = random.choices(list(self._shares), weights=list(self._shares.values()))[0]
        read = random.choices(XQUAD, weights=self._weights)[0]
        right: list[tuple[str, str]] = []
        near: list[tuple[str, str]] = []
        questions = []
        for _ in range(size):
            asked, answering, other = self._drawn(source, read, random)
            questions.append(asked.question)
            text = _shown(asked.question, answering.passage, answering.answers[0], random)
            right.append((text, _number(answering.passage)))
            if other is not None:
                near.append((_shown("", other, None, random), _number(other)))
        texts, numbers = zip(*right, *near, strict=True)
        label = read if source == "xquad" else source.replace(" ", ".")
        return Pairs(label, tuple(questions), tuple(texts), tuple(numbers))

    def _drawn(self, source: str, read: str, random: Random) -> tuple[Row, Row, Passage | None]:
        """A question, the row whose passage answers it, and a near passage that does not."""
        mixed = source == "xquad mixed"
        if mixed:
            read = random.choices(XQUAD, weights=self._weights)[0]
        if source != "xquad" and not mixed:
            row = random.choice(self._rows[source])
            words = row.passage.text[row.answers[0][0] : row.answers[0][1]]
            body = self._passages[source]
            like = row.passage.text if source == COMPOSED else row.question  # it may be in any language
            found = [body[place] for place in self._near[source].nearest(like, _NEAR_COUNT)]
            found = [passage for passage in found if passage.id != row.passage.id and words not in passage.text]
            return row, row, random.choice(found) if found else None
        while True:
            id_ = random.choice(self._xquad_ids)
            any_language = random.random() < _ANY_LANGUAGE
            asking = random.choices(XQUAD, weights=self._weights)[0] if any_language else read
            if id_ in self._xquad[asking] and id_ in self._xquad[read]:
                break
        row = self._xquad[read][id_]
        english = self._xquad["xquad.en"][id_].question
        nearest = self._near["xquad.en"].nearest(english, _NEAR_COUNT)
        numbers = [_number(self._passages["xquad.en"][place]) for place in nearest]
        near = self._by_number[read if random.random() < (0 if mixed else _PASSAGES_LANGUAGE) else asking]
        others = [near[number] for number in numbers if number != _number(row.passage) and number in near]
        return self._xquad[asking][id_], row, random.choice(others) if others else None


def _shown(question: str, passage: Passage, answer: tuple[int, int] | None, random: Random) -> str:
    """The passage, or some of its sentences, with its article's title above it or without."""
    example = whole(question, passage, answer)
    if random.random() < _CUT:
        example = cut(example, random.randint(80, 260) * (1 if passage.language in _WIDE else 3), random)
    return f"{passage.title}\n{example.text}" if random.random() < _TITLED else example.text


def _number(passage: Passage) -> str:
    return passage.id.rpartition("-")[2]
