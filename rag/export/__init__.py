"""A report's quotes -> a file, one format a module. A quote is never altered on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.library import Library
from rag.evidence import Entry, states
from rag.export.bibliography import write_biblatex, write_csl_json
from rag.export.content import Content, UnexportableReport
from rag.export.markdown import write_markdown
from rag.export.opendocument import write_opendocument
from rag.export.separated import write_csv
from rag.export.styles import DEFAULT_STYLES
from rag.export.web import write_html
from rag.export.word import write_word
from rag.export.workbook import write_xlsx

Writer = Callable[[Content], bytes]

WRITERS: dict[str, Writer] = {
    "md": write_markdown,
    "docx": write_word,
    "odt": write_opendocument,
    "html": write_html,
    "csv": write_csv,
    "xlsx": write_xlsx,
    "bib": write_biblatex,
    "json": write_csl_json,
}


def export(
    name: str,
    entries: Sequence[Entry],
    library: Library,
    kind: str,
    style: str | None = None,
    language: str = "zh",
    listed: Sequence[dict[str, Any]] = (),
    *,
    answers: bool = False,
    not_found: Sequence[str] = (),
) -> bytes:
    """The file of a report, as bytes. `kind` is a key of WRITERS, `language` zh or en, that of the words around quotes.

    `style` is a citation style by its CSL name, or a .csl file; GB/T 7714-2015 numeric in Chinese and Chicago notes in
    English when not given. `listed` are CSL items (`read_references`), followed where they are of the documents.
    `answers` and `not_found` are Content's. Raises UnexportableReport where the format cannot hold a quote as it is,
    and UnknownStyle.
    """
    now = tuple(states(library, entries))
    chosen = DEFAULT_STYLES[language] if style is None else style
    made = datetime.now(UTC).isoformat(timespec="seconds")
    return WRITERS[kind](
        Content(name, tuple(entries), now, chosen, language, made, tuple(listed), answers, tuple(not_found))
    )


def kind_of(path: Path, given: str | None = None) -> str:
    """The format given, or that of a file's name. Raises UnexportableReport for one that is not written."""
    kind = (path.suffix.removeprefix(".") if given is None else given).lower()
    if kind not in WRITERS:
        raise UnexportableReport(
            f"{path}: {kind or 'no suffix'} is no format of a report; written are {', '.join(WRITERS)}"
        )
    return kind
