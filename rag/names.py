"""The names in a sentence, as far as their writing shows them, and whether a text has them.

Of Latin and other letters with capitals: capitalised words, but for the first one where it is a common word. Of
Chinese: places that CLDR knows and China's larger ones, titles in 《》, foreign names with ·, and runs of characters
that no dictionary makes words of. A name in another script counts where it is the same country, or the pinyin.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

import regex
from icu4py.breakers import WordBreaker

from rag.fold import fold_only

_CAPITAL = regex.compile(
    r"(?<![\p{L}\p{N}])(?:\p{Lu}[\p{L}\p{M}\p{N}]*|\p{Ll}+\p{Lu}[\p{L}\p{N}]*)(?:[’'][\p{Lu}][\p{L}\p{M}]*)*"
)
_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_HAN = regex.compile(r"\p{Han}")
_ALL_HAN = regex.compile(r"\p{Han}+")
TITLE = regex.compile(r"[《〈]([^《》〈〉]+)[》〉]")
FOREIGN = regex.compile(r"\p{Han}{1,8}(?:[·・‧•]\p{Han}{1,8})+")
_MONTHS_LISTED = (
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec"
)
_MONTHS = frozenset(_MONTHS_LISTED.split())
# A first word with such an ending is hardly ever a name.
_COMMON = regex.compile(
    r"(?:ing|ly|tions?|ments?|ness|ities|ity|ers|ors|ists|ies|ed|ents|ants|isms?|ances?|ences?|ices|ures?|ages|ings|"
    r"people|"
    r"ases|oses|ists|ians?(?<=musicians?|physicians?|technicians?|politicians?|magicians?))\Z"
)
_OPENERS_LISTED = (
    "however moreover furthermore meanwhile nevertheless therefore thus hence overall instead yes no also besides "
    "both each every some many most several few one two three four five six seven eight nine ten half all another "
    "other others such until during after before since while although though because if when where why how what "
    "who which that this these those there here it its he she they we you i his her their our your my a an the in "
    "on at by for from with without to of as and or but so then not only under over between among within through "
    "throughout despite like unlike about around across against according based given due per via once today now "
    "later earlier first second third finally next last scientists researchers students scholars critics users "
    "children women men members teachers workers firms companies businesses total data work life time world water "
    "land art music game church law state city government company"
)
_OPENERS = frozenset(_OPENERS_LISTED.split())
_SUFFIXES = ("n", "an", "ian", "ese", "ish", "i", "s", "es", "er", "ers", "ic", "ns", "ans", "ians")
_PLAIN = frozenset(
    "的了着过是有在于由从向对将把被让使可能会要应已曾正还也都很最更较约近逾每各该此其这那哪和与及或等之以而且并则就才"
    "又再只仅"
    "共获均属超达设为做作成到来去上下中内外前后间里时年月日号个家名位只所座项次条种届万亿多少大小高低长短新老好其他它"
    "她我你们人"
    "说称指出示表给用令入出起后来自至因所者性化率量数额度力值型类式级别式部分全总总计合计约占含由即亦乃若如但却虽仍未"
    "不无没非"
    "第一二两三四五六七八九十百千零几半整同样当今曾后便则便于被叫称名首位处据受经比跟随往进回得地吗呢吧啊与跨"
)
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田"
    "姜范姚谭廖"
    "邹熊陆郝孔崔康毛邱秦史顾侯邵孟龙雷钱汤尹黎乔贺赖龚張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許盧蔣賈葉閻鐘譚鄒陸顧錢湯喬賀"
    "賴龔"
)
_NEVER_GIVEN = frozenset(
    "的了是在于由从从向对将把被让使为说和与及或等之以而且并则就才又再只也都很曾已於與對將讓為說並則"
)
_CHINA_LISTED = (
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 "
    "贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 石家庄 唐山 秦皇岛 太原 大同 沈阳 大连 "
    "鞍山 长春 哈尔滨 齐齐哈尔 大庆 南京 无锡 徐州 常州 苏州 南通 扬州 镇江 杭州 宁波 温州 嘉兴 绍兴 金华 合肥 "
    "芜湖 福州 厦门 泉州 南昌 赣州 济南 青岛 烟台 潍坊 郑州 洛阳 开封 武汉 宜昌 襄阳 荆州 黄石 十堰 孝感 长沙 株洲 "
    "湘潭 岳阳 广州 深圳 珠海 汕头 佛山 东莞 中山 惠州 南宁 桂林 柳州 海口 三亚 成都 绵阳 贵阳 遵义 昆明 大理 丽江 "
    "拉萨 西安 咸阳 宝鸡 延安 兰州 西宁 银川 呼和浩特 包头 乌鲁木齐 喀什 台北 高雄 台中 台南 新竹 基隆 巴黎 伦敦 "
    "纽约 华盛顿 东京 大阪 京都 柏林 慕尼黑 罗马 莫斯科 圣彼得堡 维也纳 马德里 里斯本 雅典 开罗 曼谷 首尔 平壤 "
    "河内 新德里 孟买 悉尼 墨尔本 多伦多 芝加哥 洛杉矶 旧金山 波士顿 费城 布拉格 华沙 布达佩斯 日内瓦 苏黎世 "
    "阿姆斯特丹 布鲁塞尔 斯德哥尔摩 奥斯陆 哥本哈根 赫尔辛基 伊斯坦布尔 耶路撒冷 欧洲 亚洲 非洲 美洲 北美 南美 "
    "大洋洲"
)
_CHINA = _CHINA_LISTED.split()  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the sentence writes it; a place of CLDR with its code."""

    text: str
    kind: Literal["letters", "place", "characters"]
    code: str = ""


