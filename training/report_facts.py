"""Facts that news reports on towns and firms give, made up, and how they are said and asked in nine languages."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal

from pypinyin import lazy_pinyin

from training.report_words import ASKED, IN_YEAR, PLACE, QUESTIONS, SENTENCES, WHO_SAID

Said = Literal["zh", "en"]  # the languages of the reports

OPEN, CLOSE = "\x02", "\x03"  # around the answer, until its place is known
_WORDS = Path(__file__).parent / "words"
_FIRST, _LAST = 2012, 2026  # years
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_TRADES = (
    ("智能", "Intelligent"), ("生物", "Biotech"), ("光电", "Optoelectronics"), ("新能源", "New Energy"),
    ("机器人", "Robotics"), ("微电子", "Microelectronics"), ("材料", "Materials"), ("航天", "Aerospace"),
    ("医疗", "Medical"), ("软件", "Software"), ("汽车", "Automotive"), ("半导体", "Semiconductor"),
    ("食品", "Foods"), ("物流", "Logistics"), ("环保", "Environmental"), ("储能", "Energy Storage"),
)  # fmt: skip
_BRANDS = "云岭星河蓝芯远航正元启明瑞安海川博睿天工鼎盛中屹青禾华璟东曜宏图立方盛源科锐凌峰泰和晨光安泰恒信卓越朗星奥维"
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂英华玉兰红梅鹏飞晓东海波志远建国文博思雨子涵欣怡浩然宇轩梓俊"
    "凯琪佳雪松柏岩峰立新永康雅楠启航嘉禾"
)

_MARK = {"ar": "؟", "fr": " ?"}  # of a question, where it is not "?"

Row = dict[str, str]


@cache
def table(name: str) -> tuple[Row, ...]:
    """The rows of a table of words, by column."""
    with (_WORDS / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="\t"))


@dataclass(frozen=True, slots=True)
class Holder:
    """A town or a firm: `spoken` is what it is called in a report, `asked` in the questions of each language."""

    kind: Literal["city", "company"]
    spoken: tuple[str, ...]
    asked: tuple[tuple[str, str], ...]

    def of(self, language: str) -> str:
        """Its name in a question."""
        return dict(self.asked)[language]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a report says of `holder`: `table` and `row` say which, `value` is the answer as it is written.

    `year` is the one that the sentence gives, "" for none; `before` an earlier value that it gives too.
    """

    table: str
    row: int
    holder: Holder
    value: str
    year: str = ""
    before: str = ""

    @property
    def words(self) -> Row:
        """The row of the table."""
        return table(self.table)[self.row]


def city(row: int, said: Said) -> Holder:
    """A town of the table."""
    words = table("cities")[row]
    spoken = (words["zh"], words["zh"] + "市") if said == "zh" else (words["en"],)
    return Holder("city", spoken, tuple((language, words[language]) for language in ASKED))


def company(random: Random, said: Said) -> Holder:
    """A firm with a made-up name; in a Chinese report it has a short and a full one."""
    brand = "".join(random.sample(_BRANDS, 2))
    trade, english = random.choice(_TRADES)
    latin = "".join(lazy_pinyin(brand)).capitalize()
    if said == "en":
        name = f"{latin} {english}"
        return Holder("company", (name, name, f"{name} Co., Ltd."), tuple((language, name) for language in ASKED))
    place = random.choice(table("cities"))["zh"]
    form = random.choice(("科技有限公司", "技术有限公司", "股份有限公司", "有限公司"))
    short, full = brand + trade, f"{place}{brand}{trade}{form}"
    spelled = "".join(lazy_pinyin(trade)).capitalize()
    foreign = random.choice((f"{latin} {english}", f"{latin} {spelled}", latin))
    names = dict.fromkeys(ASKED, foreign) | {"zh": random.choice((short, short, full)), "ja": short}
    return Holder("company", (short, full, short), tuple(names.items()))


def person(random: Random, said: Said) -> str:
    """A Chinese name, in an English report in pinyin."""
    surname, given = random.choice(_SURNAMES), "".join(random.sample(_GIVEN, random.choice((1, 2, 2))))
    if said == "zh":
        return surname + given
    return f"{lazy_pinyin(surname)[0].capitalize()} {''.join(lazy_pinyin(given)).capitalize()}"


def year(random: Random) -> str:
    """One of the last years."""
    return str(random.randint(_FIRST, _LAST))


def fact(name: str, row: int, holder: Holder, random: Random, said: Said) -> Fact:
    """One of this kind with a value made up for it."""
    words = table(name)[row]
    found = Fact(name, row, holder, "")
    if name == "counted":
        number = _count(random, said)
        found = replace(found, value=number + words["measure"] if said == "zh" else number)
    elif name == "values":
        value = _value(words["unit"], random, said)
        before = _value("percent", random, said) if words["unit"] == "percent" and random.random() < 0.3 else ""
        dated = year(random) if random.random() < 0.4 else ""
        found = replace(found, value=value, before=before if before != value else "", year=dated)
    elif name in ("roles", "sayings"):
        found = replace(found, value=person(random, said))
    elif name == "events":
        found = replace(found, value=_date(random, said))
    elif name == "products":
        found = replace(found, value=_product(random, said))
    elif name == "deeds":
        found = replace(found, value=random.choice(holder.spoken))
    else:
        found = replace(found, value=_duration(random, said))
    return found


