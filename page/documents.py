"""The documents of the library as the page lists, changes, adds and removes them: what the browser calls, and gets.

Everything is data; the browser sets it as text, so that no document's words are ever parsed as HTML.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from accounts import who
from index.apart import page_boxes_apart, page_picture_apart
from index.collections import collect, collections, dissolve, rename_collection, take_out
from index.errors import UnknownDocument, YinzhengError
from index.ingest import FOUND
from index.names import one_line
from index.records import DocumentSummary, FileState
from index.states import file_states, forget
from index.store import EDITABLE
from page.adding import Additions, Run, Upload, uploaded_folder, uploaded_name
from page.answering import Answering
from page.document import document_view
from page.reasons import in_language
from page.removing import Removals
from page.shelf import ENCODINGS
from page.within import places
from page.words import CHINESE, ENGLISH, Words
from page.words_documents import DocumentWords, document_words

_FILES = 10_000  # that one addition may have
_CHARACTERS = 2000  # of a field that is typed

Data = Mapping[str, Any]
Served = Callable[[Any], dict[str, Any]]


class Shelf:
    """The documents of one library, for the page's server functions."""

    def __init__(self, assistant: Answering) -> None:
        self._library = assistant.library
        self._additions = Additions(assistant)
        self._removals = Removals(assistant.library)

    def functions(self) -> list[Served]:
        """What the Documents tab may call, each with one record, the page's language in it."""
        return [
            _served(self.list_documents),
            _changing(self.edit_document, "document.edit"),
            _changing(self.put_in_collection, "document.collections"),
            _changing(self.rename_collection, "collection.rename"),
            _changing(self.dissolve_collection, "collection.dissolve"),
            _changing(self.remove_document, "document.remove"),
            _changing(self.undo_removal, "document.keep"),
            _changing(self.finish_removals),
            _changing(self.forget_file, "file.forget"),
            _changing(self.start_adding, "document.add"),
            _changing(self.adding_progress),
            _changing(self.cancel_adding),
            _changing(self.discard_uploads),
        ]

    def picker(self) -> list[Served]:
        """What the choice of where to look may call."""
        return [_served(self.list_places)]

    def panel(self) -> list[Served]:
        """What the panel of a document may call."""
        return [_served(self.open_document), _served(self.show_page)]

    def list_documents(self, data: Data) -> dict[str, Any]:
        """Every document and every file that is none, the collections, and how much there is."""
        words = _words(data)
        held = self._removals.held()
        documents = [entry for entry in self._library.documents() if entry.id not in held]
        states = file_states(self._library)
        failed = {state.document: state for state in states if state.document is not None and state.reason}
        counts = self._library.counts()
        under_way = self._additions.under_way()
        return {
            "documents": [_row(entry, failed.get(entry.id), words) for entry in documents],
            "files": [_file(state, state.source in under_way, words) for state in states if state.document is None],
            "collections": [entry.name for entry in collections(self._library)],
            "library": _page_words(data).library.format(documents=counts.documents, passages=counts.passages),
        }

    def edit_document(self, data: Data) -> dict[str, Any]:
        """Put what was typed in the place of a document's title and citation fields."""
        changes: dict[str, str | None] = {}
        for name, value in dict(data["changes"]).items():
            changes[str(name)] = one_line(str(value))[:_CHARACTERS]
        if changes.get("title") == "":
            changes["title"] = None  # the file's own again
        if not set(changes) <= set(EDITABLE):
            raise ValueError("not a document's field")
        self._library.edit(str(data["document"]), changes)
        return {}

    def put_in_collection(self, data: Data) -> dict[str, Any]:
        """Put a document into a collection, new or not, or take it out."""
        name, document = one_line(str(data["name"]))[:_CHARACTERS], str(data["document"])
        if data["there"]:
            collect(self._library, name, [document])
        else:
            take_out(self._library, str(data["name"]), [document])
        return {"name": name}

    def rename_collection(self, data: Data) -> dict[str, Any]:
        """Give a collection another name."""
        new = one_line(str(data["new"]))[:_CHARACTERS]
        rename_collection(self._library, str(data["name"]), new)
        return {"name": new}

    def dissolve_collection(self, data: Data) -> dict[str, Any]:
        """Let there be no such collection; its documents stay."""
        dissolve(self._library, str(data["name"]))
        return {}

    def remove_document(self, data: Data) -> dict[str, Any]:
        """Remove a document in a while."""
        self._removals.hold(str(data["document"]))
        return {}

    def undo_removal(self, data: Data) -> dict[str, Any]:
        """Let it stay after all."""
        if not self._removals.keep(str(data["document"])):
            return {"error": _words(data).too_late}
        return {}

    def finish_removals(self, data: Data) -> dict[str, Any]:
        """Remove at once what this page took out: it was left."""
        self._removals.finish([str(document) for document in data["documents"]])
        return {}

    def forget_file(self, data: Data) -> dict[str, Any]:
        """Let a file that is no document go from the list."""
        forget(self._library, [str(data["source"])])
        return {}

    def start_adding(self, data: Data) -> dict[str, Any]:
        """Begin to add files that were uploaded."""
        uploads = _uploads(data)
        if not uploads:
            raise ValueError("no files")
        collection = one_line(str(data.get("collection") or ""))[:_CHARACTERS] or None
        encoding = str(data.get("encoding") or "") or None
        if encoding is not None and encoding != FOUND and encoding not in ENCODINGS:
            raise ValueError("not an encoding that is offered")
        self._removals.finish()  # what was taken out and is added again must stay
        try:
            return {"run": self._additions.start(uploads, collection, encoding)}
        except OSError as error:
            return {"error": _words(data).upload_failed.format(reason=error.strerror or str(error))}

    def adding_progress(self, data: Data) -> dict[str, Any]:
        """How far it is, in figures and in words."""
        run = self._additions.run(str(data["run"]))
        if run is None:
            return {"error": _words(data).addition_gone}
        return _progress(run, _words(data))

    def cancel_adding(self, data: Data) -> dict[str, Any]:
        """Stop at the next possible moment; what is not in by then is left out."""
        run = self._additions.run(str(data["run"]))
        if run is not None:
            run.cancelled.set()
        return {}

    def discard_uploads(self, data: Data) -> dict[str, Any]:
        """Delete uploaded files that are not wanted any more."""
        for upload in _uploads(data):
            upload.path.unlink(missing_ok=True)
        return {}

    def list_places(self, data: Data) -> dict[str, Any]:
        """Where a question can be looked for."""
        return places(self._library, _words(data))

    def open_document(self, data: Data) -> dict[str, Any]:
        """A document around a quote."""
        return document_view(self._library, data, _page_words(data))

    def show_page(self, data: Data) -> dict[str, Any]:
        """The picture of a page of a PDF, and the boxes of a quote on it."""
        number, start, end = int(data["page"]), int(data["start"]), int(data["end"])
        document = self._library.document(str(data["document"]))
        file = self._library.file(document.id)
        if file is None:
            return {"picture": None, "boxes": []}
        boxes = page_boxes_apart(file, document.text, document.places, start, end)
        picture = page_picture_apart(file, number)
        words = _words(data)
        return {
            "picture": "data:image/png;base64," + base64.b64encode(picture).decode("ascii"),
            "boxes": [asdict(area) for entry in boxes if entry.page == number for area in entry.areas],
            "alt": words.page_picture.format(page=number),
        }


