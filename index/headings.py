"""What the models are given above a passage: its document's title, and the headings it stands under."""

from __future__ import annotations

HEADING_SEPARATOR = " › "


def with_headings(title: str, heading: str, text: str) -> str:
    """What the models are given for a passage.

    >>> with_headings("Report", "Money", "It cost 5 yuan.")
    'Report › Money\\nIt cost 5 yuan.'
    """
    above = heading_line(title, heading)
    return f"{above}\n{text}" if above else text


def heading_line(title: str, heading: str) -> str:
    """The title and the path of headings as one line; empty where there is neither."""
    return HEADING_SEPARATOR.join(part for part in (title, heading) if part)
