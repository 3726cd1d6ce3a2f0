"""Made-up news reports on towns and firms, in Chinese or English, with questions in nine languages.

The sets hold encyclopedias. News says things otherwise: many counts in one paragraph, people quoted, firms
called by a short name; and the same question is asked of another town, year or thing than the report has.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from training.examples import Example
from training.report_facts import (
    CLOSE,
    OPEN,
    Fact,
    Holder,
    Said,
    city,
    company,
    fact,
    listed,
    question,
    sentence,
    table,
    year,
)
from training.report_words import ASKED, FILLERS, HEADS

# How often each kind of fact is told, in parts of a hundred, of towns and of firms.
_TOLD = {
    "city": {"counted": 55, "values": 27, "roles": 6, "events": 7, "sayings": 5},
    "company": {
        "counted": 20, "values": 26, "roles": 12, "events": 10, "products": 9, "deeds": 9, "durations": 6, "sayings": 8,
    },
}  # fmt: skip
_UNANSWERED = 0.45  # of the questions
_CITIES = 0.5  # of the reports are on towns
_HEADED, _LISTED, _WHOLE_TOWN = 0.6, 0.5, 0.4
_SAME_LANGUAGE = 0.35
_SUBJECT_LEFT_OUT = ("counted", "values")  # the sentence goes on from the one before
_IMPLIED, _SHORTENED = 0.5, 0.4
_THE_COMPANY = {"zh": ("公司", "公司", "该公司", "这家企业", "企业"), "en": ("the company", "the company", "the firm")}
_TRIES = 20


class Report:
    """What one report says: its holders and its facts, in groups that are told together.

    `implied` says whether a firm is also spoken of as "the company" once it was named, and a town not named again.
    """

    def __init__(self, random: Random, implied: bool = False) -> None:
        self.implied = implied
        self.said: Said = "zh" if random.random() < 0.65 else "en"
        self.kind = "city" if random.random() < _CITIES else "company"
        self.holders = self.some(random.choice((1, 1, 2, 2, 3)), random)
        self.groups: list[list[Fact]] = []
        for _ in range(random.randint(2, 6)):
            self._tell(random.choice(self.holders), random)

    def some(self, count: int, random: Random) -> list[Holder]:
        """Holders of the report's kind."""
        if self.kind == "city":
            return [city(row, self.said) for row in random.sample(range(len(table("cities"))), count)]
        return [company(random, self.said) for _ in range(count)]

    def _tell(self, holder: Holder, random: Random) -> None:
        shares = _TOLD[self.kind]
        name = random.choices(list(shares), weights=list(shares.values()))[0]
        free = [row for row in self.rows(name) if self.told(name, row, holder) is None]
        if name in ("deeds", "sayings"):  # asked without a name: one holder did it or said it
            free = [row for row in free if all(self.told(name, row, other) is None for other in self.holders)]
        count = random.randint(2, 4) if name == "counted" and random.random() < _LISTED else 1
        told = [fact(name, row, holder, random, self.said) for row in random.sample(free, min(count, len(free)))]
        values = {one.value for one in self.facts()}
        told = [one for one in told if name == "deeds" or one.value not in values]
        if told:
            self.groups.append(told)
        if len(told) == 1 and told[0].year and random.random() < 0.4:
            again = replace(fact(name, told[0].row, holder, random, self.said), before="", year=year(random))
            if again.year != told[0].year and again.value not in {*values, told[0].value}:
                self.groups.append([again])

    def rows(self, name: str) -> list[int]:
        """Those of a table that such a holder can have."""
        return [row for row, words in enumerate(table(name)) if words.get("holder", "both") in (self.kind, "both")]

    def facts(self) -> list[Fact]:
        """All, in the order they were thought of."""
        return [one for group in self.groups for one in group]

    def told(self, name: str, row: int, holder: Holder) -> Fact | None:
        """The fact of this kind on the holder."""
        same = (one for one in self.facts() if (one.table, one.row) == (name, row) and one.holder is holder)
        return next(same, None)

    def years(self, told: Fact) -> set[str]:
        """Those for which the report says this."""
        return {
            one.year for one in self.facts() if (one.table, one.row, one.holder) == (told.table, told.row, told.holder)
        }

    def text(self, asked: Fact | None, head: str, random: Random) -> str:
        """The report under its heading; the answer is between OPEN and CLOSE."""
        pieces: list[str] = []
        before: Holder | None = None  # whom the piece before is on
        for group in random.sample(self.groups, len(self.groups)):
            holder = group[0].holder
            name = self._name(group[0], before, bool(head), random)
            before = holder
            if len(group) > 1:
                piece = listed(group, self.said, name, asked)
                if self.implied and self.said == "zh" and random.random() < _SHORTENED:
                    piece = piece.replace("企业", "")
            else:
                piece = sentence(group[0], random, self.said, name, group[0] is asked)
            pieces.append(piece if name else piece.removeprefix("的"))
            if random.random() < 0.35:
                pieces.append(random.choice(FILLERS[self.said]))
        if self.said == "en":
            return " ".join(f"{piece[:1].upper()}{piece[1:]}." for piece in pieces)
        marks = [random.choice("。。。，；") for _ in pieces[:-1]] + ["。"]
        return "".join(piece + mark for piece, mark in zip(pieces, marks, strict=True))

    def _name(self, told: Fact, before: Holder | None, headed: bool, random: Random) -> str:
        """What the sentence calls the holder: by name, or as it can where it was named before; "" for not at all."""
        name = random.choice(told.holder.spoken)
        alone = len(self.holders) == 1 and (before is not None or headed)
        if alone and self.kind == "city" and random.random() < _WHOLE_TOWN:
            name = "全市" if self.said == "zh" else "the city"
        if self.implied and self.kind == "company" and (alone or before is told.holder) and random.random() < _IMPLIED:
            name = random.choice(_THE_COMPANY[self.said])
        left_out = before is told.holder or (self.implied and alone and self.kind == "city")
        if left_out and self.said == "zh" and told.table in _SUBJECT_LEFT_OUT and random.random() < 0.3:
            name = ""
        return name

    def head(self, random: Random) -> str:
        """Its heading, "" for none."""
        if random.random() >= _HEADED:
            return ""
        return random.choice(HEADS[self.said]).format(E=random.choice(self.holders).spoken[0])


