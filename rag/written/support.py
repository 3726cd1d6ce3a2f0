"""Whether a text holds a claim: every part of the claim is asked for, and has to be the reader's answer.

"全市净增18.55万家企业" is asked as "全市净增多少家企业？": where the reader finds 18.55万 in the quote, the quote
says so; where it finds another number, the claim mixes up what the quote says. How far that can be believed was fitted
on claims of which it is known (`python -m training support`); `python -m benchmarks support` measures the error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from math import exp
from pathlib import Path

import regex
from icu4py.breakers import WordBreaker

from index.embed import Embedder
from index.terms import terms
from rag.fold import fold_only, simplified
from rag.judge import differ_in_script
from rag.overlap import units
from rag.quantities import quantities
from rag.reader import Reader
from rag.unseen import content_words

SHIPPED = Path(__file__).parent / "support.json"
ASKED = 4  # parts of a claim that are asked for
REORDERED = 0.9  # share of a claim's terms, that are all the text's
GAPS = 3  # places in a clause where words may be taken out
LONG_CLAUSE = 24  # words or characters, of which half are enough
BESIDE = 2  # words before and after a part that are compared

_CAPITALS = regex.compile(r"\p{Lu}[\p{L}\p{M}\p{N}'’.-]*(?:\s+(?:of\s+(?:the\s+)?)?\p{Lu}[\p{L}\p{M}\p{N}'’.-]*)*")
_YEAR = regex.compile(r"1[0-9]{3}|20[0-9]{2}")
_LAST = regex.compile(r"[。．.!！?？;；,，\s]+\Z")
_CLAUSE = regex.compile(r"(?<!\d)[,.:]|[,.:](?!\d)|[。．!！?？;；，：、\n（）()—]")
_BORDER = regex.compile(r"[。．.!！?？;；,，:：\n]")
_ASKS = {"han": ("多少", "哪", "什么"), "latin": ("how many", "what year", "what")}


@dataclass(frozen=True, slots=True)
class SupportSigns:
    """What is known of a claim beside a text whose words it does not simply use.

    `parts` is the mean agreement of the reader's answers with the parts asked for, 0 to 1, `answerable` the mean of its
    logits, `cosine` of the two embeddings. `novel` counts the words that carry matter and are not in the text.
    `across` is 1 between scripts.
    """

    parts: float
    answerable: float
    cosine: float
    novel: float
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
    """Whether each text holds the claim: it is the text's own words in their order, or likely enough.

    The same words in another order are not: "A beat B" and "B beat A" ask for the same parts.
    """
    held = {text: True for text in texts if is_its_words(claim, text)}
    held |= {text: False for text in texts if text not in held and is_reordered(claim, text)}
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
    words = content_words(claim)
    found = []
    for place, text in enumerate(texts):
        folded = fold_only(text)
        found.append(
            SupportSigns(
                parts=sum(agreed[place]) / max(1, len(agreed[place])),
                answerable=sum(logits[place]) / max(1, len(logits[place])),
                cosine=float(vectors[0] @ vectors[place + 1]),
                novel=float(sum(fold_only(word) not in folded for word in words)),
                across=float(differ_in_script(claim, text)),
            )
        )
    return found


def is_reordered(claim: str, text: str) -> bool:
    """Whether a claim has hardly a word that the text does not have, which says nothing of who did what to whom."""
    theirs, mine = set(terms(text)), terms(claim)
    folded = fold_only(text)
    known = all(fold_only(word) in folded for word in content_words(claim))
    return known and sum(term in theirs for term in mine) >= REORDERED * len(mine)


def is_its_words(claim: str, text: str) -> bool:
    """Whether a claim is the text's own words: whole clauses of it, or clauses that only had words taken out.

    Each number and name has to stand between the same words as there: with "Wuhan 5 firms, Shanghai 6" nobody says that
    Wuhan has 6.

    >>> quote = "净增超18万家，增速达17.58%，位居第一"
    >>> is_its_words("增速达17.58%。", quote), is_its_words("净增17.58%。", quote)
    (True, False)
    """
    return is_sliced(claim, text) or is_shortened(claim, text)


def is_shortened(claim: str, text: str) -> bool:
    """Whether each clause of a claim is what is left of a clause of the text when words are taken out."""
    theirs = [_letters(clause) for clause in _CLAUSE.split(text)]
    mine = [letters for clause in _CLAUSE.split(_LAST.sub("", claim)) if (letters := _letters(clause))]
    if not mine or not all(any(_left_of(one, other) for other in theirs) for one in mine):
        return False
    spans = [(one.start, one.end) for one in quantities(claim)]
    spans += [match.span() for match in _CAPITALS.finditer(claim)]
    return all(_near(claim, claim[start:end], text, start) for start, end in spans)


def _letters(text: str) -> list[str]:
    """Words, and the single characters of scripts without spaces."""
    return units(simplified(text))


def _left_of(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether it is a subsequence, of at least half and with no more than two gaps."""
    gaps, place = 0, -1
    for letter in mine:
        try:
            found = theirs.index(letter, place + 1)
        except ValueError:
            return False
        gaps += place >= 0 and found > place + 1
        place = found
    return gaps <= GAPS and 2 * len(mine) >= min(len(theirs), LONG_CLAUSE)


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


def _near(claim: str, part: str, text: str, start: int) -> bool:
    """Whether a part of a claim stands somewhere in the text between the same words, as far as it has any beside it."""
    mine = _sides(claim, start, part)
    at = text.find(part)
    while at >= 0:
        theirs = _sides(text, at, part)
        if all(set(one) & set(other) for one, other in zip(mine, theirs, strict=True) if one):
            return True
        at = text.find(part, at + 1)
    return False


def _sides(text: str, at: int, part: str) -> tuple[list[str], list[str]]:
    before = terms(_CLAUSE.split(text[max(0, at - 40) : at])[-1])
    after = terms(_CLAUSE.split(text[at + len(part) : at + len(part) + 40])[0])
    return before[-BESIDE:], after[:BESIDE]


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
    asked: str = _LAST.sub("", f"{claim[:start]}{word}{rest}")
    return asked + mark


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


def sign_names() -> tuple[str, ...]:
    """The signs, in the order of the record."""
    return tuple(field.name for field in fields(SupportSigns))


def read_weights(path: Path = SHIPPED) -> SupportWeights:
    """Read what `write_weights` wrote."""
    return SupportWeights(**json.loads(path.read_text(encoding="utf-8")))


def write_weights(weights: SupportWeights, path: Path = SHIPPED) -> None:
    """Write it as JSON that a person can read."""
    path.write_text(json.dumps(asdict(weights), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
