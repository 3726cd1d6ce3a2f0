"""What the Conversations tab says, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass

from page.words import Words


@dataclass(frozen=True, slots=True)
class ConversationWords:
    """Names in braces are filled in with str.format, `{count}` also by the script."""

    tab: str
    search: str
    none: str
    none_found: str
    questions: str
    open: str
    rename: str
    save: str
    name: str
    delete: str
    really: str
    export: str
    formats: dict[str, str]
    stale: str
    unreachable: str
    kept_where: str
    judge: str
    right: str
    wrong: str
    why: str
    reasons: dict[str, str]
    in_words: str
    send: str
    thanks: str


_CHINESE = ConversationWords(
    tab="历史",
    search="在问题、答案和引文中查找",
    none="还没有对话。提问之后，对话会自动保存在这里。",
    none_found="没有含这些词的对话。",
    questions="{count} 个问题",
    open="打开",
    rename="改名",
    save="保存",
    name="名称",
    delete="删除",
    really="再按一次删除",
    export="导出",
    formats={"md": "Markdown", "docx": "Word", "json": "JSON"},
    stale="来源已变：引文 {numbers} 所引的文档此后已修改或移除，下面仍是当时的原文。",
    unreachable="没能完成，请刷新页面后再试。",
    kept_where="只保存在本机，只有您自己能看到。",
    judge="这个结果对吗？",
    right="对",
    wrong="不对",
    why="哪里不对？",
    reasons={
        "other answer": "答案不对",
        "quote": "引文不支持答案",
        "is there": "文档里其实有答案",
        "not there": "文档里其实没有答案",
        "other": "其他",
    },
    in_words="补充说明（可不填）",
    send="提交",
    thanks="已记下，谢谢。",
)
_ENGLISH = ConversationWords(
    tab="History",
    search="Search questions, answers and quotes",
    none="No conversations yet. What you ask is kept here by itself.",
    none_found="No conversation holds these words.",
    questions="Questions: {count}",
    open="Open",
    rename="Rename",
    save="Save",
    name="Name",
    delete="Delete",
    really="Press again to delete",
    export="Export",
    formats={"md": "Markdown", "docx": "Word", "json": "JSON"},
    stale="Sources changed: where quotes {numbers} are from was changed or removed since; the words are as they were.",
    unreachable="That did not work: reload the page and try again.",
    kept_where="Kept on this machine, and yours alone.",
    judge="Is this right?",
    right="Right",
    wrong="Wrong",
    why="What is wrong?",
    reasons={
        "other answer": "The answer is another",
        "quote": "The quote does not support it",
        "is there": "The documents do hold the answer",
        "not there": "The documents do not hold the answer",
        "other": "Something else",
    },
    in_words="In your words (optional)",
    send="Send",
    thanks="Noted, thank you.",
)


def conversation_words(words: Words) -> ConversationWords:
    """Those of the page's language."""
    return _CHINESE if words.language == "zh" else _ENGLISH
