"""The page put together: what is where, and what happens on which event. It holds no answering of its own."""

# Gradio looks at the annotations of the functions below, so this module does not postpone them.

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import gradio as gr

from index.errors import YinzhengError
from index.readers import KNOWN_SUFFIXES
from page import html
from page.answering import Answering
from page.conversation import Turns, answered, asked, stopped, waiting
from page.conversations import conversations_frame, conversations_part
from page.document import AROUND
from page.documents import Shelf
from page.evidence import evidence_frame, evidence_part
from page.judged import judged_turn
from page.kept import Place, opened_again, own_place, saved
from page.look import source
from page.removing import HELD_SECONDS
from page.shelf import picker, shelf, views
from page.suggest import Suggestions
from page.sureness import chosen
from page.within import chosen_within
from page.words import CHINESE, ENGLISH, Words, words_for
from page.words_conversations import conversation_words
from page.words_documents import document_words
from page.words_evidence import evidence_words
from page.written import switch_html
from rag.written.model import LanguageModel
from rag.written.write import Unsupported

_LOOKED_AGAIN = 0.3  # seconds
_RESTS = 0.02  # seconds between the queue's looks for an event: with Gradio's 0.001, rest takes a tenth of a core
_UPLOADS_KEPT = (3600, 3600)  # seconds between looks, and that a file is left which was uploaded and never added
# The settings' and the picker's choices go with the question itself: sent by themselves they could come later.
_WITH_CHOICES = """(...inputs) => [
  ...inputs.slice(0, -3), Number(document.querySelector("#settings input")?.dataset.share ?? NaN),
  document.querySelector("#scope details")?.dataset.within ?? "",
  document.querySelector("#writing input:checked")?.value ?? "quotes"
]"""

_DOCUMENT_WORDS = {words.language: asdict(document_words(words.language)) for words in (CHINESE, ENGLISH)}


