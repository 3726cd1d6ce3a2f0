"""Cost against size as a picture: an SVG with both axes logarithmic, which Markdown shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 720, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 190, 20, 48
_COLOURS = ("#0b6e4f", "#b3541e", "#2f4b7c", "#8a1c7c", "#5b6472")


def log_log(lines: Mapping[str, Sequence[tuple[float, float]]], across: str, up: str) -> str:
    """The picture of some lines, each of points (x, y), all above 0; their names stand at their ends."""
    every = [point for points in lines.values() for point in points]
    columns = _decades([x for x, _ in every])
    rows = _decades([y for _, y in every])

    def place(x: float, y: float) -> tuple[float, float]:
        column = (math.log10(x) - columns[0]) / (columns[-1] - columns[0])
        row = (math.log10(y) - rows[0]) / (rows[-1] - rows[0])
        return _LEFT + column * (WIDTH - _LEFT - _RIGHT), HEIGHT - _BOTTOM - row * (HEIGHT - _TOP - _BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for power in rows:
        _, y = place(10.0 ** columns[0], 10.0**power)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" stroke="#d5d9de"/>')
        parts.append(_text(_LEFT - 8, y + 4, f"{10.0**power:g}", "end"))
    for power in columns:
        x, _ = place(10.0**power, 10.0 ** rows[0])
        parts.append(f'<path d="M{x:.1f} {_TOP}V{HEIGHT - _BOTTOM}" stroke="#d5d9de"/>')
        parts.append(_text(x, HEIGHT - _BOTTOM + 18, f"{10**power:,}", "middle"))
    ends = _apart([place(*points[-1])[1] for points in lines.values()])
    for (name, points), colour, end in zip(lines.items(), _COLOURS, ends, strict=False):
        places = [place(*point) for point in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]
        parts.append(_text(places[-1][0] + 10, end + 4, name, "start", colour))
    parts.append(_text((_LEFT + WIDTH - _RIGHT) / 2, HEIGHT - 8, across, "middle"))
    parts.append(_text(_LEFT, _TOP - 6, up, "middle"))
    return "\n".join([*parts, "</svg>\n"])


def _decades(values: Sequence[float]) -> list[int]:
    """The powers of ten from below the least to above the greatest; two at least."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return list(range(first, max(last, first + 1) + 1))


def _apart(heights: Sequence[float], least: float = 16.0) -> list[float]:
    """The heights moved down where two would lie on each other; in their order."""
    moved = list(heights)
    before = -math.inf
    for place in sorted(range(len(moved)), key=lambda one: heights[one]):
        before = moved[place] = max(moved[place], before + least)
    return moved


def _text(x: float, y: float, words: str, anchor: str, colour: str = "#3b4350") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'
