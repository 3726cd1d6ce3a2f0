"""Whether a claim says the opposite of its source: a negation, a comparison, an exception or a reservation changed."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from index.terms import terms
from rag.fold import simplified

_NEGATION = regex.compile(
    r"没有|沒有|没|沒|未(?!来|來|知|必)|不(?!仅|僅|但|断|斷|同|少|久|只|过|過|足|到|管|论|論|乏|锈|鏽|动产|動產|由得|"
    r"约而同)|"
    r"无(?!人机|線|线|论|論)|無(?!人機|線|論)|(?<![是并並莫])非(?!常|洲|遗|遺|法|凡)|并非|並非|从未|從未|毫无|毫無|"
    r"拒绝|拒絕|禁止|"
    r"\bnot\b|n[’']t\b|\bcannot\b|\bno\b(?!\.)|\bnever\b|\bneither\b|\bnor\b|\bnone\b|\bnobody\b|\bnothing\b|"
    r"\bwithout\b|"
    r"\brefuse[sd]?\b|\bfail(?:s|ed)? to\b|\bunable\b|\bdenie[sd]\b|\bhardly\b|\brarely\b|\bforbid\w*|\bprohibit\w*",
    regex.IGNORECASE,
)
# Whoever says one of a pair where the source says only the other turns it around.
_PAIRS = (
    (
        r"(?<!倍)增|上升|提高|提升|上涨|上漲|攀升|扩大|\b(?:increas|r(?:ise|ose|ising)|grew|grow|gain)\w*",
        r"降(?!临|臨|落|生)|减|減|下跌|下滑|萎缩|缩小|\b(?:decreas|declin|fell|fall|drop|shr[iau]nk|lost|los[se])\w*"),
    (r"早于|之前|以前|\bbefore\b|\bprior\b", r"晚于|之后|之後|以后|以後|\bafter\b|\bfollowing\b"),
    (
        r"最高|最大|最多|最长|最長|最早|\b(?:highest|largest|biggest|most|longest|earliest)\b",
        r"最低|最小|最少|最短|最晚|\b(?:lowest|smallest|least|fewest|shortest|latest)\b"),
    (
        r"高于|高於|多于|大于|超过|超過|\b(?:more|higher|larger|greater|longer) than\b",
        r"低于|低於|少于|小于|不及|\b(?:less|lower|smaller|fewer|shorter) than\b"),
    (
        r"支持|赞成|贊成|同意|\b(?:support|agree|approv|favou?r)\w*",
        r"反对|反對|抵制|\b(?:oppos|disagree|reject|against)\w*"),
    (r"以上|\b(?:above|at least)\b", r"以下|以内|以內|\b(?:below|at most)\b"),
    (r"以内|以內|之内|\b(?:within|inside)\b", r"以外|之外|\boutside\b"),
    (r"成功|\bsucce\w+", r"失败|失敗|\bfail\w*"),
    (r"东(?!西)|東(?!西)|\beast\w*", r"西|\bwest\w*"),
    (r"南|\bsouth\w*", r"北|\bnorth\w*"),
    (
        r"开始|開始|成立|建立|启动|\b(?:beg[aiu]n\w*|start\w*|found(?:ed|ing)|open(?:ed|s|ing)?)\b",
        r"结束|結束|解散|停止|关闭|關閉|\b(?:end(?:ed|s|ing)?|stop\w*|clos(?:ed|es|ing)|dissol\w*)\b"),
    (r"盈利|利润|利潤|\bprofit\w*", r"亏损|虧損|\bloss(?:es)?\b"),
    (r"赢|贏|获胜|獲勝|击败|擊敗|\b(?:won|win|wins|beat|defeated)\b", r"输|輸|败给|敗給|不敌|\b(?:lost|lose|loses)\b"),
    (r"免费|免費|\bfree\b", r"收费|收費|付费|\bpaid\b|\bfees?\b"),
    (r"出口|\bexport\w*", r"进口|進口|\bimport(?:s|ed|ing)?\b"),
    (r"男|\b(?:male|men|man|boys?|he|his)\b", r"女|\b(?:female|women|woman|girls?|she|her)\b"),
    (r"允许|允許|可以|\b(?:allow|permit)\w*", r"禁止|不得|\b(?:forbid|ban|prohibit)\w*"),
    (r"流入|\binflow\w*", r"流出|\boutflow\w*"),
    (r"\bbought\b|\bacquired\b|收购|買", r"\bsold\b|出售|賣"),
)  # fmt: skip
_MOST = regex.compile(
    r"最[大高多早好强佳长快先重]|\b(?:most|best|largest|biggest|highest|leading|greatest|top)\b", regex.IGNORECASE
)
_ANY_MOST = regex.compile(
    r"最|第一|首|唯一|\b(?:most|best|largest|biggest|highest|leading|greatest|top|foremost|first|only|\w+est)\b",
    regex.IGNORECASE,
)
# What makes a claim wider than a source that does not say it.
_WIDER = regex.compile(
    r"所有|全部|全都|一切|唯一|仅有|僅有|始终|永远|总是|总会|首次|首个|第一个|必须|必然|一定|绝对|"
    r"\b(?:all|every|everyone|always|only|sole|solely|entirely|never|must|guarantee[sd]?|certainly|definitely|"
    r"proven?|proves)\b",
    regex.IGNORECASE,
)
_ALIKE_WIDE = (
    r"所有|全部|全都|一切|\ball\b|\bevery\w*|各|均|都|\bentirely\b",
    r"唯一|仅|僅|只(?![有家名])|\bonly\b|\bsole\w*|独|獨",
    r"始终|永远|总是|总会|一直|\balways\b",
    r"首|第一|\bfirst\b", r"必须|必然|一定|绝对|须|應|应|\bmust\b|\bha(?:s|ve) to\b|\bcertainly\b|\bdefinitely\b",
    r"从未|從未|\bnever\b", r"保证|保證|\bguarantee\w*", r"证明|證明|\bprove[ns]?\b",
)  # fmt: skip
# What a source only plans, expects or holds possible.
_RESERVED = regex.compile(
    r"预计|預計|预期|計劃|计划(?=在|于|到|将|將|建|投|用|完)|拟|擬|是否|否认|否認|谎称|声称|聲稱|所谓|误以为|有望|"
    r"可能|或许|或許|据称|據稱|力争|力爭|据说|據說|传闻|疑似|"
    r"\b(?:may|might|could|would|plans? to|planned to|expect(?:s|ed)?|forecast\w*|proposed?|aims? to|alleged\w*|"
    r"reportedly|"
    r"whether|denie[sd]|possibl[ey]|perhaps|likely|rumou?r\w*|claim(?:s|ed)?|suggest(?:s|ed)?|hopes? to|intend(?:s|"
    r"ed)?)\b",
    regex.IGNORECASE,
)
_CONDITION = regex.compile(
    r"如果|假如|倘若|假设|若(?!干|何)|除非|一旦|只要|否则|否认|否認|谣言|不实|辟谣|谎称|误传|并不属实|\b(?:false|"
    r"untrue|denied|denies|myth|rumou?rs?|if|unless|provided that|in case|otherwise|were it)\b",
    regex.IGNORECASE,
)
# What a sentence takes out of what it says.
_EXCEPTION = regex.compile(
    r"(?<![解清消排废廢拆扣免删刪根铲鏟])除(?!尘|塵|夕|法|草|名)|不含|不包括|不计|以外|之外|例外|"
    r"\b(?:except(?:ing|ion)?|apart from|aside from|other than|excluding|but for|with the exception)\b",
    regex.IGNORECASE,
)
# What pairs two lists, so that a part of each says nothing of who goes with what.
_PAIRED = regex.compile(r"分别|分別|依次|\brespectively\b", regex.IGNORECASE)
_SENTENCE = regex.compile(r"(?<=[。！？!?\n])|(?<=[\p{Ll}\d)”\"]\.)\s")
_CLAUSE = regex.compile(r"[。！？!?；;，,：:\n]|(?<=\p{Ll})\.\s")
_COMPILED_PAIRS = tuple((regex.compile(one, regex.I), regex.compile(other, regex.I)) for one, other in _PAIRS)
_COMPILED_WIDE = tuple(regex.compile(words, regex.I) for words in _ALIKE_WIDE)
_SHARE = 0.5  # of the nearest clause's likeness: a clause of the source that the claim speaks of
_DENIED_LETTERS, _DENIED_TERMS = 24, 2  # how far after a negation what it denies is looked for
_LITTLE_LISTED = "be been being the an any to it in on of so as that this yet only even have has had"
_LITTLE = frozenset(_LITTLE_LISTED.split())


def turned(claim: str, text: str) -> bool:
    """Whether the claim turns around what the text says.

    >>> turned("公司没有获得投资", "公司获得投资1500万元"), turned("公司获得投资", "公司获得投资1500万元")
    (True, False)
    """
    claim, text = simplified(claim), simplified(text)
    clauses = spoken_of(claim, text)
    source = "，".join(clauses)
    whole = _sentences_of(clauses, text)
    if any(words.search(whole) and not words.search(claim) for words in (_CONDITION, _EXCEPTION)):
        return True
    if _PAIRED.search(source) and not _PAIRED.search(claim):
        return True
    return (
        _negated(claim, clauses, text)
        or _opposite(claim, source, text)
        or _widened(claim, text)
        or _unreserved(claim, source)
    )


def spoken_of(claim: str, text: str) -> list[str]:
    """The clauses of a text that a claim speaks of by its words; all where it shares none, as across languages."""
    clauses = [clause for clause in _CLAUSE.split(text) if clause.strip()]
    mine = set(terms(claim))
    likeness = [len(mine & set(terms(clause))) / max(1, len(set(terms(clause)))) ** 0.5 for clause in clauses]
    best = max(likeness, default=0.0)
    if best == 0:
        return clauses
    return [clause for clause, alike in zip(clauses, likeness, strict=True) if alike >= _SHARE * best]


def _sentences_of(clauses: Sequence[str], text: str) -> str:
    """The sentences of a text that hold some of its clauses."""
    return " ".join(one for one in _SENTENCE.split(text) if any(clause.strip() in one for clause in clauses))


def _negated(claim: str, clauses: Sequence[str], text: str) -> bool:
    """A negation of something that the other does not negate; across languages, where only one has any at all."""
    mine, theirs = _denied(claim), _denied(text)
    if not set(terms(claim)) & set(terms(text)):
        return bool(mine) != any(_NEGATION.search(clause) for clause in clauses)
    if any(not any(near & other for other in theirs) for near in mine):
        return True
    said = _around(claim)
    return any(near & said and not any(near & other for other in mine) for near in theirs)


def _denied(text: str) -> list[frozenset[str]]:
    """What stands right after each negation of a text."""
    found = []
    for negation in _NEGATION.finditer(text):
        clause = _CLAUSE.split(text[negation.end() : negation.end() + _DENIED_LETTERS])[0]
        found.append(frozenset(_matter(clause)[:_DENIED_TERMS]))
    return found


def _around(text: str) -> frozenset[str]:
    return frozenset(_matter(text))


def _matter(text: str) -> list[str]:
    """The words of a text that carry matter, in order; of Chinese, pairs of characters."""
    return [term for term in terms(text) if len(term) > 1 and term not in _LITTLE]


def _opposite(claim: str, source: str, text: str) -> bool:
    for one, other in _COMPILED_PAIRS:
        for here, there in ((one, other), (other, one)):
            if here.search(claim) and not here.search(text) and there.search(source):
                return True
    return False


def _widened(claim: str, text: str) -> bool:
    if _MOST.search(claim) and not _ANY_MOST.search(text):
        return True
    for wide in _COMPILED_WIDE:
        if any(_WIDER.fullmatch(found) for found in wide.findall(claim)) and not wide.search(text):
            return True
    return False


def _unreserved(claim: str, source: str) -> bool:
    return bool(_RESERVED.search(source)) and not _RESERVED.search(claim) and not regex.search(r"将|將|\bwill\b", claim)
