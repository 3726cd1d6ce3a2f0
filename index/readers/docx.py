"""Word files (DOCX): headings by style, paragraphs, a table's rows, footnotes at the end. python-docx opens them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import regex

from index.names import one_line
from index.readers.archive import check_office
from index.readers.source import Source, TextBuilder
from index.records import Origin, ReadFile

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # says again what stands beside it
_SKIPPED = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_W}rPr", f"{_W}pPr", _FALLBACK}
_MARKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_HEADING = regex.compile(r"heading\s*(\d)|标题\s*(\d)", regex.I)


def read_docx(source: Source) -> ReadFile:
    """Read a Word file. Raises UnreadableFile, or the library's errors for a damaged one."""
    from docx import Document

    check_office(source)
    document = Document(io.BytesIO(source.data))
    levels = _style_levels(document)
    built = TextBuilder(source)
    title = ""
    for element in _blocks(document.element.body):
        if element.tag == f"{_W}tr":
            built.add(_row(element), row=True)
            continue
        text, level = _text(element).strip(), _level(element, levels)
        title = title or (text if level == 1 else "")
        built.add(text, level)
        for box in element.iter(f"{_W}txbxContent"):
            if not any(above.tag == _FALLBACK for above in box.iterancestors()):
                for paragraph in box.iter(f"{_W}p"):
                    built.add(_text(paragraph).strip())
    for note in _notes(document):
        built.add(note)
    properties = document.core_properties
    return built.done(
        properties.title or title, Origin(author=one_line(properties.author or ""), date=office_date(properties))
    )


def office_date(properties: Any) -> str:
    """The day on which an Office file was made, as ISO 8601; "" where it is not known."""
    made = properties.created
    return "" if made is None or made.year < 1980 else made.date().isoformat()


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and table rows in order, also those in content controls and tracked insertions."""
    for child in parent:
        if child.tag == f"{_W}p":
            yield child
        elif child.tag == f"{_W}tbl":
            yield from (row for row in child.iter(f"{_W}tr") if _nearest_table(row) is child)
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED:
            yield from _blocks(child)


def _nearest_table(row: Any) -> Any:
    return next(above for above in row.iterancestors() if above.tag == f"{_W}tbl")


def _row(row: Any) -> str:
    cells = [cell for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row]
    return "\t".join(
        " ".join(" ".join(_text(paragraph) for paragraph in cell.iter(f"{_W}p")).split()) for cell in cells
    ).strip("\t")


def _text(paragraph: Any) -> str:
    """A paragraph's text as it stands when all changes are accepted, without what floats beside it."""
    found: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        node = stack.pop()
        if node.tag in _SKIPPED or node.tag == f"{_W}txbxContent":
            continue
        if node.tag == f"{_W}t":
            found.append(node.text or "")
        elif node.tag in _MARKS:
            found.append(_MARKS[node.tag])
        else:
            stack.extend(reversed(node))
    return "".join(found)


def _style_levels(document: Any) -> dict[str, int]:
    """The heading level of every paragraph style that has one, by the style's id; a style takes after its base."""
    levels: dict[str, int] = {}
    bases: dict[str, str] = {}
    title = ""
    for style in document.styles.element.iter(f"{_W}style"):
        identity = style.get(f"{_W}styleId", "")
        name = style.find(f"{_W}name")
        outline = style.find(f"{_W}pPr/{_W}outlineLvl")
        base = style.find(f"{_W}basedOn")
        found = _HEADING.fullmatch("" if name is None else name.get(f"{_W}val", ""))
        if found is not None:
            levels[identity] = int(found[1] or found[2])
        elif name is not None and name.get(f"{_W}val", "").casefold() == "title":
            title = identity
        elif outline is not None and outline.get(f"{_W}val", "").isdecimal():
            levels[identity] = int(outline.get(f"{_W}val")) + 1
        if base is not None:
            bases[identity] = base.get(f"{_W}val", "")
    for identity in bases:
        above, seen = identity, set()
        while above not in levels and above in bases and above not in seen:
            seen.add(above)
            above = bases[above]
        levels.setdefault(identity, levels.get(above, 0))
    levels[title] = 1  # last, because the styles of by-lines take after it and are none
    return {identity: level for identity, level in levels.items() if 1 <= level <= 9}


def _level(paragraph: Any, levels: dict[str, int]) -> int:
    outline = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
    if outline is not None and outline.get(f"{_W}val", "").isdecimal():
        level = int(outline.get(f"{_W}val")) + 1
        return level if level < 10 else 0
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return 0 if style is None else levels.get(style.get(f"{_W}val", ""), 0)


def _notes(document: Any) -> Iterator[str]:
    """The texts of the footnotes and endnotes, in order."""
    from lxml import etree

    for relation in document.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(("/footnotes", "/endnotes")):
            tree = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
            for note in tree:
                if note.get(f"{_W}type") is None:  # the others are the lines above the notes
                    yield " ".join(" ".join(_text(paragraph) for paragraph in note.iter(f"{_W}p")).split())
