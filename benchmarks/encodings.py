"""How often a text's encoding is found, on real prose written in each."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from index.encodings import decode
from index.errors import UnreadableFile

# A set's language -> the encodings that its people's files are in.
CODECS = {
    "zh": ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"),
    "zh-Hant": ("utf-8", "utf-16-le", "utf-16-be", "cp950", "gb18030"),
    "ja": ("utf-8", "utf-16-le", "utf-16-be", "cp932", "euc_jp"),
    "ko": ("utf-8", "utf-16-le", "utf-16-be", "euc_kr"),
    "ru": ("utf-8", "utf-16-le", "utf-16-be", "cp1251", "koi8-r"),
    "de": ("utf-8", "utf-16-le", "utf-16-be", "cp1252"),
    "es": ("utf-8", "utf-16-le", "utf-16-be", "cp1252"),
    "en": ("utf-8", "utf-16-le", "utf-16-be", "cp1252"),
    "ar": ("utf-8", "utf-16-le", "utf-16-be", "cp1256"),
    "el": ("utf-8", "utf-16-le", "utf-16-be", "cp1253"),
    "th": ("utf-8", "utf-16-le", "utf-16-be", "cp874"),
    "tr": ("utf-8", "cp1254"),
    "vi": ("utf-8", "utf-16-le"),
    "ro": ("utf-8", "cp1250"),
}
LENGTHS = (40, 120, 800)  # characters
PASSAGES = 300  # of a language, at most


@dataclass(frozen=True, slots=True)
class EncodingRow:
    """Texts of a language in an encoding: how many there were, and the share decoded as they were written, by length.

    Texts that the encoding cannot write, and texts that are plain ASCII, are left out.
    """

    language: str
    encoding: str
    texts: int
    characters_40: float
    characters_120: float
    characters_800: float
    wrong: str


def measure_encodings(data: Path) -> list[EncodingRow]:
    """A row for each language and encoding, over the passages of the sets in `data`."""
    rows = []
    for language, codecs in CODECS.items():
        texts = _passages(data, language)
        for codec in codecs if texts else ():
            rows.append(_row(texts, language, codec))
    return rows


def _row(texts: list[str], language: str, codec: str) -> EncodingRow:
    shares: list[float] = []
    total = 0
    wrong: dict[str, int] = {}
    for length in LENGTHS:
        written = [(text[:length], data) for text in texts if (data := _written(text[:length], codec)) is not None]
        right = 0
        for text, data in written:
            found = _found(data)
            right += found[0] == text
            if found[0] != text:
                wrong[found[1]] = wrong.get(found[1], 0) + 1
        shares.append(round(100 * right / len(written), 2) if written else 0.0)
        total += len(written)
    most = sorted(wrong, key=lambda name: -wrong[name])[:3]
    short, middle, long = shares
    return EncodingRow(language, codec, total, short, middle, long, ", ".join(f"{name} {wrong[name]}" for name in most))


def _written(text: str, codec: str) -> bytes | None:
    if text.isascii() and not codec.startswith("utf-16"):
        return None
    try:
        data = text.encode(codec)
    except UnicodeEncodeError:
        return None
    return data if data.decode(codec) == text else None  # cp950 writes a bullet that it reads as a dot


def _found(data: bytes) -> tuple[str | None, str]:
    try:
        found = decode(data, "passage.txt")
    except UnreadableFile:
        return None, "refused"
    return found.text, found.encoding


def _passages(data: Path, language: str) -> list[str]:
    found: list[str] = []
    for path in sorted(data.glob("*.passages.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            found += [row["text"].lstrip("\ufeff") for row in map(json.loads, lines) if row["lang"] == language]
    step = max(1, len(found) // PASSAGES)
    return found[::step][:PASSAGES]
