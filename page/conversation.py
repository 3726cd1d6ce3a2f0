"""A conversation: what was asked, and what came of it. One tuple of turns a browser tab."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, cast

from anyio.to_thread import run_sync

from index.errors import UnknownCollection, YinzhengError
from page.answering import Answering
from page.reasons import in_language
from page.sureness import threshold
from page.within import Within
from page.words import Words
from page.words_documents import document_words
from page.words_written import written_words
from rag.follow_up import Said, whole_question
from rag.records import Answer, NotFound
from rag.written.model import LanguageModel
from rag.written.records import Written
from rag.written.write import sources_of, written

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its result; `note` says what is going on while there is none.

    `asked` is the question as it was typed, `question` the whole one that is searched for, the same but for a
    follow-up. `writes` is whether a written answer is wanted; while one is being written the state is "writing".
    `false_answers` is the share of false answers that it is to be answered with, None for the usual one.
    `within` is where to look for it, None for everywhere. `stale` are the numbers of the quotes whose source is no
    longer what it was when a kept conversation is opened again. `judged` is what its reader said of the result.
    """

    question: str
    state: Literal["waiting", "writing", "answered", "stopped", "failed"]
    note: str = ""
    result: Answer | NotFound | None = None
    false_answers: float | None = None
    within: Within | None = None
    asked: str = ""
    writes: bool = False
    written: Written | None = None
    stale: tuple[int, ...] = ()
    judged: Literal["", "right", "wrong"] = ""


Turns = tuple[Turn, ...]


def waiting(turns: Turns) -> bool:
    """Whether the last question has no result yet, or not all of it."""
    return bool(turns) and turns[-1].state in ("waiting", "writing")


def asked(
    turns: Turns,
    question: str,
    assistant: Answering,
    words: Words,
    false_answers: float | None = None,
    within: Within | None = None,
    writes: bool = False,
) -> Turns:
    """The conversation with one more question; unchanged for an empty one, or while one is waiting."""
    if not question.strip() or waiting(turns):
        return turns
    stage = _stage(assistant, words, within)
    question = question.strip()
    turn = Turn(question, "waiting", stage, false_answers=false_answers, within=within, asked=question, writes=writes)
    return (*turns, turn)


async def answered(
    turns: Turns, assistant: Answering, words: Words, model: LanguageModel | None = None
) -> AsyncIterator[Turns]:
    """The conversation while its last question is answered: stages, the result, and what is written of it.

    It waits in threads and may be cancelled at any time, at once; what it waited for is then let go on.
    """
    if not waiting(turns):
        return
    *earlier, turn = turns
    if not assistant.ready:
        try:
            await run_sync(assistant.wait, abandon_on_cancel=True)
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
        rewriting = partial(whole_question, _said(earlier), turn.asked, model if turn.writes else None)
        whole = await run_sync(rewriting, abandon_on_cancel=True)
        if whole != turn.question:
            turn = replace(turn, question=whole)
            yield (*earlier, turn)
        # A thread of those that requests have: as many questions may wait as the server lets wait.
        result = await run_sync(partial(assistant.ask, turn.question, least, names), abandon_on_cancel=True)
        writes = model is not None and turn.writes and isinstance(result, Answer)
        turn = replace(turn, state="writing" if writes else "answered", note="", result=result)
        if writes:
            assert model is not None and isinstance(result, Answer)
            turn = replace(turn, written=Written(model.name, model.where, sources_of(result), (), "writing"))
            yield (*earlier, turn)
            async for so_far in _in_a_thread(written(turn.question, result, model, assistant.supports)):
                turn = replace(turn, written=so_far)
                yield (*earlier, turn)
            turn = replace(turn, state="answered")
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
    turn = turns[-1]
    if turn.state == "writing" and turn.written is not None:
        note = written_words(words.language).stopped
        kept = replace(turn.written, state="cut off", note=note)
        return (*turns[:-1], replace(turn, state="answered", written=kept))
    return (*turns[:-1], replace(turn, state="stopped", note=words.stopped))


def _said(turns: Sequence[Turn]) -> list[Said]:
    """What was asked before and has a result, as follow-ups lean on it."""
    return [
        Said(
            turn.question, turn.result.text if isinstance(turn.result, Answer) and turn.result.relation == "one" else ""
        )
        for turn in turns
        if turn.result is not None
    ]


async def _in_a_thread(steps: Iterator[Written]) -> AsyncIterator[Written]:
    """What an iterator gives, made in a thread of its own that ends soon after nobody waits for it any longer."""
    loop = asyncio.get_running_loop()
    made: asyncio.Queue[Written | Exception | None] = asyncio.Queue()
    ended = threading.Event()

    def tell(step: Written | Exception | None) -> None:
        if not ended.is_set():
            loop.call_soon_threadsafe(made.put_nowait, step)

    def run() -> None:
        try:
            for step in steps:
                tell(step)
                if ended.is_set():
                    break
            tell(None)
        except Exception as error:  # noqa: BLE001  it is raised where it is waited for
            tell(error)
        finally:
            cast("Generator[Written]", steps).close()

    threading.Thread(target=run, daemon=True, name="writing").start()
    try:
        while (step := await made.get()) is not None:
            if isinstance(step, Exception):
                raise step
            yield step
    finally:
        ended.set()


def _stage(assistant: Answering, words: Words, within: Within | None) -> str:
    if not assistant.ready:
        return words.loading
    if within is not None:
        return document_words(words.language).searching_within
    counts = assistant.library.counts()
    return words.searching.format(documents=counts.documents, passages=counts.passages)


def _failed(turn: Turn, message: str, words: Words) -> Turn:
    if turn.written is not None and turn.result is not None:  # the quotes stay whatever becomes of the writing
        return replace(turn, state="answered", written=replace(turn.written, state="failed", note=message))
    return replace(turn, state="failed", note=words.failed.format(message=message))
