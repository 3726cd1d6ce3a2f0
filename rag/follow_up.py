"""A question that leans on the ones before it -> a whole question: "那2023年呢？", "他呢？", "And in 2023?".

Rules that carry over what is missing: the earlier question with its year, place or name exchanged; a pronoun put back;
the subject put before a question that has none. Where there is a language model it is asked, and kept to what was said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import regex
from icu4py.breakers import WordBreaker

from rag.judge import differ_in_script
from rag.names import SURNAMES, names
from rag.unseen import content_words
from rag.written.clean import visible
from rag.written.exact import missing_names, unlike_figures
from rag.written.model import LanguageModel, LanguageModelFailed
from rag.written.prompt import whole_question_prompt

LONGEST = 300  # characters of a question that a model rewrote
REMEMBERED = 6  # earlier questions that are looked at
_SHORT_ANSWER = 40  # characters; a longer answer is no name

Kind = Literal["time", "place", "person", "thing"]


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier question, as it was searched for, and its short answer; "" where there was none."""

    question: str
    answer: str = ""


_TIME_HAN = (
    r"(?:公元前?)?(?:[12]\d{3}|[一二三四五六七八九〇零]{4})年(?:代)?(?:\d{1,2}月)?|\d{1,2}月(?:\d{1,2}[日号])?|(?:今|"
    r"去|前|明|后|同)年|(?:上|下|本)(?:个?月|季度|半年)|第?[一二三四]季度|\d{2,4}年代|\d{1,2}世纪"
)
_TIME_LATIN = (
    r"(?:in\s+|since\s+|by\s+|during\s+)?(?:(?:January|February|March|April|May|June|July|August|September|October|"
    r"November|December)\s+)?"
    r"(?:the\s+)?[12]\d{3}s?\b|\b(?:last|this|next)\s+(?:year|month|quarter)"
)
_TIME = regex.compile(rf"(?:{_TIME_HAN})|(?:{_TIME_LATIN})", regex.IGNORECASE)
_HAN_WHAT_OF = regex.compile(
    r"\A(?:那么?|那|还有|還有|以及|那麼)?[，,]?\s*(?P<rest>.{1,30}?)(?:呢|又如何|又怎样|怎么样|怎樣|如何)?\s*[？?。]*\Z"
)
_ENDS_NE = regex.compile(r"呢\s*[？?。]*\Z")
_LATIN_WHAT_OF = regex.compile(
    r"\A(?:and|or|but|so|ok(?:ay)?,?|then)?,?\s*(?:what\s+about|how\s+about|and)?\s*(?P<rest>[^?]{1,60}?)\s*(?:then|"
    r"too|instead)?\s*\?*\Z",
    regex.IGNORECASE,
)
_LATIN_LEADS = regex.compile(r"\A(?:and|or|but|what\s+about|how\s+about)\b", regex.IGNORECASE)
_LATIN_VERB = regex.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|who|what|when|where|why|how|which)\b",
    regex.IGNORECASE,
)
_HAN_ASKS = (
    r"什么时候|什麼時候|何时|何時|什么|什麼|哪\p{Han}?|谁|誰|多少|几|幾|多大|多久|多长|多高|怎么|怎麼|怎样|如何|"
    r"为什么|為什麼|为何|何"
)
_HAN_ASKING = regex.compile(_HAN_ASKS)
# What a thing has: asked of without saying whose, it is of what was spoken of.
_OWN_LISTED = (
    "规模 面积 人口 增速 增幅 总量 金额 价格 数量 比例 时间 地点 原因 目的 结果 创始人 创办人 总经理 董事长 负责人 "
    "作者 总部 营收 收入 利润 产值 "
    "投资 条件 标准 对象 期限 用途 方式 流程 地址 电话 校长 市长 会长 成员 员工 目标 意义 影响 名称 名字 全名 别名 "
    "首都 语言 长度 高度 重量 温度"
)
_OWN = _OWN_LISTED.split()
_NO_SUBJECT = regex.compile(
    rf"\A(?:那么?|又|还|還|另外|并且?|其中|具体|总共|一共|大概|大约|最终|后来)*[，,]?(?:是|有|在|被|由|于|能|会|要|"
    rf"花了?|用了?|占|达|位于|成立于|它们?的)*(?:{_HAN_ASKS})"
    rf"|\A(?:那么?|它的|他的|其)?(?:总|總|平均|具体)?(?:{'|'.join(_OWN)})(?:呢|是|有|达|为|在|占)?(?:{_HAN_ASKS}|呢|"
    rf"[？?]|\Z)"
)
_HAN_PRONOUN = regex.compile(
    r"他们|她们|它们|他們|她們|它們|(?<![其吉])他(?!人|国|乡|们|們)|她|它|该(?:公司|企业|项目|机构|地|市|国|人|校|书|"
    r"片)|這家\p{Han}{2}|这(?:家|个|座|位|项|所|部|本|种)\p{Han}{1,4}?(?=是|有|在|的|何|什|哪|多|几|由|被|成|能|会|"
    r"为)|(?<![尤极与])其(?!中|他|它|实|余|次|间)|\A(?:公司|企业|学校|机构|项目)(?=是|在|有|的|叫|成|何|什|哪|多|几|"
    r"规|总|主)"
)
_LATIN_PRONOUN = regex.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|there|this (?:company|city|firm|person|project|"
    r"place|one)|that (?:company|city|firm|person|project|place|one))\b",
    regex.IGNORECASE,
)
_POSSESSIVE = frozenset(["his", "her", "hers", "its", "their", "theirs"])
_ASKS_PERSON = regex.compile(r"谁|誰|哪位|何人|\bwho\b|创始人|总经理|董事长|作者|校长|市长", regex.IGNORECASE)
_VERBS_LISTED = (
    "设立 成立 完成 发布 获得 拥有 举办 建立 安排 吸引 实现 达到 增加 增长 减少 净增 投资 发行 帮助 支持 介绍 认为 "
    "建成 位于 毕业 出生 发明 创办 创立 进行 开始 提升 提高 包括 属于 使用 生产 制造 参加 超过 占"
)
_VERBS = frozenset(_VERBS_LISTED.split())
_STOP = regex.compile(r"[？?。.!！\s]+\Z")