def _served(function: Callable[[Data], dict[str, Any]]) -> Served:
    """What goes wrong is said in the page; what the page never sends is an error of its own."""

    def answered(data: Any) -> dict[str, Any]:
        words = _words(data)
        try:
            return function(data)
        except UnknownDocument:
            return {"error": words.gone}
        except YinzhengError as error:
            return {"error": in_language(str(error), words.language)}
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            return {"error": words.not_understood}

    answered.__name__ = function.__name__  # what the browser calls it by
    return answered


def _changing(function: Callable[[Data], dict[str, Any]], action: str = "") -> Served:
    """The same for what only editors may do; done, it is a line of the audit log where it is an `action`."""

    def allowed(data: Data) -> dict[str, Any]:
        who.require("editor")
        done = function(data)
        if action and "error" not in done:
            who.note(action, *_audited(data))
        return done

    allowed.__name__ = function.__name__
    return _served(allowed)


def _audited(data: Data) -> tuple[str, str]:
    """What the audit log says of a call: which document, file or names, and what of it; never a text."""
    if "files" in data:
        return ", ".join(uploaded_name(str(file["name"])) for file in data["files"]), str(data.get("collection") or "")
    detail = ", ".join(map(str, data["changes"])) if "changes" in data else str(data.get("name", ""))
    return str(data.get("document", data.get("source", ""))), detail


