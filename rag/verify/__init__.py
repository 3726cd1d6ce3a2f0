"""A finished report -> each quotation in it, looked for in the library and told exact, altered or missing."""

from __future__ import annotations

from rag.verify.check import Checked, CheckedReport, verify
from rag.verify.report import ReadReport, UnreadableReport, read_report

__all__ = ["Checked", "CheckedReport", "ReadReport", "UnreadableReport", "read_report", "verify"]