def whole_question(earlier: Sequence[Said], question: str, model: LanguageModel | None = None) -> str:
    """The question as it can be understood alone; itself where it leans on nothing.

    >>> whole_question([Said("2024年武汉净增了多少家企业？")], "那2023年呢？")
    '2023年武汉净增了多少家企业？'
    >>> whole_question([Said("How many firms did Wuhan gain in 2024?")], "And in 2023?")
    'How many firms did Wuhan gain in 2023?'
    """
    question = question.strip()
    earlier = [said for said in earlier if said.question.strip()][-REMEMBERED:]
    if not earlier or not any(character.isalnum() for character in question):
        return question
    by_rules = _by_rules(earlier, question)
    if model is None or (by_rules == question and not leans(question)):
        return by_rules
    return _by_model(model, earlier, question) or by_rules


def leans(question: str) -> bool:
    """Whether a question looks as if something were left out of it."""
    han = not differ_in_script("中文", question)
    if han:
        return bool(_ENDS_NE.search(question) or _HAN_PRONOUN.search(question) or _lacks_subject(question))
    short = len(question.split()) <= 5 and not names(_STOP.sub("", question))
    return bool(_LATIN_LEADS.search(question) or _LATIN_PRONOUN.search(question) or short)


def _by_model(model: LanguageModel, earlier: Sequence[Said], question: str) -> str | None:
    """The model's wording; None where it says what nobody said, or more than a question."""
    lines = [
        f"{said.question} ({said.answer})" if 0 < len(said.answer) <= _SHORT_ANSWER else said.question
        for said in earlier
    ]
    try:
        written = "".join(model.write(whole_question_prompt(lines, question)))
    except LanguageModelFailed:
        return None
    kept = [line.strip(' "“”-') for line in visible(written).splitlines() if line.strip()]
    if len(kept) != 1 or len(kept[0]) > LONGEST or differ_in_script(kept[0], question):
        return None
    spoken = "\n".join([*lines, question])
    if missing_names(kept[0], spoken) or unlike_figures(kept[0], spoken):
        return None
    known = set(content_words(spoken))
    new = [word for word in content_words(kept[0]) if word not in known and word not in spoken]
    return kept[0] if len(new) <= 1 else None


def _by_rules(earlier: Sequence[Said], question: str) -> str:
    return (_by_chinese_rules if not differ_in_script("中文", question) else _by_latin_rules)(earlier, question)


