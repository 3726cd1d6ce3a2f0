"""A written answer -> HTML: visibly no quotation, each sentence with its quotes or struck; and the switch for it."""

from __future__ import annotations

from page.escape import escape
from page.quotes import cite, numbered
from page.words import Words
from page.words_written import WrittenWords, written_words
from rag.records import Answer
from rag.written.model import LanguageModel
from rag.written.records import Sentence, Written
from rag.written.write import Unsupported, shown


def switch_html(model: LanguageModel | None, words: Words) -> str:
    """Quotes only, or a written answer too; nothing where there is no model."""
    if model is None:
        return ""
    own = written_words(words.language)
    where = own.runs_there if model.where else own.runs_here
    choices = "".join(
        f'<label><input type="radio" name="writing" value="{value}"{" checked" if value == "written" else ""}>'
        f"<span>{escape(text)}</span></label>"
        for value, text in (("quotes", own.quotes_only), ("written", own.written_answer))
    )
    return (
        f'<fieldset class="writing"><legend class="unseen">{escape(own.choose)}</legend>{choices}'
        f'<span class="who" dir="auto">{escape(where.format(model=model.name, where=model.where))}</span></fieldset>'
    )


def written_html(written: Written | None, words: Words, unsupported: Unsupported) -> str:
    """The written answer as far as it has come; nothing where none is being written."""
    if written is None:
        return ""
    own = written_words(words.language)
    sentences = "".join(_sentence(one, written, words, own) for one in shown(written.sentences, unsupported))
    busy = "true" if written.state == "writing" else "false"
    said = f'<p class="sentences" dir="auto">{sentences}</p>' if sentences else ""
    return (
        f'<section class="written {written.state.replace(" ", "-")}" aria-busy="{busy}">'
        f'<h3>{escape(own.title)}</h3><p class="by">{escape(own.by.format(model=written.model))}</p>'
        f"{said}{_outcome(written, own)}</section>"
    )


def further_quotes(written: Written | None, answer: Answer, words: Words) -> str:
    """The quotes that only the written answer cites, under the numbers that it gives them."""
    if written is None:
        return ""
    cited = {number for sentence in written.sentences for number in sentence.citations}
    more = sorted(number for number in cited if number > len(answer.quotes))
    if not more:
        return ""
    items = "".join(numbered(written.sources[number - 1], number, (), words) for number in more)
    return f'<h3>{escape(written_words(words.language).further)}</h3><ol class="quotes further">{items}</ol>'


def _sentence(sentence: Sentence, written: Written, words: Words, own: WrittenWords) -> str:
    if sentence.supported:
        cites = "".join(cite(written.sources[number - 1], number, words) for number in sentence.citations)
        moved = f' title="{escape(own.moved)}"' if sentence.moved else ""
        return f'<span class="claim"{moved}>{escape(sentence.text)}{cites}</span> '
    why = own.reasons_comma.join(own.reasons[reason] for reason in sentence.reasons)
    return (
        f'<span class="claim struck"><span class="unseen">{escape(own.struck_label)}</span>'
        f'<s>{escape(sentence.text)}</s> <span class="why">{escape(own.struck)} · {escape(why)}</span></span> '
    )


def _outcome(written: Written, own: WrittenWords) -> str:
    note = escape(written.note)
    supported, total = len(written.supported), len(written.sentences)
    lines: list[tuple[str, str]] = []
    if written.state == "writing":
        lines.append(("going-on", escape(own.writing)))
    elif written.state == "declined":
        lines.append(("outcome", escape(own.declined)))
    elif total:
        count = own.checked.format(total=total, supported=supported) if supported else own.none_supported
        lines.append(("outcome", escape(count)))
    if written.state in ("failed", "cut off"):
        form = own.failed if written.state == "failed" else own.cut_off
        lines.append(("broken", escape(form).replace("{note}", note)))
    return "".join(f'<p class="{name}" role="status">{text}</p>' for name, text in lines)
