"""What the page asks of the evidence lists -> what it shows then. Each action's own function, by the action's name."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import Any, TypeVar

from index.collections import collections, scope
from index.errors import UnknownDocument, YinzhengError
from index.library import Library
from index.records import Document, Span
from page.absences_html import absences_html
from page.checked_html import checked_html
from page.evidence_html import ADJUSTMENTS, Shown, around_html, entries_html, mentions_html, reports_html, within_html
from page.quotes import digest
from page.words import Words
from page.words_evidence import EvidenceWords, evidence_words
from rag.absence import absence_markdown, absence_state, record_absence, write_absence
from rag.absences import keep_absence, kept_absences, remove_absence
from rag.caution import cautions
from rag.evidence import Entry, Evidence, Report, state, states
from rag.quote import quote
from rag.records import NotFound, Searched
from rag.speaking import Speaking

_Kind = TypeVar("_Kind")

MOST_MEGABYTES = 50  # of a report to be checked

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "md": "text/markdown",
    "html": "text/html",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "bib": "application/x-bibtex",
    "json": "application/json",
}


class UnusableRequest(YinzhengError):
    """What the browser sent cannot be done; the message is in the page's words."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, with what it is asked of."""

    evidence: Evidence
    library: Library
    words: Words
    data: Mapping[str, Any]
    speaking: Callable[[str, Sequence[str] | None], Speaking] | None = None

    @property
    def own(self) -> EvidenceWords:
        """The tab's words."""
        return evidence_words(self.words)

    def text(self, name: str) -> str:
        """A field that is text, "" where it is missing. Raises UnusableRequest."""
        return _typed(self.data.get(name, ""), str)

    def number(self, name: str) -> int:
        """A field that is a whole number. Raises UnusableRequest."""
        return _typed(self.data.get(name), int)

    def current(self) -> Report | None:
        """The report that the browser has chosen; the latest made where that is gone."""
        reports = self.evidence.reports()
        chosen = [report for report in reports if report.id == self.data.get("report")]
        return chosen[0] if chosen else reports[-1] if reports else None

    def target(self) -> Report:
        """The report that something is put in: the current one, made when there is none."""
        return self.current() or self.evidence.create(self.own.default_report)


Done = dict[str, Any]


def act(request: Request) -> Done:
    """Do what is asked for; gives what is to be shown, or `{"error": message}` when nothing was done."""
    action = ACTIONS.get(str(request.data.get("action")))
    if action is None:
        return {"error": request.own.unreachable}
    try:
        done = action(request)
    except YinzhengError as error:
        return {"error": str(error)}
    return _shown(request, done.pop("report", request.data.get("report"))) | done


def _shown(request: Request, chosen: Any) -> Done:
    """The tab as it is now, and which quotes are in which report."""
    evidence, library, words = request.evidence, request.library, request.words
    reports = evidence.reports()
    ids = [report.id for report in reports]
    current = chosen if chosen in ids else ids[-1] if ids else None
    held, entries = [], []
    for report in reports:
        listed = evidence.entries(report.id)
        spans = [f"{entry.document}:{entry.start}-{entry.end}" for entry in listed]
        held.append({"report": report.id, "name": report.name, "spans": spans})
        if report.id == current:
            entries = listed
    with library.snapshot():
        shown = _with_states(library, entries)
        kept = {} if current is None else kept_absences(evidence.folder, current)
        absences = [(name, record, absence_state(library, record)) for name, record in kept.items()]
    return {
        "report": current,
        "held": held,
        "reports": reports_html(reports, current, words),
        "within": within_html(collections(library), words),
        "entries": entries_html(shown, words) + absences_html(absences, words),
    }


def _with_states(library: Library, entries: list[Entry]) -> list[Shown]:
    documents: dict[str, Document] = {}
    shown = []
    for entry, now in zip(entries, states(library, entries), strict=True):
        if now.document is not None and now.document not in documents:
            documents[now.document] = library.document(now.document)
        shown.append(Shown(entry, now, documents.get(now.document or "")))
    return shown


def _show(request: Request) -> Done:
    return {}


def _create(request: Request) -> Done:
    report = request.evidence.create(request.text("name"))
    return {"report": report.id, "said": request.own.said_created.format(report=report.name)}


def _rename(request: Request) -> Done:
    request.evidence.rename(request.number("report"), request.text("name"))
    return {"said": request.own.said_renamed.format(report=request.text("name").strip())}


def _delete(request: Request) -> Done:
    report = request.current()
    if report is None or report.id != request.data.get("report"):
        return {}
    request.evidence.delete(report.id)
    return {"report": None, "said": request.own.said_deleted.format(report=report.name)}