def _by_chinese_rules(earlier: Sequence[Said], question: str) -> str:
    return _set_phrase(earlier[-1], question) or _by_what_is_missing(earlier, question)


def _set_phrase(last: Said, question: str) -> str | None:
    """Whole for what is asked in so many words after any question."""
    if _MORE.fullmatch(question):
        return last.question
    if _THEN.fullmatch(question):
        return f"{_subject(last.question)}后来怎样？"
    if _WHY.fullmatch(question):
        return f"为什么{_stated(last)}？"
    return None


def _by_what_is_missing(earlier: Sequence[Said], question: str) -> str:
    last = earlier[-1].question
    bare = _BARE.fullmatch(question)
    if bare is not None and not _ENDS_NE.search(question) and (_kind(bare["rest"]) != "thing" or names(bare["rest"])):
        return _exchanged(earlier, bare["rest"], question)
    if question.startswith("其中"):
        return f"{_subject(last)}{_counted(last)}{question}"
    if _ENDS_NE.search(question) and not _HAN_ASKING.search(question):
        rest = _HAN_WHAT_OF.match(question)
        return question if rest is None else _exchanged(earlier, rest["rest"].strip().removesuffix("的"), question)
    put = _pronouns_put(earlier, question)
    if put != question or not _lacks_subject(question):
        return put
    subject = _subject(last)
    if _OF_A_THING.search(question):
        subject += _counted(last)  # how large they are, not how large the city that has them
    return f"{subject}{_LEADING.sub('', question)}" if subject else question


def _counted(question: str) -> str:
    """What a question counts: 中小企业 of 多少家中小企业."""
    found = _COUNTED.search(question)
    return "" if found is None else str(found["what"])


def _stated(said: Said) -> str:
    """A question with its answer where it asks, to ask for the reason."""
    question = _STOP.sub("", said.question)
    asks = list(_ASKED_AMOUNT.finditer(question))
    if not said.answer or len(asks) != 1:
        return question
    return f"{question[: asks[0].start()]}{said.answer}{question[asks[0].end() :]}"


def _by_latin_rules(earlier: Sequence[Said], question: str) -> str:
    if _LATIN_LEADS.search(question):
        rest = _LATIN_WHAT_OF.match(question)
        if rest is not None and not _LATIN_VERB.search(rest["rest"]):
            return _exchanged(earlier, rest["rest"].strip(), question)
        question = _capital(regex.sub(r"\A(?:and|or|but)\s+", "", question, flags=regex.IGNORECASE))
    put = _pronouns_put(earlier, question)
    if put != question or len(question.split()) > 4 or names(question[:1].lower() + question[1:]):
        return put
    subject = _subject(earlier[-1].question)
    known = not subject or subject.casefold() in question.casefold()
    return question if known else f"{_STOP.sub('', question)} ({subject})?"


_COUNTED = regex.compile(
    r"(?:多少|几|幾)(?:家|个|個|只|隻|名|所|座|项|項|种|種|条|條|位|支|件|台|艘|场)(?P<what>[^\s，,。？?的了]{2,12})"
)
_ASKED_AMOUNT = regex.compile(
    r"(?:多少|几|幾)[家个個只隻名所座项項种種条條位支件台艘场年月天次]?|谁|誰|哪一?[家个個所座年]|什么|什麼"
)
_MORE = regex.compile(r"(?:还有|還有|另外|除此之外|此外)(?:哪些|什么|吗)?呢?[？?]?")
_THEN = regex.compile(r"(?:后来|然后|接着|之后|後來|然後)呢?[？?]?")
_WHY = regex.compile(r"(?:这是|那是|那)?(?:为什么|為什麼|为何|為何|原因是什么|什么原因|怎么会这样)呢?[？?]?")
_BARE = regex.compile(
    r"(?:那么?|那麼)(?P<rest>[^？?，,]{2,8}?)[？?]|(?P<rest>[^？?，,]{2,8}?)又?(?:如何|怎么样|怎麼樣|怎样)[？?]"
)
_ASPECT_OF = regex.compile(r"的(?P<of>[^的]{2,8}?)(?=是|有|为|達|达|在|多|[？?])")
_ASPECT = regex.compile(r"\b(?:the|its|their)\s+\p{Ll}+(?:\s\p{Ll}+)?(?=\s+of\b)")
_OF_A_THING = regex.compile(rf"\A(?:总|總|平均|具体)?(?:{'|'.join(_OWN)})")
_LEADING = regex.compile(r"\A(?:那么?|又|还有?|還有?|另外|并且?|具体)[，,]?\s*")


