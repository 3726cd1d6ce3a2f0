"""Whether a text holds a claim: every part of the claim is asked for, and has to be the reader's answer.

"全市净增18.55万家企业" is asked as "全市净增多少家企业？": where the reader finds 18.55万 in the quote, the quote says so;
where it finds another number, the claim mixes up what the quote says. How far that and the shared words can be
believed was fitted on claims of which it is known (`python -m training support`); `python -m benchmarks support`
measures the error.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from math import exp
from pathlib import Path

import regex
from icu4py.breakers import WordBreaker

from index.embed import Embedder
from index.terms import terms
from rag.fold import fold_only
from rag.judge import differ_in_script
from rag.overlap import units
from rag.quantities import quantities
from rag.reader import Reader
from rag.unseen import content_words

SHIPPED = Path(__file__).parent / "support.json"
ASKED = 4  # parts of a claim that are asked for
BESIDE = 2  # words before and after a part that are compared

_CAPITALS = regex.compile(r"\p{Lu}[\p{L}\p{M}\p{N}'’.-]*(?:\s+(?:of\s+(?:the\s+)?)?\p{Lu}[\p{L}\p{M}\p{N}'’.-]*)*")
_YEAR = regex.compile(r"1[0-9]{3}|20[0-9]{2}")
_LAST = regex.compile(r"[。．.!！?？;；,，\s]+\Z")
_BORDER = regex.compile(r"[。．.!！?？;；,，:：\n]")
_ASKS = {"han": ("多少", "哪", "什么"), "latin": ("how many", "what year", "what")}


@dataclass(frozen=True, slots=True)
class SupportSigns:
    """What is known of a claim beside a text.

    `shared` is the share of the
    claim's terms that the text has, `ordered` of those in one order with the text's, `adjacent` of neighbouring ones
    that are neighbours there; `novel` counts the words that carry matter and are not in the text. `near` is how far
    the parts asked for have the same words before or after them there, the least of them.
    `parts` and `worst` are the mean and the least agreement of the reader's answers with the parts asked for, 0 to 1;
    `answerable` is the mean of its logits, `cosine` of the two embeddings. `across` is 1 between scripts.
    """

    shared: float
    ordered: float
    adjacent: float
    novel: float
    near: float
    parts: float
    worst: float
    answerable: float
    cosine: float
    across: float


@dataclass(frozen=True, slots=True)
class SupportWeights:
    """The logit of the probability that a text holds a claim; `.across` weighs a sign between scripts.

    `threshold` and `across` are the least probabilities to say so, within a script and between two. `reader` is the
    fingerprint of what it was fitted for.
    """

    weights: Mapping[str, float]
    offset: float
    threshold: float
    across: float
    reader: str
    fitted_on: str

    def probability(self, signs: SupportSigns) -> float:
        """0 to 1."""
        total = self.offset
        for name, weight in self.weights.items():
            sign, _, where = name.partition(".")
            total += weight * getattr(signs, sign) * (signs.across if where else 1.0)
        return 1 / (1 + exp(-max(-60.0, min(60.0, total))))

    def holds(self, signs: SupportSigns) -> bool:
        """Whether that is probable enough."""
        return self.probability(signs) >= (self.across if signs.across else self.threshold)


def supported(
    reader: Reader, embedder: Embedder, weights: SupportWeights, claim: str, texts: Sequence[str]
) -> list[bool]:
    """Whether each text holds the claim: it is whole clauses of it, to the letter, or likely enough."""
    held = {text: True for text in texts if is_sliced(claim, text)}
    left = [text for text in dict.fromkeys(texts) if text not in held]
    held |= zip(left, map(weights.holds, support_signs(reader, embedder, claim, left)), strict=True)
    return [held[text] for text in texts]


def support_signs(reader: Reader, embedder: Embedder, claim: str, texts: Sequence[str]) -> list[SupportSigns]:
    """The signs of a claim beside each text."""
    if not texts:
        return []
    agreed: list[list[float]] = [[] for _ in texts]
    logits: list[list[float]] = [[] for _ in texts]
    for part, question in parts_asked(claim):
        for place, spans in enumerate(reader.read_spans(question, texts, [""] * len(texts), 1)):
            best = spans[0]
            agreed[place].append(_agreement(part, texts[place][best.start : best.end]))
            logits[place].append(max(-10.0, min(10.0, best.answerable)))
    vectors = embedder.embed_passages([claim, *texts])
    found = []
    for place, text in enumerate(texts):
        found.append(
            SupportSigns(
                **words_signs(claim, text),
                parts=sum(agreed[place]) / max(1, len(agreed[place])),
                worst=min(agreed[place], default=0.0),
                answerable=sum(logits[place]) / max(1, len(logits[place])),
                cosine=float(vectors[0] @ vectors[place + 1]),
                across=float(differ_in_script(claim, text)),
            )
        )
    return found


def words_signs(claim: str, text: str) -> dict[str, float]:
    """The signs that need no model."""
    mine, theirs = terms(claim), terms(text)
    folded = fold_only(text)
    pairs = list(pairwise(mine))
    return {
        "shared": _share(mine, set(theirs)),
        "ordered": _in_order(mine, theirs),
        "adjacent": _share(pairs, set(pairwise(theirs))) if pairs else _share(mine, set(theirs)),
        "near": min((_near(claim, part, text) for part, _ in parts_asked(claim)), default=1.0),
        "novel": float(sum(fold_only(word) not in folded for word in content_words(claim))),
    }


def _near(claim: str, part: str, text: str) -> float:
    """Whether a part of a claim stands between the same words in the text: the sides that agree, of those there are."""
    mine = _sides(claim, claim.find(part), part)
    best = 0.0
    at = text.find(part)
    if at < 0:
        return 0.5  # said otherwise: that is not seen here
    while at >= 0:
        sides = [bool(set(one) & set(other)) for one, other in zip(mine, _sides(text, at, part), strict=True) if one]
        best = max(best, sum(sides) / len(sides) if sides else 1.0)
        at = text.find(part, at + 1)
    return best


def _sides(text: str, at: int, part: str) -> tuple[list[str], list[str]]:
    before, after = terms(text[max(0, at - 40) : at]), terms(text[at + len(part) : at + len(part) + 40])
    return before[-BESIDE:], after[:BESIDE]


def is_sliced(claim: str, text: str) -> bool:
    """Whether a claim is whole clauses of a text, that follow each other, but for its last mark.

    >>> is_sliced("增速达17.58%。", "净增超18万家，增速达17.58%，位居第一"), is_sliced("达17.58%。", "增速达17.58%")
    (True, False)
    """
    said = _LAST.sub("", claim)
    start = text.find(said) if said else -1
    while start >= 0:
        before, after = text[:start].rstrip(), text[start + len(said) :].lstrip()
        if (not before or _BORDER.match(before[-1])) and (not after or _BORDER.match(after[0])):
            return True
        start = text.find(said, start + 1)
    return False


def parts_asked(claim: str) -> list[tuple[str, str]]:
    """Parts of a claim, each with the claim as a question for it: numbers first, then names, then the longest words.

    >>> parts_asked("全市净增18.55万家企业。")[0]
    ('18.55万', '全市净增多少家企业？')
    """
    spans = [(one.start, one.end) for one in quantities(claim) if one.certain]
    spans += [match.span() for match in _CAPITALS.finditer(claim)]
    spans += sorted(_runs(claim), key=lambda span: span[0] - span[1])
    kept: list[tuple[int, int]] = []
    for start, end in spans:
        if all(end <= other_start or start >= other_end for other_start, other_end in kept):
            kept.append((start, end))
    return [(claim[start:end], _asked(claim, start, end)) for start, end in kept[:ASKED]]


def _asked(claim: str, start: int, end: int) -> str:
    part = claim[start:end]
    han = not differ_in_script("中文", claim)
    number, year, thing = _ASKS["han" if han else "latin"]
    word = thing
    if any(character.isdecimal() for character in part) or quantities(part):
        word = number
    if _YEAR.fullmatch(part) and (not han or claim[end : end + 1] == "年"):
        word = year
    rest = claim[end:]
    if rest.startswith(("%", "％")):
        rest = rest[1:]
    mark = "？" if han else "?"
    return _LAST.sub("", f"{claim[:start]}{word}{rest}") + mark


def _runs(claim: str) -> list[tuple[int, int]]:
    """Runs of words that carry matter, by ICU and the stop words."""
    text = regex.sub(r"[\U00010000-\U0010ffff]", " ", claim)
    matter = set(content_words(claim))
    runs: list[tuple[int, int]] = []
    for start, end in WordBreaker(text, "root").segments():
        if text[start:end] not in matter:
            continue
        if runs and not text[runs[-1][1] : start].strip() and end - runs[-1][0] <= 24:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _agreement(part: str, answer: str) -> float:
    """1 where the answer is the part, or has it, or is within it; else the share of it that both have."""
    mine, theirs = quantities(part), quantities(answer)
    if mine:
        return float(any(one.value == other.value for one in mine for other in theirs))
    one, other = fold_only(part), fold_only(answer)
    if one and other and (one in other or other in one):
        return 1.0
    parts, answers = units(part), units(answer)
    return len(set(parts) & set(answers)) / max(1, min(len(set(parts)), len(set(answers))))


def _share(mine: Sequence[object], theirs: Collection[object]) -> float:
    return sum(term in theirs for term in mine) / max(1, len(mine))


def _in_order(mine: Sequence[str], theirs: Sequence[str]) -> float:
    """The longest common subsequence, as a share of the claim's terms."""
    row = [0] * (len(theirs) + 1)
    for term in mine:
        before = 0
        for place, other in enumerate(theirs, 1):
            before, row[place] = row[place], before + 1 if term == other else max(row[place], row[place - 1])
    return row[-1] / max(1, len(mine))


def sign_names() -> tuple[str, ...]:
    """The signs, in the order of the record."""
    return tuple(field.name for field in fields(SupportSigns))


def read_weights(path: Path = SHIPPED) -> SupportWeights:
    """Read what `write_weights` wrote."""
    return SupportWeights(**json.loads(path.read_text(encoding="utf-8")))


def write_weights(weights: SupportWeights, path: Path = SHIPPED) -> None:
    """Write it as JSON that a person can read."""
    path.write_text(json.dumps(asdict(weights), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
