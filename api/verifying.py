"""A finished report checked over HTTP: is every quotation in it what the documents say?"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, UploadFile

from api.problems import Refused
from api.records import CheckedOut, ReportText
from api.services import Given, Reader, Services
from page.adding import uploaded_name
from page.evidence_actions import MOST_MEGABYTES

router = APIRouter(prefix="/verify", tags=["evidence"], dependencies=[Reader])


@router.post("")
def verify_file(services: Given, file: Annotated[UploadFile, File()]) -> CheckedOut:
    """Check a report: .md, .docx, .odt, .html, .pdf, .txt, .csv, .xlsx or CSL-JSON, told by its name's suffix."""
    data = file.file.read(MOST_MEGABYTES * 2**20 + 1)
    if len(data) > MOST_MEGABYTES * 2**20:
        raise Refused(413, f"a report has at most {MOST_MEGABYTES} MiB: divide it")
    return checked(services, data, uploaded_name(file.filename or ""))


@router.post("/text")
def verify_text(report: ReportText, services: Given) -> CheckedOut:
    """Check the quotations of a text."""
    return checked(services, report.text.encode("utf-8"), f"text.{report.format}")


def checked(services: Services, data: bytes, name: str) -> CheckedOut:
    """What is said of a report. Raises UnreadableReport."""
    from rag.verify import read_report, verify
    from rag.verify.present import report_json

    return CheckedOut.model_validate(report_json(verify(services.library, read_report(data, name))))
