"""A conversation: what was asked, and what came of it. One tuple of turns a browser tab."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Literal

from index.errors import UnknownCollection, YinzhengError
from page.answering import Answering
from page.reasons import in_language
from page.sureness import threshold
from page.within import Within
from page.words import Words
from page.words_documents import document_words
from rag.records import Answer, NotFound

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its result; `note` says what is going on while there is none.

    `false_answers` is the share of false answers that it is to be answered with, None for the usual one.
    `within` is where to look for it, None for everywhere.
    """

    question: str
    state: Literal["waiting", "answered", "stopped", "failed"]
    note: str = ""
    result: Answer | NotFound | None = None
    false_answers: float | None = None
    within: Within | None = None


Turns = tuple[Turn, ...]


def waiting(turns: Turns) -> bool:
    """Whether the last question has no result yet."""
    return bool(turns) and turns[-1].state == "waiting"


def asked(
    turns: Turns,
    question: str,
    assistant: Answering,
    words: Words,
    false_answers: float | None = None,
    within: Within | None = None,
) -> Turns:
    """The conversation with one more question; unchanged for an empty one, or while one is waiting."""
    if not question.strip() or waiting(turns):
        return turns
    stage = _stage(assistant, words, within)
    return (*turns, Turn(question.strip(), "waiting", stage, false_answers=false_answers, within=within))


async def answered(turns: Turns, assistant: Answering, words: Words) -> AsyncIterator[Turns]:
    """The conversation while its last question is answered: stages, then the result.

    It waits in threads and may be cancelled at any time, at once; what it waited for is then let go on.
    """
    if not waiting(turns):
        return
    *earlier, turn = turns
    if not assistant.ready:
        try:
            await asyncio.to_thread(assistant.wait)
        except YinzhengError as error:
            yield (*earlier, _failed(turn, in_language(str(error), words.language), words))
            return
    # Also where it became ready between asking and now.
    if turn.note != (note := _stage(assistant, words, turn.within)):
        turn = replace(turn, note=note)
        yield (*earlier, turn)
    try:
        least = threshold(assistant.calibration, turn.false_answers)
        names = None if turn.within is None else turn.within.names
        result = await asyncio.to_thread(assistant.ask, turn.question, least, names)
        turn = replace(turn, state="answered", note="", result=result)
    except UnknownCollection:
        turn = _failed(turn, document_words(words.language).within_gone, words)
    except YinzhengError as error:
        turn = _failed(turn, in_language(str(error), words.language), words)
    except Exception as error:  # noqa: BLE001  a turn must not wait for ever; the log has the whole cause
        _log.exception("a question could not be answered")
        turn = _failed(turn, f"{type(error).__name__}: {error}", words)
    yield (*earlier, turn)


def stopped(turns: Turns, words: Words) -> Turns:
    """The conversation when its last question is not waited for any longer."""
    if not waiting(turns):
        return turns
    return (*turns[:-1], replace(turns[-1], state="stopped", note=words.stopped))


def _stage(assistant: Answering, words: Words, within: Within | None) -> str:
    if not assistant.ready:
        return words.loading
    if within is not None:
        return document_words(words.language).searching_within
    counts = assistant.library.counts()
    return words.searching.format(documents=counts.documents, passages=counts.passages)


def _failed(turn: Turn, message: str, words: Words) -> Turn:
    return replace(turn, state="failed", note=words.failed.format(message=message))
