"""Claims of which it is known whether a quote holds them, made from question-answering sets.

A question whose asking word stands where its answer would is a statement once the answer is put there: a paraphrase of
the passage's sentence. With another answer of the same kind, from the same passage, it is one that the sentence does
not hold, although every word of it may stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

import regex

from index.split import sentence_spans
from rag.quantities import quantities

Kind = Literal[
    "clauses", "shortened", "answered", "wrong answer", "wrong number", "swapped names", "negated", "wrong quote"
]
_MEASURE = r"[家个個名人年月日天次座所间間位部种種條条公里米吨岁歲世纪项項支架艘件元块人口％%]"
_HAN_ASKING = (
    (regex.compile(rf"多少{_MEASURE}?|几{_MEASURE}|幾{_MEASURE}|多少"), True),
    (regex.compile(r"(?:是)?在?(?:什么时候|什麼時候|何时|何時|哪一年|哪年|哪一天|何年|什么时间|什麼時間)"), False),
    (regex.compile(r"谁|誰|哪位|哪一位|何人"), False),
    (regex.compile(r"哪里|哪裡|何处|何地|什么地方|什麼地方|哪儿"), False),
    (
        regex.compile(
            r"(?:什么|什麼|何)(?=[？?]|\Z)|哪一?[个個家座所国國省市县縣间間种種队隊]\p{Han}{0,2}?(?=[？?]|\Z)"
        ),
        False,
    ),
)
_ENGLISH_ASKING = (
    regex.compile(r"\AWho(?= (?!did\b|do\b|does\b|can\b|could\b|has\b|have\b|had\b|will\b)\w+)"),
    regex.compile(r"\A(?:What|Which) (?:\w+ ){1,3}?(?=(?:is|was|were|are|has|had|won|made|led|became|\w{3,}ed)\b)"),
    regex.compile(r"\AHow many(?= (?:\w+ ){1,4}(?:is|was|were|are|have|had|\w{3,}ed)\b)"),
)
_INVERTED = regex.compile(r"\b(?:did|do|does)\b", regex.IGNORECASE)
_CLAUSE = regex.compile(r"[^，,；;]+[，,；;]?\s*")
_NAME = regex.compile(r"\p{Lu}\p{Ll}+(?:\s\p{Lu}\p{Ll}+)*")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim and a text, a sentence of the passage, that holds it or does not; `kind` is how it was made."""

    text: str
    quote: str
    passage: str
    held: bool
    kind: Kind
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its passage, and the first of its answers, with their offset in the passage."""

    question: str
    passage: str
    answer: str
    start: int
    language: str


def claims(questions: Iterable[Asked], seed: int = 7) -> Iterator[Claim]:
    """For each question what can be made of it, held and not, in order; the same for the same questions."""
    rows = list(questions)
    by_passage: dict[str, list[Asked]] = {}
    for row in rows:
        by_passage.setdefault(row.passage, []).append(row)
    random = Random(seed)
    for row in rows:
        yield from _claims_of(row, by_passage[row.passage], random)


def statement(question: str, answer: str) -> str | None:
    """The question with the answer where it asks; None where it does not ask in place.

    >>> statement("武汉有多少个工作站？", "674个"), statement("Who built the bridge?", "Ann")
    ('武汉有674个工作站。', 'Ann built the bridge.')
    """
    answer = answer.strip().rstrip("。.，,")
    for pattern in _ENGLISH_ASKING:
        asks = pattern.search(question)
        if asks is not None and not _INVERTED.search(question):
            put = answer[:1].upper() + answer[1:] + (" " if asks.group().endswith(" ") else "")
            return f"{(put + question[asks.end() :]).rstrip('? ？')}."
    for pattern, counts in _HAN_ASKING:
        found = list(pattern.finditer(question))
        if len(found) == 1:
            measure = found[0].group()[-1] if counts and not found[0].group().endswith("少") else ""
            put = answer + (measure if measure and answer[-1:].isdigit() else "")
            rest = regex.sub(r"[呢吗？?\s]+\Z", "", question[found[0].end() :])
            return f"{question[: found[0].start()]}{put}{rest}。"
    return None


def sentence_with(passage: str, start: int, end: int) -> tuple[int, int]:
    """The sentence, or sentences, of a passage that hold a span."""
    spans = [span for span in sentence_spans(passage, 0, len(passage)) if span.start < end and start < span.end]
    return spans[0].start, spans[-1].end


def _claims_of(row: Asked, siblings: list[Asked], random: Random) -> Iterator[Claim]:
    begin, stop = sentence_with(row.passage, row.start, row.start + len(row.answer))
    quote = row.passage[begin:stop].strip()
    others = [
        row.passage[span.start : span.end].strip()
        for span in sentence_spans(row.passage, 0, len(row.passage))
        if span.end <= begin or span.start >= stop
    ]
    said = statement(row.question, row.answer)
    part = _clauses(quote, row.answer, random)

    def claim(text: str, held: bool, kind: Kind, beside: str = quote) -> Claim:
        return Claim(text, beside, row.passage, held, kind, row.language)

    if part is not None:
        yield claim(part, True, "clauses")
        if (short := _shortened(quote, row.answer, random)) is not None:
            yield claim(short, True, "shortened")
        if (wrong := _other_number(part, row.passage, random)) is not None:
            yield claim(wrong, False, "wrong number")
        if (swapped := _swapped(part, random)) is not None:
            yield claim(swapped, False, "swapped names")
        if (negated := _negated(part, row.language)) is not None:
            yield claim(negated, False, "negated")
    if said is not None:
        yield claim(said, True, "answered")
        answers = [one.answer for one in siblings if _alike_in_kind(row, one)]
        answers += [number for number in _numbers(row.passage) if _is_number(row.answer) and number not in row.answer]
        if answers and (wrong := statement(row.question, random.choice(answers))) is not None:
            yield claim(wrong, False, "wrong answer")
        apart = [other for other in others if row.answer not in other and len(other) > 15]
        if apart:
            yield claim(said, False, "wrong quote", random.choice(apart))


def _alike_in_kind(row: Asked, other: Asked) -> bool:
    apart = other.answer not in row.answer and row.answer not in other.answer
    return apart and _is_number(row.answer) == _is_number(other.answer) and _opening(row) == _opening(other)


def _opening(row: Asked) -> str:
    """What kind of thing is asked for, roughly."""
    found = regex.search(r"(?i)\b(?:who|where|when|how many|how much|what|which)\b|谁|誰|多少|哪|何|什", row.question)
    return found.group().lower() if found else ""


def _is_number(text: str) -> bool:
    return any(one.certain for one in quantities(text))


def _numbers(text: str) -> list[str]:
    return [text[one.start : one.end] for one in quantities(text) if one.certain]


def _clauses(quote: str, answer: str, random: Random) -> str | None:
    """A run of the sentence's clauses that has the answer; the whole where there is one clause only."""
    pieces = [match.group() for match in _CLAUSE.finditer(quote)]
    place = next((at for at, piece in enumerate(pieces) if answer in piece), None)
    if place is None or len(quote) > 400:
        return None
    first, last = random.randint(max(0, place - 1), place), random.randint(place, min(len(pieces) - 1, place + 1))
    return _ended("".join(pieces[first : last + 1]))