def _add(request: Request) -> Done:
    """Put a span in the current report, where its words are still those that the browser showed."""
    start, end = request.number("start"), request.number("end")
    try:
        document = request.library.document(request.text("document"))
        made = quote(document, start, end)
    except (UnknownDocument, ValueError) as error:
        raise UnusableRequest(request.own.no_place) from error
    seen = request.data.get("digest") == digest(made.text) or request.data.get("text") == made.text
    if not seen:
        raise UnusableRequest(request.own.changed_meanwhile)
    report = request.target()
    entry = request.evidence.add(
        report.id, document, start, end, question=request.text("question"), answer=request.text("answer")
    )
    form = request.own.said_added if entry.place > report.entries else request.own.said_again
    said = form.format(report=report.name, place=entry.place)
    cut = {caution.kind: request.own.cautions[caution.kind] for caution in cautions(document, start, end)}
    if cut:
        said = request.own.cut_said.format(said=said, cut="".join(cut.values()).rstrip(":：").replace("：", "，"))
    return {"report": report.id, "added": entry.id, "said": said}


def _add_all(request: Request) -> Done:
    from rag.mentions import mentions

    document = request.library.document(request.text("document"))
    sentences = _shown_sentences(request, document) or {
        sentence
        for group in mentions(request.library, request.text("term"), [document.id])
        for sentence in group.sentences
    }
    report = request.target()
    for sentence in sorted(sentences, key=lambda span: (span.start, span.end)):
        request.evidence.add(report.id, document, sentence.start, sentence.end)
    return {"report": report.id, "said": request.own.said_all.format(report=report.name, count=len(sentences))}


def _span(request: Request) -> Done:
    """The quote that the browser shows, wider or narrower, as it would go in: its address, digest and what is cut."""
    start, end = request.number("start"), request.number("end")
    try:
        document = request.library.document(request.text("document"))
        quote(document, start, end)
    except (UnknownDocument, ValueError) as error:
        raise UnusableRequest(request.own.no_place) from error
    adjust = ADJUSTMENTS.get(request.text("adjust"))
    span = None if adjust is None else adjust(document, start, end)
    made = quote(document, start, end) if span is None else quote(document, span.start, span.end)
    can = [name for name, change in ADJUSTMENTS.items() if change(document, made.start, made.end) is not None]
    place = {"document": document.id, "start": made.start, "end": made.end, "digest": digest(made.text)}
    return {"place": place, "can": can, "around": around_html(document, made, request.words)}


def _shown_sentences(request: Request, document: Document) -> set[Span]:
    """Those that the browser shows of a document, where it sends them; none where it does not."""
    given = request.text("spans")
    if not given:
        return set()
    try:
        pairs = [tuple(map(int, pair.split("-"))) for pair in given.split(",")]
        texts = [quote(document, start, end).text for start, end in pairs]
    except ValueError as error:
        raise UnusableRequest(request.own.no_place) from error
    if digest("\n".join(texts)) != request.data.get("digest"):
        raise UnusableRequest(request.own.changed_meanwhile)
    return {Span(start, end) for start, end in pairs}


def _note(request: Request) -> Done:
    request.evidence.annotate(request.number("entry"), request.text("note"))
    return {"said": request.own.said_note}


def _up(request: Request) -> Done:
    entry = request.evidence.entry(request.number("entry"))
    request.evidence.move(entry.id, max(1, entry.place - 1))
    return {}


def _down(request: Request) -> Done:
    entry = request.evidence.entry(request.number("entry"))
    request.evidence.move(entry.id, entry.place + 1)
    return {}


def _move(request: Request) -> Done:
    """Put an entry at a place, as it was dragged there."""
    request.evidence.move(request.number("entry"), max(1, request.number("place")))
    return {}


def _remove(request: Request) -> Done:
    request.evidence.remove(request.number("entry"))
    return {"said": request.own.said_removed}


def _follow(request: Request) -> Done:
    """Give an entry the place that its words have moved to."""
    entry = request.evidence.entry(request.number("entry"))
    with request.library.snapshot():
        now = state(request.library, entry)
        if now.document is not None and now.start is not None and now.end is not None:
            request.evidence.readdress(entry.id, request.library.document(now.document), now.start, now.end)
    return {}


def _adjusting(name: str) -> Callable[[Request], Done]:
    def adjust(request: Request) -> Done:
        entry = request.evidence.entry(request.number("entry"))
        with request.library.snapshot():
            document = request.library.document(entry.document)
            if document.text[entry.start : entry.end] != entry.text:
                raise UnusableRequest(request.own.states["moved"])
            span = ADJUSTMENTS[name](document, entry.start, entry.end)
            if span is not None:
                request.evidence.readdress(entry.id, document, span.start, span.end)
        return {}

    return adjust


def _mentions(request: Request) -> Done:
    from rag.mentions import mentions

    term, chosen, library = request.text("term").strip(), request.text("within"), request.library
    within = [chosen] if chosen else None
    if request.text("how") == "speaks" and request.speaking is not None:
        spoken = request.speaking(term, within)
        groups, read = spoken.groups, request.own.read.format(read=spoken.read, passages=spoken.passages)
    else:
        documents = None if within is None else scope(library, within).documents
        groups, read = tuple(mentions(library, term, documents)), ""
    with library.snapshot():
        found = [(group, library.document(group.document)) for group in groups]
        return {"mentions": mentions_html(term, found, request.words, read)}


