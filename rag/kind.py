"""What kind of answer a question asks for, by its words, and whether a span is of that kind.

The reader knows an amount of money from a percentage less surely the further a question's language is from the text's,
and says so by no sign of its own. The words that ask are few in every language, and units are written down.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import regex

Kind = Literal["person", "time", "duration", "share", "money", "count", "amount"]
Shown = Literal["time", "duration", "share", "money", "count", "number", "words"]


def _any(*patterns: str) -> regex.Pattern[str]:
    return regex.compile("|".join(patterns), regex.IGNORECASE)


# In each: Chinese and Japanese, English, German, French, Spanish, Russian, Korean, Arabic.
_WHO = _any(
    r"谁|誰|哪位", r"^(?:(?:by|with|to|from|for|of|in|on|at|and|under|against|after|\d+),?\s+){0,3}who(?:se|m)?\b",
    r"\bwe[rm]\b|\bwessen\b", r"^(?:à |de |par |avec |pour )?qui\b",
    r"quién", r"^(?:\w+\s+)?(?:кто|кого|кому|кем)\b", r"누구|누가", r"^من (?:هو|هي|الذي|التي|كان)\b",
)  # fmt: skip
_WHEN = _any(
    r"哪一?年|何时|何時|什么时候|什麼時候|哪一?天|[几幾]月", r"いつ|何年(?!間|も|か)|何月何日",
    r"^(?:\w+\s+)?when\b|\b(?:what|which) (?:year|month|date|century)\b",
    r"\bwann\b|welche[nmrs]? (?:Jahr|Monat|Datum)",
    r"^(?:\w+\s+)?quand\b|quelle? (?:année|date|mois|siècle)", r"cuándo|qué (?:año|mes|fecha|siglo)",
    r"^(?:\w+\s+)?когда\b|каком (?:году|месяце|веке)|какого (?:года|числа)",
    r"언제|몇 ?년(?:에|부터|까지|입니까|인가)|몇 ?월|어느 해|어떤 해",
    r"متى|أي (?:عام|سنة|شهر|تاريخ)",
)  # fmt: skip
_HOW_LONG = _any(
    r"多久|多长时间|多長時間|[几幾]个月|多少(?:个月|個月|天|小时|小時|分钟|分鐘)|几(?:天|小时|分钟|周)",
    r"(?:どの|どれ)(?:くらい|ぐらい|ほど)の期間|何(?:年|日|週|か月|ヶ月|時間)間|何(?:年|か月|ヶ月|日|時間)かか",
    r"\bhow long (?:did|does|do|have|has|had|will|would|must|may|can|before|after)\b",
    r"\bhow many (?:years|months|weeks|days|hours|minutes|seconds)\b",
    r"\bwie lange\b|\bwie viele? (?:Jahre|Monate|Wochen|Tage|Stunden|Minuten)",
    r"combien de (?:temps|ans|années|mois|semaines|jours|heures|minutes)",
    r"cuánto (?:tiempo|dur|tard)|cuánt[oa]s (?:años|meses|semanas|días|horas|minutos)",
    r"как долго|сколько (?:времени|лет|месяцев|недель|дней|суток|часов|минут)",
    r"얼마 ?동안|얼마나 (?:오래|걸)|며칠|몇 ?(?:년|달|개월|주|일|시간|분) ?(?:간|동안|만에|이나|걸)",
    r"كم (?:من الوقت|استغرق|تستغرق|يستغرق|سنة|عام|شهر|يوم|ساعة|دقيقة|أسبوع)",
)  # fmt: skip
_HOW_MANY = _any(
    r"多少[家个個名人位项項次所条條座只隻种種台臺辆輛款亩畝间間支艘份户戶场場]",
    r"(?<![\d十百])[几幾](?!个百分点|個百分點)[家个個名人位项項次所条條座只隻种種台臺辆輛款亩畝间間支艘份户戶场場]",
    # In Chinese 何人 and 何種 ask who and which.
    r"何(?:人|名|社|個|軒|校|台|件|回|本|頭|匹|種|点|冊|枚|艘|店|棟|戸|か所|カ所|ヶ所|箇所|か国)(?=\p{Hiragana})"
    r"|いくつ",
    r"\bhow many\b", r"\bwie viele\b", r"\bcombien (?:de |d['’])(?!argent|imp[oô]t|euros)", r"cuánt[oa]s\b",
    r"몇 ?(?:개|명|곳|대|건|차례|번|마리|채)",
)  # fmt: skip
_HOW_MUCH = _any(
    r"多少|多大|多高|[几幾][个個]百分[点點]",
    r"いくら|(?:どの|どれ)(?:くらい|ぐらい|ほど)|何(?:パーセント|％|%|割|円|億|万|トン|キロ|メートル)",
    r"\bhow (?:much|long|high|large|far|big|deep)\b", r"\bwie\s?viel\b|\bwie (?:hoch|groß|lang|weit)\b",
    r"\bcombien\b",
    r"cuánto\b|cuánta\b", r"\bсколько\b", r"몇|얼마", r"(?:^|\s)[بل]?كم\s",
)  # fmt: skip
# What is no "how much", and asks for an amount of money all the same.
_SUM = _any(
    r"\bwhat (?:is|was|are|were) the (?:\w+ )?(?:price|cost|revenue|turnover|budget|salary|fee|fine)\b",
    r"\bwelche[rnms]? (?:Umsatz|Preis|Betrag|Summe)\b",
    r"\bquel(?:le)? (?:est|était|fut) (?:le|la) (?:prix|coût|budget|montant|chiffre d.affaires)",
    r"\bcuál (?:es|era|fue) (?:el|la) (?:precio|coste|costo|presupuesto|facturación|importe|salario)",
    r"\bкакова? (?:выручка|стоимость|цена|сумма|бюджет)|\bкакую сумму|\bкакой бюджет",
    r"\bما (?:سعر|تكلفة|ميزانية|إيرادات|قيمة)\b",
)  # fmt: skip
_WHAT = _any(
    r"\b(?:what|which)\b", r"\bwelche[nmrs]?\b", r"\bquel(?:le)?s?\b", r"\bcuál|\bqué\b",
    r"\bкак(?:ой|ая|ое|ова|ов|ую|им)\b", r"어느|무슨", r"\bما\b|\bأي\b",
)  # fmt: skip
# A part or a difference, told in its unit or as a share.
_PART = _any(
    r"的多少|多大一部分|比.{1,8}[多少高低]多少", r"\b(?:how much of|by how much)\b",
    r"\b(?:wie viel (?:von|des|der)|um wie viel)\b",
    r"\bde combien\b",
)  # fmt: skip
_WHY = _any(r"为什么|為什麼|为何|為何|为了什么|為了做什麼")  # "几个" is then one of what is asked about
_SHARE = _any(
    r"百分之|百分比|百分点|百分點|[几幾]成|(?:比例|占比|比重|增速|涨幅|降幅|增幅|率)[^，。；？?]{0,6}(?:多少|多大|多高)|多大比例"
    r"|多少比例",
    r"パーセント|何[％%割]|割合は|率は",
    r"\bper ?cent(?:age)?\b|(?:what|which) (?:share|proportion|fraction|(?:\w+ )?rate)\b", r"prozent|\banteil",
    r"pourcentage|pour cent|quelle (?:part|proportion)\b|quel taux",
    r"porcentaje|por ciento|qué (?:proporción|ritmo|tasa)",
    r"процент|\bкак(?:ая|ова|ую) дол|как(?:ая|ую) часть|на сколько процент", r"퍼센트|비율|비중",
    r"نسبة|بالمئة|المئة|بالمائة",
)  # fmt: skip
_MONEY = _any(
    r"钱|錢|金额|金額|造价|价格|售价|注册资本|投资额|营收|收入|产值|预算|资金|融资|奖金|补贴|工资|费用|成本|票价"
    r"|学费|租金|利润|贷款|销售额",
    r"多少(?:万|亿|萬|億)?(?:元|美元)",
    r"いくらの?(?:資|投|金|予|支)|何(?:円|億円|万円|ドル)|金額|費用|価格|売上高|予算|資金|賞金",
    r"\bhow much (?:money|funding|cash|revenue)\b"
    r"|\b(?:cost|pay|paid|raised?|spen[dt]|earn(?:ed)?|invest(?:ed)?|fined?)\b",
    r"\bgeld\b|\bteuer\b|\bkost|umsatz|\bpreis\b|budget|\bgehalt\b|\bbetrag\b|finanzierung|investier",
    r"argent|chiffre d.affaires|\bprix\b|coût|budget|montant|financement|salaire|payé|euros",
    r"dinero|\bprecio|cuesta|costó|presupuesto|facturación|\bcost[eo]\b|salario|importe|ingres|financiación|\bpag",
    r"денег|стоит|стоил|стоимост|\bсумм|\bцен[аыуе]\b|выручк|бюджет|зарплат|заплати|рублей|юаней|долларов|обошл",
    r"금액|가격|비용|매출|자본금|예산|자금|투자액|투자금|\b돈|상금|대출",
    r"مبلغ|تكلفة|تكلف|سعر|ميزانية|إيرادات|أموال|تمويل|ثمن|دفع",
)  # fmt: skip

_PERCENT = _any(
    r"[%％‰٪½⅓¼⅔¾]|百分之|个百分点|個百分點|[一二三四五六七八九两\d]成|分之|[\d一二三四五六七八九]割|パーセント"
    r"|一半|半数|過半|多数",
    r"\bper ?cent\b|\b(?:half|thirds?|quarters?|fifths?|sixths?|tenths?|majority)\b",
)  # fmt: skip
_CURRENCY = _any(
    r"[$€£¥￥＄₹₽]"
    r"|[\d一二三四五六七八九十百千万亿兆億萬両余多](?:元|美元|港元|欧元|歐元|英镑|日元|円|人民币|卢布|法郎|马克|块钱|角|两银|贯|兩)",
    r"\b(?:dollars?|euros?|pounds?|yuan|yen|francs?|marks?|crowns?|kron(?:er|or|a|e)|guilders?|rupees?|rou?bles?|pesos?|won|"
    r"lir[ae]|shillings?|livres?|florins?|ducats?|thalers?|escudos?|dirhams?|dinars?|riyals?|RMB|USD|EUR|GBP|cents"
    r"|pence)\b",
)  # fmt: skip
_LENGTH = _any(
    r"个月|個月|か月|ヶ月|カ月|小时|小時|時間|分钟|分鐘|星期|昼夜|年间|年間|年半|日間",
    r"(?<!\d)\d{1,3}\s?(?:天|秒|周|週)",
    r"(?<![\d.])\d{1,2}年(?!代|\d)|[一二三四五六七八九十两兩半]+(?:年|天)(?!代)",
    r"\b(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|nights?|decades?)\b",
)  # fmt: skip
_POINT = _any(
    r"(?<!\d)\d{3,4}\s?年|年代|世纪|世紀|\d月|[一二三四五六七八九]月|\d[日号號]|[〇零一二三四五六七八九]{4}年"
    r"|[去今明前]年|[上本]月|[昭明大平令][和治正成]",
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|century|BCE?|AD)\b",
)  # fmt: skip
_COUNTED = _any(
    r"[\d十百千万亿萬億余多几幾](?:家|个(?!月|百|小|半|星)|個(?!月|百|小|半|星)|名|人|位|项|項|次|所|条|條|座|只|隻|种|種|台|臺|辆|輛|款|亩|畝|支|艘|份|户|戶|场|場|件|社|軒|校|匹|頭|本|冊|枚)"
)
_DIGIT = regex.compile(r"\p{Nd}")
_NO_NAME = regex.compile(r"\p{Nd}(?!世|代)")
_YEAR = regex.compile(r"(?<!\d)[12]?\d{3}(?!\d)")
_NUMBER = _any(
    r"\p{N}|[〇一二三四五六七八九十百千万亿两億萬兩幾数半]",
    r"\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|once"
    r"|twice|"
    r"none|no|single|first|second|several|many|few)\b",
)  # fmt: skip
# Scripts and languages whose number words are known; else a span without digits says nothing.
_KNOWN_WORDS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")

# What an answer of the kind has, whatever its unit.
_OF_KIND: dict[Kind, regex.Pattern[str]] = {"time": _YEAR, "amount": _DIGIT}
# What an answer to each cannot be.
_UNFIT: dict[Kind, frozenset[Shown]] = {
    "person": frozenset(),
    "time": frozenset(("share", "money", "count")),
    "duration": frozenset(("money", "count", "words")),
    "share": frozenset(("money", "count", "time", "duration", "words")),
    "money": frozenset(("share", "count", "time", "duration", "words")),
    "count": frozenset(("share", "money", "time", "words")),
    "amount": frozenset(("words", "time")),
}


@lru_cache(256)
def kind_asked(question: str) -> Kind | None:
    """The kind of answer that the question's words ask for; None where they do not tell.

    >>> kind_asked("政府基金允许天使基金最多亏损多大比例？"), kind_asked("Сколько денег собрала компания?")
    ('share', 'money')
    >>> kind_asked("Who founded it?"), kind_asked("Warum?"), kind_asked("회사가 몇 개 있습니까?")
    ('person', None, 'count')
    """
    if _WHY.search(question):
        return None
    much = bool(_HOW_MUCH.search(question))
    kinds: tuple[tuple[Kind, bool], ...] = (
        ("person", bool(_WHO.search(question))),
        ("time", bool(_WHEN.search(question))),
        ("duration", bool(_HOW_LONG.search(question))),
        ("share", bool(_SHARE.search(question)) and (much or bool(_WHAT.search(question)))),
        ("count", bool(_HOW_MANY.search(question))),
        ("amount", bool(_PART.search(question))),
        ("money", bool(_SUM.search(question)) or (much and bool(_MONEY.search(question)))),
        ("amount", much),
    )
    return next((kind for kind, asked in kinds if asked), None)


@lru_cache(1024)
def kind_shown(answer: str) -> Shown:
    """What kind of thing a span shows: a number with what unit, or words alone.

    >>> [kind_shown(span) for span in ("40亿元以上", "17.58%", "602家", "6个月", "2025年8月", "1903", "王霜")]
    ['money', 'share', 'count', 'duration', 'time', 'number', 'words']
    """
    if not _NUMBER.search(answer) and not _PERCENT.search(answer):
        return "time" if _POINT.search(answer) else "words"
    kinds: tuple[tuple[Shown, regex.Pattern[str]], ...] = (
        ("share", _PERCENT),
        ("money", _CURRENCY),
        ("count", _COUNTED),
        ("time", _POINT),
        ("duration", _LENGTH),
    )
    return next((kind for kind, pattern in kinds if pattern.search(answer)), "number")


def fits(question: str, answer: str) -> float:
    """1 where the answer is of the kind that is asked for, -1 where it is of another, 0 where that is not known.

    >>> fits("Quelle part des ventes vient de là ?", "57家"), fits("占比是多少？", "87.9%"), fits("为什么？", "57家")
    (-1.0, 1.0, 0.0)
    """
    asked = kind_asked(question)
    if asked is None:
        return 0.0
    shown = kind_shown(answer)
    if asked == "person":
        fitting, unfitting = not _DIGIT.search(answer), _NO_NAME.search(answer) and not answer.isascii()
    else:
        unfitting = shown in _UNFIT[asked] and (shown != "words" or _KNOWN_WORDS.search(answer))
        fitting = shown == asked or (shown == "number" and asked != "time")
        fitting = fitting or bool(asked in _OF_KIND and _OF_KIND[asked].search(answer))
    return -1.0 if unfitting else float(fitting)