def _shortened(quote: str, answer: str, random: Random) -> str | None:
    """The sentence without what stands in parentheses, a clause in its middle, or the word it is led by."""
    pieces = [match.group() for match in _CLAUSE.finditer(quote)]
    place = next((at for at, piece in enumerate(pieces) if answer in piece), None)
    if place is None or len(quote) > 400:
        return None
    whole = "".join(pieces)
    changes = [regex.sub(r"\s*[（(][^（()）]*[)）]", "", whole)]
    if len(pieces) > 2:
        left_out = random.choice([at for at in range(1, len(pieces)) if at != place] or [place])
        changes.append("".join(piece for at, piece in enumerate(pieces) if at != left_out))
    changes.append(
        regex.sub(
            r"\A(?:但是?|而且?|此外|同时|同時|另外|然而|因此|所以|其中|However|But|And|Also|Moreover|In addition|"
            r"Thus|Therefore)[,，]?\s*",
            "",
            whole,
        )
    )
    changes.append(regex.sub(r"(?<=\p{Han})的(?=\p{Han}{3})|\b(?:also|very|then|just|indeed)\s", "", whole, count=1))
    changes.append(regex.sub(r"(?<=\p{Han})了(?=\p{Han})|\bthe\s(?=\p{Ll})", "", whole, count=1))
    changed = [text for text in changes if text != whole and answer in text]
    if not changed:
        return None
    return _ended(random.choice(changed))


def _ended(text: str) -> str:
    """With a full stop."""
    text = str(regex.sub(r"[，,；;\s]+\Z", "", text))
    stop = "。" if regex.search(r"\p{Han}", text) else "."
    return text if text.endswith(("。", ".", "！", "？")) else text + stop


def _other_number(part: str, passage: str, random: Random) -> str | None:
    mine = [one for one in quantities(part) if one.certain and regex.search(r"\d", part[one.start : one.end])]
    if not mine:
        return None
    one = random.choice(mine)
    old = part[one.start : one.end]
    within = [number for number in _numbers(passage) if number not in old and old not in number and number not in part]
    new = (
        random.choice(within)
        if within and random.random() < 0.7
        else regex.sub(r"\d", lambda m: str((int(m[0]) + 3) % 10), old, count=1)
    )
    return part[: one.start] + new + part[one.end :]


def _swapped(part: str, random: Random) -> str | None:
    """Two names change places, in English, where capitals show them."""
    found = [match for match in _NAME.finditer(part) if match.start() > 0]
    if len(found) < 2:
        return None
    one, other = sorted(random.sample(found, 2), key=lambda match: match.start())
    if one.group() == other.group() or part[one.end() : other.start()].strip() in (",", "and", "or", ", and"):
        return None
    between = part[one.end() : other.start()]
    return f"{part[: one.start()]}{other.group()}{between}{one.group()}{part[other.end() :]}"


def _negated(part: str, language: str) -> str | None:
    if language.startswith("zh"):
        return _once(
            part,
            (
                (r"(?<!不)是(?!否)", "不是"),
                (r"(?<!没)有(?!效|关|機|机|名|限|所|些|时|時|人)", "没有"),
                (r"(?<=\p{Han})获得", "没有获得"),
                (r"在", "不在"),
            ),
        )
    return _once(part, ((r"\b(was|were|is|are|has|had|can|will|would|could)\b(?! not)", r"\1 not"),))


def _once(part: str, changes: tuple[tuple[str, str], ...]) -> str | None:
    for pattern, new in changes:
        changed = regex.sub(pattern, new, part, count=1)
        if changed != part:
            return str(changed)
    return None
