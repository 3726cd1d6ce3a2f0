"""What the page says, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass

VERY_CONFIDENT, CONFIDENT = 0.9, 0.75  # least probabilities for the words that say so


@dataclass(frozen=True, slots=True)
class Words:
    """Every text of the page in one language; names in braces are filled in with str.format."""

    language: str
    tagline: str
    library: str
    new_conversation: str
    settings: str
    sureness: str
    less_sure: str
    more_sure: str
    sureness_says: str
    measured: str
    welcome: str
    welcome_how: str
    suggestions: str
    placeholder: str
    question_label: str
    ask: str
    stop: str
    loading: str
    searching: str
    stopped: str
    failed: str
    you_asked: str
    found: str
    relations: dict[str, str]
    not_found: str
    not_found_why: str
    nowhere: str
    list_word: str
    list_comma: str
    searched: str
    nearest: str
    nothing_near: str
    confidence: tuple[str, str, str]
    quotes: str
    candidates: str
    candidates_why: str
    citation: str
    open_quote: str
    place: str
    place_from: str
    place_page: str
    place_heading: str
    copy: str
    copied: str
    copy_failed: str
    retry: str
    copy_question: str
    copy_answer: str
    copy_said_by: str
    copy_quote: str
    document: str
    close: str
    opening: str
    unreachable: str
    verified: str
    not_verified: str
    characters: str
    address: str
    before: str
    after: str
    bad_address: str


CHINESE = Words(
    language="zh",
    tagline="每一句答案，都逐字引自原文",
    library="{documents} 份文档 · {passages} 段 · 全部在本机",
    new_conversation="新对话",
    settings="设置",
    sureness="有多大把握才作答",
    less_sure="多作答",
    more_sure="更稳妥",
    sureness_says=(
        "文档中没有答案的问题，每 100 个约误答 {false_answers} 个；文档中有答案的，每 100 个作答 {answered} 个。"
    ),
    measured="在未参与训练的问题上测得。对此后的提问生效；“重新提问”按新的设置重答。",
    welcome="向您的文档提问",
    welcome_how="用任何语言提问。答案只来自文档本身，并附上一字不差的原文；文档里没有的，会如实告诉您没有。",
    suggestions="可以这样问",
    placeholder="输入问题，按回车发送",
    question_label="问题",
    ask="提问",
    stop="停止",
    loading="模型正在载入，载入后立即回答……",
    searching="正在 {documents} 份文档的 {passages} 段中检索、阅读……",
    stopped="已停止，没有作答。",
    failed="没能回答：{message}",
    you_asked="您问",
    found="找到答案",
    relations={
        "several": "共 {count} 个答案：",
        "parts": "问题有 {count} 个部分，依次作答：",
        "either": "原文有 {count} 处都像答案，请看哪一处是您要问的：",
        "differing": "文档说法不一：以下 {count} 个答案互相矛盾，请核对原文。",
        "gathered": "没有一处能单独回答这个要求。与它相关的 {count} 句原文，按章节列在下面：",
    },
    not_found="文档中没有找到答案",
    not_found_why="下面没有答案：检索过的文档里，没有一处能可靠地回答这个问题。",
    nowhere="问题中的这些词，在所有文档中都没有出现：{words}。",
    list_word="“{word}”",
    list_comma="、",
    searched="检索 {documents} 份文档、{passages} 段，精读 {read} 段，{when}",
    nearest="最接近的段落（仅供参考，不是答案）",
    nothing_near="没有相近的段落。",
    confidence=("把握不大，请核对原文", "较有把握", "很有把握"),
    quotes="原文",
    candidates="其他候选（{count}）",
    candidates_why="可能也与问题有关，把握较小，未作为答案。",
    citation="引文 {number}：{place}，打开原文",
    open_quote="查看原文",
    place="第 {paragraph} 段第 {sentence} 句",
    place_from="第 {paragraph} 段第 {sentence} 句起",
    place_page="第 {page} 页，",
    place_heading="标题",
    copy="复制",
    copied="已复制",
    copy_failed="无法复制",
    retry="重新提问",
    copy_question="问：{question}",
    copy_answer="答：{answer}",
    copy_said_by="（《{title}》，{confidence}）",
    copy_quote="[{number}] “{text}”\n    《{title}》{heading}，{place}（字符 {start}–{end}，文档 {document}）",
    document="原文",
    close="返回对话",
    opening="正在打开原文……",
    unreachable="打不开原文：与程序的连接断了。请确认程序还在运行，再试一次。",
    verified="已核对：标出的文字与引文逐字相同",
    not_verified="核对未通过：此处的文字与引文不同，请勿引用",
    characters="字符 {start}–{end}",
    address="此处的链接",
    before="显示前面的 {count} 字",
    after="显示后面的 {count} 字",
    bad_address="这个地址不指向资料库中的任何文字：文档可能已被移除或替换。",
)

ENGLISH = Words(
    language="en",
    tagline="Every answer, quoted word for word",
    library="Documents: {documents} · passages: {passages} · all on this machine",
    new_conversation="New conversation",
    settings="Settings",
    sureness="How sure it has to be to answer",
    less_sure="answers more",
    more_sure="surer",
    sureness_says=(
        "Of questions the documents do not answer, some {false_answers} in 100 get an answer; "
        "of those they do, {answered} in 100 do."
    ),
    measured=(
        "Measured on questions kept out of training. It holds for what you ask from now on; "
        "“Ask again” answers anew with it."
    ),
    welcome="Ask your documents",
    welcome_how=(
        "Ask in any language. Answers come from the documents alone, with the exact words they rest on. "
        "What the documents do not say, you are told they do not say."
    ),
    suggestions="You could ask",
    placeholder="Ask a question",
    question_label="Question",
    ask="Ask",
    stop="Stop",
    loading="The model is loading; the answer comes as soon as it is ready …",
    searching="Searching and reading … (documents: {documents}, passages: {passages})",
    stopped="Stopped. There is no answer.",
    failed="This could not be answered: {message}",
    you_asked="You asked",
    found="Answer found",
    relations={
        "several": "{count} answers:",
        "parts": "The question has {count} parts; their answers, in order:",
        "either": "{count} places answer this about as well. See which one you mean:",
        "differing": "The documents contradict each other: these {count} answers exclude one another. Check each.",
        "gathered": "No single place answers this. The {count} sentences that bear on it, by section:",
    },
    not_found="Not found in the documents",
    not_found_why="There is no answer below: nothing in the documents searched answers this question reliably.",
    nowhere="These words of the question stand nowhere in the documents: {words}.",
    list_word="“{word}”",
    list_comma=", ",
    searched="Searched documents: {documents}, passages: {passages}, passages read: {read}; {when}",
    nearest="Nearest passages (for reference, not an answer)",
    nothing_near="There are no passages near it.",
    confidence=("Not certain: check the source", "Fairly confident", "Very confident"),
    quotes="Quoted from",
    candidates="Other candidates ({count})",
    candidates_why="These may bear on the question too; they are less likely, and not given as answers.",
    citation="Quote {number}: {place}, open the document",
    open_quote="See in document",
    place="paragraph {paragraph}, sentence {sentence}",
    place_from="from paragraph {paragraph}, sentence {sentence}",
    place_page="page {page}, ",
    place_heading="heading",
    copy="Copy",
    copied="Copied",
    copy_failed="Cannot copy",
    retry="Ask again",
    copy_question="Question: {question}",
    copy_answer="Answer: {answer}",
    copy_said_by=" ({title}; {confidence})",
    copy_quote="[{number}] “{text}”\n    {title}{heading}, {place} (characters {start}–{end}, document {document})",
    document="Document",
    close="Back to the conversation",
    opening="Opening the document …",
    unreachable="The document cannot be opened: the program does not answer. Check that it is running, and try again.",
    verified="Checked: the marked words are the quote, character for character",
    not_verified="Check failed: the words here differ from the quote; do not cite them",
    characters="characters {start}–{end}",
    address="Link to this place",
    before="Show {count} characters before",
    after="Show {count} characters after",
    bad_address="This address points to no words of the library: the document may have been removed or replaced.",
)


def words_for(accept_language: str | None) -> Words:
    """The words for a browser's Accept-Language: Chinese when it comes before English, else English.

    >>> words_for("de, zh-TW;q=0.8, en;q=0.5").language
    'zh'
    >>> words_for("fr").language
    'en'
    """
    preferences = []
    for place, entry in enumerate((accept_language or "").lower().split(",")):
        tag, _, quality = entry.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        preferences.append((-weight, place, tag.split("-")[0]))
    for _, _, language in sorted(preferences):
        if language in ("zh", "en"):
            return CHINESE if language == "zh" else ENGLISH
    return ENGLISH


def confidence(probability: float, words: Words) -> str:
    """How probable it is that an answer is right, in words."""
    return words.confidence[(probability >= CONFIDENT) + (probability >= VERY_CONFIDENT)]
