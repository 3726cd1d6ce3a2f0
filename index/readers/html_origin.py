"""Who wrote a page, where and when: what its metadata says, and what trafilatura finds where they are silent."""

from __future__ import annotations

from typing import Any

import regex

from index.names import one_line
from index.records import Origin

# Names of <meta>, case-folded: the web's, Dublin Core's, and those of Chinese government pages (国办发〔2019〕19号).
_AUTHOR = ("author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author")
_PUBLISHER = ("og:site_name", "contentsource", "dc.publisher", "publisher", "citation_publisher", "sitename")
_DATE = ("article:published_time", "pubdate", "publishdate", "dc.date", "dcterms.issued", "citation_date", "date")
_TITLE = ("articletitle", "og:title", "dc.title", "citation_title")
_SAVED_FROM = regex.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->")
# Beside the date of a Chinese news page; not under a figure of it, whose data came from elsewhere.
_SOURCE = regex.compile(r"(?<![\p{Han}])(?:来源|來源|稿源)\s*[:：]\s*([\p{L}\p{N}·]{2,20})(?![\p{L}\p{N}·])")
_DAY = regex.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")


def html_title(page: Any) -> str:
    """The article's title: from the metadata, the only headline, or the window's title."""
    named = _metas(page)
    headlines = [one_line(element.text_content()) for element in page.iter("h1")]
    headlines = [words for words in headlines if words]
    window = page.find(".//title")
    return (
        _first(named, _TITLE)
        or (headlines[0] if len(headlines) == 1 else "")
        or one_line("" if window is None else window.text_content())
        or (headlines[0] if headlines else "")
    )


def html_origin(page: Any, text: str) -> Origin:
    """The origin of a page; `text` is its source, for the address that a browser wrote on saving it."""
    named = _metas(page)
    found = _trafilatura(page)
    saved = _SAVED_FROM.search(text[:4096])
    canonical = next((link.get("href", "") for link in page.iter("link") if link.get("rel") == "canonical"), "")
    addresses = (canonical, named.get("og:url", ""), saved[1] if saved else "", found.url)
    return Origin(
        author=_first(named, _AUTHOR) or found.author,
        publisher=_first(named, _PUBLISHER) or found.publisher or _said_source(page),
        date=iso_day(_first(named, _DATE)) or found.date,
        url=next((one_line(address) for address in addresses if address.startswith(("http://", "https://"))), ""),
    )


def iso_day(words: str) -> str:
    """A day as ISO 8601 from what metadata hold; "" where it is none.

    >>> iso_day("2024年3月5日 10:00"), iso_day("2024-03-05T10:00:00+08:00")
    ('2024-03-05', '2024-03-05')
    """
    found = _DAY.search(words)
    return "" if found is None else f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


def _said_source(page: Any) -> str:
    found = _SOURCE.search(" ".join(page.itertext("p", "div", "span", "a", "td", "em", "i", "b", "font")))
    return "" if found is None else found[1]


def _metas(page: Any) -> dict[str, str]:
    named: dict[str, str] = {}
    for meta in page.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").strip().casefold()
        words = one_line(meta.get("content") or "")
        if name and words:
            named.setdefault(name, words)
    return named


def _first(named: dict[str, str], names: tuple[str, ...]) -> str:
    return next((named[name] for name in names if named.get(name)), "")


def _trafilatura(page: Any) -> Origin:
    from trafilatura.metadata import extract_metadata

    found = extract_metadata(page, date_config={"extensive_search": False, "original_date": True})
    return Origin(
        one_line(found.author or ""),
        one_line(found.sitename or ""),
        one_line(found.date or ""),
        one_line(found.url or ""),
    )
