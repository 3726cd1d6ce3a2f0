"""A sentence and the quotes it may cite -> whether they support it, and which of them do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.records import Quote
from rag.written.commands import without_commands
from rag.written.exact import missing_names, missing_quotations, unlike_figures, unlike_markup
from rag.written.records import Reason, Sentence
from rag.written.sentences import Draft
from rag.written.turned import turned

# Whether each text holds the claim, as far as that can be told; `rag/written/support.py` is the real one.
Supports = Callable[[str, Sequence[str]], Sequence[bool]]


def checked(draft: Draft, sources: Sequence[Quote], supports: Supports) -> Sentence:
    """Check a sentence against the quotes it cites, then against the others.

    It keeps those of its citations that support it by themselves, or else all where they do together. Where none
    does and exactly one other quote does, it cites that one.
    """
    if not draft.given:
        return _failed(draft, ("no citation",))
    if any(not 1 <= number <= len(sources) for number in draft.given):
        return _failed(draft, ("no such quote",))
    texts = [without_commands(source.text) for source in sources]
    cited = [texts[number - 1] for number in draft.given]
    together = ["\n".join(cited)] if len(cited) > 1 else []
    reasons = _reasons(draft.text, [*cited, *together], supports)
    by_itself = tuple(number for number, found in zip(draft.given, reasons, strict=False) if not found)
    if by_itself:
        return Sentence(draft.text, draft.given, by_itself, ())
    if together and not reasons[-1]:
        return Sentence(draft.text, draft.given, draft.given, ())
    others = [number for number in range(1, len(texts) + 1) if number not in draft.given]
    elsewhere = _reasons(draft.text, [texts[number - 1] for number in others], supports)
    right = tuple(number for number, found in zip(others, elsewhere, strict=True) if not found)
    if len(right) == 1:
        return Sentence(draft.text, draft.given, right, ())
    return _failed(draft, min(reasons, key=len))


def _reasons(claim: str, texts: Sequence[str], supports: Supports) -> list[tuple[Reason, ...]]:
    """Why each text does not support the claim; the dear check only where the cheap ones found nothing."""
    found = [cheap_reasons(claim, text) for text in texts]
    left = [text for text, reasons in zip(texts, found, strict=True) if not reasons]
    held = iter(supports(claim, left) if left else ())
    return [reasons or (() if next(held) else ("claim",)) for reasons in found]


def cheap_reasons(claim: str, text: str) -> tuple[Reason, ...]:
    """Why a text does not support a claim, by what needs no model."""
    checks: tuple[tuple[Reason, Callable[[str, str], object]], ...] = (
        ("quotation", missing_quotations),
        ("markup", unlike_markup),
        ("number", unlike_figures),
        ("name", missing_names),
        ("turned around", turned),
    )
    return tuple(reason for reason, check in checks if check(claim, text))


def _failed(draft: Draft, reasons: tuple[Reason, ...]) -> Sentence:
    return Sentence(draft.text, draft.given, (), reasons)
