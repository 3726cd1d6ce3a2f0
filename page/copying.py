"""Answer -> plain text to paste."""

from __future__ import annotations

from page.quotes import place
from page.words import Words, confidence
from rag.records import Answer, Finding, Quote


def copy_text(answer: Answer, words: Words) -> str:
    """Question, short answers with the numbers of their quotes, and the quotes with their addresses."""
    quotes = [_quote(quote, number, words) for number, quote in enumerate(answer.quotes, 1)]
    if answer.relation == "gathered":  # the quotes are all there is
        return "\n\n".join([words.copy_question.format(question=answer.question), *quotes])
    return "\n\n".join([words.copy_question.format(question=answer.question), _answers(answer, words), *quotes])


def _answers(answer: Answer, words: Words) -> str:
    if len(answer.findings) == 1:
        return words.copy_answer.format(answer=_cited(answer.findings[0]))
    relation = words.relations[answer.relation].format(count=len(answer.findings))
    lines = [
        f"{number}. {_cited(finding)}"
        if answer.relation == "parts"
        else f"- {_cited(finding)}{_by(finding, answer, words)}"
        for number, finding in enumerate(answer.findings, 1)
    ]
    return "\n".join([words.copy_answer.format(answer=relation), *lines])


def _cited(finding: Finding) -> str:
    return f"{finding.text} {''.join(f'[{number}]' for number in finding.citations)}"


def _by(finding: Finding, answer: Answer, words: Words) -> str:
    """Which document says so, and how sure that is, where documents contradict each other."""
    if answer.relation != "differing":
        return ""
    title = answer.quotes[finding.citations[0] - 1].title
    return words.copy_said_by.format(title=title, confidence=confidence(finding.confidence, words))


def _quote(quote: Quote, number: int, words: Words) -> str:
    return words.copy_quote.format(
        number=number,
        text=quote.text,
        title=quote.title,
        heading=f" › {quote.heading}" if quote.heading else "",
        place=place(quote, words),
        start=quote.start,
        end=quote.end,
        document=quote.document,
    )
