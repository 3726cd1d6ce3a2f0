"""Text -> sentence and passage spans. Spans only: text is always `text[start:end]`, sliced later.

Sentences are ICU's (https://unicode.org/reports/tr29/#Sentence_Boundaries) with three
corrections that a reader of quotes would make by hand; see `_joins`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import regex
from icu4py.breakers import LineBreaker, SentenceBreaker

from index.headings import HEADING_SEPARATOR
from index.records import Block, Heading, Span

SPLITTER_VERSION = 1  # raise it when the same text would be split otherwise; libraries are then rebuilt
PASSAGE_TOKENS = 200

CountTokens = Callable[[Sequence[str]], Sequence[int]]

_OPENING = regex.compile(r"[\p{Ps}\p{Pi}「『]+\s*\Z")
_LOWER = regex.compile(r"\s*[\p{Ps}\p{Pi}\"']*\p{Ll}")
# Shortened words that a full stop does not end a sentence after, in the languages of the tests.
_SHORTENED = regex.compile(
    r"(?:^|[\s\p{P}])(?:Dr|Mr|Mrs|Ms|Prof|St|Sr|Jr|vs|Gen|Col|Lt|Sgt|Rev|Hon|Gov|Sen|Rep|cf|ca|approx|e\.g|i\.e|"
    r"bzw|z\.B|d\.h|u\.a|Hr|Mme|Mlle|Mgr|Sra?|Dra|Lic|ул|им|т\.е|\p{Lu})\.\s*\Z"
)
_NUMBERED = regex.compile(r"(?:^|[\s\p{P}])(?:Nos?|Nr|Figs?|Eq|Arts?|Vol|Abs|Bd|pp?|стр|ст)\.\s*\Z")
_DIGIT = regex.compile(r"\s*\p{Nd}")


@dataclass(frozen=True, slots=True)
class PassageSpan:
    """Where a passage lies, and the path of headings above it, outermost first."""

    start: int
    end: int
    heading: str


@dataclass(frozen=True, slots=True)
class Split:
    """A text's parts in order, each without blank space around it."""

    headings: tuple[Heading, ...]
    paragraphs: tuple[Span, ...]
    sentences: tuple[Span, ...]
    passages: tuple[PassageSpan, ...]


def split(
    text: str,
    blocks: Sequence[Block],
    title: str,
    count_tokens: CountTokens,
    passage_tokens: int = PASSAGE_TOKENS,
) -> Split:
    """Split a text whose blocks (in order, not overlapping) are known.

    Every character that is not blank and lies in a block lies in some sentence's block and in
    some passage. Neighbouring passages under one heading share a sentence. A sentence longer
    than `passage_tokens` is cut where a line could break. A heading line is a passage of its
    own, so that what stands only in a heading can be found and quoted.
    """
    headings: list[Heading] = []
    paragraphs: list[Span] = []
    sentences: list[Span] = []
    passages: list[PassageSpan] = []
    path: list[tuple[int, str]] = []
    pending: list[Span] = []

    def flush() -> None:
        heading = HEADING_SEPARATOR.join(words for _, words in path if words != title)
        passages.extend(
            PassageSpan(span.start, span.end, heading) for span in _pack(text, pending, count_tokens, passage_tokens)
        )
        pending.clear()

    for block in blocks:
        span = _trimmed(text, block.start, block.end)
        if span is None:
            continue
        if block.level:
            flush()
            words = heading_words(text, span)
            headings.append(Heading(words.start, words.end, block.level))
            sentences.append(words)
            path = [entry for entry in path if entry[0] < block.level]
            above = HEADING_SEPARATOR.join(part for _, part in path if part != title)
            passages.append(PassageSpan(span.start, span.end, above))
            path.append((block.level, text[words.start : words.end]))
        else:
            paragraphs.append(span)
            found = [
                piece
                for sentence in sentence_spans(text, span.start, span.end)
                for piece in _pieces(text, sentence, count_tokens, passage_tokens)
            ]
            sentences.extend(found)
            pending.extend(found)
    flush()
    return Split(tuple(headings), tuple(paragraphs), tuple(sentences), tuple(passages))


