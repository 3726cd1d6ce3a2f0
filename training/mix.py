"""The endless, repeatable stream of training examples: row `n` depends on the seed and `n` alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from training.composed import NAME as COMPOSED
from training.composed import composed_set, twins
from training.examples import Example, cut, swapped_in_both, whole, without_answer
from training.neighbours import Neighbours
from training.reports import report_example
from training.rows import XQUAD, Dataset, Passage, Row
from training.settings import Settings
from training.swaps import Names, kind_asked
from training.switched import cedict_dictionary, switched

# How often each kind of example is drawn, in parts of a hundred; those marked "-" hold no answer.
MIXES: Mapping[str, Mapping[str, int]] = {
    "usual": {
        "xquad same": 13, "xquad across": 14, "drcd.dev": 10, "cmrc.trial": 2, "squad2.zh": 6, "jaquad.train": 7,
        "policyqa": 1, "arcd": 2,
        "-squad2.zh": 8, "-swapped": 11, "-xquad same": 8, "-xquad across": 9, "-near": 9,
    },
    "across": {
        "xquad same": 11, "xquad across": 23, "drcd.dev": 8, "cmrc.trial": 2, "squad2.zh": 5, "jaquad.train": 5,
        "policyqa": 1, "arcd": 1,
        "-squad2.zh": 7, "-swapped": 11, "-xquad same": 6, "-xquad across": 13, "-near": 7,
    },
    "reports": {
        "xquad same": 10, "xquad across": 10, "drcd.dev": 8, "cmrc.trial": 2, "squad2.zh": 5, "jaquad.train": 6,
        "policyqa": 1, "arcd": 1,
        "-squad2.zh": 7, "-swapped": 8, "-xquad same": 6, "-xquad across": 7, "-near": 7,
        "report": 22,
    },
    "reports-across": {
        "xquad same": 8, "xquad across": 17, "drcd.dev": 6, "cmrc.trial": 2, "squad2.zh": 4, "jaquad.train": 4,
        "policyqa": 1, "arcd": 1,
        "-squad2.zh": 6, "-swapped": 9, "-xquad same": 5, "-xquad across": 10, "-near": 5,
        "report": 22,
    },
    "implied": {
        "xquad same": 8, "xquad across": 8, "drcd.dev": 7, "cmrc.trial": 2, "squad2.zh": 5, "jaquad.train": 5,
        "policyqa": 1, "arcd": 1,
        "-squad2.zh": 7, "-swapped": 6, "-xquad same": 5, "-xquad across": 6, "-near": 6,
        "report, implied": 33,
    },
    "implied-across": {
        "xquad same": 7, "xquad across": 14, "drcd.dev": 5, "cmrc.trial": 2, "squad2.zh": 4, "jaquad.train": 3,
        "policyqa": 1, "arcd": 1,
        "-squad2.zh": 5, "-swapped": 8, "-xquad same": 4, "-xquad across": 9, "-near": 4,
        "report, implied": 33,
    },
    "composed": {
        "xquad same": 9, "xquad across": 9, "drcd.dev": 8, "cmrc.trial": 2, "squad2.zh": 4, "jaquad.train": 5,
        "policyqa": 1, "arcd": 1,
        "-squad2.zh": 4, "-swapped": 9, "-xquad same": 5, "-xquad across": 6, "-near": 4,
        "report, implied": 8, "composed": 15, "-composed": 10,
    },
    "composed-across": {
        "xquad same": 7, "xquad across": 14, "drcd.dev": 6, "cmrc.trial": 2, "squad2.zh": 3, "jaquad.train": 3,
        "policyqa": 1, "arcd": 1,
        "-squad2.zh": 4, "-swapped": 10, "-xquad same": 4, "-xquad across": 8, "-near": 3,
        "report, implied": 7, "composed": 16, "-composed": 11,
    },
    "composed-most": {
        "xquad same": 7, "xquad across": 6, "drcd.dev": 8, "cmrc.trial": 2, "squad2.zh": 3, "jaquad.train": 5,
        "policyqa": 1, "arcd": 1,
        "-squad2.zh": 3, "-swapped": 6, "-xquad same": 3, "-xquad across": 4, "-near": 3,
        "report, implied": 4, "composed": 27, "-composed": 17,
    },
    "composed-most-across": {
        "xquad same": 5, "xquad across": 10, "drcd.dev": 6, "cmrc.trial": 2, "squad2.zh": 3, "jaquad.train": 3,
        "policyqa": 1, "arcd": 1,
        "-squad2.zh": 3, "-swapped": 7, "-xquad same": 3, "-xquad across": 6, "-near": 2,
        "report, implied": 4, "composed": 27, "-composed": 17,
    },
    "twins": {
        "xquad same": 9, "xquad across": 8, "drcd.dev": 10, "cmrc.trial": 2, "squad2.zh": 4, "jaquad.train": 6,
        "policyqa": 1, "arcd": 1,
        "-squad2.zh": 4, "-swapped": 6, "-xquad same": 3, "-xquad across": 5, "-near": 3,
        "report, implied": 4, "composed": 22, "-composed": 12,
    },
    "twins-across": {
        "xquad same": 7, "xquad across": 13, "drcd.dev": 7, "cmrc.trial": 2, "squad2.zh": 4, "jaquad.train": 4,
        "policyqa": 1, "arcd": 1,
        "-squad2.zh": 4, "-swapped": 7, "-xquad same": 3, "-xquad across": 7, "-near": 2,
        "report, implied": 4, "composed": 22, "-composed": 12,
    },
}  # fmt: skip
# The share of the rows, before the mix is asked, that are two questions nearly the same, one with an answer.
TWINS: Mapping[str, float] = {"twins": 0.22, "twins-across": 0.22}
_LANGUAGE_WEIGHT = {"zh": 5, "en": 5, "de": 2, "es": 2, "ru": 2, "ar": 2}  # the others 1
_BODIES = ("drcd.dev", "cmrc.trial", "squad2.zh", "jaquad.train", "policyqa", "arcd")
_NEAR_COUNT = 6
_HEADING, _CUT, _CONVERTED, _SWAPPED_IN_BOTH = 0.5, 0.7, 0.2, 0.12  # shares of the rows
_NOT_TOLD = 0.7  # of the composed rows without an answer: questions that were written to have none
_SWITCHED = 0.4  # of the rows wholly in Chinese


class Mix:
    """Draws examples from the `train` slice of the sets."""

    def __init__(self, sets: dict[str, Dataset], settings: Settings) -> None:
        self._seed = settings.seed
        self._switched_from = settings.switched_from
        self._shares = MIXES[settings.mix]
        self._twins_share = TWINS.get(settings.mix, 0.0)
        self._rows = {name: [row for row in sets[name].of("train") if row.answers] for name in sets}
        self._unanswered = [row for row in sets["squad2.zh"].of("train") if not row.answers]
        self._xquad = {name: {row.id: row for row in self._rows[name]} for name in XQUAD}
        self._xquad_ids = sorted(self._xquad["xquad.en"])
        self._passages = {name: _train_passages(rows) for name, rows in self._rows.items()}
        self._near = {
            name: Neighbours([passage.text for passage in passages])
            for name, passages in self._passages.items()
            if name in ("xquad.en", *_BODIES)
        }
        asked = {row.id: kind_asked(row.question) for row in self._rows["xquad.en"]}
        self._names = Names((row for name in sets for row in self._rows[name]), asked)
        if COMPOSED in self._shares:
            self._add_composed(settings.composed)
        self._converters = _converters()
        self._dictionary = cedict_dictionary()

    def _add_composed(self, families: tuple[str, ...]) -> None:
        """After the names were gathered: the rows of the other mixes stay what they were."""
        rows = composed_set(families=families).of("train")
        self._rows[COMPOSED] = [row for row in rows if row.answers]
        self._not_told = [row for row in rows if not row.answers]
        self._passages[COMPOSED] = _train_passages(rows)
        self._near[COMPOSED] = Neighbours([passage.text for passage in self._passages[COMPOSED]])
        self._twins = list(twins(rows))

    def example(self, number: int) -> Example:
        """The example of this number, whichever were asked for before."""
        random = Random(f"{self._seed}:{number}")
        if self._twins_share:
            both = Random(f"{self._seed}:twins:{number // 2}")  # what one is drawn with, the other is too
            if both.random() < self._twins_share:
                return self._twin(number, both)
        while True:
            kind = random.choices(list(self._shares), weights=list(self._shares.values()))[0]
            example = self._drawn(kind, random)
            if example is None:
                continue
            if number >= self._switched_from and random.random() < _SWITCHED:
                return switched(example, self._dictionary, random)
            return example

    def _twin(self, number: int, random: Random) -> Example:
        """Of an even number the question with an answer, of the odd one after it the other, over the same text."""
        told, not_told = random.choice(self._twins)
        example = replace(_answered(told, told), twin=number // 2)
        if number % 2 == 0:
            return self._finished(example, told, random)
        example = self._finished(replace(example, question=not_told.question), told, random)
        return replace(example, start=-1, end=-1)

    def _drawn(self, kind: str, random: Random) -> Example | None:
        if kind.startswith("report"):
            return report_example(random, implied=kind.endswith("implied"))
        if kind == "-squad2.zh" or (kind == f"-{COMPOSED}" and random.random() < _NOT_TOLD):
            row = random.choice(self._unanswered if kind == "-squad2.zh" else self._not_told)
            return self._finished(whole(row.question, row.passage, None, row.passage.title), row, random)
        if kind == "-swapped":
            return self._swapped(random)
        if kind == "-near":
            row = random.choice(self._rows[random.choices(_BODIES, weights=(8, 3, 4, 6, 1, 2))[0]])
            return self._near_miss(row, row, random)
        across = kind.endswith("across")
        if "xquad" in kind:
            asked, read = self._xquad_pair(across, random)
        else:
            asked = read = random.choice(self._rows[kind.removeprefix("-")])
        if kind.startswith("-"):
            return self._near_miss(asked, read, random)
        example = _answered(asked, read)
        if not across and random.random() < _SWAPPED_IN_BOTH:
            change = self._names.swap(asked.question, read.passage.text, read.passage.language, random)
            example = (change and swapped_in_both(example, change.old, change.new)) or example
        return self._finished(example, read, random)

    def _xquad_pair(self, across: bool, random: Random) -> tuple[Row, Row]:
        """A question in one language and its passage in the same or another."""
        id_ = random.choice(self._xquad_ids)
        languages = [name.partition(".")[2] for name in XQUAD]
        weights = [_LANGUAGE_WEIGHT.get(language, 1) for language in languages]
        asked, read = random.choices(XQUAD, weights=weights, k=2)
        while (asked != read) != across or id_ not in self._xquad[asked] or id_ not in self._xquad[read]:
            if not across:
                read = asked = random.choices(XQUAD, weights=weights)[0]
            else:
                asked, read = random.choices(XQUAD, weights=weights, k=2)
            id_ = random.choice(self._xquad_ids)
        return self._xquad[asked][id_], self._xquad[read][id_]

    def _swapped(self, random: Random) -> Example | None:
        """One thing in the question changed, the passage as it was."""
        if random.random() < 0.55:
            asked, read = self._xquad_pair(random.random() < 0.5, random)
        else:
            asked = read = random.choice(self._rows[random.choices(_BODIES, weights=(5, 2, 4, 4, 1, 1))[0]])
        change = self._names.swap(asked.question, asked.passage.text, asked.passage.language, random)
        if change is None or change.new in read.passage.text:
            return None
        question = asked.question.replace(change.old, change.new)
        example = replace(_answered(asked, read), question=question)
        shown = self._finished(example, read, random)
        return shown and replace(shown, start=-1, end=-1)

    def _near_miss(self, asked: Row, read: Row, random: Random) -> Example | None:
        """Another passage that looks right, or the right one less its answer."""
        words = read.passage.text[read.answers[0][0] : read.answers[0][1]]
        if random.random() < 0.25:
            rest = without_answer(_answered(asked, read), random)
            return rest and self._finished(rest, read, random)
        other = self._other_passage(asked, read, random)
        if other is None or (read.source == asked.source and words in other.text):
            return None
        return self._finished(whole(asked.question, other, None, other.title), read, random)

    def _other_passage(self, asked: Row, read: Row, random: Random) -> Passage | None:
        body = self._passages[read.source]
        if read.source in XQUAD:  # the passages stand in the same order in every language
            english = self._xquad["xquad.en"][asked.id]
            near = self._near["xquad.en"].nearest(english.question, _NEAR_COUNT)
            names = [self._passages["xquad.en"][place].id.rpartition("-")[2] for place in near]
            by_number = {passage.id.rpartition("-")[2]: passage for passage in body}
            found = [by_number[name] for name in names if name in by_number]
        else:
            # A question in another language finds nothing: the passages most like its own are its false friends.
            like = read.passage.text if read.source == COMPOSED else asked.question
            found = [body[place] for place in self._near[read.source].nearest(like, _NEAR_COUNT)]
        if random.random() < 0.15:
            found = [random.choice(body)]
        found = [passage for passage in found if passage.id != read.passage.id]
        return random.choice(found) if found else None

    def _finished(self, example: Example, read: Row, random: Random) -> Example:
        if random.random() >= _HEADING:
            example = replace(example, heading="")
        if random.random() < _CUT:
            wide = read.passage.language in ("zh", "zh-Hant", "ja", "th")
            example = cut(example, random.randint(60, 260) * (1 if wide else 3), random)
        if read.passage.language in self._converters and random.random() < _CONVERTED:
            example = _converted(example, self._converters[read.passage.language], random)
        return example


def _answered(asked: Row, read: Row) -> Example:
    # The shortest of several right answers: what is asked for, and no more.
    shortest = min(read.answers, key=lambda answer: answer[1] - answer[0])
    return whole(asked.question, read.passage, shortest, read.passage.title)


def _train_passages(rows: list[Row]) -> list[Passage]:
    return list({row.passage.id: row.passage for row in rows}.values())


def _converters() -> dict[str, object]:
    from opencc import OpenCC

    return {"zh": OpenCC("s2t"), "zh-Hant": OpenCC("t2s")}


def _converted(example: Example, converter: object, random: Random) -> Example:
    """Chinese in its other script: all of it, or the question or the passage alone."""
    convert = converter.convert  # type: ignore[attr-defined]
    which = random.choice(("both", "question", "text"))
    text = convert(example.text) if which != "question" else example.text
    if len(text) != len(example.text):  # a few words change their length: the answer would move
        return example
    question = convert(example.question) if which != "text" else example.question
    return replace(example, question=question, text=text)
