"""The lines at the head of a Markdown file that speak of it: title, author, date, address (YAML between `---`)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import regex

from index.names import one_line
from index.records import Origin

LONGEST = 20_000  # characters; what is longer was not written to describe a text


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What is said of the text, and the number of lines it takes, marks and all."""

    title: str
    origin: Origin
    lines: int


def front_matter(text: str) -> FrontMatter | None:
    """The front matter of a Markdown text, or None where what stands there is text.

    >>> front_matter("---\\ntitle: A\\nauthor: [B, C]\\n---\\n# D").origin.author
    'B, C'
    """
    import yaml

    lines = regex.split(r"\r\n|\r|\n", text[:LONGEST])
    if not lines or lines[0].rstrip() != "---":
        return None
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() in {"---", "..."}), None)
    if end is None:
        return None
    try:
        said = yaml.safe_load("\n".join(lines[1:end]))
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    named = {str(key).casefold(): value for key, value in said.items()}
    return FrontMatter(
        _first(named, "title"),
        Origin(
            author=_first(named, "author", "authors", "by", "作者"),
            publisher=_first(named, "publisher", "site", "source_name", "出版者", "来源"),
            date=_first(named, "date", "published", "pubdate", "日期", "发布日期"),
            url=_first(named, "url", "link", "permalink", "source", "canonical", "网址", "链接"),
        ),
        end + 1,
    )


def _first(named: dict[str, Any], *keys: str) -> str:
    return next((words for key in keys if (words := _words(named.get(key)))), "")


def _words(value: Any) -> str:
    match value:
        case str() | int() | float():
            return one_line(str(value))
        case datetime.datetime() if (value.hour, value.minute, value.second) == (0, 0, 0):
            return value.date().isoformat()
        case datetime.date():
            return value.isoformat()
        case dict():
            return _words(value.get("name"))
        case list():
            return ", ".join(words for entry in value[:20] if not isinstance(entry, list) and (words := _words(entry)))
    return ""
