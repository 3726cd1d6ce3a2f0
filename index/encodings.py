"""Bytes -> text and the codec that was used. Decoding is strict: no character is ever replaced."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from index.errors import UnreadableFile

SAMPLE_BYTES = 200_000  # what the guess is made from; decoding always takes the whole
CONTROL_SHARE = 0.01  # more control characters than this, and the bytes were no text
ODD_PAIRS = 0.1  # of the letters side by side that no word has so: small before capital, Latin beside Cyrillic
RUN_SHARE = 0.7  # of the bytes beyond ASCII that stand four and more together, in a text of two-byte characters
ORDINARY_SHARE = 0.9  # of the characters that a UTF-16 text without a mark has to have

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What files meet in practice. Each label of chardet's stands for the widest codecs of its family, best first.
_FAMILIES = {
    "gb18030": ("gb18030",),
    "big5hkscs": ("cp950", "big5hkscs"),
    "cp932": ("cp932", "shift_jis_2004"),
    "euc_jis_2004": ("euc_jp", "euc_jis_2004"),
    "cp949": ("cp949",),
    "cp1250": ("cp1250",),
    "cp1251": ("cp1251",),
    "cp1252": ("cp1252",),
    "cp1253": ("cp1253",),
    "cp1254": ("cp1254",),
    "cp1255": ("cp1255",),
    "cp1256": ("cp1256",),
    "cp1257": ("cp1257",),
    "cp1258": ("cp1258",),
    "koi8-r": ("koi8-r",),
    "cp874": ("cp874",),
}
# Letters as UTF-8 writes them, and the halves of pairs that some programs write as if they were letters.
_SEQUENCE = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_BEYOND = re.compile(rb"[\x80-\xff]")
_LATIN = {"cp1250", "cp1252", "cp1254", "cp1257", "cp1258"}
_ONE_BYTE = {
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp1258",
    "koi8-r",
    "cp874",
}
_FAR_EASTERN = ("gb18030", "big5hkscs", "cp932", "euc_jis_2004", "cp949")
# Names that pages give to a smaller set than they use (https://encoding.spec.whatwg.org/#names-and-labels).
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "cp950",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and the name of the Python codec that gives it from its bytes."""

    text: str
    encoding: str


def decode(data: bytes, name: str, encoding: str | None = None, declared: str | None = None) -> Decoded:
    """Decode a text file's bytes without loss.

    `encoding` is the user's choice and is not questioned. `declared` is what the file says of itself; it is believed
    after a byte order mark and after bytes that are valid UTF-8, which pages in other encodings never are.

    Raises UnreadableFile where no codec gives a text, or where the chosen one does not.
    """
    if encoding is not None:
        return _by_hand(data, name, encoding)
    for mark, codec in _MARKS:
        if data.startswith(mark):
            text = _strictly(data, codec)
            if text is None:
                raise UnreadableFile(
                    f"{name}: begins as {codec.removesuffix('-sig').upper()} and goes on otherwise; it is damaged, "
                    "so take a whole copy of it or choose its encoding by hand"
                )
            return Decoded(text, codec)
    for codec in _candidates(data, declared):
        if codec != "utf-8" and (place := _damaged_utf_8(data)) is not None:
            raise UnreadableFile(
                f"{name}: UTF-8 but for byte {place}; it is damaged, so take a whole copy of it or choose its encoding "
                "by hand"
            )
        text = _strictly(data, codec)
        if text is not None and _is_text(text) and (codec not in _ONE_BYTE or _is_prose(text)):
            return Decoded(text, codec)
    raise UnreadableFile(
        f"{name}: this is not text in an encoding that can be told without loss; choose its encoding by hand, or save "
        "it as UTF-8"
    )


def is_certainly_utf_8(data: bytes) -> bool:
    """Whether bytes can be nothing else: they begin with its mark, or hold characters that only UTF-8 writes so."""
    if data.startswith(codecs.BOM_UTF8):
        return True
    return not data.isascii() and _strictly(data, "utf-8") is not None


def _by_hand(data: bytes, name: str, encoding: str) -> Decoded:
    try:
        codec = codecs.lookup(encoding).name
        codec = "utf-8-sig" if codec == "utf-8" else codec
        return Decoded(data.decode(codec), codec)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"{name}: byte {error.start} is not {encoding}; choose another encoding, or auto to have it found"
        ) from error
    except (LookupError, ValueError) as error:
        raise UnreadableFile(
            f"{name}: there is no text encoding called {encoding!r}; use a name such as UTF-8, GB18030 or Big5"
        ) from error


def _candidates(data: bytes, declared: str | None) -> Iterable[str]:
    """Codecs in the order they deserve to be tried."""
    if b"\0" in data[:SAMPLE_BYTES]:
        yield from _utf_16(data)
    yield "utf-8"
    if declared is not None:
        try:
            codec = codecs.lookup(declared.strip()).name
        except (LookupError, ValueError):
            codec = ""
        if codec:
            yield _WIDER.get(codec, codec)
    yield from _utf_16(data)  # Chinese has no zero bytes in it
    yield from _guessed(data)