def _exchanged(earlier: Sequence[Said], new: str, question: str) -> str:
    """The last question with what is of the new thing's kind exchanged for it."""
    old = earlier[-1].question
    pronoun = _HAN_PRONOUN.fullmatch(new) or _LATIN_PRONOUN.fullmatch(new)
    if pronoun is not None:
        meant = _antecedent(earlier, pronoun.group())
        if meant is None or meant in old:
            meant = _other_subject(earlier)
        if meant is None:
            return question
        new = meant
    kind = _kind(new)
    if kind == "time":
        return _time_exchanged(old, new)
    if new in _OWN or new.removeprefix("总") in _OWN:
        aspect = _ASPECT_OF.search(old)
        if aspect is not None:
            return f"{old[: aspect.start('of')]}{new}{old[aspect.end('of') :]}"
        return f"{_subject(old)}{_counted(old)}的{new}{'是谁' if _ASKS_PERSON.search(new) else '是多少'}？"
    target = _target(old, new, kind)
    if target is None:
        subject = _subject(old)
        target = subject or None
    if target is None:
        return f"{new}{old}" if not differ_in_script("中文", old) else f"{new}: {old}"
    return old.replace(target, new, 1)


def _time_exchanged(old: str, new: str) -> str:
    found = list(_TIME.finditer(old))
    if found:
        first = found[0]
        led = regex.match(r"(?i)(in|since|by|during)\s+", first.group())
        said = new if not led or regex.match(r"(?i)(in|since|by|during)\b", new) else led.group() + new
        return old[: first.start()] + said + old[found[0].end() :]
    if not differ_in_script("中文", old):
        return new + old
    led = "" if regex.match(r"(?i)(in|since|by|during|last|this|next)\b", new) else "in "
    return f"{_STOP.sub('', old)} {led}{new}?"


def _kind(text: str) -> Kind:
    if _TIME.fullmatch(text) or _TIME.fullmatch(text.removesuffix("的")):
        return "time"
    found = names(text)
    if found and found[0].kind == "place":
        return "place"
    if _is_person(text):
        return "person"
    return "thing"


def _target(old: str, new: str, kind: Kind) -> str | None:
    """What of the earlier question the new thing stands for: of its kind, or ending as it does."""
    found = names(old)
    places = [name.text for name in found if name.kind == "place"]
    subject = _subject(old)
    if kind == "place" and places:
        return places[0]
    if kind == "thing":
        counted = _COUNTED.search(old)
        if counted is not None and any(place in subject for place in places):
            return str(counted["what"])  # 独角兽呢？ after how many firms a city has
        aspect = _ASPECT.search(old)
        if aspect is not None and new == new.lower():
            return str(aspect.group())  # and the profit? after the revenue of someone
    phrases = [phrase for phrase in (subject, *_phrases(old)) if phrase]
    ends = [(len(_common_end(new, phrase)), phrase) for phrase in phrases]
    length, phrase = max(ends, key=lambda end: end[0], default=(0, ""))
    if length >= (1 if not differ_in_script("中文", old) else 3) and phrase != new:
        return phrase
    if kind == "person" and _is_person(subject):
        return subject
    others = [name.text for name in found if name.kind != "place"]
    return _whole_name(old, others[0]) if others else next(iter(places), None)


def _whole_name(text: str, part: str) -> str:
    """The run of capitalised words around one of them."""
    for match in regex.finditer(r"\p{Lu}[\p{L}\p{N}'’.-]*(?:\s+(?:of\s+)?\p{Lu}[\p{L}\p{N}'’.-]*)*", text):
        if part in match.group() and match.start() > 0:
            return str(match.group())
    return part


def _subject(question: str) -> str:
    """What a question is about: a name in it, or its first words that carry matter."""
    bare = _TIME.sub(lambda found: " " * len(found.group()), question)
    phrases = _phrases(bare)
    if not differ_in_script("中文", question):
        head = regex.match(
            rf"\s*(.{{1,24}}?)(?:的(?!时候)|(?:总共|一共|共)?(?:是|在|有|于|由|被|能|会)(?!限|关|效)|"
            rf"{'|'.join(sorted(_VERBS, key=len, reverse=True))}|从|{_HAN_ASKS})",
            bare,
        )
        if head is not None and content_words(head[1]):
            return str(head[1].strip(" ，,了"))
    found = [name.text for name in names(question[:1].lower() + question[1:])]
    if found:
        return _whole_name(" " + question, found[0])
    return max(phrases, key=len, default="") if differ_in_script("中文", question) else next(iter(phrases), "")


