"""A report's evidence -> HTML: its entries, every mention of a term, the records of what was not found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from index.collections import Collection
from index.records import Document, Span
from page.escape import escape
from page.quotes import blockquote, digest, place, source
from page.words import Words
from page.words_evidence import EvidenceWords, evidence_words
from rag.caution import cautions
from rag.evidence import Entry, Report, State
from rag.mentions import Mentions
from rag.quote import quote, sentence_around
from rag.records import Quote
from rag.speaker import speaker
from rag.widen import (
    narrower_after,
    narrower_before,
    sentence_after,
    sentence_before,
    wider_after,
    wider_before,
)

SHOWN = 200  # sentences of one document in a list of mentions
_UNFOLDED = 60  # sentences up to which all are unfolded

# What a button does to a quote's ends, by the name that the button carries.
ADJUSTMENTS = {
    "wider_before": wider_before,
    "narrower_before": narrower_before,
    "narrower_after": narrower_after,
    "wider_after": wider_after,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry, how its source is now, and the document as it is now; None where there is none."""

    entry: Entry
    state: State
    document: Document | None


def frame(words: Words, formats: Iterable[str]) -> str:
    """The tab before anything is in it; what `data-part` names is filled in by the page."""
    own = evidence_words(words)
    options = "".join(f'<option value="{kind}">{escape(own.formats[kind])}</option>' for kind in formats)
    styles = "".join(
        f'<option value="{name}"></option>'
        for name in ("gb-t-7714-2015-numeric", "chicago-notes", "apa", "modern-language-association", "ieee")
    )
    return (
        f'<section class="evidence" data-speaks="{words.language}" aria-label="{escape(own.tab)}">'
        '<div class="reports" data-part="reports"></div><div class="tasks">'
        + _task(
            "mentions",
            own.mentions,
            _field("term", own.term)
            + '<div class="within" data-part="within"></div><div class="ways">'
            + _submit(own.find)
            + f'<button type="submit" name="how" value="speaks">{escape(own.find_speaking)}</button></div>',
            own.mentions_why,
        )
        + _task(
            "export",
            own.export,
            f'<label>{escape(own.format)}<select name="kind">{options}</select></label>'
            f'<label>{escape(own.style)}<input name="style" list="evidence-styles" autocomplete="off" '
            f'placeholder="{escape(own.style_hint)}"></label><datalist id="evidence-styles">{styles}</datalist>'
            + f'<label class="file">{escape(own.bibliography)}<input type="file" name="file" '
            'accept=".bib,.bibtex,.ris,.json"></label>' + _submit(own.download),
        )
        + _task(
            "verify",
            own.verify,
            f'<label class="file">{escape(own.file)}<input type="file" name="file" required '
            'accept=".docx,.odt,.md,.markdown,.txt,.text,.html,.htm,.pdf,.csv,.xlsx,.json"></label>'
            + _submit(own.check),
            own.verify_why,
        )
        + '</div><div data-part="entries"></div></section>'
    )


def reports_html(reports: Sequence[Report], current: int | None, words: Words) -> str:
    """Which report is shown, to be chosen; and to make, rename and delete one."""
    own = evidence_words(words)
    options = "".join(
        f'<option value="{report.id}"{" selected" if report.id == current else ""}>'
        f"{escape(own.option.format(name=report.name, count=report.entries))}</option>"
        for report in reports
    )
    chooser = (
        f'<label class="choose">{escape(own.report)}<select data-choose>{options}</select></label>'
        if reports
        else f'<p class="none">{escape(own.no_reports)}</p>'
    )
    making = f'<form data-form="create">{_field("name", own.new_name)}{_submit(own.create)}</form>'
    changing = ""
    for report in reports:
        if report.id == current:
            really = escape(own.delete_really.format(count=report.entries))
            changing = (
                f'<form data-form="rename">{_field("name", own.rename_to, report.name)}{_submit(own.rename)}</form>'
                f'<button type="button" class="delete" data-do="delete" data-really="{really}">'
                f"{escape(own.delete)}</button>"
            )
    return (
        f'{chooser}<details class="manage" data-key="manage">'
        f"<summary>{escape(own.manage)}</summary><div>{making}{changing}</div></details>"
    )


def entries_html(shown: Sequence[Shown], words: Words) -> str:
    """The entries of a report in order."""
    own = evidence_words(words)
    heading = f"<h2>{escape(own.entries)}</h2>"
    if not shown:
        return f'{heading}<p class="none">{escape(own.no_entries)}</p>'
    items = "".join(_entry(one, place == len(shown), words) for place, one in enumerate(shown, 1))
    return f'{heading}<ol class="entries">{items}</ol>'


