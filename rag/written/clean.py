"""Text without what cannot be seen: what is checked is what is shown, and a model reads what a person would."""

from __future__ import annotations

import unicodedata

import regex

# Zero-width joiners are letters' business between letters; variation selectors can carry hidden bytes.
_JOINER = regex.compile(r"(?<=[\p{L}\p{M}])[\u200c\u200d](?=\p{L})")
_HIDDEN = regex.compile(
    r"[\p{Cf}\p{Co}\p{Cs}\p{Cn}\ufe00-\ufe0f\U000e0100-\U000e01ef\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]"
)
_CONTROL = regex.compile(r"[^\P{Cc}\n\t]")
_STACKED = regex.compile(r"(\p{M}{4})\p{M}+")


def visible(text: str) -> str:
    """Without control, format, tag, private and unassigned characters; line feeds and tabs stay.

    >>> visible("a\\u202eb\\U000e0041c\\x1b[2J")
    'abc[2J'
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = {found.start() for found in _JOINER.finditer(text)}
    text = "".join(
        character
        for place, character in enumerate(text)
        if place in kept or not (_HIDDEN.match(character) or _CONTROL.match(character))
    )
    return str(_STACKED.sub(r"\1", text))