def _guessed(data: bytes) -> tuple[str, ...]:
    sample = _telling(data)
    label = _detected(sample, tuple(_FAMILIES))
    if label in _LATIN and _in_runs(sample):
        label = _detected(sample, _FAR_EASTERN) or label
    return _FAMILIES.get(label, ())


def _detected(sample: bytes, labels: tuple[str, ...]) -> str:
    import chardet

    found = chardet.detect(
        sample,
        max_bytes=SAMPLE_BYTES,
        compat_names=False,
        prefer_superset=True,
        include_encodings=(*labels, "utf-8"),
        no_match_encoding="utf-8",  # which it is not, as has been tried
    )["encoding"]
    codec = codecs.lookup(found or "utf-8").name
    return next((label for label in labels if codecs.lookup(label).name == codec or codec in _FAMILIES[label]), "")


def _in_runs(sample: bytes) -> bool:
    """Whether most bytes beyond ASCII stand together, as they do in two-byte sets and never in a Latin alphabet.

    chardet takes an English text with a few Korean words for a Western one.
    """
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", sample)]
    return sum(length for length in runs if length >= 4) >= RUN_SHARE * sum(runs)


def _telling(data: bytes) -> bytes:
    """The lines that are not plain ASCII, as far as the guess needs them: a log may be English for a megabyte."""
    if len(data) <= SAMPLE_BYTES:
        return data
    lines, size = [], 0
    for line in data.splitlines(keepends=True):
        if not line.isascii():
            lines.append(line)
            size += len(line)
            if size > SAMPLE_BYTES:
                break
    return b"".join(lines)


def _utf_16(data: bytes) -> tuple[str, ...]:
    """The byte order in which the bytes are ordinary characters, if there is one."""
    if not data or len(data) % 2:
        return ()
    sample = data[: SAMPLE_BYTES - SAMPLE_BYTES % 2]
    shares = sorted((_ordinary_share(sample, codec), codec) for codec in ("utf-16-le", "utf-16-be"))
    share, codec = shares[-1]
    return (codec,) if share >= ORDINARY_SHARE and share > shares[0][0] else ()


def _ordinary_share(sample: bytes, codec: str) -> float:
    text = _strictly(sample, codec) or _strictly(sample[:-2], codec)  # the sample may end inside a pair
    if not text:
        return 0.0
    return sum(character in _ordinary() for character in text) / len(text)


@cache
def _ordinary() -> frozenset[str]:
    """Characters that prose is written in: the national sets of the far East, and the small alphabets."""
    found = {chr(code) for code in range(0x20, 0x7F)} | set("\t\n\r\u3000“”‘’—…–‐ \u200b\u200c\u200d")
    found |= {chr(code) for first, last in _ALPHABETS for code in range(first, last)}
    for codec, leads in (("gb2312", range(0xA1, 0xD8)), ("big5", range(0xA1, 0xC7)), ("euc_kr", range(0xA1, 0xC9))):
        for lead in leads:
            for trail in range(0x40, 0xFF):
                found |= set(_strictly(bytes((lead, trail)), codec) or "")
    for lead in (*range(0x81, 0x85), *range(0x88, 0x99)):  # punctuation, kana and the first level of kanji
        for trail in range(0x40, 0xFD):
            found |= set(_strictly(bytes((lead, trail)), "cp932") or "")
    return frozenset(found)


_ALPHABETS = (
    (0xA0, 0x180),
    (0x1E00, 0x1F00),  # Latin, with Vietnamese
    (0x370, 0x530),  # Greek, Cyrillic
    (0x590, 0x700),  # Hebrew, Arabic
    (0x900, 0x980),
    (0xE00, 0xE80),  # Devanagari, Thai
)


def _damaged_utf_8(data: bytes) -> int | None:
    """Where bytes that are UTF-8 nearly everywhere are not; None for other encodings, which do not look like it."""
    sequences = sum(len(found) for found in _SEQUENCE.findall(data))
    others = len(_BEYOND.findall(data)) - sequences
    if sequences < max(3, 8 * others):
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _is_text(text: str) -> bool:
    controls = sum(
        text.count(chr(code)) for code in (*range(9), 11, *range(14, 27), 28, 29, 30, 31, *range(0x7F, 0xA0))
    )
    return controls <= len(text) * CONTROL_SHARE or controls <= 1


def _is_prose(text: str) -> bool:
    """Whether letters stand beside their like. Codecs of one byte decode anything; words tell text from rubbish."""
    sample = text[:SAMPLE_BYTES]
    pairs = [(left, right) for left, right in pairwise(sample) if left.isalpha() and right.isalpha()]
    odd = sum(
        (left.islower() and right.isupper())
        or (left.isascii() and ord(right) > 0x24F)
        or (ord(left) > 0x24F and right.isascii())
        for left, right in pairs
    )
    return odd <= ODD_PAIRS * len(pairs)


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None