def desk(  # noqa: PLR0915  one function that says what is where and what happens on which event
    assistant: Answering, model: LanguageModel | None = None, unsupported: Unsupported = "strike"
) -> gr.Blocks:
    """The page over an assistant, with a language model that writes where one is set; launch it with `**look()`."""
    library = assistant.library
    documents = Shelf(assistant)
    suggestions = Suggestions(assistant)

    def shown(turns: Turns, request: gr.Request) -> tuple[Any, ...]:
        words = words_of(request)
        busy = waiting(turns)
        written = html.conversation(turns, suggestions.for_page(words), words, unsupported)
        buttons = (gr.Button(visible=shown) for shown in (not busy, busy, bool(turns)))
        return turns, written, *buttons

    def start(turns: Turns, request: gr.Request) -> tuple[Any, ...]:
        words = words_of(request)
        return (
            html.header(library, words),
            *_fixed(words),
            evidence_frame(words),
            conversations_frame(words),
            gr.Textbox(label=words.question_label, placeholder=words.placeholder),
            gr.Button(words.ask),
            gr.Button(words.stop),
            gr.Button(words.new_conversation),
            html.conversation(turns, suggestions.for_page(words), words, unsupported),
            switch_html(model, words),
        )

    async def settings(request: gr.Request) -> str:
        while not assistant.ready:
            await asyncio.sleep(_LOOKED_AGAIN)  # not in a thread: there are few, and answers need them
        return html.settings(assistant.calibration, words_of(request))

    def ask(
        question: str,
        turns: Turns,
        place: Place | None,
        share: float | None,
        within: str,
        writing: str,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        after = asked(
            turns, question, assistant, words_of(request), chosen(share), chosen_within(within), writing == "written"
        )
        return ("" if after != turns else question, *shown(after, request), place or own_place(library.folder))

    def ask_again(
        turns: Turns,
        place: Place | None,
        share: float | None,
        within: str,
        writing: str,
        request: gr.Request,
        event: gr.EventData,
    ) -> tuple[Any, ...]:
        writes = writing == "written"
        words = words_of(request)
        after = asked(turns, str(event.question), assistant, words, chosen(share), chosen_within(within), writes)
        return (*shown(after, request), place or own_place(library.folder))

    async def answer(turns: Turns, place: Place | None, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        async for after in answered(turns, assistant, words_of(request), model):
            if not waiting(after):
                place = await asyncio.to_thread(saved, place, after, library)
            yield (*shown(after, request), place)

    def stop(turns: Turns, place: Place | None, request: gr.Request) -> tuple[Any, ...]:
        after = stopped(turns, words_of(request))
        return (*shown(after, request), saved(place, after, library) if after != turns else place)

    def begin(request: gr.Request) -> tuple[Any, ...]:
        return (*shown((), request), None)

    def reopen(request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        try:
            turns, place = opened_again(int(event.conversation), library)
        except YinzhengError:  # another window has deleted it; the list will say so
            return tuple(gr.skip() for _ in range(6))
        return (*shown(turns, request), place)

    def judged(turns: Turns, event: gr.EventData) -> Turns:
        number = int(event.turn)
        if not 0 <= number < len(turns) or turns[number].result is None:
            return turns
        return judged_turn(turns, number, library, str(event.verdict), str(event.reason), str(event.words))

    with gr.Blocks(
        title="引证 Yinzheng", analytics_enabled=False, fill_width=True, delete_cache=_UPLOADS_KEPT
    ) as blocks:
        turns = gr.State(())
        place = gr.State(None)  # where the conversation is kept; known from the first question on, with who asks it
        share = gr.Number(visible=False)  # of false answers; filled in as a question is sent, as is where to look
        within = gr.Textbox(visible=False)
        writing = gr.Textbox(visible=False)  # whether a written answer is wanted, likewise
        with gr.Row(elem_id="bar"):
            top = gr.HTML(elem_id="top", apply_default_css=False)
            tabs = gr.HTML(elem_id="views", apply_default_css=False, js_on_load=source("views.js"))
            sureness = gr.HTML(elem_id="settings", apply_default_css=False, js_on_load=source("settings.js"))
            new_button = gr.Button("", elem_id="new", size="sm", visible=False)
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk"):
                conversation = gr.HTML(
                    elem_id="conversation", apply_default_css=False, js_on_load=source("conversation.js")
                )
                scope = gr.HTML(
                    elem_id="scope",
                    apply_default_css=False,
                    js_on_load=source("picker.js"),
                    server_functions=documents.picker(),
                    words=_DOCUMENT_WORDS,
                )
                switch = gr.HTML(elem_id="writing", apply_default_css=False, js_on_load=source("writing.js"))
                with gr.Row(elem_id="composer"):
                    box = gr.Textbox(elem_id="question", show_label=False, lines=1, max_lines=6)
                    ask_button = gr.Button("", elem_id="ask", variant="primary")
                    stop_button = gr.Button("", elem_id="stop", visible=False)
            listed = _shelf(documents)
            collected = evidence_part(assistant)
            kept = conversations_part(library)
            _beside(documents)
        view = [turns, conversation, ask_button, stop_button, new_button, place]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        at_start = [
            top,
            tabs,
            scope,
            listed,
            collected,
            kept,
            box,
            ask_button,
            stop_button,
            new_button,
            conversation,
            switch,
        ]
        blocks.load(start, turns, at_start, queue=False, **quiet)
        blocks.load(settings, None, sureness, concurrency_limit=None, **quiet)
        typed = gr.on(
            [box.submit, ask_button.click],
            ask,
            [box, turns, place, share, within, writing],
            [box, *view],
            js=_WITH_CHOICES,
            queue=False,
            **quiet,
        )
        clicked = conversation.again(
            ask_again, [turns, place, share, within, writing], view, js=_WITH_CHOICES, queue=False, **quiet
        )
        # What answers takes one question at a time, in the order of asking, and refuses those that would wait too long.
        answers = [
            event.then(answer, [turns, place], view, concurrency_limit=None, **quiet) for event in (typed, clicked)
        ]
        stop_button.click(stop, [turns, place], view, cancels=answers, queue=False, **quiet)
        new_button.click(begin, None, view, cancels=answers, queue=False, **quiet)
        conversation.judge(judged, turns, turns, queue=False, **quiet)
        kept.reopen(reopen, None, view, cancels=answers, queue=False, **quiet)
    queue = blocks._queue  # Gradio has no setting for either
    queue.sleep_when_free = _RESTS
    queue.progress_update_sleep_when_free = _LOOKED_AGAIN  # nothing here tells of its progress so
    return blocks


def _fixed(words: Words) -> tuple[str, str, str]:
    """What the tabs, the choice of where to look and the Documents tab say from the start."""
    own = document_words(words.language)
    tabs = (
        ("ask", "talk", own.view_ask),
        ("documents", "shelf", own.view_documents),
        ("evidence", "collected", evidence_words(words).tab),
        ("conversations", "kept", conversation_words(words).tab),
    )
    return views(tabs, own), picker(own), shelf(own)


def _shelf(documents: Shelf) -> gr.HTML:
    """The Documents tab."""
    with gr.Column(elem_id="shelf"):
        return gr.HTML(
            elem_id="shelf-parts",
            apply_default_css=False,
            js_on_load="".join(source(f"documents{part}.js") for part in ("", "_collections", "_adding")),
            server_functions=documents.functions(),
            held_seconds=HELD_SECONDS,
            suffixes=sorted(KNOWN_SUFFIXES),
            words=_DOCUMENT_WORDS,
        )


def _beside(documents: Shelf) -> None:
    """The panel of a document, beside whichever view is shown."""
    with gr.Column(elem_id="beside"):
        gr.HTML(
            source("document.html"),
            elem_id="document",
            apply_default_css=False,
            js_on_load=source("document.js") + source("document_pages.js"),
            server_functions=documents.panel(),
            around=AROUND,
            document_words=_DOCUMENT_WORDS,
            words={words.language: asdict(words) for words in (CHINESE, ENGLISH)},
        )


def words_of(request: gr.Request) -> Words:
    """The words for the browser that asks."""
    return words_for(request.headers.get("accept-language"))
