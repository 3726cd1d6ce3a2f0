"""A row a quote, for the formats that are tables."""

from __future__ import annotations

from rag.export.content import Content

COLUMNS = (
    "place", "text", "document", "file", "author", "publisher", "date", "url", "page", "cell", "heading", "paragraph",
    "sentence", "start", "end", "id", "sha256", "text_sha256", "verified", "note", "question", "answer", "added",
)  # fmt: skip

Cell = str | int | None


def table(content: Content) -> list[list[Cell]]:
    """The rows, a cell for each of COLUMNS. `verified` is the state of the source at the time of the export."""
    return [
        [
            entry.place,
            entry.text,
            entry.title,
            entry.name,
            entry.author,
            entry.publisher,
            entry.date,
            entry.url,
            entry.page,
            entry.cell,
            entry.heading,
            entry.paragraph,
            entry.sentence,
            entry.start,
            entry.end,
            entry.document,
            entry.sha256,
            entry.text_sha256,
            state.kind,
            entry.note,
            entry.question,
            entry.answer,
            entry.added,
        ]
        for entry, state in zip(content.entries, content.states, strict=True)
    ]
