"""The fixed parts of the Documents tab, the views' tabs and the choice of where to look, as HTML.

What is in them, documents and progress, the browser fills in as text (documents.js, picker.js).
"""

from __future__ import annotations

from collections.abc import Sequence

from index.ingest import FOUND
from page.escape import escape
from page.words_documents import DocumentWords

_SORTED = ("title", "kind", "pages", "passages", "bytes", "added", "state")
# Codecs that can be chosen for text files, the widest of each family, and what people call them.
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "gb18030": "GB18030 / GBK",
    "big5hkscs": "Big5",
    "cp932": "Shift-JIS",
    "euc_jp": "EUC-JP",
    "cp949": "EUC-KR",
    "cp1251": "Windows-1251",
    "cp1252": "Windows-1252",
}
_TYPED = ("title", "author", "publisher", "date", "url")


def views(shown: Sequence[tuple[str, str, str]], words: DocumentWords) -> str:
    """Tabs, each with its view's name, the id of the part of the page that it shows, and what it is called."""
    tabs = "".join(
        f'<button type="button" role="tab" id="view-{name}" data-view="{name}" aria-controls="{part}" '
        f'aria-selected="{"true" if place == 0 else "false"}" tabindex="{0 if place == 0 else -1}">'
        f"{escape(label)}</button>"
        for place, (name, part, label) in enumerate(shown)
    )
    return f'<div class="views" role="tablist" aria-label="{escape(words.views)}">{tabs}</div>'


def picker(words: DocumentWords) -> str:
    """Where to look: everything until something is chosen."""
    return (
        f'<details class="picker"><summary aria-label="{escape(words.picker)}">'
        f'<span class="now" dir="auto">{escape(words.picker_all)}</span></summary><div class="sheet">'
        f'<input type="search" aria-label="{escape(words.picker_search)}" '
        f'placeholder="{escape(words.picker_search)}"><div class="choices" tabindex="-1"></div>'
        f'<button type="button" class="reset" disabled>{escape(words.picker_reset)}</button></div></details>'
    )


def shelf(words: DocumentWords) -> str:
    """The Documents tab without its documents."""
    return f'<section class="documents">{_adding(words)}{_list(words)}{_editing(words)}</section>'


def _adding(words: DocumentWords) -> str:
    encodings = "".join(f'<option value="{codec}">{escape(label)}</option>' for codec, label in ENCODINGS.items())
    return (
        f'<div class="drop"><p class="here">{escape(words.drop_here)} '
        f'<button type="button" class="choose">{escape(words.choose_files)}</button> '
        f'<button type="button" class="choose-folder">{escape(words.choose_folder)}</button></p>'
        f'<p class="how">{escape(words.drop_how)}</p>'
        f'<input type="file" class="file" multiple hidden aria-label="{escape(words.choose_files)}">'
        f'<input type="file" class="folder" webkitdirectory hidden aria-label="{escape(words.choose_folder)}">'
        f"<label>{escape(words.into_collection)} "
        '<input type="text" class="into" list="collection-names" maxlength="200" autocomplete="off"></label>'
        '<datalist id="collection-names"></datalist>'
        f'<label>{escape(words.encoding_of_texts)} <select class="encoding">'
        f'<option value="">{escape(words.encoding_found)}</option>'
        f'<option value="{FOUND}">{escape(words.encoding_anew)}</option>{encodings}</select></label></div>'
        '<div class="adding" hidden>'
        f'<progress max="1" value="0" aria-label="{escape(words.progress)}"></progress>'
        '<p class="says" role="status" dir="auto"></p>'
        f'<button type="button" class="cancel">{escape(words.cancel)}</button>'
        f'<button type="button" class="dismiss" hidden>{escape(words.dismiss)}</button><ul class="outcomes"></ul></div>'
    )


def _list(words: DocumentWords) -> str:
    columns = "".join(
        f'<th scope="col" class="{name}" aria-sort="none"><button type="button" data-sort="{name}" '
        f'title="{escape(words.sort_by.format(column=words.columns[name]))}">{escape(words.columns[name])}</button></th>'
        for name in _SORTED
    )
    return (
        f'<div class="find"><input type="search" class="search" aria-label="{escape(words.search)}" '
        f'placeholder="{escape(words.search)}"><p class="count" role="status"></p></div>'
        '<p class="wrong" role="alert" hidden></p><div class="removed" role="status"></div>'
        f'<table><caption class="unseen">{escape(words.table)}</caption><thead><tr>{columns}'
        f'<td class="acts"></td></tr></thead><tbody></tbody></table>'
        '<p class="empty" hidden></p>'
        f'<section class="named" hidden><h2>{escape(words.picker_collections)}</h2><ul></ul></section>'
        f'<section class="files" hidden><h2>{escape(words.other_files)}</h2><ul></ul></section>'
    )


def _editing(words: DocumentWords) -> str:
    fields = "".join(_field(name, words) for name in _TYPED)
    return (
        '<dialog class="editing" aria-labelledby="editing-title"><form method="dialog" novalidate>'
        f'<h2 id="editing-title" dir="auto"></h2><p class="facts" dir="auto"></p><ul class="notes"></ul>'
        f'<fieldset class="origin"><legend>{escape(words.details)}</legend>{fields}</fieldset>'
        f'<fieldset class="collections"><legend>{escape(words.in_collections)}</legend><div class="each"></div>'
        f'<label>{escape(words.new_collection)}<input type="text" class="new" list="collection-names" '
        f'maxlength="200" autocomplete="off"></label><button type="button" class="put">{escape(words.put_in)}</button>'
        '</fieldset><p class="wrong" role="alert" hidden></p><div class="ends">'
        f'<button type="button" class="close">{escape(words.close)}</button>'
        f'<button type="submit" class="save">{escape(words.save)}</button></div></form></dialog>'
    )


def _field(name: str, words: DocumentWords) -> str:
    hint = f' placeholder="{escape(words.date_how)}"' if name == "date" else ""
    return (
        f'<label>{escape(getattr(words, name))}<input type="text" name="{name}" maxlength="2000" dir="auto" '
        f'autocomplete="off"{hint}></label>'
    )
