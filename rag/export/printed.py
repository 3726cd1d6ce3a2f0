"""A bibliography by a Chinese style -> its foreign entries in their own language: et al. and not 等.

The standard wants an entry in the language of its document (GB/T 7714-2015, 8.1.2 and 8.3.2); a CSL style has the words
of one language only, and prints every author in capitals, where the standard's examples leave institutions as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import regex

_OTHERS = regex.compile(r"(?<=[,，]) ?等(?=[\s.,]|\Z)")
_EDITION = regex.compile(r"\b(\d+) ?版")
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}


def corrected(document: Any, items: Sequence[Mapping[str, Any]]) -> Any:
    """Pandoc's document tree with the entries of its bibliography corrected; `items` are the CSL items of it."""
    by_name = {f"ref-{item['id']}": item for item in items}

    def walk(node: Any) -> Any:
        if isinstance(node, list):
            return [walk(part) for part in node]
        if not isinstance(node, dict):
            return node
        if node.get("t") == "Div" and (item := by_name.get(node["c"][0][0])) is not None:
            return _with_words(node, lambda words: _corrected_words(words, item))
        return {key: walk(value) for key, value in node.items()}

    return walk(document)


def ordinal(number: int) -> str:
    """A number as English counts editions.

    >>> ordinal(2), ordinal(11), ordinal(23)
    ('2nd', '11th', '23rd')
    """
    return f"{number}{'th' if number % 100 in (11, 12, 13) else _ORDINALS.get(number % 10, 'th')}"


def _corrected_words(words: str, item: Mapping[str, Any]) -> str:
    for name in item.get("author", []):
        literal = " ".join(str(name.get("literal", "")).split())
        if literal:
            words = words.replace(literal.upper(), literal)
    if str(item.get("language", "")).startswith("zh"):
        return words
    words = str(_OTHERS.sub(" et al", words))
    return str(_EDITION.sub(lambda found: f"{ordinal(int(found[1]))} ed", words))


def _with_words(node: Any, change: Callable[[str], str]) -> Any:
    """The node with every run of words in it changed; addresses stay."""
    if isinstance(node, dict):
        return node if node.get("t") == "Link" else {key: _with_words(value, change) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    found: list[Any] = []
    run = ""
    for part in node:
        kind = part.get("t") if isinstance(part, dict) else None
        if kind in ("Str", "Space"):
            run += part["c"] if kind == "Str" else " "
            continue
        found += _as_nodes(change(run))
        run = ""
        found.append(_with_words(part, change))
    return [*found, *_as_nodes(change(run))]


def _as_nodes(words: str) -> list[dict[str, str]]:
    nodes: list[dict[str, str]] = []
    for number, piece in enumerate(words.split(" ") if words else []):
        nodes += [{"t": "Space"}] if number else []
        nodes += [{"t": "Str", "c": piece}] if piece else []
    return nodes
