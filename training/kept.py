"""Examples from the dev slice: gold passages, and the same questions on passages without an answer."""

from __future__ import annotations

from random import Random

from training.composed import NAME as COMPOSED
from training.composed import composed_set
from training.examples import Example, whole
from training.neighbours import Neighbours
from training.rows import Dataset, Row
from training.swaps import Names, kind_asked

_PER_GROUP = 60
_COMPOSED = 600  # of the composed passages, which are of many kinds
_PAIRS = {"zh": ("zh", "zh"), "en": ("en", "en"), "en-zh": ("en", "zh"), "zh-en": ("zh", "en")}


def dev_examples(sets: dict[str, Dataset]) -> dict[str, list[Example]]:
    """Groups by name; "-GROUP/near" and "-GROUP/swapped" hold no answer and go with GROUP."""
    found: dict[str, list[Example]] = {}
    english = sets["xquad.en"]
    passages = list({row.passage.id: row.passage for row in english.of("dev", "calibration", "train")}.values())
    near = Neighbours([passage.text for passage in passages])
    names = Names((row for body in sets.values() for row in body.rows if row.answers and row.slice != "test"),
                  {row.id: kind_asked(row.question) for row in english.rows})  # fmt: skip
    order = sorted(english.of("dev"), key=lambda row: Random(row.id).random())[:_PER_GROUP]
    for group, (asking, reading) in _PAIRS.items():
        asked = {row.id: row for row in sets[f"xquad.{asking}"].of("dev")}
        read = {row.id: row for row in sets[f"xquad.{reading}"].of("dev")}
        shared = [row for row in order if row.id in asked and row.id in read]
        found[group] = [_gold(asked[row.id], read[row.id]) for row in shared]
        others = {passage.id.rpartition("-")[2]: passage for passage in sets[f"xquad.{reading}"].passages}
        misses = []
        for row in shared:
            places = near.nearest(row.question, 3)
            nearest = [passages[place].id for place in places if passages[place].id != row.passage.id]
            misses.append(whole(asked[row.id].question, others[nearest[0].rpartition("-")[2]], None))
        found[f"-{group}/near"] = misses
        found[f"-{group}/swapped"] = _swapped([(asked[row.id], read[row.id]) for row in shared], names)
    traditional = sorted(sets["drcd.dev"].of("dev"), key=lambda row: Random(row.id).random())[:_PER_GROUP]
    found["drcd"] = [_gold(row, row) for row in traditional]
    squad = sets["squad2.zh"].of("dev")
    found["squad2"] = [_gold(row, row) for row in squad if row.answers][:_PER_GROUP]
    unanswered = [row for row in squad if not row.answers][:_PER_GROUP]
    found["-squad2/adversarial"] = [whole(row.question, row.passage, None) for row in unanswered]
    composed = sorted(composed_set().of("dev"), key=lambda row: Random(row.id).random())
    answered, not_told = ([row for row in composed if bool(row.answers) == wanted] for wanted in (True, False))
    found[COMPOSED] = [_gold(row, row) for row in answered[:_COMPOSED]]
    found[f"-{COMPOSED}/asked"] = [whole(row.question, row.passage, None) for row in not_told[:_COMPOSED]]
    return found


def _gold(asked: Row, read: Row) -> Example:
    return whole(asked.question, read.passage, read.answers[0])


def _swapped(pairs: list[tuple[Row, Row]], names: Names) -> list[Example]:
    found = []
    for asked, read in pairs:
        change = names.swap(asked.question, asked.passage.text, asked.passage.language, Random(asked.id))
        if change is not None:
            found.append(whole(asked.question.replace(change.old, change.new), read.passage, None))
    return found
