"""What a passage carries along, whichever library takes it."""

from __future__ import annotations

from typing import Any

from rag.records import Hit


def metadata(hit: Hit) -> dict[str, Any]:
    """Where the passage stands: `document`, `start`, `end` (code points), the same as `address`, and its headings."""
    passage = hit.passage
    return {
        "address": f"{passage.document}:{passage.start}-{passage.end}",
        "document": passage.document,
        "start": passage.start,
        "end": passage.end,
        "title": passage.title,
        "heading": passage.heading,
        "rank": hit.rank,
        "score": hit.score,
    }