def _uploads(data: Data) -> list[Upload]:
    """The uploaded files that the browser names. Raises ValueError for a path that is none of an upload."""
    from gradio.utils import get_upload_folder

    files = data["files"]
    if len(files) > _FILES:
        raise ValueError("too many files")
    folders = (Path(get_upload_folder()).resolve(), Path(tempfile.gettempdir(), "gradio").resolve())
    found = []
    for file in files:
        path = Path(str(file["path"])).resolve()
        if not any(path.is_relative_to(folder) for folder in folders) or not path.is_file():
            raise ValueError("not an uploaded file")
        found.append(Upload(path, uploaded_name(str(file["name"])), uploaded_folder(str(file.get("folder") or ""))))
    return list({upload.path: upload for upload in found}.values())


def _row(entry: DocumentSummary, failed: FileState | None, words: DocumentWords) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.title,
        "name": entry.name,
        "sources": list(entry.sources),
        "kind": entry.kind,
        "pages": entry.pages,
        "passages": entry.passages,
        "bytes": entry.bytes,
        "added": entry.added,
        "encoding": entry.encoding,
        "by_hand": entry.encoding_chosen,
        "notes": [in_language(note, words.language) for note in entry.notes],
        "collections": list(entry.collections),
        **asdict(entry.origin),
        "state": words.states["searchable"],
        "reason": words.newer_failed.format(reason=in_language(failed.reason, words.language)) if failed else "",
    }


def _file(state: FileState, under_way: bool, words: DocumentWords) -> dict[str, Any]:
    return {
        "source": state.source,
        "name": state.name,
        "state": words.states[state.state],
        "failed": state.state == "failed",
        "reason": in_language(state.reason, words.language) or ("" if under_way else words.unfinished),
        "under_way": under_way and state.state != "failed",
    }


def _progress(run: Run, words: DocumentWords) -> dict[str, Any]:
    done, count = len(run.outcomes), len(run.names)
    left = run.seconds_left()
    says = words.adding_waits if run.state == "waiting" else words.adding.format(done=done, count=count, name=run.at)
    if left is not None:
        says += words.seconds_left.format(seconds=max(1, round(left)))
    if run.state in ("done", "cancelled", "failed"):
        ends = {"done": words.added_all, "cancelled": words.adding_cancelled, "failed": words.adding_failed}
        says = ends[run.state].format(done=done, count=count, reason=in_language(run.error, words.language))
    return {
        "state": run.state,
        "ended": run.state not in ("waiting", "adding"),
        "share": run.share,
        "says": says,
        "outcomes": [
            {
                "name": outcome.name,
                "state": outcome.state,
                "says": words.outcomes[outcome.state].format(
                    passages=outcome.passages, reason=in_language(outcome.reason, words.language)
                ),
            }
            for outcome in list(run.outcomes)
        ],
    }


def _words(data: Data) -> DocumentWords:
    return document_words(_page_words(data).language)


def _page_words(data: Data) -> Words:
    return CHINESE if isinstance(data, Mapping) and data.get("language") == CHINESE.language else ENGLISH