def sentence(told: Fact, random: Random, said: Said, name: str, marked: bool) -> str:
    """How a report says it, without a full stop; `name` is the holder's there. `marked` puts OPEN and CLOSE."""
    words = told.words
    value = f"{OPEN}{told.value}{CLOSE}" if marked else told.value
    if told.table == "events":
        return words[f"{said}_said"].format(E=name, D=value)
    if told.table == "durations":
        return words[f"{said}_said"].format(E=name, T=value)
    if told.table == "deeds":
        return words[f"{said}_said"].format(E=value)
    form = random.choice(SENTENCES[said, told.table if not told.before else "raised"])
    given = {"E": name, "V": value, "B": told.before, "N": words[said], "M": words.get("measure", "")}
    if told.table == "sayings":
        role = random.choice([row for row in table("roles") if row["holder"] == told.holder.kind])
        given["R"] = role[said]
    dated = form.format(**given)
    if told.year:
        dated = f"{told.year}年，{dated}" if said == "zh" else f"In {told.year}, {dated}"
    elif told.table == "counted" and random.random() < 0.3:
        month = random.randint(1, 12)
        dated = f"截至{month}月，{dated}" if said == "zh" else f"By {_MONTHS[month - 1]}, {dated}"
    return dated


def listed(told: list[Fact], said: Said, name: str, marked: Fact | None) -> str:
    """Several counts of one holder in one sentence."""
    parts = []
    for one in told:
        value = f"{OPEN}{one.value}{CLOSE}" if one is marked else one.value
        parts.append(value + one.words["zh"] if said == "zh" else f"{value} {one.words['en']}")
    if said == "zh":
        return f"{name}拥有{'、'.join(parts)}"
    return f"{name} has {', '.join(parts[:-1])} and {parts[-1]}"


def question(told: Fact, language: str, random: Random, dated: bool) -> str:
    """The question for it; `dated` puts its year in."""
    words, name = told.words, told.holder.of(language)
    if told.table in ("deeds", "sayings"):
        return _asked_who(told.table, words, language, random)
    if told.table in ("events", "durations"):
        when = random.choice(("什么时候", "何时", "哪一年"))
        return words[language].format(E=name, W=when, D="", T="")
    asked = random.choice(QUESTIONS[language, told.table])
    counter = words.get(f"{language}_counter") or words.get("measure", "")
    found = asked.format(E=name, N=words[language], M=counter, P=PLACE[told.holder.kind])
    if not dated:
        return found
    before, after = IN_YEAR[language]
    if before:
        return before.format(Y=told.year) + found
    return f"{found.rstrip(' ?؟')}{after.format(Y=told.year)}{_MARK.get(language, '?')}"


def _asked_who(name: str, words: Row, language: str, random: Random) -> str:
    if name == "sayings":
        return random.choice(WHO_SAID[language]).format(N=words[language])
    if language == "zh":
        return random.choice(("哪家企业{N}？", "哪家公司{N}？", "{N}的是哪家企业？")).format(N=words["zh"])
    if language == "en":
        return f"Which company {words['en']}?"
    return words[language]


def _count(random: Random, said: Said) -> str:
    size = random.choice((1, 2, 2, 3, 3, 4, 5, 6, 7))
    number = random.randint(10 ** (size - 1) + 1, 10**size - 1)
    return _number(number, random, said)


def _number(number: int, random: Random, said: Said) -> str:
    """Large ones rounded as news rounds them."""
    if said == "zh":
        return str(number) if number < 10_000 else f"{round(number / 10_000, random.choice((0, 1, 2))):g}万"
    return f"{number:,}" if number < 1_000_000 else f"{round(number / 1e6, random.choice((1, 2))):g} million"


def _value(unit: str, random: Random, said: Said) -> str:
    if unit == "percent":
        return f"{round(random.uniform(0.5, 99.5), random.choice((0, 0, 1, 2))):g}%"
    if unit == "code":
        return f"{random.choice(('688', '300', '600', '002'))}{random.randint(0, 999):03d}"
    if unit == "money":
        amount = round(10 ** random.uniform(2, 7.5))  # in 10,000 yuan
        if said == "zh":
            return f"{amount}万元" if amount < 10_000 else f"{round(amount / 10_000, random.choice((0, 1, 2))):g}亿元"
        large = f"{round(amount / 1e5, 2):g} billion yuan"
        return f"{round(amount / 100, 1):g} million yuan" if amount < 100_000 else large
    number = _number(random.randint(10**3, 10 ** random.randint(4, 7)), random, said)
    words = {"people": ("人", ""), "area": ("平方米", " square metres"), "units": ("台", " units")}[unit]
    return number + words[0 if said == "zh" else 1]


def _date(random: Random, said: Said) -> str:
    month, given = random.randint(1, 12), year(random)
    if random.random() < 0.4:
        return f"{given}年" if said == "zh" else given
    return f"{given}年{month}月" if said == "zh" else f"{_MONTHS[month - 1]} {given}"


def _product(random: Random, said: Said) -> str:
    name = "".join(random.sample("天地星云光影龙凤山海风雷灵智慧启元极光昆仑伏羲追梦清源", 2))
    number = random.choice(("", "", f"{random.randint(1, 9)}号" if said == "zh" else f" {random.randint(1, 9)}"))
    return (name if said == "zh" else "".join(lazy_pinyin(name)).capitalize()) + number


def _duration(random: Random, said: Said) -> str:
    number = random.randint(2, 30)
    unit = random.choice((("个月", "months"), ("天", "days"), ("年", "years"), ("周", "weeks")))
    return f"{number}{unit[0]}" if said == "zh" else f"{number} {unit[1]}"