def names(claim: str) -> list[Name]:
    """The names of a sentence; whether a run of Chinese characters is one, `occurs` tells by the other text.

    >>> [name.text for name in names("The bridge in Warsaw was built by the EU, in China too.")]
    ['China', 'Warsaw', 'EU']
    """
    found = [Name(match.group(), "place", code) for match, code in _places(claim)]
    rest = claim
    for name in found:
        rest = rest.replace(name.text, " " * len(name.text) if not _HAN.search(name.text) else name.text)
    found += _capitalised(rest)
    found += [Name(title, "characters") for title in TITLE.findall(claim)]
    found += [Name(match, "characters") for match in FOREIGN.findall(claim)]
    return list(dict.fromkeys([*found, *(Name(run, "characters", "?") for run in unsegmented(claim))]))


def occurs(name: Name, text: str, folded: str) -> bool:
    """Whether a text has a name; `folded` is the text folded."""
    if name.kind == "letters":
        return _has_word(name.text, text)
    if (
        name.kind == "place"
        and name.code
        and any(_has(other, text, folded) for other in _spellings().get(name.code, ()))
    ):
        return True
    if name.code == "?" and not _HAN.search(text):
        return True  # what is a name within Chinese is seen only beside a text in Chinese
    return _has(name.text, text, folded)


def _has(spelling: str, text: str, folded: str) -> bool:
    if _HAN.search(spelling):
        return fold_only(spelling) in folded
    return all(_has_word(part, text) for part in _TOKEN.findall(spelling))


def _capitalised(claim: str) -> list[Name]:
    found = []
    first = _TOKEN.search(claim)
    for match in _CAPITAL.finditer(claim):
        word = match.group()
        lower = word.casefold()
        if len(word) == 1 or lower in _MONTHS:
            continue
        opens = first is not None and match.start() == first.start()
        if lower in _OPENERS or (opens and (_COMMON.search(lower) or _is_stop_word(lower))):
            continue
        found.append(Name(word, "letters"))
    return found


def _has_word(word: str, text: str) -> bool:
    words, spoken = _words(text)
    mine = _plain(word)
    if mine in words:
        return True
    if len(mine) >= 4 and any(
        len(other) >= 4 and (_derived(mine, other) or _derived(other, mine)) for other in words if other[:3] == mine[:3]
    ):
        return True
    return len(mine) >= 3 and mine.isascii() and regex.search(rf"(?:^| ){_syllables(mine)}(?: |$)", spoken) is not None


