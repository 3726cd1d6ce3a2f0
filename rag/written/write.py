"""Quotes -> a written answer: streamed, split into sentences, and each one checked before it is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from rag.records import Answer, NotFound, Quote
from rag.written.check import Supports, checked
from rag.written.model import AnswerCutOff, LanguageModel, LanguageModelFailed
from rag.written.prompt import DECLINED, prompt
from rag.written.records import Sentence, Written
from rag.written.sentences import Draft, drafts

SOURCES = 8  # quotes that a model is given at most
LEAST_REPEATED = 8  # characters of a sentence that comes again

Unsupported = Literal["strike", "drop"]  # what becomes of a sentence that fails, where it is shown


def written(question: str, result: Answer | NotFound, model: LanguageModel, supports: Supports) -> Iterator[Written]:
    """What is written of an answer, with every sentence more; nothing at all where nothing was found.

    The last one is not "writing". Fails in its state and never by raising LanguageModelFailed.
    """
    if isinstance(result, NotFound):
        return
    sources = sources_of(result)
    so_far = Written(model.name, model.where, sources, (), "writing")
    text = ""
    known: dict[Draft, Sentence] = {}
    failure: LanguageModelFailed | None = None
    pieces = model.write(prompt(question, sources))
    piece: str | None = ""
    while piece is not None:
        try:
            piece = next(pieces, None)
        except LanguageModelFailed as error:
            failure, piece = error, None
        text += piece or ""
        found = drafts(text, whole=piece is None)
        broken = failure is not None  # within the last sentence
        if (once := _once(found)) < len(found):
            # Small models go on so until their tokens are used up. Letting go of the pieces ends the connection.
            failure = failure or AnswerCutOff(f"{model.name} began to repeat itself and was stopped")
            found, piece, pieces, broken = found[:once], None, iter(()), False
        if piece is None and _declines(text):
            yield replace(so_far, sentences=(), state="declined")
            return
        for number, draft in enumerate(found, 1):
            if broken and number == len(found) and draft not in known:
                known[draft] = _cut(draft)
            elif draft not in known:
                known[draft] = checked(draft, sources, supports)
            sentences = tuple(known[one] for one in found[:number])
            if number > len(so_far.sentences) or sentences != so_far.sentences[:number]:
                so_far = replace(so_far, sentences=sentences)
                yield so_far
    if failure is None:
        yield replace(so_far, state="whole")
    else:
        yield replace(so_far, state="cut off" if isinstance(failure, AnswerCutOff) else "failed", note=str(failure))


def sources_of(answer: Answer) -> tuple[Quote, ...]:
    """The answer's quotes under their numbers, then the nearest passages, without headings or what lies in a quote."""
    further = [
        quote
        for quote in answer.nearest
        if quote.paragraph is not None and not any(_within(other, quote) for other in answer.quotes)
    ]
    return (*answer.quotes, *further)[: max(SOURCES, len(answer.quotes))]


def shown(sentences: Sequence[Sentence], unsupported: Unsupported) -> tuple[Sentence, ...]:
    """Those that are to be shown by this setting."""
    return tuple(one for one in sentences if one.supported or unsupported == "strike")


def _once(found: Sequence[Draft]) -> int:
    """How many come before the first that says again what the one before it said, or what two have said,
    with the same citations.

    A few letters, as in a table or a list, may come as often as they like.
    """
    counts: Counter[Draft] = Counter()
    before: Draft | None = None
    for number, draft in enumerate(found):
        counts[draft] += 1
        if len(draft.text) >= LEAST_REPEATED and (draft == before or counts[draft] > 2):
            return number
        before = draft
    return len(found)


def _cut(draft: Draft) -> Sentence:
    """Nobody knows how it would have gone on."""
    return Sentence(draft.text, draft.given, (), ("cut off",))


def _declines(text: str) -> bool:
    return DECLINED in text.upper() and len(text.strip()) < len(DECLINED) + 20


def _within(inner: Quote, outer: Quote) -> bool:
    """Whether a passage only repeats a quote."""
    return inner.document == outer.document and inner.start <= outer.start and outer.end <= inner.end
