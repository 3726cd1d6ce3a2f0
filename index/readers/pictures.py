"""Pages that are pictures: their text by Tesseract, where the user has it, as lines with a box for every character."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from functools import cache
from typing import Any

import regex

from index.readers.pdf_page import Box, Line, make_line

PROGRAM = "tesseract"
LANGUAGES = ("chi_sim", "eng")
DOTS_PER_INCH = 300  # what Tesseract's models were made for
LONGEST_SIDE = 6000  # pixels
SECONDS = 90  # for one page
_WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303f\uff00-\uffef]")


def missing_program() -> str:
    """What to install so that pictures are read; "" where nothing is missing."""
    if shutil.which(PROGRAM) is None:
        return "install Tesseract (Debian: apt-get install tesseract-ocr tesseract-ocr-chi-sim) and add the file again"
    missing = [language for language in LANGUAGES if language not in _languages()]
    return f"install Tesseract's data for {' and '.join(missing)} and add the file again" if missing else ""


def picture_lines(page: Any) -> list[Line]:
    """The lines that Tesseract finds in the picture of a page; none where there is no Tesseract, or no text."""
    languages = [language for language in LANGUAGES if language in _languages()]
    if not languages:
        return []
    width, height = page.get_size()
    scale = min(DOTS_PER_INCH / 72, LONGEST_SIDE / max(width, height, 1.0))
    picture = io.BytesIO()
    page.render(scale=scale, grayscale=True).to_pil().save(picture, "PNG")
    try:
        done = subprocess.run(
            [PROGRAM, "stdin", "stdout", "-l", "+".join(languages), "--dpi", str(round(72 * scale)), "tsv"],
            input=picture.getvalue(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        return []
    return _lines(done.stdout.decode("utf-8"), scale, height)


def _lines(table: str, scale: float, height: float) -> list[Line]:
    """Lines from Tesseract's table of words; pixels from the upper left become points from the lower left."""
    lines: list[Line] = []
    key: tuple[str, ...] = ()
    characters: list[str] = []
    boxes: list[Box] = []

    def finish() -> None:
        line = make_line(characters, boxes)
        if line is not None:
            lines.append(line)
        characters.clear()
        boxes.clear()

    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        word = (row["text"] or "").strip()
        if row["level"] != "5" or not word:
            continue
        here = (row["block_num"], row["par_num"], row["line_num"])
        if here != key:
            finish()
            key = here
        left, top, wide, high = (float(row[name]) / scale for name in ("left", "top", "width", "height"))
        box = Box(left, height - top - high, left + wide, height - top)
        if characters and not (_WIDE.match(characters[-1]) and _WIDE.match(word)):
            characters.append(" ")
            boxes.append(Box(boxes[-1].right, box.bottom, box.left, box.top))
        each = wide / len(word)
        for index, character in enumerate(word):
            characters.append(character)
            boxes.append(Box(left + index * each, box.bottom, left + (index + 1) * each, box.top))
    finish()
    return lines


@cache
def _languages() -> frozenset[str]:
    try:
        done = subprocess.run([PROGRAM, "--list-langs"], capture_output=True, text=True, timeout=SECONDS, check=True)
    except (subprocess.SubprocessError, OSError):
        return frozenset()
    return frozenset(done.stdout.split())
