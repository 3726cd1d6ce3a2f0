"""Questions with one thing changed: another name, place, year or quantity of the same kind.

The names come from the answers of the `train` rows themselves, and what kind of name each is
from the question that it answers: "who" is answered by a person, "哪一年" by a year.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from training.rows import Row

_KINDS = {
    "person": re.compile(r"\bwho(se|m)?\b|谁|誰|哪位|何人", re.I),
    "place": re.compile(
        r"\bwhere\b|(what|which) (country|city|state|county|town|region|island|river)"
        r"|哪(个|個|座|一)?(国|國|城|省|州|市|县|縣|地|里|裡|裏|岛|島)|在哪|どこ|何県|何市|どの(国|都市|地)",
        re.I,
    ),
    "body": re.compile(
        r"(what|which) (company|team|school|university|group|organi[sz]ation|party|agency|network)"
        r"|哪(个|個|家|间|間|所|支|一家|一所)?(公司|企业|企業|大学|大學|学校|學校)"
        r"|哪(个|個|家|间|間|所|支|一家|一所)?(组织|組織|机构|機構|团体|政党|球队|球隊|队)"
        r"|何という(会社|大学|組織|チーム)",
        re.I,
    ),
}
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,.]*\d|\d")
# Names that many documents hold and few of the sets do: the world's larger places, in the languages
# that people ask in most, one place a line so that a swap stays within its language.
_PLACES = {
    "zh": (
        "北京 上海 天津 重庆 广州 深圳 杭州 南京 成都 西安 武汉 长沙 苏州 青岛 郑州 合肥 厦门 宁波 济南 "
        "沈阳 大连 昆明 福州 浙江 江苏 广东 山东 河南 河北 湖北 湖南 四川 陕西 安徽 福建 江西 辽宁 云南 "
        "香港 台湾 中国 美国 英国 法国 德国 日本 韩国 印度 俄罗斯 巴西 加拿大 澳大利亚 意大利 西班牙 "
        "墨西哥 纽约 伦敦 巴黎 东京 柏林 莫斯科 芝加哥 华沙 维多利亚 加利福尼亚 佛罗里达 洛杉矶 欧洲 非洲 "
        "亚洲 南美洲"
    ),
    "zh-Hant": (
        "北京 上海 天津 重慶 廣州 深圳 杭州 南京 成都 西安 武漢 臺北 高雄 臺中 臺南 桃園 新竹 嘉義 香港 "
        "澳門 臺灣 中國 美國 英國 法國 德國 日本 韓國 印度 俄羅斯 巴西 加拿大 澳洲 義大利 西班牙 荷蘭 "
        "紐約 倫敦 巴黎 東京 柏林 歐洲 非洲 亞洲"
    ),
    "ja": (
        "東京 大阪 京都 名古屋 札幌 福岡 横浜 神戸 仙台 広島 北海道 沖縄 日本 中国 韓国 アメリカ イギリス "
        "フランス ドイツ イタリア ロシア インド ロンドン パリ ニューヨーク 北京 上海 武漢 深圳"
    ),
    "en": (
        "Beijing|Shanghai|Wuhan|Shenzhen|Hangzhou|Nanjing|China|Japan|Germany|France|England|Britain|"
        "Russia|India|Brazil|Canada|Australia|Italy|Spain|Mexico|Poland|Kenya|London|Paris|Tokyo|Berlin|"
        "Moscow|Warsaw|Chicago|Boston|New York|California|Florida|Texas|Victoria|Southern California|"
        "Los Angeles|Europe|Africa|Asia"
    ),
}


@dataclass(frozen=True, slots=True)
class Swap:
    """In the question, `old` becomes `new`; neither the passage nor the question held `new`."""

    old: str
    new: str


class Names:
    """Names by language and kind, to find in a question and to put in their place."""

    def __init__(self, rows: Iterable[Row], kinds: dict[str, str]) -> None:
        """`kinds`: row id -> kind, where another language's question already told it."""
        groups: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in rows:
            kind = kinds.get(row.id) or kind_asked(row.question)
            for start, end in row.answers[:1]:
                name = row.passage.text[start:end].strip()
                if kind and 2 <= len(name) <= 24 and not any(character.isdigit() for character in name):
                    groups[row.passage.language, kind].add(name)
        for language, places in _PLACES.items():
            groups[language, "place"] |= set(places.split("|") if "|" in places else places.split())
        self._groups = {key: sorted(names) for key, names in groups.items()}
        self._kind = {
            language: {
                name: kind for (tongue, kind), names in self._groups.items() if tongue == language for name in names
            }
            for language in {language for language, _ in self._groups}
        }

    def swap(self, question: str, passage: str, language: str, random: Random) -> Swap | None:
        """A change that leaves the passage without an answer, or None where none is found.

        `passage` is the text in the question's own language.
        """
        choices = [name for name in self._kind.get(language, {}) if _holds(question, name)]
        numbers = _NUMBER.findall(question)
        if numbers and (not choices or random.random() < 0.4):
            old = random.choice(numbers)
            new = _other_number(old, random)
            return None if new in passage or new in question else Swap(old, new)
        if not choices:
            return None
        old = random.choice(sorted(choices, key=len)[-2:])  # the longest say most
        group = self._groups[language, self._kind[language][old]]
        new = random.choice(group)
        clash = new in passage or new in question or new in old or old in new
        return None if clash else Swap(old, new)


def kind_asked(question: str) -> str:
    """person, place, body, or "" where the question does not say."""
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(question)), "")


def _holds(question: str, name: str) -> bool:
    place = question.find(name)
    if place < 0:
        return False
    if not (name[0].isascii() or name[0].islower() or name[0].isupper()):
        return True  # scripts without spaces have no word borders to look at
    before = question[place - 1 : place]
    after = question[place + len(name) : place + len(name) + 1]
    return not (before.isalnum() or after.isalnum())


def _other_number(number: str, random: Random) -> str:
    """Of the same look: a year stays a year of its time, a quantity keeps its digits."""
    if len(number) == 4 and number.isdigit() and number[0] in "12":
        return str(int(number) + random.choice([-30, -11, -7, -3, -2, -1, 1, 2, 3, 5, 8, 20]))
    digits = [character if not character.isdigit() else str(random.randint(1, 9)) for character in number]
    return "".join(digits)
