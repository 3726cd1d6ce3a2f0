"""Near passages by BM25 on words and character bigrams: the false friends of a question."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]+|\w+")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_K1, _B = 1.2, 0.75  # the usual constants of BM25


def terms(text: str) -> list[str]:
    """Words, and overlapping pairs of characters where a script sets no spaces."""
    found: list[str] = []
    for run in _RUN.findall(text.lower()):
        if _WIDE.match(run) and len(run) > 1:
            found += [run[place : place + 2] for place in range(len(run) - 1)]
        else:
            found.append(run)
    return found


class Neighbours:
    """An index over passages; `nearest` gives their places, best first."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(terms(text)) for text in texts]
        lengths = [sum(count.values()) for count in counts]
        mean = max(1.0, sum(lengths) / max(1, len(lengths)))
        self._scores: dict[str, list[tuple[int, float]]] = defaultdict(list)
        frequency = Counter(term for count in counts for term in count)
        for place, (count, length) in enumerate(zip(counts, lengths, strict=True)):
            for term, times in count.items():
                weight = math.log(1 + (len(texts) - frequency[term] + 0.5) / (frequency[term] + 0.5))
                part = times * (_K1 + 1) / (times + _K1 * (1 - _B + _B * length / mean))
                self._scores[term].append((place, weight * part))

    def nearest(self, question: str, count: int) -> list[int]:
        """Places of the `count` best passages, best first, ties by place."""
        totals: dict[int, float] = defaultdict(float)
        for term in set(terms(question)):
            for place, score in self._scores.get(term, ()):
                totals[place] += score
        return sorted(totals, key=lambda place: (-totals[place], place))[:count]
