"""The report's documents for reference managers: BibLaTeX, and CSL-JSON with the quotes in it."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from rag.export.content import Content, address
from rag.export.process import run_pandoc
from rag.export.references import key_of, references


def write_biblatex(content: Content) -> bytes:
    """The documents as BibLaTeX, each once."""
    items = json.dumps(references(content.entries, content.listed), ensure_ascii=False).encode()
    return run_pandoc(items, ["--from=csljson", "--to=biblatex", "--wrap=none"], content.name)


def write_csl_json(content: Content) -> bytes:
    """The documents as CSL-JSON, each once, with its quotes under `custom`, which the format leaves to programs."""
    quotes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry, state in zip(content.entries, content.states, strict=True):
        quotes[key_of(entry)].append(
            {
                "text": entry.text,
                "address": address(entry),
                "sha256": entry.sha256,
                "verified": state.kind,
                "note": entry.note,
            }
        )
    items = [{**item, "custom": {"quotes": quotes[item["id"]]}} for item in references(content.entries, content.listed)]
    return json.dumps(items, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")
