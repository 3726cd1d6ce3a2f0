"""What the page says of written answers, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass

from rag.written.records import Reason


@dataclass(frozen=True, slots=True)
class WrittenWords:
    """Every text in one language; names in braces are filled in with str.format."""

    choose: str
    quotes_only: str
    written_answer: str
    runs_here: str
    runs_there: str
    title: str
    by: str
    writing: str
    checked: str
    none_supported: str
    struck: str
    struck_label: str
    reasons: dict[Reason, str]
    reasons_comma: str
    moved: str
    declined: str
    failed: str
    cut_off: str
    stopped: str
    further: str
    searched_for: str
    edit: str
    missing: str
    gathered: str
    section_of: str


CHINESE = WrittenWords(
    choose="怎样作答",
    quotes_only="只要原文",
    written_answer="书面回答",
    runs_here="{model}（在本机运行）",
    runs_there="{model}（在 {where} 运行，问题与引文会发送到那里）",
    title="书面回答",
    by="由语言模型 {model} 撰写，不是原文。每一句都与它所引的原文核对过。",
    writing="正在撰写并逐句核对……",
    checked="{total} 句中，{supported} 句得到原文支持。",
    none_supported="没有一句得到原文支持。请看下面的原文。",
    struck="原文不支持",
    struck_label="以下这句没有得到原文支持：",
    reasons={
        "no citation": "没有注明出处",
        "no such quote": "引用了不存在的原文",
        "quotation": "引号里的话与原文不同",
        "number": "数字、日期或百分比不在所引原文中",
        "name": "名称不在所引原文中",
        "markup": "含有原文没有的链接或标记",
        "turned around": "与所引原文的意思相反或有出入",
        "claim": "所引原文没有这样说",
        "cut off": "没有写完",
    },
    reasons_comma="；",
    moved="模型注错了出处，已改为支持这句话的原文",
    declined="语言模型认为这些原文没有回答这个问题，没有撰写。请看下面的原文。",
    failed="没有写成书面回答：{note}",
    cut_off="书面回答没有写完：{note}",
    stopped="您停止了撰写",
    further="书面回答另外引用的原文",
    searched_for="查找的是：",
    edit="修改后再问",
    missing="问题的这些部分，文档中没有找到答案：{parts}",
    gathered="相关原文",
    section_of="《{title}》",
)

ENGLISH = WrittenWords(
    choose="How to answer",
    quotes_only="Quotes only",
    written_answer="Written answer",
    runs_here="{model} (runs on this machine)",
    runs_there="{model} (runs at {where}: question and quotes are sent there)",
    title="Written answer",
    by="Written by the language model {model}, not quoted. Every sentence was checked against the quotes it cites.",
    writing="Writing, and checking sentence by sentence …",
    checked="Supported by the quotes: {supported} of {total} sentences.",
    none_supported="No sentence is supported by the quotes. See the quotes below.",
    struck="not supported by the sources",
    struck_label="The following sentence is not supported by the sources: ",
    reasons={
        "no citation": "it cites nothing",
        "no such quote": "it cites a quote that does not exist",
        "quotation": "what it puts in quotation marks is not in the quote",
        "number": "a number, date or percentage is not in the quote it cites",
        "name": "a name is not in the quote it cites",
        "markup": "it has a link or markup that the quote does not have",
        "turned around": "the quote it cites says otherwise",
        "claim": "the quote it cites does not say so",
        "cut off": "it was not finished",
    },
    reasons_comma="; ",
    moved="The model cited another quote; this is the one that supports the sentence",
    declined="The language model found no answer in these quotes, and wrote nothing. See the quotes below.",
    failed="There is no written answer: {note}",
    cut_off="The written answer is not finished: {note}",
    stopped="you stopped it",
    further="Further quotes that the written answer cites",
    searched_for="Searched for: ",
    edit="Edit and ask",
    missing="No answer was found in the documents for these parts of the question: {parts}",
    gathered="Quotes that bear on it",
    section_of="{title}",
)


def written_words(language: str) -> WrittenWords:
    """The words of a language of the page."""
    return CHINESE if language == "zh" else ENGLISH