def _derived(longer: str, shorter: str) -> bool:
    """China, Chinese; Poland, Polish is beyond this."""
    stems = (shorter, shorter[:-1])
    return any(longer.startswith(stem) and longer[len(stem) :] in _SUFFIXES for stem in stems if len(stem) >= 4)


def _syllables(word: str) -> str:
    return r"\s?".join(map(regex.escape, word))


@lru_cache(256)
def _words(text: str) -> tuple[frozenset[str], str]:
    """A text's words, and its Chinese as pinyin with spaces between the syllables."""
    words = frozenset(_plain(word) for word in _TOKEN.findall(text))
    if not _HAN.search(text):
        return words, ""
    from pypinyin import lazy_pinyin

    return words, " ".join(lazy_pinyin(text, errors=lambda _: "|"))


def _plain(word: str) -> str:
    """Small letters without accents."""
    decomposed = unicodedata.normalize("NFKD", word).casefold()
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _places(claim: str) -> Iterator[tuple[regex.Match[str], str]]:
    pattern, codes = _gazetteer()
    for match in pattern.finditer(claim):
        yield match, codes[match.group()]


@cache
def _gazetteer() -> tuple[regex.Pattern[str], dict[str, str]]:
    codes = {spelling: code for code, spellings in _spellings().items() for spelling in spellings}
    codes |= {place: codes.get(place, "") for place in _CHINA}
    longest_first = sorted(codes, key=len, reverse=True)
    han = "|".join(regex.escape(name) for name in longest_first if _HAN.search(name))
    latin = "|".join(regex.escape(name) for name in longest_first if not _HAN.search(name))
    return regex.compile(rf"(?:{han})|(?<![\p{{L}}\p{{N}}])(?:{latin})(?![\p{{L}}\p{{N}}])"), codes


@cache
def _spellings() -> dict[str, tuple[str, ...]]:
    """Countries and the world's regions in Chinese, simplified and traditional, and English, by CLDR's codes."""
    from babel import Locale

    found: dict[str, set[str]] = {}
    for language in ("zh", "zh_Hant", "en"):
        for code, name in Locale.parse(language).territories.items():
            if len(name) > 1 and name not in ("world", "世界"):
                found.setdefault(code, set()).add(str(name))
    for code, more in {"US": ("USA", "U.S.", "America", "美利坚"), "GB": ("UK", "Britain", "England", "英国")}.items():
        found[code].update(more)
    found["HK"].update(("香港", "Hong Kong"))
    found["MO"].update(("澳门", "澳門", "Macao", "Macau"))
    return {code: tuple(sorted(names)) for code, names in found.items()}


@lru_cache(256)
def unsegmented(claim: str) -> tuple[str, ...]:
    """Runs of two characters or more that are no words of ICU's dictionary nor plain ones: most persons' names."""
    text = regex.sub(r"[\U00010000-\U0010ffff]", " ", claim)
    runs, run, after_surname = [], "", False
    for start, end in [*WordBreaker(text, "root").segments(), (len(text), len(text))]:
        token = text[start:end]
        if after_surname and len(token) == 2 and _ALL_HAN.fullmatch(token) and not _is_common(token):
            runs.append(run + token)  # a given name that is a word by itself
        after_surname = len(token) == 1 and token in SURNAMES
        person = run[:1] in SURNAMES and len(run) < 3
        no_name = _NEVER_GIVEN if person else _PLAIN
        if len(token) == 1 and _ALL_HAN.fullmatch(token) and token not in no_name:
            run += token
            continue
        if len(run) > 1:
            runs.append(run)
        run = ""
    return tuple(runs)


@cache
def _is_common(word: str) -> bool:
    """A Chinese word that stands in the list of those that carry no matter."""
    import stopwordsiso

    return word in stopwordsiso.stopwords("zh")


@cache
def _is_stop_word(word: str) -> bool:
    import stopwordsiso

    return word in stopwordsiso.stopwords("en")
