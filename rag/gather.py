"""A request for a summary, a comparison or a list -> the quotes it needs, by section, where no single span answers.

For a topic, the sentences nearest to it out of the passages that search finds; for a document as a whole, the first
sentences of its sections. Nothing is gathered for a topic whose words the documents do not have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, cast

import regex

from index.embed import Embedder
from index.library import Library
from index.records import Document, Span
from rag.quote import heading_path, quote
from rag.records import Hit, Quote
from rag.unseen import Wording

GATHERED = 12  # quotes at most
A_SECTION = 3  # of them from one section at most
HITS = 8  # passages of a topic whose sentences are compared
LEAST_CHARACTERS = 12  # a sentence below is a caption or a cry
MISSING = 0.34  # share of a topic's words that may stand nowhere
NEAR = 0.1  # of a sentence's cosine below the nearest one's

# The least cosine of a topic's nearest passage, where search shares words with the documents and where it does not.
LEAST_COSINE, LEAST_COSINE_ACROSS = 0.60, 0.60

Request = Literal["summary", "comparison", "list"]

_REQUESTS: tuple[tuple[Request, regex.Pattern[str]], ...] = tuple(
    (cast("Request", kind), regex.compile(pattern, regex.IGNORECASE))
    for kind, pattern in (
        (
            "summary",
            r"总结|總結|概括|概述|摘要|综述|綜述|归纳|歸納|梳理|简述|簡述|概要|(?:主要)?(?:内容|內容)是什么|(?:讲|讲述|说|介紹|介绍)了(?:些)?什么"
            r"|\bsummar(?:y|i[sz]e|ies)\b|\boverview\b|\boutline\b|\bsum\s+up\b|\bgist\b|\bwhat\s+is\s+(?:this|the)\s+(?:article|document|text|report|paper)\s+about\b"
            r"|\btell\s+me\s+about\b|\bdescribe\b|\bzusammenfass|\brésum|\bresum(?:e|ir|en)\b",
        ),
        (
            "comparison",
            r"比较(?!高|低|大|小|多|少|好|快|慢|强|弱|长|短|早|晚)|比較(?!高|低|大|小|多|少|好|快|慢|強|弱|長|短|早|晚)|对比|對比|异同|異同|(?:有什么|有何|有哪些)(?:区别|不同|差别|差异)|(?:區別|差別)"
            r"|\bcompar(?:e|ing|ison)\b|\bcontrast\b|\bdifferences?\s+between\b|\bversus\b|\bvs\.?\b",
        ),
        (
            "list",
            r"列出|列举|列舉|罗列|羅列|一一说明|有哪些(?:措施|举措|办法|政策|做法|方面|方式|规定|要求|步骤|原因|特点|优势|内容)"
            r"|(?:如何|怎样|怎樣|怎么|怎麼)(?:帮助|幫助|支持|扶持|培育|推动|推動|促进|促進|服务|服務|鼓励|解决|保障)"
            r"|\blist\b|\benumerate\b|\bwhat\s+(?:measures|steps|policies|ways|reasons|requirements|benefits)\b|\bwhich\s+(?:measures|steps|policies|ways)\b"
            r"|\bhow\s+(?:do|does|did|is|are|has|have)\s+(?:\p{L}+\s+){1,5}?(?:help|support|promote|encourage|foster|improve|serve|protect)(?:s|ed|ing)?\b",
        ),
    )
)
_LISTING = regex.compile(r"列出|列举|列舉|罗列|羅列|一一说明|\b(?:list|enumerate)\b", regex.IGNORECASE)
# What asks, and names no topic.
_FILLER = regex.compile(
    r"请|請|帮我|幫我|麻烦|能否|可以|给我|給我|一下|一份|一段|下面|以下|简要|簡要|详细|詳細|全面|主要|分别|分別|之间|之間|的?(?:主要)?(?:内容|內容|要点|要點|情况|情況|观点|異同|异同|区别|區別|差别|差異|差异|不同)"
    r"|(?:这|該|该|本|此|那|上述)?(?:篇|份|个|個|本)?(?:文章|文档|文檔|文件|报告|報告|材料|资料|資料|文本|文)(?:中|里|裡|的)?|所有|全部|有哪些|有什么|有何|什么|如何|怎样|怎么|是|了|吗|呢"
    r"|\b(?:please|can|could|you|me|us|give|write|a|an|the|of|this|that|these|those|all|every|short|brief|briefly|main|key|points?|document|article|text|report|paper|"
    r"file|in|for|about|on|what|which|how|does|do|did|is|are|was|were|has|have|between|and|with|to|from|by|differences?)\b|[？?。.!！，,：:、；;“”\"']",
    regex.IGNORECASE,
)
_SIDES = regex.compile(r"和|与|與|跟|同|及|、|\bversus\b|\bvs\.?|\band\b|\bwith\b|\bto\b", regex.IGNORECASE)
_DOCUMENT = regex.compile(
    r"文章|文档|文檔|文件|报告|報告|材料|全文|本文|此文|资料|\b(?:documents?|article|text|report|paper|file|everything|policy|it|this)\b",
    regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is requested, of which topics: two or more sides of a comparison; none for the documents as a whole."""

    request: Request
    topics: tuple[str, ...]


