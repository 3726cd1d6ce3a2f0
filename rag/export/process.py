"""Pandoc as a subprocess."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from rag.export.content import UnexportableReport

_SECONDS = 120


def run_pandoc(given: bytes, arguments: Sequence[str], name: str) -> bytes:
    """What pandoc makes of its input. Raises UnexportableReport."""
    import pypandoc

    command = [pypandoc.get_pandoc_path(), *arguments]
    try:
        outcome = subprocess.run(command, input=given, capture_output=True, check=False, timeout=_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise UnexportableReport(f"pandoc took more than {_SECONDS} s for {name!r}") from error
    if outcome.returncode != 0:
        raise UnexportableReport(
            f"pandoc could not write {name!r}: {outcome.stderr.decode('utf-8', 'replace').strip()}"
        )
    return outcome.stdout