def _phrases(text: str) -> list[str]:
    """Runs of words that carry matter, without verbs, longest sensible noun phrases."""
    matter = set(content_words(text))
    spans: list[tuple[int, int]] = []
    for start, end in WordBreaker(regex.sub(r"[\U00010000-\U0010ffff]", " ", text), "root").segments():
        word = text[start:end]
        if word not in matter or word in _VERBS:
            continue
        if spans and not text[spans[-1][1] : start].strip():
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [text[start:end] for start, end in spans]


def _pronouns_put(earlier: Sequence[Said], question: str) -> str:
    han = not differ_in_script("中文", question)
    pattern = _HAN_PRONOUN if han else _LATIN_PRONOUN
    found = pattern.search(question)
    if found is None or _named_before(question, found.start()):
        return question
    meant = _antecedent(earlier, found.group())
    if meant is None:
        return question
    word = found.group()
    if han:
        put = meant + ("的" if word == "其" and question[found.end() : found.end() + 1] != "的" else "")
    else:
        put = f"{meant}'s" if _possessive(question, found) else f"in {meant}" if word.lower() == "there" else meant
    return question[: found.start()] + put + question[found.end() :]


def _possessive(question: str, found: regex.Match[str]) -> bool:
    word = found.group().lower()
    if word == "her":  # "of her?" is no possessive, "her school" is
        return regex.match(r"\s+\p{L}", question[found.end() :]) is not None
    return word in _POSSESSIVE


def _named_before(question: str, place: int) -> bool:
    """Whether the question itself names what the pronoun may stand for."""
    before = question[:place]
    if differ_in_script("中文", question):
        return bool(names(before[:1].lower() + before[1:]))
    return bool(names(before[:1].lower() + before[1:])) or any(
        len(word) > 1 for word in _phrases(before) if word not in _OWN
    )


def _antecedent(earlier: Sequence[Said], pronoun: str) -> str | None:
    """What a pronoun stands for: for a person, the last one asked for or named; else what was asked about."""
    last = earlier[-1]
    noun = pronoun[2:] if pronoun.startswith("这") else pronoun[1:]
    if len(noun) > 1 and pronoun[:1] in "这该這" and last.answer.endswith(noun):
        return last.answer
    person = pronoun.lower() in ("他", "她", "he", "she", "him", "her", "his", "hers")
    for said in reversed(earlier):
        short = 0 < len(said.answer) <= _SHORT_ANSWER and not any(character.isdigit() for character in said.answer)
        subject = _subject(said.question)
        if person and _is_person(subject):
            return subject
        if person and short and _ASKS_PERSON.search(said.question):
            return said.answer.strip()
        if person:
            named = [name.text for name in names(said.question[:1].lower() + said.question[1:]) if name.kind != "place"]
            if named and not _ASKS_PERSON.search(said.question):
                return _whole_name(" " + said.question, named[0])
            continue
        if subject:
            return subject
    return _subject(earlier[-1].question) or None


def _is_person(text: str) -> bool:
    return text[:1] in SURNAMES and 2 <= len(text) <= 3


def _other_subject(earlier: Sequence[Said]) -> str | None:
    """What was spoken of before the last subject."""
    last = _subject(earlier[-1].question)
    for said in reversed(earlier[:-1]):
        if (subject := _subject(said.question)) and subject != last:
            return subject
    return None


def _lacks_subject(question: str) -> bool:
    if len(question) > 20 or not _NO_SUBJECT.search(question):
        return False
    rest = _HAN_ASKING.sub(" ", _STOP.sub("", question))
    own = [word for word in content_words(rest) if word not in _OWN and word not in _VERBS]
    named = [name.text for name in names(rest) if name.text not in _OWN]
    return not named and sum(map(len, own)) <= 2


def _common_end(one: str, other: str) -> str:
    length = 0
    while length < min(len(one), len(other)) and one[-1 - length].lower() == other[-1 - length].lower():
        length += 1
    return one[len(one) - length :]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