def within_html(found: Sequence[Collection], words: Words) -> str:
    """Where mentions are looked for: everywhere, or in one of the collections; nothing where there are none."""
    own = evidence_words(words)
    if not found:
        return ""
    options = "".join(
        f'<option value="{escape(one.name)}">{escape(own.option.format(name=one.name, count=one.documents))}</option>'
        for one in found
    )
    return (
        f'<label>{escape(own.within)}<select name="within"><option value="">{escape(own.everywhere)}</option>'
        f"{options}</select></label>"
    )


def mentions_html(term: str, found: Sequence[tuple[Mentions, Document]], words: Words, read: str = "") -> str:
    """Every sentence that holds a term, grouped by document; or that speaks to it, and what was `read` for that."""
    own = evidence_words(words)
    if not found:
        none = f"{own.no_speaking} {read}" if read else own.no_mentions.format(term=term)
        return f'<p class="none" dir="auto">{escape(none)}</p>'
    count = sum(len(group.spans) for group, _ in found)
    unfolded = sum(len(set(group.sentences)) for group, _ in found) <= _UNFOLDED
    said = own.counted.format(term=term, documents=len(found), count=count)
    groups = "".join(_group(group, document, term, unfolded, words, read != "") for group, document in found)
    why = f'<p class="why">{escape(read)}</p>' if read else ""
    return f'<p class="counted" dir="auto">{escape(said)}</p>{why}{groups}'


def as_quote(entry: Entry) -> Quote:
    """An entry's words and address as a quote, as they were when it was chosen."""
    return Quote(
        document=entry.document,
        title=entry.title,
        heading=entry.heading,
        page=entry.page,
        cell=entry.cell,
        paragraph=entry.paragraph,
        sentence=entry.sentence,
        start=entry.start,
        end=entry.end,
        text=entry.text,
    )


def goes_on(document: Document, made: Quote) -> bool:
    """Whether a quote goes beyond the sentence it begins with."""
    around = sentence_around(document, made.start)
    return around is not None and made.end > around[1]


def when_said(time: str) -> str:
    """An ISO 8601 time as the clock here has it."""
    return datetime.fromisoformat(time).astimezone().strftime("%Y-%m-%d %H:%M")


def around_html(document: Document, made: Quote, words: Words) -> str:
    """What the page says of a quote before it goes in: what the cut leaves out, and who spoke."""
    own = evidence_words(words)
    return _cautions(document, made, own) + _speaker(document, made, own)


def _entry(shown: Shown, last: bool, words: Words) -> str:
    own, entry, now = evidence_words(words), shown.entry, shown.state
    document = shown.document
    if document is not None and now.start is not None and now.end is not None:
        made = quote(document, now.start, now.end)
        line = source(made, place(made, words, goes_on(document, made)), words, addable=False)
        around = around_html(document, made, words)
        adjusting = _adjust(entry, document, now, own) if now.kind == "current" else ""
    else:
        made = as_quote(entry)
        line = source(made, place(made, words), words, addable=False, opens=False)
        around = adjusting = ""
    asked = "".join(
        f'<p class="asked" dir="auto">{escape(form.format(**{name: text}))}</p>'
        for form, name, text in ((own.asked, "question", entry.question), (own.answer, "answer", entry.answer))
        if text
    )
    follow = _button("follow", entry, own.follow) if now.kind == "moved" else ""
    return (
        f'<li class="entry" data-row="{entry.id}" tabindex="-1">'
        f'<div class="row"><span class="drag" draggable="true" title="{escape(own.drag)}" aria-hidden="true">⠿</span>'
        f'<span class="number">{entry.place}</span>'
        f'<span class="state {now.kind}">{escape(own.states[now.kind])}</span>{follow}'
        f'<span class="order">{_icon("up", "↑", entry, own.up, entry.place == 1)}'
        f"{_icon('down', '↓', entry, own.down, last)}{_icon('remove', '✕', entry, own.remove)}</span></div>"
        f"{blockquote(entry.text, ())}{line}{around}{asked}"
        f'<label class="note">{escape(own.note)}<textarea rows="1" data-note="{entry.id}" '
        f'placeholder="{escape(own.note_hint)}">\n{escape(entry.note)}</textarea></label>{adjusting}</li>'
    )


def _cautions(document: Document, made: Quote, own: EvidenceWords) -> str:
    """Each marker that the cut leaves out, shown in the sentence that it stands in."""
    said = []
    for caution in cautions(document, made.start, made.end):
        around = sentence_around(document, caution.start)
        if around is not None:
            start, end = around
            sentence = blockquote(document.text[start:end], [Span(caution.start - start, caution.end - start)])
            said.append(f'<div class="caution"><p>{escape(own.cautions[caution.kind])}</p>{sentence}</div>')
    return "".join(said)


