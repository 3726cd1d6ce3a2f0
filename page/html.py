"""The page's HTML around the answers: its top, its settings, and the conversation."""

from __future__ import annotations

import json
from collections.abc import Sequence

from index.library import Library
from page.answers import answer_html, refusal_html, retry_button
from page.conversation import Turn, Turns
from page.escape import escape
from page.sureness import Choice, choices
from page.words import Words
from page.words_conversations import conversation_words
from page.words_written import written_words
from rag.judge import Calibration
from rag.records import Answer, NotFound
from rag.written.write import Unsupported


def header(library: Library, words: Words) -> str:
    """The top of the page."""
    counts = library.counts()
    return (
        f'<header class="top" data-language="{words.language}">'
        '<h1><span class="seal" aria-hidden="true">引</span>引证<small lang="en">Yinzheng</small></h1>'
        f'<p class="tagline">{escape(words.tagline)}</p>'
        f'<p class="library">{escape(words.library.format(documents=counts.documents, passages=counts.passages))}</p>'
        "</header>"
    )


def settings(calibration: Calibration | None, words: Words) -> str:
    """How sure the assistant has to be, to be set; empty where there is nothing to choose."""
    offered = choices(calibration) if calibration is not None else None
    if offered is None:
        return ""
    data = [{"share": choice.false_answers, "says": _says(choice, words)} for choice in offered.all]
    usual = data[offered.usual]["says"]
    return (
        f'<details class="settings"><summary>{escape(words.settings)}</summary><div class="sheet">'
        f'<label for="sureness">{escape(words.sureness)}</label>'
        f'<input type="range" id="sureness" min="0" max="{len(data) - 1}" step="1" value="{offered.usual}" '
        f'aria-valuetext="{escape(str(usual))}" data-choices="{escape(json.dumps(data, ensure_ascii=False))}">'
        f'<p class="ends" aria-hidden="true"><span>{escape(words.less_sure)}</span>'
        f"<span>{escape(words.more_sure)}</span></p>"
        f'<output for="sureness" aria-live="off">{escape(str(usual))}</output>'
        f'<p class="measured">{escape(words.measured)}</p></div></details>'
    )


def conversation(turns: Turns, suggested: Sequence[str], words: Words, unsupported: Unsupported = "strike") -> str:
    """The whole conversation; before the first question, the questions one could begin with."""
    if not turns:
        return _welcome(suggested, words)
    said = "".join(_turn(turn, number, words, unsupported) for number, turn in enumerate(turns))
    return f'<div class="turns" role="log">{said}</div>'


def _says(choice: Choice, words: Words) -> str:
    return words.sureness_says.format(
        false_answers=round(100 * choice.false_answers), answered=round(100 * choice.answered)
    )


def _welcome(suggested: Sequence[str], words: Words) -> str:
    buttons = "".join(
        f'<li><button type="button" data-ask="{escape(question)}">{escape(question)}</button></li>'
        for question in suggested
    )
    listed = f"<h3>{escape(words.suggestions)}</h3><ul>{buttons}</ul>" if buttons else ""
    return f'<div class="welcome"><h2>{escape(words.welcome)}</h2><p>{escape(words.welcome_how)}</p>{listed}</div>'


def _turn(turn: Turn, number: int, words: Words, unsupported: Unsupported) -> str:
    question = (
        f'<h2 class="question" dir="auto"><span class="unseen" dir="ltr">{escape(words.you_asked)} </span>'
        f"{escape(turn.asked or turn.question)}</h2>{_searched_for(turn, words)}"
    )
    if isinstance(turn.result, Answer):
        said = answer_html(turn.result, words, turn.within, turn.written, unsupported)
    elif isinstance(turn.result, NotFound):
        said = refusal_html(turn.result, words, turn.within)
    else:
        note = f"<p>{escape(turn.note)}</p>{_retry(turn, words)}"
        said = f'<section class="note {turn.state}" role="status">{note}</section>'
    return f'<article class="turn">{question}{_stale(turn, words)}{said}{_judging(turn, number, words)}</article>'


def _judging(turn: Turn, number: int, words: Words) -> str:
    """Whether the result is right, to be said by its reader; and if not, why."""
    if turn.result is None or turn.state != "answered":
        return ""
    own = conversation_words(words)
    if turn.judged:
        said = own.right if turn.judged == "right" else own.wrong
        return f'<p class="judged">{escape(own.judge)} {escape(said)}</p>'
    kinds = (
        ("is there", "other") if isinstance(turn.result, NotFound) else ("other answer", "quote", "not there", "other")
    )
    reasons = "".join(
        f'<label><input type="radio" name="reason-{number}" value="{kind}"{" checked" if place == 0 else ""}> '
        f"{escape(own.reasons[kind])}</label>"
        for place, kind in enumerate(kinds)
    )
    return (
        f'<div class="judging" data-turn="{number}" data-thanks="{escape(own.thanks)}"><span>{escape(own.judge)}</span>'
        f'<button type="button" data-judge="right">{escape(own.right)}</button>'
        f'<button type="button" data-judge="wrong" aria-expanded="false">{escape(own.wrong)}</button>'
        f"<form hidden><fieldset><legend>{escape(own.why)}</legend>{reasons}</fieldset>"
        f'<label class="words">{escape(own.in_words)} '
        '<input type="text" name="words" maxlength="2000" dir="auto"></label>'
        f'<button type="submit">{escape(own.send)}</button></form></div>'
    )


def _stale(turn: Turn, words: Words) -> str:
    """Which quotes of a conversation that was opened again are from what has changed since."""
    if not turn.stale:
        return ""
    numbers = words.list_comma.join(f"[{number}]" for number in turn.stale)
    return f'<p class="stale">{escape(conversation_words(words).stale.format(numbers=numbers))}</p>'


def _searched_for(turn: Turn, words: Words) -> str:
    """The whole question that a follow-up was made into."""
    if turn.asked in ("", turn.question):
        return ""
    own = written_words(words.language)
    return (
        f'<p class="searched-for" dir="auto"><span>{escape(own.searched_for)}<span '
        f'class="whole">{escape(turn.question)}</span></span>'
        f'<button type="button" data-edit="{escape(turn.question)}">{escape(own.edit)}</button></p>'
    )


def _retry(turn: Turn, words: Words) -> str:
    if turn.state == "waiting":
        return ""
    return f'<div class="tools">{retry_button(turn.question, words)}</div>'
