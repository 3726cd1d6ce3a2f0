"""Answer or refusal -> HTML."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from index.records import Span
from page.copying import copy_text
from page.escape import escape
from page.quotes import blockquote, cite, near, numbered, place, source
from page.within import Within, said
from page.words import Words, confidence
from page.words_documents import document_words
from page.words_evidence import evidence_words
from page.words_written import written_words
from page.written import further_quotes, written_html
from rag.records import Answer, Candidate, Finding, NotFound, Quote, Searched
from rag.written.records import Written
from rag.written.write import Unsupported

_FOUND_ICON = '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M4 10.5l4 4 8-9"/></svg>'
_NOT_FOUND_ICON = (
    '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="7.5"/>'
    '<path d="M4.7 4.7l10.6 10.6"/></svg>'
)


def answer_html(
    answer: Answer,
    words: Words,
    within: Within | None = None,
    written: Written | None = None,
    unsupported: Unsupported = "strike",
) -> str:
    """The short answers, how they belong together, the quotes they rest on, and what else might answer.

    `within` is where it was looked for; `written` is shown above the quotes, and its own quotes below them.
    """
    if answer.relation == "gathered":
        return _gathered_html(answer, words, within, written, unsupported)
    each = answer.relation in ("parts", "differing", "either")  # then every answer says how sure it is
    sure = "" if each else f'<span class="confidence">{escape(confidence(answer.confidence, words))}</span>'
    quotes = "".join(
        numbered(quote, number, _answers_in(answer, quote, number), words)
        for number, quote in enumerate(answer.quotes, 1)
    )
    return (
        f'<section class="answer" data-question="{escape(answer.question)}" data-answer="{escape(_said(answer))}">'
        f'<p class="verdict">{_FOUND_ICON}<strong>{escape(words.found)}</strong>{sure}</p>'
        f"{_missing(answer, words)}{_findings(answer, words)}{written_html(written, words, unsupported)}"
        f'<h3>{escape(words.quotes)}</h3><ol class="quotes">{quotes}</ol>{further_quotes(written, answer, words)}'
        f"{_candidates(answer, words)}{_foot(answer, words, within)}</section>"
    )


def _gathered_html(
    answer: Answer, words: Words, within: Within | None, written: Written | None, unsupported: Unsupported
) -> str:
    """Sentences by section: no short answer, and no word of how sure it is."""
    own = written_words(words.language)
    parts: list[str] = []
    section = None
    several = len({quote.document for quote in answer.quotes}) > 1
    for number, quote in enumerate(answer.quotes, 1):
        if section != (section := (quote.document, quote.heading)):
            titled = own.section_of.format(title=quote.title) if several or not quote.heading else ""
            name = " ".join(part for part in (titled, quote.heading) if part)
            parts.append(f'{"</ol>" if parts else ""}<h4 dir="auto">{escape(name)}</h4><ol class="quotes">')
        parts.append(numbered(quote, number, (), words))
    relation = words.relations["gathered"].format(count=len(answer.quotes))
    return (
        f'<section class="answer gathered" data-question="{escape(answer.question)}" data-answer="">'
        f'<p class="verdict">{_FOUND_ICON}<strong>{escape(own.gathered)}</strong></p>'
        f"{written_html(written, words, unsupported)}"
        f'<p class="relation gathered">{escape(relation)}</p><div class="sections">{"".join(parts)}</ol></div>'
        f"{further_quotes(written, answer, words)}{_foot(answer, words, within)}</section>"
    )


def _missing(answer: Answer, words: Words) -> str:
    if not answer.missing:
        return ""
    listed = words.list_comma.join(words.list_word.format(word=part) for part in answer.missing)
    said = written_words(words.language).missing.format(parts=listed)
    return f'<p class="missing" dir="auto">{escape(said)}</p>'


def refusal_html(refusal: NotFound, words: Words, within: Within | None = None) -> str:
    """That there is no answer, which words of the question are nowhere, and the nearest passages."""
    nearest = "".join(near(quote, words) for quote in refusal.nearest)
    listed = (
        f'<h3>{escape(words.nearest)}</h3><ul class="nearest">{nearest}</ul>'
        if nearest
        else f"<p>{escape(words.nothing_near)}</p>"
    )
    return (
        f'<section class="not-found" data-question="{escape(refusal.question)}">'
        f'<p class="verdict">{_NOT_FOUND_ICON}<strong>{escape(words.not_found)}</strong></p>'
        f'<p class="why">{escape(words.not_found_why)}</p>{_nowhere(refusal, words)}{listed}'
        f"{_foot(refusal, words, within)}</section>"
    )


def retry_button(question: str, words: Words) -> str:
    """Asks the same question again."""
    return f'<button type="button" data-ask="{escape(question)}">{escape(words.retry)}</button>'


def _findings(answer: Answer, words: Words) -> str:
    if len(answer.findings) == 1:
        return f'<p class="short" dir="auto">{_short(answer.findings[0], answer, words)}</p>'
    relation = words.relations[answer.relation].format(count=len(answer.findings))
    kind = "ol" if answer.relation == "parts" else "ul"
    items = "".join(
        f'<li><p class="short" dir="auto">{_short(finding, answer, words)}</p>{_said_by(finding, answer, words)}</li>'
        for finding in answer.findings
    )
    return (
        f'<p class="relation {answer.relation}">{escape(relation)}</p>'
        f'<{kind} class="findings {answer.relation}">{items}</{kind}>'
    )


def _short(finding: Finding, answer: Answer, words: Words) -> str:
    cites = "".join(cite(answer.quotes[number - 1], number, words) for number in finding.citations)
    return f'<span class="words">{escape(finding.text)}</span>{cites}'


def _said_by(finding: Finding, answer: Answer, words: Words) -> str:
    """How sure it is, where each answer stands by itself; and where they contradict each other, who says it."""
    if answer.relation not in ("parts", "differing", "either"):
        return ""
    title = answer.quotes[finding.citations[0] - 1].title
    named = f'<cite dir="auto">{escape(title)}</cite>' if answer.relation == "differing" else ""
    sure = f'<span class="confidence">{escape(confidence(finding.confidence, words))}</span>'
    return f'<p class="said-by">{named}{sure}</p>'


def _answers_in(answer: Answer, quote: Quote, number: int) -> list[Span]:
    """Where answers are within a quote; where it is cited for saying the same elsewhere, the same words."""
    found = []
    for finding in answer.findings:
        if _holds(quote, finding):
            found.append(Span(finding.start - quote.start, finding.end - quote.start))
        elif number in finding.citations and (at := quote.text.find(finding.text)) >= 0:
            found.append(Span(at, at + len(finding.text)))
    return found


def _holds(quote: Quote, finding: Finding) -> bool:
    return quote.document == finding.document and quote.start <= finding.start and finding.end <= quote.end


def _candidates(answer: Answer, words: Words) -> str:
    if not answer.candidates:
        return ""
    items = "".join(_candidate(candidate, words) for candidate in answer.candidates)
    summary = words.candidates.format(count=len(answer.candidates))
    return (
        f'<details class="candidates"><summary>{escape(summary)}</summary>'
        f'<p class="why">{escape(words.candidates_why)}</p><ul>{items}</ul></details>'
    )


def _candidate(candidate: Candidate, words: Words) -> str:
    quote = candidate.quote
    span = Span(candidate.start - quote.start, candidate.end - quote.start)
    return (
        f'<li><p class="candidate" dir="auto"><span class="words">{escape(candidate.text)}</span>'
        f'<span class="confidence">{escape(confidence(candidate.confidence, words))}</span></p>'
        f"{blockquote(quote.text, [span])}{source(quote, place(quote, words), words)}</li>"
    )


def _nowhere(refusal: NotFound, words: Words) -> str:
    if not refusal.unseen:
        return ""
    listed = words.list_comma.join(words.list_word.format(word=word) for word in refusal.unseen)
    return f'<p class="nowhere" dir="auto">{escape(words.nowhere.format(words=listed))}</p>'


def _foot(result: Answer | NotFound, words: Words, within: Within | None) -> str:
    copy = (
        f'<button type="button" data-copy="{escape(copy_text(result, words))}" data-copied="{escape(words.copied)}" '
        f'data-failed="{escape(words.copy_failed)}">{escape(words.copy)}</button>'
        if isinstance(result, Answer)
        else ""
    )
    own = evidence_words(words)
    more = (
        f'<button type="button" data-mentions="{escape(result.findings[0].text)}">{escape(own.mentions)}</button>'
        if isinstance(result, Answer)
        else f'<button type="button" data-absence="{escape(_refused(result))}">{escape(own.absence)}</button>'
    )
    return (
        f'<div class="tools">{copy}{more}{retry_button(result.question, words)}'
        f'<span class="searched">{_within(within, words)}{escape(_searched(result.searched, words))}</span></div>'
    )


def _within(within: Within | None, words: Words) -> str:
    if within is None:
        return ""
    return f'<span class="within" dir="auto">{escape(said(within, document_words(words.language)))}</span> '


def _said(answer: Answer) -> str:
    """The short answers on one line, to be kept with a quote that is put in a report."""
    return "; ".join(finding.text for finding in answer.findings)


def _refused(refusal: NotFound) -> str:
    """What a record of the absence is made of, as JSON."""
    return json.dumps(
        {
            "question": refusal.question,
            "confidence": refusal.confidence,
            "nearest": [[quote.document, quote.start, quote.end] for quote in refusal.nearest],
            "searched": asdict(refusal.searched),
        },
        ensure_ascii=False,
    )


def _searched(searched: Searched, words: Words) -> str:
    when = datetime.fromisoformat(searched.when).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return words.searched.format(
        documents=searched.documents, passages=searched.passages, read=searched.read, when=when
    )