def _speaker(document: Document, made: Quote, own: EvidenceWords) -> str:
    who = speaker(document, made.start, made.end)
    if who is None:
        return ""
    return f'<p class="speaker" dir="auto">{escape(own.speaker.format(name=document.text[who.start : who.end]))}</p>'


def _adjust(entry: Entry, document: Document, now: State, own: EvidenceWords) -> str:
    """The sentences before and after, and the buttons that move the quote's ends."""
    start, end = entry.start, entry.end
    buttons = {
        name: _button(name, entry, getattr(own, name), adjust(document, start, end) is None)
        for name, adjust in ADJUSTMENTS.items()
    }
    before, after = sentence_before(document, start), sentence_after(document, end)
    return (
        f'<details class="adjust" data-key="adjust-{entry.id}"><summary>{escape(own.adjust)}</summary>'
        f"{_beside(own.before, own.nothing_before, document, before)}"
        f'<div class="ends">{buttons["wider_before"]}{buttons["narrower_before"]}</div>'
        f"{_beside(own.after, own.nothing_after, document, after)}"
        f'<div class="ends">{buttons["narrower_after"]}{buttons["wider_after"]}</div></details>'
    )


def _beside(label: str, nothing: str, document: Document, span: Span | None) -> str:
    said = f"<p>{escape(nothing)}</p>" if span is None else blockquote(document.text[span.start : span.end], ())
    return f'<div class="context"><p class="label">{escape(label)}</p>{said}</div>'


def _group(group: Mentions, document: Document, term: str, unfolded: bool, words: Words, sent: bool) -> str:
    own = evidence_words(words)
    sentences: dict[Span, list[Span]] = {}
    for span, sentence in zip(group.spans, group.sentences, strict=True):
        sentences.setdefault(sentence, []).append(Span(span.start - sentence.start, span.end - sentence.start))
    items = "".join(
        f"<li>{blockquote(made.text, marks)}{source(made, place(made, words, goes_on(document, made)), words)}</li>"
        for made, marks in (
            (quote(document, sentence.start, sentence.end), marks)
            for sentence, marks in list(sentences.items())[:SHOWN]
        )
    )
    shown = ""
    if sent:  # the model's readings are not made a second time
        texts = [document.text[sentence.start : sentence.end] for sentence in sentences]
        spans = ",".join(f"{sentence.start}-{sentence.end}" for sentence in sentences)
        shown = f'data-spans="{spans}" data-digest="{digest(chr(10).join(texts))}" '
    hidden = len(sentences) - SHOWN
    more = f'<p class="none">{escape(own.not_shown.format(count=hidden))}</p>' if hidden > 0 else ""
    return (
        f'<details class="group" data-key="group-{escape(document.id)}"{" open" if unfolded else ""}>'
        f'<summary dir="auto"><cite>{escape(group.title)}</cite> · {escape(own.group.format(count=len(group.spans)))}'
        f'</summary><button type="button" class="all" data-do="add_all" data-in="{escape(document.id)}" '
        f'{shown}data-term="{escape(term)}">{escape(own.add_all.format(count=len(sentences)))}</button>'
        f"<ul>{items}</ul>{more}</details>"
    )


def _task(name: str, title: str, fields: str, why: str = "") -> str:
    explained = f'<p class="why">{escape(why)}</p>' if why else ""
    return (
        f'<details class="task" data-key="{name}"><summary>{escape(title)}</summary>{explained}'
        f'<form data-form="{name}">{fields}</form><div class="found" data-part="{name}"></div></details>'
    )


def _field(name: str, label: str, value: str = "") -> str:
    return (
        f'<label>{escape(label)}<input name="{name}" value="{escape(value)}" required autocomplete="off" '
        'maxlength="200" dir="auto"></label>'
    )


def _submit(label: str) -> str:
    return f'<button type="submit">{escape(label)}</button>'


def _button(name: str, entry: Entry, label: str, disabled: bool = False) -> str:
    return (
        f'<button type="button" data-do="{name}" data-entry="{entry.id}"{" disabled" if disabled else ""}>'
        f"{escape(label)}</button>"
    )


def _icon(name: str, sign: str, entry: Entry, label: str, disabled: bool = False) -> str:
    said = escape(label.format(place=entry.place))
    return (
        f'<button type="button" data-do="{name}" data-entry="{entry.id}" aria-label="{said}" title="{said}"'
        f"{' disabled' if disabled else ''}>{sign}</button>"
    )