def request_in(question: str) -> Asked | None:
    """What a question requests; None for one that a span answers.

    >>> request_in("比较AIC基金和科创债")
    Asked(request='comparison', topics=('AIC基金', '科创债'))
    >>> request_in("Summarise this document."), request_in("光子是谁造的？")
    (Asked(request='summary', topics=()), None)
    """
    for kind, pattern in _REQUESTS:
        found = pattern.search(question)
        if found is None:
            continue
        rest = _LISTING.sub(" ", question) if kind == "list" else pattern.sub(" ", question)
        parts = _SIDES.split(rest) if kind == "comparison" else [rest]
        topics = tuple(topic for part in parts if (topic := " ".join(_FILLER.sub(" ", part).split()).strip(" 的")))
        return Asked(kind, topics)
    return None


def topic_is_there(asked: Wording, hits: Sequence[Hit], across: bool) -> bool:
    """Whether the documents say anything of a topic, by its words and its nearest passage."""
    if not hits:
        return False
    best = max(hit.cosine for hit in hits)
    if across:
        return best >= LEAST_COSINE_ACROSS
    words = max(1, len(asked.words))
    return len(asked.missing) / words <= MISSING and best >= LEAST_COSINE


def nearest_sentences(library: Library, embedder: Embedder, topic: str, hits: Sequence[Hit]) -> list[Quote]:
    """The sentences of a topic's passages that are nearest to it, at most so many a section, in order of the text."""
    spans: dict[tuple[str, int, int], Document] = {}
    for hit in hits[:HITS]:
        document = library.document(hit.passage.document)
        for span in _sentences(document, hit.passage.start, hit.passage.end):
            spans[document.id, span.start, span.end] = document
    if not spans:
        return []
    keys = list(spans)
    vector = embedder.embed_questions([topic])[0]
    cosines = embedder.embed_passages([spans[key].text[key[1] : key[2]] for key in keys]) @ vector
    least = float(cosines.max()) - NEAR
    best = sorted(range(len(keys)), key=lambda place: (-float(cosines[place]), keys[place]))
    kept: list[tuple[str, int, int]] = []
    by_section: dict[tuple[str, str], int] = {}
    for place in best:
        name, start, _ = keys[place]
        section = (name, heading_path(spans[keys[place]], start))
        if float(cosines[place]) < least or len(kept) == GATHERED or by_section.get(section, 0) == A_SECTION:
            continue
        by_section[section] = by_section.get(section, 0) + 1
        kept.append(keys[place])
    order = {hit.passage.document: hit.rank for hit in reversed(hits)}
    kept.sort(key=lambda key: (order[key[0]], key[1]))
    return [quote(spans[key], key[1], key[2]) for key in kept]


def leading_sentences(documents: Sequence[Document]) -> list[Quote]:
    """The first sentence of every section; of a document without sections, those of its first paragraphs."""
    found: list[Quote] = []
    share = max(1, GATHERED // max(1, len(documents)))
    for document in documents:
        borders = [0, *(heading.end for heading in document.headings), len(document.text)]
        firsts = [spans[0] for start, end in pairwise(borders) if (spans := _sentences(document, start, end))]
        if len(firsts) < A_SECTION:
            firsts = [spans[0] for part in document.paragraphs if (spans := _sentences(document, part.start, part.end))]
        found += [quote(document, span.start, span.end) for span in firsts[:share]]
    return found[:GATHERED]


def is_of_all(question: str, asked: Asked) -> bool:
    """Whether the documents as a whole are asked about."""
    return not asked.topics and asked.request == "summary" and _DOCUMENT.search(question) is not None


def _sentences(document: Document, start: int, end: int) -> list[Span]:
    heads = {(heading.start, heading.end) for heading in document.headings}
    return [
        span
        for span in document.sentences
        if start <= span.start and span.end <= end and span.end - span.start >= LEAST_CHARACTERS
        and not any(first <= span.start and span.end <= last for first, last in heads)
    ]  # fmt: skip
