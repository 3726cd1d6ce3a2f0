"""Evidence lists over HTTP, each person's their own: reports, the quotes chosen for them, and their export."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import StringConstraints

from api.problems import Refused
from api.records import Chosen, EntryChange, EntryOut, Number, Page, ReportName, Reports
from api.services import First, Given, Lists, Most, Reader, Services, part
from page.evidence_actions import MEDIA_TYPES
from rag.evidence import Entry, Evidence, Report, UnknownReport, state

router = APIRouter(prefix="/reports", tags=["evidence"], dependencies=[Reader])

Format = Literal["md", "docx", "odt", "html", "csv", "xlsx", "bib", "json"]
# A name of the collection and never a file: styles are read from this machine.
Style = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=120)]
_Report = Annotated[Number, Path(alias="report")]
_Entry = Annotated[Number, Path(alias="entry")]


@router.get("")
def list_reports(lists: Lists, offset: First = 0, limit: Most = 50) -> Reports:
    """List your reports, in the order of making."""
    found = part(lists.reports(), offset, limit)
    return Reports(**found.model_dump())


@router.post("", status_code=201)
def make_report(wanted: ReportName, lists: Lists) -> Report:
    """Make an empty report; gives the one that is there when there is one of that name."""
    return lists.create(wanted.name)


@router.get("/{report}")
def see_report(number: _Report, lists: Lists) -> Report:
    """Show one of your reports."""
    return _report(lists, number)


@router.patch("/{report}")
def rename_report(number: _Report, wanted: ReportName, lists: Lists) -> Report:
    """Give a report another name."""
    taken = any(one.name == wanted.name.strip() and one.id != number for one in lists.reports())
    if taken:
        raise Refused(409, f"there is a report {wanted.name.strip()!r} already: choose another name")
    lists.rename(number, wanted.name)
    return _report(lists, number)


@router.delete("/{report}", status_code=204)
def delete_report(number: _Report, lists: Lists) -> Response:
    """Take a report out, with its quotes."""
    lists.delete(number)
    return Response(status_code=204)


@router.get("/{report}/entries")
def list_entries(number: _Report, lists: Lists, services: Given, offset: First = 0, limit: Most = 50) -> Page[EntryOut]:
    """List a report's quotes in order, and how the source of each is now."""
    _report(lists, number)
    found = part(lists.entries(number), offset, limit)
    with services.library.snapshot():
        items = [_with_state(services, entry) for entry in found.items]
    return Page(items=items, total=found.total, offset=offset, limit=limit, next=found.next)


@router.post("/{report}/entries", status_code=201)
def add_entry(number: _Report, chosen: Chosen, lists: Lists, services: Given) -> EntryOut:
    """Put a quote at the end of a report; one that is there already stays one entry."""
    _report(lists, number)
    document = services.library.document(chosen.document)
    try:
        entry = lists.add(number, document, chosen.start, chosen.end, chosen.note, chosen.question)
    except ValueError as error:
        raise Refused(404, str(error)) from error
    return _with_state(services, entry)


@router.patch("/{report}/entries/{entry}")
def change_entry(number: _Report, entry: _Entry, change: EntryChange, lists: Lists, services: Given) -> EntryOut:
    """Set a quote's note, or put it at another place."""
    _entry(lists, number, entry)
    if change.note is not None:
        lists.annotate(entry, change.note)
    if change.place is not None:
        lists.move(entry, change.place)
    return _with_state(services, lists.entry(entry))


@router.delete("/{report}/entries/{entry}", status_code=204)
def remove_entry(number: _Report, entry: _Entry, lists: Lists) -> Response:
    """Take a quote out of a report."""
    _entry(lists, number, entry)
    lists.remove(entry)
    return Response(status_code=204)


@router.get(
    "/{report}/export",
    response_class=Response,
    responses={200: {"description": "the file", "content": {kind: {} for kind in sorted(set(MEDIA_TYPES.values()))}}},
)
def export_report(
    number: _Report,
    lists: Lists,
    services: Given,
    form: Annotated[Format, Query(alias="format")] = "docx",
    style: Annotated[Style | None, Query(description="a CSL style by name", examples=["apa"])] = None,
    language: Annotated[Literal["zh", "en"], Query(description="of the words around the quotes")] = "zh",
) -> Response:
    """Write a report to a file; no quote is altered on the way."""
    from rag.export import export

    report = _report(lists, number)
    data = export(report.name, lists.entries(number), services.library, form, style, language)
    named = {"Content-Disposition": f'attachment; filename="report-{number}.{form}"'}
    return Response(data, media_type=MEDIA_TYPES[form], headers=named)


def _report(lists: Evidence, number: int) -> Report:
    for report in lists.reports():
        if report.id == number:
            return report
    raise UnknownReport(f"there is no report {number} of yours: GET /api/v1/reports lists them")


def _entry(lists: Evidence, number: int, entry: int) -> Entry:
    found = lists.entry(entry)
    if found.report != number:
        raise UnknownReport(f"there is no entry {entry} in the report {number}")
    return found


def _with_state(services: Services, entry: Entry) -> EntryOut:
    with services.library.snapshot():
        return EntryOut(entry=entry, state=state(services.library, entry))
