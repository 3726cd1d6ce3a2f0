"""The Evidence tab's one component: HTML that the page's script fills, and the function that the script calls."""

# Gradio looks at the annotations of the function below, so this module does not postpone them.

from collections.abc import Sequence
from typing import Any

import gradio as gr

from accounts.who import own_evidence
from index.errors import YinzhengError
from page.answering import Answering
from page.evidence_actions import MEDIA_TYPES, Request, act, page_words
from page.evidence_html import frame
from page.look import source
from page.words import CHINESE, ENGLISH, Words
from page.words_evidence import evidence_words
from rag.speaking import Speaking


def evidence_part(answering: Answering) -> gr.HTML:
    """The tab's contents over a library; `evidence_frame` is its first value."""
    library = answering.library

    def speaking(question: str, within: Sequence[str] | None) -> Speaking:
        return answering.speaking(question, within)

    def evidence(data: Any) -> dict[str, Any]:
        given = data if isinstance(data, dict) else {}
        words = CHINESE if given.get("language") == CHINESE.language else ENGLISH
        try:
            lists = own_evidence(library.folder)  # of whoever is signed in
        except YinzhengError as error:
            return {"error": str(error)}
        try:
            return act(Request(lists, library, words, given, speaking))
        finally:
            lists.close()  # the next call may come in another thread

    with gr.Column(elem_id="collected"):
        return gr.HTML(
            elem_id="evidence",
            apply_default_css=False,
            js_on_load=source("evidence.js"),
            server_functions=[evidence],
            words={words.language: page_words(evidence_words(words)) for words in (CHINESE, ENGLISH)},
        )


def evidence_frame(words: Words) -> str:
    """The tab before the script fills it, in the browser's language."""
    return frame(words, MEDIA_TYPES)
