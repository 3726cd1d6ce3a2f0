"""The check of written sentences on claims of which it is known whether the quote holds them; `test` rows only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.claims import Asked, Claim, Kind, claims
from benchmarks.sets import load_passages, load_questions
from index.split import sentence_spans
from rag.records import Quote
from rag.written.check import checked
from rag.written.sentences import Draft

PAIRS = ("xquad.zh", "xquad.en", "drcd.test")
MOST = 120  # questions a set
OTHERS = 2  # further sentences of the passage that are numbered too
KINDS: tuple[Kind, ...] = (
    "clauses", "shortened", "answered", "wrong answer", "wrong number", "swapped names", "negated", "wrong quote",
)  # fmt: skip

Supports = Callable[[str, Sequence[str]], Sequence[bool]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Of `claims` of one kind, in percent: `supported` are shown so with the quote they cite, `moved` with another.

    `wrong` is what should not be: a claim that is held and struck, or one that is not held and shown as supported.
    """

    set: str
    kind: str
    held: bool
    claims: int
    supported: float
    moved: float
    wrong: float


def measure_support(data: Path, supports: Supports, most: int | None) -> Iterator[Figures]:
    """A row a set and kind, then one for all that are held and one for all that are not."""
    every: list[tuple[Claim, bool, bool]] = []
    for name in PAIRS:
        outcomes = [_outcome(claim, supports) for claim in claims(_asked(data, name, most or MOST))]
        every += outcomes
        for kind in KINDS:
            those = [outcome for outcome in outcomes if outcome[0].kind == kind]
            if those:
                yield _figures(name, kind, those)
    for held in (True, False):
        yield _figures("all", "held" if held else "not held", [one for one in every if one[0].held == held])


def _asked(data: Path, name: str, most: int) -> Iterable[Asked]:
    passages = {passage.id: passage for passage in load_passages(data, name)}
    questions = [question for question in load_questions(data, name, "test") if question.answers]
    for question in questions[:: max(1, len(questions) // most)][:most]:
        passage = passages[question.passage]
        text, start = question.answers[0]
        yield Asked(question.text, passage.text, text, start, passage.language)


def _outcome(claim: Claim, supports: Supports) -> tuple[Claim, bool, bool]:
    """Whether it is shown as supported, and whether by another quote than the one it cites."""
    sources = [_quote(text) for text in (claim.quote, *_others(claim))]
    sentence = checked(Draft(claim.text, (1,), True), sources, supports)
    return claim, sentence.supported, sentence.moved


def _others(claim: Claim) -> list[str]:
    """Sentences from elsewhere in the passage, but none that the claim was made of."""
    if claim.kind == "wrong quote":
        return []
    spans = sentence_spans(claim.passage, 0, len(claim.passage))
    texts = [claim.passage[span.start : span.end].strip() for span in spans]
    return [text for text in texts if text and text not in claim.quote and claim.quote not in text][:OTHERS]


def _quote(text: str) -> Quote:
    return Quote("0" * 16, "", "", None, None, 1, 1, 0, len(text), text)


def _figures(name: str, kind: str, outcomes: Sequence[tuple[Claim, bool, bool]]) -> Figures:
    count = len(outcomes)
    held = outcomes[0][0].held
    supported = sum(shown and not moved for _, shown, moved in outcomes)
    moved = sum(moved for _, _, moved in outcomes)
    wrong = count - supported - moved if held else supported + moved

    def share(part: int) -> float:
        return round(100 * part / count, 1)

    return Figures(name, kind, held, count, share(supported), share(moved), share(wrong))
