"""A report's records of what was not found -> HTML."""

from __future__ import annotations

from collections.abc import Sequence

from page.escape import escape
from page.evidence_html import when_said
from page.words import Words
from page.words_evidence import evidence_words
from rag.absence import Absence, AbsenceState


def absences_html(records: Sequence[tuple[str, Absence, AbsenceState]], words: Words) -> str:
    """Each question with what was searched, and whether the library is still that one; nothing for none."""
    if not records:
        return ""
    own = evidence_words(words)
    items = "".join(_record(name, record, now, words) for name, record, now in records)
    return f'<h2>{escape(own.absences)}</h2><ul class="absences">{items}</ul>'


def _record(name: str, record: Absence, now: AbsenceState, words: Words) -> str:
    own = evidence_words(words)
    said = own.absence_said.format(
        when=when_said(record.when), documents=len(record.documents), passages=record.passages
    )
    state = own.absence_states[0 if now.unchanged else 1]
    files = "".join(
        f'<button type="button" data-do="absence_file" data-name="{escape(name)}" data-kind="{kind}">'
        f"{escape(label)}</button>"
        for kind, label in (("json", own.absence_json), ("md", own.absence_text))
    )
    removed = escape(f"{own.remove.format(place='')}".strip() + f" {record.question}")
    return (
        f'<li data-row="{escape(name)}" tabindex="-1"><p class="asked" dir="auto">{escape(record.question)}</p>'
        f'<p class="searched">{escape(said)} · {escape(state)}</p><div class="row">{files}'
        f'<button type="button" data-do="remove_absence" data-name="{escape(name)}" aria-label="{removed}">✕</button>'
        "</div></li>"
    )
