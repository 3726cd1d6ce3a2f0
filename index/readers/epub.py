"""Books (EPUB): the chapters in the order of the spine, read as pages of HTML are."""

from __future__ import annotations

import posixpath
import zipfile
from typing import Any
from urllib.parse import unquote

import regex

from index.encodings import decode
from index.errors import UnreadableFile
from index.names import one_line
from index.readers.archive import open_archive
from index.readers.html import declared_encoding, parse_html
from index.readers.html_blocks import add_blocks
from index.readers.source import Source, TextBuilder
from index.records import Origin, ReadFile

_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_LOCKED = regex.compile(
    rb"EncryptionMethod[^>]+Algorithm=[\"'](?!http://www\.idpf\.org/2008/embedding|http://ns\.adobe\.com/pdf/enc)"
)


def read_epub(source: Source) -> ReadFile:
    """Read a book. Raises UnreadableFile for one that is damaged or locked to a reader."""
    with open_archive(source) as archive:
        if "META-INF/encryption.xml" in archive.namelist() and _LOCKED.search(archive.read("META-INF/encryption.xml")):
            raise UnreadableFile(f"{source.name}: its text is encrypted for one seller's readers; ask for an open copy")
        container = _xml(archive, "META-INF/container.xml")
        root = container.find(f".//{_CONTAINER}rootfile")
        if root is None:
            raise UnreadableFile(f"{source.name}: damaged; it does not say where its contents are")
        contents = root.get("full-path", "")
        package = _xml(archive, contents)
        built = TextBuilder(source)
        for path in _spine(package, posixpath.dirname(contents)):
            if path not in archive.namelist():
                raise UnreadableFile(f"{source.name}: damaged; its part {path!r} is missing")
            data = archive.read(path)
            page = parse_html(decode(data, source.name, source.encoding, declared_encoding(data)).text)
            if page is not None:
                body = page.find("body")
                add_blocks(built, page if body is None else body, menus=True)
    return built.done(_named(package, "title"), _origin(package))


def _xml(archive: zipfile.ZipFile, path: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(archive.read(path), parser)


def _spine(package: Any, folder: str) -> list[str]:
    """The paths of the chapters in order; the table of contents is navigation, and left out."""
    items = {item.get("id"): item for item in package.iter(f"{_OPF}item")}
    paths = []
    for reference in package.iter(f"{_OPF}itemref"):
        item = items.get(reference.get("idref"))
        if item is not None and "nav" not in item.get("properties", "").split():
            paths.append(posixpath.normpath(posixpath.join(folder, unquote(item.get("href", "")))))
    return paths


def _origin(package: Any) -> Origin:
    addresses = [words for name in ("source", "identifier") for words in _all(package, name)]
    return Origin(
        author=", ".join(_all(package, "creator")),
        publisher=_named(package, "publisher"),
        date=_named(package, "date")[:10],
        url=next((address for address in addresses if address.startswith(("http://", "https://"))), ""),
    )


def _named(package: Any, name: str) -> str:
    return next(iter(_all(package, name)), "")


def _all(package: Any, name: str) -> list[str]:
    found = (one_line("".join(element.itertext())) for element in package.iter(f"{_DC}{name}"))
    return [words for words in found if words]
