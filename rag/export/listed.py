"""References from a reference manager, BibTeX or CSL-JSON -> those of the report's documents.

A document's file seldom says that it is a thesis, a standard or an article of some volume; its reader's bibliography
does, and is followed where it has the document: by its title, its address, or a key that is the file's name.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from rag.evidence import Entry
from rag.export.content import UnexportableReport
from rag.export.process import run_pandoc
from rag.fold import fold_only

Item = dict[str, Any]

_FROM = {".bib": "biblatex", ".bibtex": "bibtex", ".ris": "ris"}


def read_references(data: bytes, name: str) -> tuple[Item, ...]:
    """The CSL items of a file by its suffix: .bib, .ris or .json. Raises UnexportableReport."""
    suffix = PurePath(name).suffix.lower()
    if suffix == ".json":
        try:
            items = json.loads(data.decode("utf-8-sig"))
        except ValueError as error:
            raise UnexportableReport(f"{name}: is no CSL-JSON ({error})") from error
    elif suffix in _FROM:
        items = json.loads(run_pandoc(data, [f"--from={_FROM[suffix]}", "--to=csljson"], name))
    else:
        raise UnexportableReport(f"{name}: no references are read from this format; read are .bib, .ris and .json")
    if not isinstance(items, list) or not all(isinstance(item, dict) and item.get("title") for item in items):
        raise UnexportableReport(f"{name}: is no CSL-JSON: a list of items, each with a title, is wanted")
    return tuple(items)


def listed(entry: Entry, items: Sequence[Item]) -> Item | None:
    """The item that is an entry's document; None where there is none."""
    title, stem = fold_only(entry.title), PurePath(entry.name).stem
    for item in items:
        if fold_only(str(item["title"])) == title or str(item.get("id", "")) == stem:
            return item
        if entry.url and item.get("URL") == entry.url:
            return item
    return None
