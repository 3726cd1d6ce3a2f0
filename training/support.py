"""Fit how far the reader's answers and the shared words tell that a quote holds a claim (`rag/written/support.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.claims import Asked, Claim, claims
from index.embed import Embedder
from rag.reader import Reader
from rag.written.check import cheap_reasons
from rag.written.support import SupportSigns, SupportWeights, is_its_words, is_reordered, sign_names, support_signs
from training.rows import Dataset, Row

SETS = ("xquad.zh", "xquad.en", "drcd.dev", "cmrc.trial")
FALSE_SUPPORT = 0.05  # of the claims that a quote does not hold and that pass every other check
_ACROSS = 0.9  # nothing was fitted between scripts, where no words are shared: only the surest count
_SIGNS = ("parts", "answerable", "cosine", "novel")


def fit_support(sets: dict[str, Dataset], reader: Reader, embedder: Embedder) -> tuple[SupportWeights, list[str]]:
    """Fitted on articles that the reader was not trained on; and what is to be said of it, line by line."""
    found = [claim for name in SETS for claim in claims(asked_of(sets[name].of("dev", "calibration")))]
    # Where only the quote's words are used, their order decides.
    passing = [claim for claim in found if not cheap_reasons(claim.text, claim.quote)]
    decided = [is_its_words(one.text, one.quote) or is_reordered(one.text, one.quote) for one in passing]
    left = [claim for claim, known in zip(passing, decided, strict=True) if not known]
    signs = [support_signs(reader, embedder, claim.text, [claim.quote])[0] for claim in left]
    weights = _fitted(left, signs, reader.fingerprint)
    lines = [f"{len(found)} claims, {len(left)} of which pass the exact checks"]
    for kind in sorted({claim.kind for claim in found}):
        those = [(claim, one) for claim, one in zip(left, signs, strict=True) if claim.kind == kind]
        whole = sum(claim.kind == kind for claim in found)
        held = sum(weights.holds(one) for _, one in those)
        lines.append(f"{kind}: {whole} made, {len(those)} pass the exact checks, {held} are said to be held")
    return weights, lines


def asked_of(rows: Sequence[Row]) -> list[Asked]:
    """The rows that have an answer."""
    return [
        Asked(row.question, row.passage.text, row.passage.text[start:end], start, row.passage.language)
        for row in rows
        for start, end in row.answers[:1]
    ]


def _fitted(found: Sequence[Claim], signs: Sequence[SupportSigns], reader: str) -> SupportWeights:
    from sklearn.linear_model import LogisticRegression

    rows = np.array([[getattr(one, name) for name in _SIGNS] for one in signs])
    held = np.array([claim.held for claim in found])
    model = LogisticRegression(C=1.0, max_iter=2000, class_weight="balanced").fit(rows, held)
    weights = {name: round(float(weight), 4) for name, weight in zip(_SIGNS, model.coef_[0], strict=True)}
    assert set(weights) <= set(sign_names())
    bare = SupportWeights(
        weights, round(float(model.intercept_[0]), 4), 0.5, _ACROSS, reader, f"{len(found)} claims of {', '.join(SETS)}"
    )
    false = sorted((bare.probability(one) for one, right in zip(signs, held, strict=True) if not right), reverse=True)
    threshold = false[int(len(false) * FALSE_SUPPORT)] + 1e-4 if false else 0.5
    return SupportWeights(
        weights, bare.offset, round(threshold, 4), max(_ACROSS, round(threshold, 4)), reader, bare.fitted_on
    )


def write_support(data: Path, out: Path) -> list[str]:
    """Fit with what ships, write the weights, and give what is to be said of them."""
    from index.embed import load_embedder
    from rag.reader import load_reader
    from rag.written.support import write_weights
    from training.rows import read_sets

    weights, lines = fit_support(read_sets(data, SETS), load_reader(), load_embedder())
    write_weights(weights, out)
    return [*lines, f"threshold {weights.threshold}", f"written to {out}"]
