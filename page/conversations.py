"""The Conversations tab's one component, and what its script asks: list, search, rename, delete, export."""

# Gradio looks at the annotations of the function below, so this module does not postpone them.

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import gradio as gr

from index.errors import YinzhengError
from index.library import Library
from page.escape import escape
from page.evidence_actions import MEDIA_TYPES
from page.kept import Conversations, Kept, Listed, entries_of, not_found_in, opened, own_place
from page.look import source
from page.words import CHINESE, ENGLISH, Words
from page.words_conversations import ConversationWords, conversation_words
from rag.export import export

_FORMATS = ("md", "docx", "json")


def conversations_part(library: Library) -> gr.HTML:
    """The tab's contents; `conversations_frame` is its first value."""

    def conversations(data: Any) -> dict[str, Any]:
        given = data if isinstance(data, dict) else {}
        words = CHINESE if given.get("language") == CHINESE.language else ENGLISH
        try:
            with opened(own_place(library.folder).folder) as mine:  # of whoever is signed in
                done = _ACTIONS.get(str(given.get("action")), _nothing)(mine, given, library, words)
                return {"list": list_html(mine.listed(str(given.get("search", ""))), given, words), **done}
        except YinzhengError as error:
            return {"error": str(error)}

    with gr.Column(elem_id="kept"):
        return gr.HTML(
            elem_id="conversations",
            apply_default_css=False,
            js_on_load=source("conversations.js"),
            server_functions=[conversations],
            words={words.language: asdict(conversation_words(words)) for words in (CHINESE, ENGLISH)},
        )


def conversations_frame(words: Words) -> str:
    """The tab before the script fills it."""
    own = conversation_words(words)
    return (
        f'<section class="conversations" data-speaks="{words.language}"><input type="search" '
        f'aria-label="{escape(own.search)}" placeholder="{escape(own.search)}">'
        f'<p class="where">{escape(own.kept_where)}</p>'
        '<div class="said" role="status"></div><div class="list"></div></section>'
    )


def list_html(listed: list[Listed], data: Mapping[str, Any], words: Words) -> str:
    """The conversations, the latest first."""
    own = conversation_words(words)
    if not listed:
        return f'<p class="none">{escape(own.none_found if data.get("search") else own.none)}</p>'
    return f"<ul>{''.join(_item(one, own) for one in listed)}</ul>"


def export_conversation(kept: Kept, library: Library, kind: str, language: str) -> bytes:
    """A conversation as a file: its questions, their answers, and the quotes character for character.

    `kind` is md, docx or json. Raises UnexportableReport where the format cannot hold a quote as it is.
    """
    if kind == "json":
        content = {**asdict(kept.listed), "turns": [asdict(turn) for turn in kept.turns], "sources": kept.sources}
        return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
    entries, missing = entries_of(kept), not_found_in(kept)
    return export(kept.listed.name, entries, library, kind, language=language, answers=True, not_found=missing)


def _item(one: Listed, own: ConversationWords) -> str:
    exports = "".join(
        f'<button type="button" data-do="export" data-kind="{kind}">{escape(own.formats[kind])}</button>'
        for kind in _FORMATS
    )
    changed = one.changed[:16].replace("T", " ")
    return (
        f'<li data-conversation="{one.id}"><button type="button" class="open" data-do="open" dir="auto">'
        f'<span class="name">{escape(one.name)}</span></button>'
        f'<p class="about"><time datetime="{escape(one.changed)}">{escape(changed)}</time> · '
        f"{escape(own.questions.format(count=one.questions))}</p>"
        f'<form hidden><label>{escape(own.name)} <input name="name" maxlength="80" value="{escape(one.name)}" '
        f'dir="auto" required></label><button type="submit">{escape(own.save)}</button></form>'
        f'<div class="tools"><button type="button" data-do="rename">{escape(own.rename)}</button>'
        f'<span class="export">{escape(own.export)}</span>{exports}'
        f'<button type="button" data-do="delete" data-really="{escape(own.really)}">{escape(own.delete)}</button></div>'
        "</li>"
    )


_Action = Callable[[Conversations, Mapping[str, Any], Library, Words], dict[str, Any]]


def _nothing(mine: Conversations, data: Mapping[str, Any], library: Library, words: Words) -> dict[str, Any]:
    return {}


def _rename(mine: Conversations, data: Mapping[str, Any], library: Library, words: Words) -> dict[str, Any]:
    mine.rename(_number(data), str(data.get("name", "")))
    return {}


def _delete(mine: Conversations, data: Mapping[str, Any], library: Library, words: Words) -> dict[str, Any]:
    mine.delete(_number(data))
    return {}


def _export(mine: Conversations, data: Mapping[str, Any], library: Library, words: Words) -> dict[str, Any]:
    kept, kind = mine.kept(_number(data)), str(data.get("kind"))
    kind = kind if kind in _FORMATS else "md"
    content = export_conversation(kept, library, kind, words.language)
    return {
        "file": {
            "name": f"{kept.listed.name}.{kind}",
            "type": MEDIA_TYPES[kind],
            "content": base64.b64encode(content).decode(),
        }
    }


def _number(data: Mapping[str, Any]) -> int:
    number = data.get("conversation")
    return number if isinstance(number, int) else -1


_ACTIONS: dict[str, _Action] = {"list": _nothing, "rename": _rename, "delete": _delete, "export": _export}