def _export(request: Request) -> Done:
    from rag.export import export, kind_of

    report = request.target()
    kind, style = request.text("kind"), request.text("style").strip()
    if style.lower().endswith(".csl"):  # a browser elsewhere has no business with this machine's files
        raise UnusableRequest(request.own.style_file)
    name = _file_name(report.name, kind)
    data = export(
        report.name,
        request.evidence.entries(report.id),
        request.library,
        kind_of(request.library.folder / name, kind),
        style or None,
        request.words.language,
        _listed(request),
    )
    return {"said": request.own.said_exported.format(file=name), "file": _file(name, MEDIA_TYPES[kind], data)}


def _listed(request: Request) -> tuple[dict[str, Any], ...]:
    """The references of a bibliography that was sent along, none where there was none."""
    from rag.export.listed import read_references

    return read_references(_sent(request), request.text("name")) if request.text("content") else ()


def _sent(request: Request) -> bytes:
    """The bytes of a file that the browser sent. Raises UnusableRequest."""
    try:
        data = base64.b64decode(request.text("content"), validate=True)
    except binascii.Error as error:
        raise UnusableRequest(request.own.unreachable) from error
    if len(data) > MOST_MEGABYTES * 1_000_000:
        raise UnusableRequest(request.own.too_large.format(most=MOST_MEGABYTES))
    return data


def _verify(request: Request) -> Done:
    from rag.verify import read_report, verify

    name = request.text("name")
    report = verify(request.library, read_report(_sent(request), name))
    return {"verify": checked_html(report, request.words)}


def _marked(request: Request) -> Done:
    """The marked copy of a report that is checked, which the browser sends again: it is not kept here."""
    from rag.verify import read_report, verify
    from rag.verify.mark import mark_html, mark_word

    data, name = _sent(request), request.text("name")
    read = read_report(data, name)
    report = verify(request.library, read)
    kind = "docx" if request.text("kind") == "docx" else "html"
    marked = mark_word(data, report) if kind == "docx" else mark_html(read, report)
    file = _file_name(f"{PurePath(name).stem} ✓", kind)
    return {"said": request.own.said_exported.format(file=file), "file": _file(file, MEDIA_TYPES[kind], marked)}


def _absence(request: Request) -> Done:
    """Keep the record of a refusal that the page shows; refused where the library has changed since."""
    try:
        given = json.loads(request.text("refusal"))
        nearest = tuple(
            quote(request.library.document(document), start, end) for document, start, end in given["nearest"]
        )
        refusal = NotFound(given["question"], given["confidence"], (), nearest, Searched(**given["searched"]))
    except (ValueError, KeyError, TypeError, UnknownDocument) as error:
        raise UnusableRequest(request.own.no_place) from error
    record = record_absence(request.library, refusal)
    report = request.target()
    keep_absence(request.evidence.folder, report.id, record)
    return {"report": report.id, "said": request.own.said_absence.format(report=report.name)}


def _absence_file(request: Request) -> Done:
    report = request.target()
    record = kept_absences(request.evidence.folder, report.id)[request.text("name")]
    kind = "md" if request.text("kind") == "md" else "json"
    text = absence_markdown(record, request.words.language) if kind == "md" else write_absence(record)
    name = _file_name(record.question[:40], kind)
    data = text.encode("utf-8", "surrogatepass")
    return {"said": request.own.said_exported.format(file=name), "file": _file(name, MEDIA_TYPES[kind], data)}


def _remove_absence(request: Request) -> Done:
    remove_absence(request.evidence.folder, request.text("name"))
    return {"said": request.own.said_removed}


ACTIONS: dict[str, Callable[[Request], Done]] = {
    "show": _show,
    "create": _create,
    "rename": _rename,
    "delete": _delete,
    "add": _add,
    "add_all": _add_all,
    "span": _span,
    "note": _note,
    "move": _move,
    "up": _up,
    "down": _down,
    "remove": _remove,
    "follow": _follow,
    **{name: _adjusting(name) for name in ADJUSTMENTS},
    "mentions": _mentions,
    "export": _export,
    "verify": _verify,
    "marked": _marked,
    "absence": _absence,
    "absence_file": _absence_file,
    "remove_absence": _remove_absence,
}


def page_words(own: EvidenceWords) -> dict[str, Any]:
    """The words that the browser fills in by itself."""
    wanted = (
        *ADJUSTMENTS,
        "before_adding",
        "add",
        "held",
        "also_held",
        "add_selection",
        "add_marked",
        "working",
        "unreachable",
        "too_large",
    )
    return {name: text for name, text in asdict(own).items() if name in wanted} | {"most": MOST_MEGABYTES}


def _file(name: str, media_type: str, data: bytes) -> dict[str, str]:
    return {"name": name, "type": media_type, "content": base64.b64encode(data).decode()}


def _file_name(title: str, suffix: str) -> str:
    """A title as a file's name that every system takes.

    >>> _file_name("a/b: c", "md")
    'a_b_ c.md'
    """
    return "".join("_" if sign in '<>:"/\\|?*' or not sign.isprintable() else sign for sign in title) + f".{suffix}"


def _typed(value: object, kind: type[_Kind]) -> _Kind:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise UnusableRequest(f"not what the page sends: {value!r}")
    return value
