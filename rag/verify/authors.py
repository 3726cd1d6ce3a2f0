"""Who wrote a document -> whether a citation names them, or somebody else."""

from __future__ import annotations

from dataclasses import dataclass

import regex

# What programs put where an author's name belongs.
_NOBODY = frozenset(
    ["microsoft", "office", "user", "admin", "administrator", "windows", "owner", "author", "unknown", "adobe",
     "acrobat", "default", "guest", "home", "lenovo", "dell", "python", "writer", "用户", "微软用户", "作者", "佚名",
     "管理员", "系统管理员", "雨林木风", "深度联盟", "番茄花园", "编辑部", "本刊编辑", "记者"]
)  # fmt: skip
# Words that are in the names of institutions and in no person's.
_INSTITUTION = frozenset(
    ["organization", "organisation", "university", "institute", "institution", "committee", "bureau", "ministry",
     "center", "centre", "inc", "ltd", "llc", "gmbh", "press", "group", "department", "council", "bank", "fund",
     "agency", "association", "society", "commission", "office", "team", "union", "nations", "news", "times", "post",
     "company", "corporation", "government", "school", "college", "library", "museum", "foundation", "network",
     "service", "services", "authority", "board", "federation", "international", "national", "academy", "parliament",
     "assembly", "secretariat", "republic", "states", "kingdom", "commonwealth", "party", "church", "hospital",
     "laboratory", "project", "programme", "program", "initiative", "forum", "alliance", "trust", "the"]
)  # fmt: skip
_BETWEEN = regex.compile(r"\s*(?:[;；、/]|\band\b|&|和|，|,(?=\s*\p{Han}))\s*")
_HAN_NAME = regex.compile(r"\p{Han}[\p{Han}·]{1,3}")
_LATIN_NAME = regex.compile(r"\p{Lu}[\p{L}.'’-]*")
# After a family name in a citation: a year, a page, a comma, another author, the end.
_AFTER = r"(?:\s*(?:et al\b|等|and\b|&|[,，(（:：;；.\n]|\d{4}|p\.)|['’]s\b|\s+\p{Lu}{1,3}\b|\s*\Z)"
_IN_PROSE = r"(?:,?\s(?:et al\.,?|(?:and|&) \p{Lu}[\p{L}'’-]+))?,?\s*[(（]?\s*(?:1[5-9]|20)\d\d"
_SEE = regex.compile(
    r"\A[\W\d_]*(?:(?:参见|详见|转引自|引自|参看|见|据|see also|see|cf\.?|quoted in|qtd\. in|in|from)[\s：:]*)*",
    regex.I,
)
_HAN_BEFORE = regex.compile(
    r"(?P<names>\p{Han}[\p{Han}·]{1,3}(?:[、，,]\s*\p{Han}[\p{Han}·]{1,3})*)\s*(?:等|主编|编著|编|著)?\s*"
    r"(?:[：:．.]|(?<=[著编等]))\s*[《“\"]?\Z"
)
_LATIN_BEFORE = regex.compile(
    r"(?P<names>\p{Lu}[\p{L}.'’-]*(?:(?:,\s*|\s+)(?:\p{Lu}[\p{L}.'’-]*|and|&|et al\.?|de|van|von|bin|al)){0,8})"
    r"\s*(?:[(（]\d{4}[)）])?\s*[,.:，：]\s*[“\"‘'*_《]*\Z"
)


@dataclass(frozen=True, slots=True)
class Person:
    """An author: the whole name, and the family name, which in Chinese is never told from the rest."""

    name: str
    family: str

    def in_citation(self, text: str) -> bool:
        """Whether a note, a parenthesis or a reference names them."""
        return self._named(text, _AFTER)

    def in_prose(self, text: str) -> bool:
        """Whether a sentence names them as a source: with a year."""
        return self._named(text, _IN_PROSE)

    def _named(self, text: str, after: str) -> bool:
        text = _folded_quotes(text)
        if not self.family.isascii() and _HAN_NAME.fullmatch(self.family):
            following = r"\s*[(（]?\s*(?:1[5-9]|20)\d\d|\s*[：:]?《" if after is _IN_PROSE else ""
            return regex.search(rf"{regex.escape(self.name)}(?:{following})", text) is not None
        family = _folded_quotes(self.family)
        either = {family, family.upper()}
        return any(regex.search(rf"(?<![\p{{L}}-]){regex.escape(one)}{after}", text) for one in either)


def people(author: str) -> tuple[Person, ...]:
    """The persons in a document's author line; none for what is no person's name for certain.

    >>> [one.family for one in people("Hall, Peter; Anna Lee and 王立群")], people("Microsoft Office User")
    (['Hall', 'Lee', '王立群'], ())
    """
    found = []
    for piece in (piece.strip() for piece in _BETWEEN.split(author)):
        if _HAN_NAME.fullmatch(piece) and piece not in _NOBODY:
            found.append(Person(piece, piece))
            continue
        whole = [part.strip() for part in piece.split(",")]
        if len(whole) > 1 and all(" " in part for part in whole):
            found += [person for part in whole for person in people(part)]
            continue
        words = regex.split(r"[\s,]+", piece)
        if len(words) < 2 or not all(_LATIN_NAME.fullmatch(word) for word in words):
            continue
        if any(word.lower().strip(".") in _NOBODY | _INSTITUTION for word in words):
            continue
        first = len(whole) == 2 or (words[0].isupper() and not words[-1].isupper())  # HALL Peter
        family = words[0] if first else words[-1]
        if len(family) > 2:
            found.append(Person(piece, family))
    return tuple(found)


def other_author(citation: str, title: str, own: tuple[Person, ...], all_people: tuple[Person, ...]) -> str:
    """The author that a citation names beside a title, when it is none of the document's own; else "".

    `all_people` are the authors of the library's documents. Nothing is said where the document's author is not known,
    or is written in another script than the citation's.
    """
    place = _folded_quotes(citation).casefold().find(_folded_quotes(title).casefold())
    if not own or place < 0:
        return ""
    around = citation[:place] + "\n" + citation[place + len(title) :]
    folded = _folded_quotes(around)
    if any(person.in_citation(around) or _folded_quotes(person.name) in folded for person in own):
        return ""
    for person in all_people:
        if person not in own and _folded_quotes(person.name) in folded:
            return person.name
    before = regex.split(r"[\n;；]", citation[:place])[-1]
    before = before[_SEE.match(before).end() :]
    chinese = all(_HAN_NAME.fullmatch(person.name) for person in own)
    found = (_HAN_BEFORE if chinese else _LATIN_BEFORE).fullmatch(before)
    return "" if found is None else str(found["names"]).strip()


def _folded_quotes(text: str) -> str:
    """As long as before, with one kind of quote marks."""
    return text.translate(str.maketrans("“”‘’「」『』", "\"\"''\"\"''"))
