"""Documents over HTTP: add by upload, list, read, correct, replace, remove, and how far each file has come."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Query, Response, UploadFile

from accounts.who import note
from api.problems import Refused
from api.records import (
    AdditionOut,
    DocumentChange,
    DocumentId,
    DocumentOut,
    DocumentText,
    FileOut,
    Line,
    Offset,
    Page,
    Removed,
)
from api.services import Editor, First, Given, Most, Reader, Services, part
from index.collections import collect, take_out
from index.errors import UnknownDocument
from index.names import one_line
from index.records import DocumentSummary
from index.states import file_states
from page.adding import Run, Upload, uploaded_name

router = APIRouter(tags=["documents"])

MOST_TEXT = 1_000_000  # characters of a text in one answer
Encoding = Literal["utf-8", "utf-16", "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1251", "cp1252"]


@router.get("/documents", dependencies=[Reader])
def list_documents(
    services: Given, offset: First = 0, limit: Most = 50, collection: Annotated[Line | None, Query()] = None
) -> Page[DocumentOut]:
    """List the documents, in the order of adding."""
    documents = services.library.documents()
    if collection is not None:
        documents = [one for one in documents if collection in one.collections]
    found = part(documents, offset, limit)
    items = [DocumentOut.of(one) for one in found.items]
    return Page(items=items, total=found.total, offset=offset, limit=limit, next=found.next)


@router.get("/files", dependencies=[Reader])
def list_files(services: Given, offset: First = 0, limit: Most = 50) -> Page[FileOut]:
    """Say how far each file has come, also those that wait or failed, and why."""
    found = part(file_states(services.library), offset, limit)
    items = [FileOut.of(one) for one in found.items]
    return Page(items=items, total=found.total, offset=offset, limit=limit, next=found.next)


@router.post("/documents", status_code=202, dependencies=[Editor])
def add_documents(
    services: Given,
    response: Response,
    files: Annotated[list[UploadFile], File(min_length=1, max_length=1000)],
    collection: Annotated[Line | None, Form()] = None,
    encoding: Annotated[Encoding | None, Form()] = None,
) -> AdditionOut:
    """Begin to add files; the addition says how far it is.

    The same bytes again change nothing, whatever their name; the same name with other bytes is its new version.
    """
    return _begun(services, response, files, [None] * len(files), collection, encoding)


@router.put("/documents/{document}", status_code=202, dependencies=[Editor])
def replace_document(
    document: DocumentId, services: Given, response: Response, file: Annotated[UploadFile, File()]
) -> AdditionOut:
    """Begin to put a new version in a document's place, which then has another id; it answers until that is there."""
    source = _summary(services, document).source
    return _begun(services, response, [file], [source], None, None)


@router.get("/additions/{addition}", dependencies=[Editor])
def see_addition(addition: str, services: Given) -> AdditionOut:
    """Say how far an addition is."""
    return _addition(addition, _run(services, addition))


@router.delete("/additions/{addition}", status_code=202, dependencies=[Editor])
def cancel_addition(addition: str, services: Given) -> AdditionOut:
    """Stop an addition at the next possible moment; what is not in by then is left out."""
    run = _run(services, addition)
    run.cancelled.set()
    return _addition(addition, run)


@router.get("/documents/{document}", dependencies=[Reader])
def see_document(document: DocumentId, services: Given) -> DocumentOut:
    """Show a document without its text."""
    return DocumentOut.of(_summary(services, document))


@router.get("/documents/{document}/text", dependencies=[Reader])
def read_document(
    document: DocumentId,
    services: Given,
    start: Annotated[Offset, Query()] = 0,
    end: Annotated[Offset | None, Query(description="exclusive; at most a million characters after start")] = None,
) -> DocumentText:
    """Read a document's text, or a part of it; offsets are Unicode code points, as in every quote."""
    found = services.library.document(document)
    start = min(start, len(found.text))
    end = max(start, min(len(found.text) if end is None else end, start + MOST_TEXT, len(found.text)))
    return DocumentText(
        document=found.id,
        sha256=found.sha256,
        characters=len(found.text),
        start=start,
        end=end,
        text=found.text[start:end],
    )


@router.patch("/documents/{document}", dependencies=[Editor])
def change_document(document: DocumentId, change: DocumentChange, services: Given) -> DocumentOut:
    """Correct a document's title and citation fields, and say which collections it is in."""
    library = services.library
    before = _summary(services, document)
    fields = {name: getattr(change, name) for name in change.model_fields_set if name != "collections"}
    changes = {name: value if value is None else one_line(value) for name, value in fields.items()}
    if changes.get("title") == "":
        changes["title"] = None  # a document needs one: the file's own again
    if changes:
        library.edit(document, changes)
        note("document.edit", document, ", ".join(changes))
    if change.collections is not None:
        wanted = [name.strip() for name in change.collections]
        for name in wanted:
            collect(library, name, [document])
        for name in set(before.collections) - set(wanted):
            take_out(library, name, [document])
        note("document.collections", document, ", ".join(wanted))
    return DocumentOut.of(_summary(services, document))


@router.delete("/documents/{document}", dependencies=[Editor])
def remove_document(document: DocumentId, services: Given) -> Removed:
    """Take a document out, at once and without a trace of its text."""
    name = _summary(services, document).name
    without_trace = services.library.remove(document)
    note("document.remove", document, name)
    return Removed(removed=document, without_trace=without_trace)


def _begun(
    services: Services,
    response: Response,
    files: list[UploadFile],
    sources: list[str | None],
    collection: str | None,
    encoding: str | None,
) -> AdditionOut:
    services.library.require_writable()
    folder = Path(tempfile.mkdtemp(prefix="yinzheng-"))
    uploads = []
    try:
        for number, (file, source) in enumerate(zip(files, sources, strict=True)):
            path = folder / str(number)
            with path.open("wb") as copy:
                shutil.copyfileobj(file.file, copy)
            uploads.append(Upload(path, uploaded_name(file.filename or ""), replaces=source))
        key = services.additions.start(uploads, collection and collection.strip(), encoding)
    except OSError as error:
        raise Refused(507, f"the files could not be kept ({error.strerror}): is the disk full?") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for upload in uploads:
        note("document.add", upload.name, key)
    response.headers["Location"] = f"/api/v1/additions/{key}"
    return _addition(key, _run(services, key))


def _addition(key: str, run: Run) -> AdditionOut:
    return AdditionOut(
        id=key,
        state=run.state,
        share=run.share,
        seconds_left=run.seconds_left(),
        outcomes=list(run.outcomes),
        error=run.error,
    )


def _run(services: Services, addition: str) -> Run:
    run = services.additions.run(addition)
    if run is None:
        raise Refused(
            404, f"there is no addition {addition}, or it ended long ago: GET /api/v1/files says what came of it"
        )
    return run


def _summary(services: Services, document: str) -> DocumentSummary:
    for summary in services.library.documents():
        if summary.id == document:
            return summary
    raise UnknownDocument(f"{document} is no document of this library: GET /api/v1/documents lists them")