def report_example(random: Random, implied: bool = False) -> Example:
    """A report and a question that it answers or, as often as `_UNANSWERED` says, does not."""
    while True:
        report = Report(random, implied)
        if not report.groups:
            continue
        asked = random.choice(report.facts())
        same = random.random() < _SAME_LANGUAGE
        language = report.said if same else random.choice(ASKED)
        if random.random() >= _UNANSWERED:
            return _answered(report, asked, language, random)
        other = untold(report, asked, random)
        if other is None:
            continue
        dated = bool(other.year) and (other.year not in report.years(asked) and other.holder is asked.holder)
        head = report.head(random)
        text = report.text(None, head, random)
        if any(name in text + head for name in _new_names(report, other)):
            continue
        return Example(question(other, language, random, dated), head, text, -1, -1)


def _answered(report: Report, asked: Fact, language: str, random: Random) -> Example:
    dated = bool(asked.year) and (len(report.years(asked)) > 1 or random.random() < 0.5)
    head = report.head(random)
    marked = report.text(asked, head, random)
    start = marked.index(OPEN)
    end = marked.index(CLOSE) - 1
    text = marked.replace(OPEN, "").replace(CLOSE, "")
    return Example(question(asked, language, random, dated), head, text, start, end)


def untold(report: Report, asked: Fact, random: Random) -> Fact | None:
    """A fact that the report does not tell, like the one it tells but for the holder, the year or what is told."""
    ways = ["holder", "holder", "thing"] + ["year"] * (2 if asked.year else 0)
    way = random.choice(ways)
    if asked.table in ("deeds", "sayings"):
        way = "thing"
    if way == "year":
        years = report.years(asked)
        other = next((given for given in (year(random) for _ in range(_TRIES)) if given not in years), None)
        return replace(asked, year=other) if other and "" not in years else None
    if way == "holder":
        others = [*report.holders, *report.some(2, random)]
        free = [one for one in others if one is not asked.holder and report.told(asked.table, asked.row, one) is None]
        return replace(asked, holder=random.choice(free), year="") if free else None
    told = {one.row for one in report.facts() if one.table == asked.table and one.holder is asked.holder}
    if asked.table in ("deeds", "sayings"):
        told = {one.row for one in report.facts() if one.table == asked.table}
    free_rows = [row for row in report.rows(asked.table) if row not in told]
    return replace(asked, row=random.choice(free_rows), year="") if free_rows else None


def _new_names(report: Report, other: Fact) -> tuple[str, ...]:
    """The names by which a holder that the report is not on might stand in it all the same."""
    return () if any(other.holder is one for one in report.holders) else other.holder.spoken