def sentence_spans(text: str, start: int, end: int) -> list[Span]:
    """The sentences of one paragraph, in order, without blank space around them.

    Line ends inside the paragraph are blank space to ICU too: a wrapped line ends no sentence.
    """
    paragraph = regex.sub(r"[\r\n\u2028\u2029\x0b\x0c\x85]", " ", text[start:end])  # as many characters as before
    bounds = [0]
    for bound in _stops(SentenceBreaker, paragraph):
        opening = _OPENING.search(paragraph, bounds[-1], bound)
        moves = opening is not None and opening.start() > bounds[-1] and bound < len(paragraph)
        stop = opening.start() if opening is not None and moves else bound
        if bounds[-1] and _joins(paragraph, bounds[-1]):
            bounds[-1] = stop
        else:
            bounds.append(stop)
    found = (_trimmed(text, start + left, start + right) for left, right in pairwise(bounds))
    return [span for span in found if span is not None]


def heading_words(text: str, span: Span) -> Span:
    """A heading line without its Markdown marks; the line itself when nothing else is left."""
    words = regex.match(
        r"#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?\s*\Z|(.*?)\s*\n[ \t]*(?:=+|-+)\s*\Z", text[span.start : span.end], regex.DOTALL
    )
    if words is None:
        return span
    group = 1 if words.group(1) is not None else 2
    inner = _trimmed(text, span.start + words.start(group), span.start + words.end(group))
    return span if inner is None else inner


def containing(spans: Sequence[Span], place: int) -> int | None:
    """The position of the span (of ordered, separate spans) that holds the character at `place`."""
    position = bisect_right(spans, place, key=lambda span: span.start) - 1
    return position if position >= 0 and place < spans[position].end else None


def _stops(breaker: type[SentenceBreaker] | type[LineBreaker], text: str) -> list[int]:
    """Where ICU's segments end, in code points; ICU counts UTF-16 units."""
    units = [stop for _, stop in breaker(text, "root").segments()]
    if not text or max(text) <= "\uffff":
        return units
    ends = list(accumulate(2 if character > "\uffff" else 1 for character in text))
    return [bisect_left(ends, unit) + 1 for unit in units]


def _joins(paragraph: str, bound: int) -> bool:
    """Whether the sentences around `bound` are one: an abbreviation, or a small letter goes on."""
    before = paragraph[max(0, bound - 40) : bound]
    if _SHORTENED.search(before) is not None:
        return True
    if _NUMBERED.search(before) is not None and _DIGIT.match(paragraph, bound) is not None:
        return True
    return _LOWER.match(paragraph, bound) is not None and before.rstrip()[-1:] not in "。！？"


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _pieces(text: str, sentence: Span, count_tokens: CountTokens, limit: int) -> Iterator[Span]:
    """The sentence itself, or as few pieces of at most about `limit` tokens as line breaks allow."""
    if sentence.end - sentence.start <= limit:  # a token has at least one character, marks apart
        yield sentence
        return
    whole = text[sentence.start : sentence.end]
    tokens = count_tokens([whole])[0]
    if tokens <= limit:
        yield sentence
        return
    longest = max(1, len(whole) * limit // tokens)  # characters that hold about `limit` tokens
    breaks = _stops(LineBreaker, whole)
    start = 0
    while start < len(whole):
        fitting = bisect_right(breaks, start + longest) - 1
        stop = breaks[fitting] if fitting >= 0 and breaks[fitting] > start else min(start + longest, len(whole))
        piece = _trimmed(text, sentence.start + start, sentence.start + stop)
        if piece is not None:
            yield piece
        start = stop


def _pack(text: str, sentences: Sequence[Span], count_tokens: CountTokens, limit: int) -> Iterator[Span]:
    """Runs of sentences of at most `limit` tokens, each beginning with the last of the run before.

    The shared sentence is left out where it would leave no room for the next one.
    """
    if not sentences:
        return
    sizes = count_tokens([text[span.start : span.end] for span in sentences])
    first, total = 0, sizes[0]
    for place in range(1, len(sentences)):
        if total + sizes[place] <= limit:
            total += sizes[place]
            continue
        yield Span(sentences[first].start, sentences[place - 1].end)
        shares = place - 1 > first and sizes[place - 1] + sizes[place] <= limit
        first = place - 1 if shares else place
        total = sum(sizes[first : place + 1])
    yield Span(sentences[first].start, sentences[-1].end)
