"""A finished report checked over HTTP: is every quotation in it what the documents say?"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, UploadFile

from api.problems import Refused
from api.records import CheckedOut, ReportText
from api.services import Given, Reader, Services
from page.adding import uploaded_name
from page.evidence_actions import MOST_MEGABYTES
from rag.verify import UnreadableReport

router = APIRouter(prefix="/verify", tags=["evidence"], dependencies=[Reader])


@router.post("")
def verify_file(services: Given, file: Annotated[UploadFile, File()]) -> CheckedOut:
    """Check a report: .md, .docx, .odt, .html, .pdf, .txt, .csv, .xlsx or CSL-JSON, told by its name's suffix.

    Of a file that is none of these, or damaged, `unreadable` says why.
    """
    data = file.file.read(MOST_MEGABYTES * 2**20 + 1)
    if len(data) > MOST_MEGABYTES * 2**20:
        raise Refused(413, f"a report has at most {MOST_MEGABYTES} MiB: divide it")
    name = uploaded_name(file.filename or "")
    try:
        return checked(services, data, name)
    except UnreadableReport as error:
        documents = services.library.counts().documents
        return CheckedOut(
            report=name, ok=False, documents=documents, counts={}, quotations=[], figures=[], unreadable=str(error)
        )


@router.post("/text")
def verify_text(report: ReportText, services: Given) -> CheckedOut:
    """Check the quotations of a text."""
    return checked(services, report.text.encode("utf-8"), f"text.{report.format}")


def checked(services: Services, data: bytes, name: str) -> CheckedOut:
    """What is said of a report. Raises UnreadableReport."""
    from rag.verify import read_report, verify
    from rag.verify.present import report_json

    return CheckedOut.model_validate(report_json(verify(services.library, read_report(data, name))))
